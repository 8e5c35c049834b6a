"""The number of a new case: without gaps, and with a keyed mark on the day's last one."""

from __future__ import annotations

from models.bookkeeping import CounterRow, next_number
from models.sealing import Sealer
from services.store.record_key import record_key


async def next_case(sealer: Sealer, day: str) -> int:
    """The next number of a day (yyyymmdd). The mark on it shows a counter set back by hand."""
    value = await next_number(day)
    await CounterRow.filter(day=day).update(mac=(await record_key(sealer)).counter(day, value))
    return value

"""The first start with a chain key: what older releases wrote is checked under their rule, then taken over, once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from models.bookkeeping import AccessLog, CounterRow
from models.cases import CaseRow, EventRow
from models.database import transaction
from models.sealing import Sealer
from services.store.audit_chain import GENESIS, OLD_CHAIN_BROKEN, RecordKey, old_link
from services.store.event_store import all_steps, event_from, plain_event, row_mac
from services.store.journal import ACCESS, CHANGES, end_of, note_all, set_end
from services.store.record_key import kept_key, mark_finished, record_key

log = logging.getLogger(__name__)

#: Looks taken over in one transaction.
PAGE = 500


async def prepare_record(sealer: Sealer, now: datetime) -> None:
    """Make the chain key and take over what was written without one; afterwards this only asks whether it was done.

    Each case is taken over in a transaction of its own, so a start that is interrupted goes on at the next one. A case
    whose old chain does not hold is left as it is and reported by `verify` for ever. Raises record_key.RecordKeyLost.
    """
    key = await record_key(sealer)
    kept = await kept_key(sealer)
    if kept is None or kept.finished:
        return
    broken = await _take_over_cases(key, sealer, kept.upto)
    await _take_over_looks(key)
    async with transaction():
        for counter in await CounterRow.filter(mac__isnull=True):
            await CounterRow.filter(id=counter.id).update(mac=key.counter(counter.day, counter.value))
        await note_all(sealer, now)
        for name in (ACCESS, CHANGES):
            await set_end(name, key, *await end_of(name, key))
        await mark_finished(sealer, kept)
    log.info("the record is under its key", extra={"action": "record_prepared", "cases": kept.upto, "broken": broken})


async def _take_over_cases(key: RecordKey, sealer: Sealer, upto: int) -> int:
    broken = last = 0
    while True:
        row = await CaseRow.filter(id__gt=last, id__lte=upto, mac__isnull=True).order_by("id").first()
        if row is None:
            return broken
        last = row.id
        async with transaction():
            broken += not await _take_over(key, sealer, row.id)


async def _take_over(key: RecordKey, sealer: Sealer, case_id: int) -> bool:
    """Link one case anew under the key, if its old chain holds."""
    row = await CaseRow.filter(id=case_id, mac__isnull=True).select_for_update().first()
    if row is None:
        return True
    events = await EventRow.filter(case_id=case_id).order_by("seq")
    if not _held(row, events):
        await CaseRow.filter(id=case_id).update(mac=OLD_CHAIN_BROKEN)
        log.error("an old chain does not hold", extra={"action": "record_broken", "case": row.no})
        return False
    prev = GENESIS
    for stored in events:
        event = event_from(stored, sealer)
        stored.private_hash = key.private(row.no, event.seq, event.private)
        stored.prev_hash = prev
        stored.hash = prev = key.link(prev, row.no, event, stored.data, stored.private_hash)
    await EventRow.bulk_update(events, fields=["private_hash", "prev_hash", "hash"], batch_size=100)
    row.steps_hash = key.steps(row.no, await all_steps(case_id))
    await CaseRow.filter(id=case_id).update(steps_hash=row.steps_hash, mac=row_mac(key, row, prev))
    return True


def _held(row: CaseRow, events: Sequence[EventRow]) -> bool:
    prev = GENESIS
    for place, event in enumerate(events, start=1):
        told = old_link(prev, row.no, plain_event(event), event.data, event.sealed)
        if event.seq != place or event.prev_hash != prev or event.hash != told:
            return False
        prev = event.hash
    return bool(events) and int(row.public.get("events", len(events))) == len(events)


async def _take_over_looks(key: RecordKey) -> None:
    while True:
        async with transaction():
            count, last = await end_of(ACCESS, key)
            rows = await AccessLog.filter(hash__isnull=True).order_by("id").limit(PAGE)
            for row in rows:
                row.hash = last = key.look(last, row)
            if not rows:
                return
            await AccessLog.bulk_update(rows, fields=["hash"])
            await set_end(ACCESS, key, count + len(rows), last)

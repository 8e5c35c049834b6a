"""Verifying the hash chains: whether any stored event was altered, removed or put in between."""

from __future__ import annotations

from dataclasses import dataclass

from models.cases import CaseRow, EventRow
from models.database import reader
from services.archive import GENESIS, link, plain_event


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold, and how."""

    no: str
    seq: int
    why: str


async def verify_chains() -> tuple[int, list[Break]]:
    """Check every case; returns how many events were read and what is broken. It covers sealed text, unopened."""
    breaks: list[Break] = []
    count = 0
    for row in await CaseRow.all().using_db(reader()).order_by("id"):
        prev, expected = GENESIS, 1
        for event in await EventRow.filter(case_id=row.id).using_db(reader()).order_by("seq"):
            count += 1
            if event.seq != expected:
                breaks.append(Break(row.no, event.seq, f"缺少第 {expected} 个事件"))
            elif event.prev_hash != prev:
                breaks.append(Break(row.no, event.seq, "与上一事件不相接"))
            elif link(prev, row.no, plain_event(event), event.data, event.sealed) != event.hash:
                breaks.append(Break(row.no, event.seq, "内容与校验值不符"))
            prev, expected = event.hash, event.seq + 1
        if expected - 1 != row_events(row, expected):
            breaks.append(Break(row.no, expected, "末尾的事件被删去"))
    return count, breaks


def row_events(row: CaseRow, expected: int) -> int:
    """How many events the case row says it has had (kept in `public`); `expected - 1` where it does not say."""
    return int(row.public.get("events", expected - 1)) if isinstance(row.public, dict) else expected - 1

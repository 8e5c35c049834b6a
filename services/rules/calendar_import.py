"""Importing a year's working calendar: what it would move is shown first, then open cases are recalculated and told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from domain.case import SYSTEM, Case
from domain.commands import Recalculate
from domain.decisions.pausing import recalculate
from domain.notice_text import Missing, parse_notice
from domain.rules import DecisionContext
from domain.work_calendar import WorkCalendar, YearTable, load_tables
from models.cases import CaseRow
from models.database import reader
from models.rulebook import YearTableRow
from services.cases.execute import execute
from services.files.documents import document_text
from services.files.text import Unreadable
from services.store.app import AppContext
from services.store.event_store import read
from services.store.journal import watched


class BadCalendar(Exception):
    """The file is no working calendar; `str()` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A limit of an open case, the lead's or a co-department's, that the new calendar changes."""

    case_id: int
    no: str
    departments: str
    before: date
    after: date


def read_calendar_file(content: bytes, notice_no: str = "", published_on: date | None = None) -> YearTable:
    """A year's table from a file: a notice as .txt in any encoding or .docx, or JSON. Raises BadCalendar."""
    try:
        return read_calendar(document_text(content), notice_no, published_on)
    except Unreadable as error:
        raise BadCalendar(f"{error}。") from None


def read_calendar(text: str, notice_no: str = "", published_on: date | None = None) -> YearTable:
    """A year's table from the State Council notice's text, or from JSON as shipped.

    `notice_no` and `published_on` are for a text that lacks them. Raises BadCalendar.
    """
    as_json = text.lstrip().startswith("{")
    try:
        return load_tables([text])[0] if as_json else parse_notice(text, notice_no, published_on)
    except Missing as error:
        raise BadCalendar("".join((f"{error}。", *(_SUPPLY[name] for name in error.lacks)))) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadCalendar(f"{error}。{_JSON_ADVICE if as_json else _TEXT_ADVICE}") from None


#: What to do about a text that lacks something.
_SUPPLY = {
    "title": "请把“国务院办公厅关于20××年部分节假日安排的通知”这一行和各节日的安排一起保存，再导入。",
    "notice_no": "新闻稿没有文号的，查到后加在命令后面：--notice-no 国办发明电〔2025〕7号（换成实际的）。",
    "published_on": "没有落款日期的，加上通知公布的日期：--published 2025-11-04（换成实际的）。",
}
_TEXT_ADVICE = "请对照国务院办公厅的通知原文改好这一处，再导入；什么也没有改动。"
_JSON_ADVICE = "请对照随程序附带的 shipped/calendar/2026.json 改好，或者直接导入通知原文；什么也没有改动。"


def as_text(table: YearTable) -> str:
    """The JSON form of a table, as `load_tables` reads it."""
    raw: dict[str, Any] = asdict(table)
    for day in raw["days"]:
        day["date"] = day["date"].isoformat()
        day.pop("source", None)
    if raw.get("published_on") is not None:
        raw["published_on"] = str(raw["published_on"])
    return json.dumps(raw, ensure_ascii=False)


async def imported_tables() -> list[YearTable]:
    """Every imported table, oldest first: a later one of the same year takes its place."""
    return list(load_tables([row.text for row in await YearTableRow.all().order_by("id")]))


async def preview(app: AppContext, calendar: WorkCalendar) -> list[Move]:
    """Which open cases `calendar` would move, and by how much; nothing is written."""
    moves = []
    for row in await CaseRow.filter(is_open=True).order_by("id"):
        case = (await read(row.id, app.sealer)).case
        facts = recalculate(case, Recalculate(""), SYSTEM, _decision_context(app, case, calendar))
        for fact in facts:
            if moved := fact.data.get("moved"):
                moves.append(_move(row.id, case.no, case.departments, moved))
            for item in fact.data.get("orders", ()):
                moves.append(_move(row.id, case.no, f"配合：{item['name']}", item))
    return moves


def _move(case_id: int, no: str, departments: str, moved: Mapping[str, str]) -> Move:
    return Move(case_id, no, departments, date.fromisoformat(moved["from"]), date.fromisoformat(moved["to"]))


def _decision_context(app: AppContext, case: Case, calendar: WorkCalendar) -> DecisionContext:
    context = app.decision_context(case.rules)
    return replace(context, calendar=calendar.with_hours(context.rules.hours))


async def apply_calendar(app: AppContext, table: YearTable, calendar: WorkCalendar, moves: Iterable[Move]) -> int:
    """Keep the table, then recalculate the cases it moves; everybody concerned is told. Returns how many moved."""
    async with watched(app.sealer, app.clock.now(), "year_tables"):
        await YearTableRow.create(year=table.year, text=as_text(table), imported_at=app.clock.now())
    app.calendar = calendar
    count = 0
    for case_id in dict.fromkeys(move.case_id for move in moves):
        outcome = await execute(app, case_id, _command(table), SYSTEM)
        count += bool(outcome.events)
    return count


def _command(table: YearTable) -> Recalculate:
    return Recalculate(table.notice_no or table.source_title)


async def newest_table() -> int:
    """The id of the newest imported table, 0 for none: a running bot looks whether it changed."""
    row = await YearTableRow.all().using_db(reader()).order_by("-id").first()
    return row.id if row else 0

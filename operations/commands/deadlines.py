"""`yousu due`, `parse` and `calendar …`: what is counted, and by which tables."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from domain.given_dates import FIRST, LAST
from domain.office_hours import TZ
from domain.work_calendar import Due, WorkCalendar, YearTable, load_tables
from in_force import calendar_with, load_in_force, shipped_rules, shipped_tables
from main import build_app, database
from models.readonly import Unreadable, imported_texts
from operations.old_place import to_look_into
from operations.reading import existing
from operations.running import Failure, moment_of, now, print_json, read_small, run_async
from parsing import parse
from services.cases.public import local
from services.rules.calendar_import import BadCalendar, apply_calendar, preview, read_calendar_file
from settings import BadSettings, load


def known_tables() -> tuple[list[YearTable], list[int]]:
    """The shipped year tables with the imported ones of the configured database over them, and whose years those are.

    Neither database nor data key is needed; a database that cannot be read is said to be so, on the error stream.
    """
    try:
        imported = list(load_tables(imported_texts(to_look_into(load()["YOUSU_DATABASE_URL"]))))
    except (BadSettings, Unreadable, ValueError, KeyError) as error:
        print(f"注意：已导入的日历读不了（{error}），只按随程序附带的日历计算。", file=sys.stderr)
        imported = []
    return [*shipped_tables(), *imported], sorted({table.year for table in imported})


def run_calendar_show(arguments: argparse.Namespace) -> int:
    """`yousu calendar show YEAR`."""
    tables, imported = known_tables()
    calendar = WorkCalendar(tables, shipped_rules().hours)
    if not FIRST.year <= arguments.year <= LAST.year:
        raise Failure(f"年份应在 {FIRST.year} 和 {LAST.year} 之间，例如 yousu calendar show 2026。")
    day, days = date(arguments.year, 1, 1), 0
    while day.year == arguments.year:
        why = calendar.why(day)
        days += calendar.is_workday(day)
        if calendar.is_workday(day) != (day.weekday() < 5):
            print(f"{day.isoformat()} {'上班' if calendar.is_workday(day) else '放假'} {why}")
        day = date.fromordinal(day.toordinal() + 1)
    mark = "（暂定：国务院办公厅通知尚未发布）" if calendar.is_provisional(date(arguments.year, 7, 1)) else ""
    source = "（按已导入的日历）" if arguments.year in imported else ""
    print(f"{arguments.year} 年共 {days} 个工作日{mark}{source}")
    return 0


def run_calendar_import(arguments: argparse.Namespace) -> int:
    """`yousu calendar import FILE [--dry-run]`: what would move is shown before anything is written."""

    async def work() -> None:
        settings = load()
        app = build_app(settings)
        try:
            content = read_small(Path(arguments.file))
            table = read_calendar_file(content, arguments.notice_no, _day(arguments.published))
        except BadCalendar as error:
            raise Failure(f"日历没有导入：{error}") from None
        url = settings["YOUSU_DATABASE_URL"]
        async with existing(url) if arguments.dry_run else database(url, now()):
            await load_in_force(app)
            calendar = await calendar_with(app.rules, table)
            moves = await preview(app, calendar)
            for move in moves:
                print(f"{move.no} {move.departments}：{move.before.isoformat()} → {move.after.isoformat()}")
            holidays = "、".join(dict.fromkeys(day.name for day in table.days))
            print(
                f"{table.year} 年：{len(table.days)} 个特殊日（{holidays}），"
                f"{len({move.no for move in moves})} 件在办的期限会变动。"
            )
            if not arguments.dry_run:
                moved = await apply_calendar(app, table, calendar, moves)
                print(f"已导入，{moved} 件已重新计算期限，并将通知承办部门。")

    return run_async(work())


def _day(text: str) -> date | None:
    """The day somebody typed, None for none. Raises Failure."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Failure(f"日期“{text}”看不懂，请写成 2025-11-04 这样。") from None


def run_parse(arguments: argparse.Namespace) -> int:
    """`yousu parse [--now ISO]`: forwarded text on stdin, JSON on stdout."""
    at = moment_of(arguments.now) if arguments.now else now().astimezone(TZ)
    print_json(parse(sys.stdin.read(), at).as_json())
    return 0


def _due_json(due: Due, imported: list[int]) -> dict[str, Any]:
    years = range(due.received.astimezone(TZ).year, due.date.year + 1)
    return {
        "received": local(due.received),
        "days": due.days,
        "due_date": due.date.isoformat(),
        "due_at": local(due.at),
        "provisional": due.provisional,
        "imported_years": [year for year in imported if year in years],
        "steps": [{"date": step.date.isoformat(), "counted": step.counted, "why": step.why} for step in due.steps],
    }


def run_due(arguments: argparse.Namespace) -> int:
    """`yousu due --received ISO --days N`, or `--batch` with JSON lines on stdin."""
    tables, imported = known_tables()
    calendar = WorkCalendar(tables, shipped_rules().hours)
    if not arguments.batch:
        if arguments.received is None or arguments.days is None:
            raise Failure("请写明 --received 和 --days，或用 --batch 从标准输入读取。")
        print_json(_due_json(_due(calendar, arguments.received, arguments.days), imported))
        return 0
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            try:
                asked = json.loads(line)
                received, days = str(asked["received"]), int(asked["days"])
            except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
                raise Failure(f'第 {number} 行应是 {{"received": 时间, "days": 天数}}') from None
            print(json.dumps(_due_json(_due(calendar, received, days), imported), ensure_ascii=False))
    return 0


def _due(calendar: WorkCalendar, received: str, days: int) -> Due:
    try:
        return calendar.due(moment_of(received), days)
    except ValueError as error:
        raise Failure(f"时间或天数有误：{error}") from None

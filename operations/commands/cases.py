"""`yousu case …`, `ledger export` and `report`: cases, their papers and the ledger."""

from __future__ import annotations

import argparse
from pathlib import Path

from domain.case import OPERATOR
from domain.given_dates import month_named
from in_force import load_in_force
from main import build_app
from operations.private_files import write_private
from operations.reading import existing
from operations.running import Failure, moment_of, print_json, run_async
from scheduler.clock import PracticeClock
from services.access.cases import Ambiguous, NotFound, access_case_named
from services.cases.public import public_case
from services.directory.people import centre_named, first_centre
from services.papers.ledger import FORMS, export_ledger
from services.papers.papers import all_papers, month_file
from services.store.app import AppContext
from services.store.event_store import NoSuchCase, Record
from settings import load


def run_ledger_export(arguments: argparse.Namespace) -> int:
    """`yousu ledger export --out F.xlsx|.csv [--as-of ISO] [--full] [--centre 中心]`."""
    form = Path(arguments.out).suffix.lower()
    if form not in FORMS:
        raise Failure(f"台账只能导出为 {'、'.join(FORMS)} 文件，例如 --out 台账.xlsx；现在写的是“{arguments.out}”。")

    async def work() -> None:
        settings = load()
        app = build_app(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            place = await centre_named(arguments.centre) if arguments.centre else await first_centre()
            if place is None:
                raise Failure("没有这个中心，请先导入名册：yousu org import 文件")
            await load_in_force(app)
            as_of = moment_of(arguments.as_of) if arguments.as_of else None
            made = await export_ledger(app, place, OPERATOR, full=arguments.full, as_of=as_of, form=form)
        write_private(Path(arguments.out), made.content)
        print(f"台账已导出：{arguments.out}，共 {made.count} 件（{'全量' if made.full else '脱敏'}）。")

    return run_async(work())


def run_case_show(arguments: argparse.Namespace) -> int:
    """`yousu case show NO [--json]`."""

    async def work() -> None:
        settings = load()
        app = build_app(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            record = await _found(app, arguments.no)
        shown = public_case(record)
        if arguments.json:
            print_json(shown)
            return
        print(f"{shown['case_no']} {shown['state_name']} {shown['category'] or ''} {'、'.join(shown['departments'])}")
        print(f"期限：{shown['due_at'] or '—'}{'（暂定）' if shown['provisional'] else ''}")
        for event in shown["events"]:
            print(f"  {event['seq']:>3} {event['at']} {event['by_role']} {event['text']}")

    return run_async(work())


def run_case_papers(arguments: argparse.Namespace) -> int:
    """`yousu case papers NO… --out DIR`: every paper the cases have, as drafts."""

    async def work() -> None:
        settings = load()
        app = _dated(build_app(settings), arguments.now)
        out = Path(arguments.out)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            await load_in_force(app)
            out.mkdir(parents=True, exist_ok=True)
            for number in arguments.no:
                for name, content in all_papers(app, await _found(app, number), OPERATOR):
                    write_private(out / name, content)
                    print(out / name)

    return run_async(work())


def run_month(arguments: argparse.Namespace) -> int:
    """`yousu report YYYY-MM --out DIR`: the monthly report."""

    async def work() -> None:
        settings = load()
        app = _dated(build_app(settings), arguments.now)
        first = month_named(arguments.month)
        if first is None:
            raise Failure("月份请写成 YYYY-MM，例如 yousu report 2026-11")
        out = Path(arguments.out)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            place = await centre_named(arguments.centre) if arguments.centre else await first_centre()
            if place is None:
                raise Failure("没有这个中心，请先导入名册：yousu org import 文件")
            await load_in_force(app)
            name, content = await month_file(app, place, first, OPERATOR)
        out.mkdir(parents=True, exist_ok=True)
        write_private(out / name, content)
        print(out / name)

    return run_async(work())


def _dated(app: AppContext, moment: str) -> AppContext:
    """Build the app context, drawing papers as of that moment (ISO) when one is given. Raises Failure."""
    if moment:
        clock = PracticeClock()
        clock.turn(moment_of(moment))
        app.clock = clock
    return app


async def _found(app: AppContext, number: str) -> Record:
    try:
        return await access_case_named(app, OPERATOR, number)
    except (NotFound, NoSuchCase):
        raise Failure(f"没有编号为 {number} 的诉求。") from None
    except Ambiguous as error:
        raise Failure(f"有几件都符合，请写全编号：{'、'.join(error.numbers)}") from None

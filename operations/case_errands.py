"""`yousu org import`, `ledger export`, `case show` and `verify`: the directory and the record."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from domain.case import OPERATOR
from domain.given_dates import month_named
from main import build_office, database
from models.database_state import DatabaseState, database_state
from models.record import HeadRow
from operations.private_files import write_private
from operations.reading import existing
from operations.running import Failure, moment_of, now, print_json, run_async
from scheduler.clock import PracticeClock
from services.access.cases import Ambiguous, NotFound, access_case_named
from services.cases.public import public_case
from services.directory.file import read_directory
from services.directory.people import BadDirectory, centre_named, first_centre
from services.directory.rehearsal import Change, import_if
from services.papers.ledger import export_ledger
from services.papers.papers import all_papers, month_file
from services.store.app import Office
from services.store.event_store import NoSuchCase, Record
from services.store.heads import heads_of, short
from services.store.record_upgrade import prepare_record
from services.upkeep.verify import verify
from settings import load
from shipped import furnish


def run_org_import(arguments: argparse.Namespace) -> int:
    """`yousu org import FILE [--dry-run] [--yes]`: many people switched off at once are asked about first."""

    async def work() -> None:
        settings = load()
        url, path = settings["YOUSU_DATABASE_URL"], Path(arguments.file)
        sealer = build_office(settings).sealer
        content = path.read_bytes()
        try:
            if arguments.dry_run and await database_state(url) in (DatabaseState.ABSENT, DatabaseState.EMPTY):
                print(
                    f"名册可以导入：{len(read_directory(content, path.name))} 人。数据库还没有建立，这次什么也没有写。"
                )
                return
            async with existing(url) if arguments.dry_run else database(url, now()):
                if not arguments.dry_run:
                    await prepare_record(sealer, now())
                change = await import_if(content, path.name, now(), sealer, lambda change: _wanted(arguments, change))
        except BadDirectory as error:
            for line, fault in error.errors:
                print(f"第 {line} 行：{fault}", file=sys.stderr)
            raise Failure("名册没有导入，请按上面的提示修改后重试。") from None
        _report_import(arguments, change)

    return run_async(work())


def _wanted(arguments: argparse.Namespace, change: Change) -> bool:
    return not arguments.dry_run and (arguments.yes or not change.drastic)


def _report_import(arguments: argparse.Namespace, change: Change) -> None:
    """Raises Failure when the import waits for --yes."""
    done = change.summary
    if change.switched_off:
        print(f"名册里不再有、停用的人员：{'、'.join(change.switched_off)}")
    counts = (
        f"{done.people} 人（新增 {done.people_added}，变更 {done.people_changed}，"
        f"停用 {done.people_deactivated}）；新增中心 {done.centres_added} 个、部门 {done.departments_added} 个，"
        f"停用部门 {done.departments_deactivated} 个。"
    )
    if _wanted(arguments, change):
        print(f"名册已导入：{counts}")
        return
    print(f"如果导入：{counts}")
    if arguments.dry_run:
        print("只是查看（--dry-run），什么也没有写。")
        return
    raise Failure(
        f"名册没有导入：现有 {change.active_before} 人，会停用 {len(change.switched_off)} 人，超过三分之一，"
        "多半是文件不全。确实要这样，请加 --yes 再运行一次。"
    )


def run_ledger_export(arguments: argparse.Namespace) -> int:
    """`yousu ledger export --out F.xlsx [--as-of ISO] [--full] [--centre 中心]`."""

    async def work() -> None:
        settings = load()
        office = build_office(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            place = await centre_named(arguments.centre) if arguments.centre else await first_centre()
            if place is None:
                raise Failure("没有这个中心，请先导入名册：yousu org import 文件")
            await furnish(office)
            as_of = moment_of(arguments.as_of) if arguments.as_of else None
            made = await export_ledger(office, place, OPERATOR, full=arguments.full, as_of=as_of)
        write_private(Path(arguments.out), made.content)
        print(f"台账已导出：{arguments.out}，共 {made.count} 件（{'全量' if made.full else '脱敏'}）。")

    return run_async(work())


def run_case_show(arguments: argparse.Namespace) -> int:
    """`yousu case show NO [--json]`."""

    async def work() -> None:
        settings = load()
        office = build_office(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            record = await _found(office, arguments.no)
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
        office = _dated(build_office(settings), arguments.now)
        out = Path(arguments.out)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            await furnish(office)
            out.mkdir(parents=True, exist_ok=True)
            for number in arguments.no:
                for name, content in all_papers(office, await _found(office, number), OPERATOR):
                    write_private(out / name, content)
                    print(out / name)

    return run_async(work())


def run_month(arguments: argparse.Namespace) -> int:
    """`yousu report YYYY-MM --out DIR`: the monthly report."""

    async def work() -> None:
        settings = load()
        office = _dated(build_office(settings), arguments.now)
        first = month_named(arguments.month)
        if first is None:
            raise Failure("月份请写成 YYYY-MM，例如 yousu report 2026-11")
        out = Path(arguments.out)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            place = await centre_named(arguments.centre) if arguments.centre else await first_centre()
            if place is None:
                raise Failure("没有这个中心，请先导入名册：yousu org import 文件")
            await furnish(office)
            name, content = await month_file(office, place, first, OPERATOR)
        out.mkdir(parents=True, exist_ok=True)
        write_private(out / name, content)
        print(out / name)

    return run_async(work())


def _dated(office: Office, moment: str) -> Office:
    """The office, drawing papers as of that moment (ISO) when one is given. Raises Failure."""
    if moment:
        clock = PracticeClock()
        clock.turn(moment_of(moment))
        office.clock = clock
    return office


async def _found(office: Office, number: str) -> Record:
    try:
        return await access_case_named(office, OPERATOR, number)
    except (NotFound, NoSuchCase):
        raise Failure(f"没有编号为 {number} 的诉求。") from None
    except Ambiguous as error:
        raise Failure(f"有几件都符合，请写全编号：{'、'.join(error.numbers)}") from None


def run_verify(arguments: argparse.Namespace) -> int:
    """`yousu verify [--head [DAY]]`: the whole record against its keyed hashes, or a daily head to compare."""

    async def work() -> int:
        settings = load()
        office = build_office(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            if arguments.head is not None:
                return await _print_head(arguments.head)
            found = await verify(office)
        for fault in found.faults:
            print(fault, file=sys.stderr)
        result = "全部相符" if not found.faults else f"{len(found.faults)} 处不符"
        print(f"已核对 {found.cases} 件 {found.events} 个事件，{result}。")
        if found.head is not None:
            print(_head_words(found.head))
        return 1 if found.faults else 0

    return run_async(work())


async def _print_head(day: str) -> int:
    heads = await heads_of(day)
    if not heads:
        raise Failure("没有这一天的校验码。每天的校验码由服务在次日第一次定时检查时留存；日期写成 2026-11-23 这样。")
    for head in heads:
        print(_head_words(head))
    return 0


def _head_words(head: HeadRow) -> str:
    return (
        f"校验码第 {head.id} 号（截至 {head.day}，全库 {head.cases} 件）：{short(head)}　请与当日对账消息里的逐字比对。"
    )

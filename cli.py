"""The `yousu` command: everything an operator does, one function per errand, logged as `cli`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Coroutine, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from domain.case import OPERATOR
from domain.intake import parse
from domain.office_hours import TZ
from domain.work_calendar import Due
from main import build_office, build_platforms, database, serve, shipped_calendar, shipped_rules
from models.lead import DatabaseInUse
from models.migrate import SchemaTooNew, migrate
from models.sealing import SealError
from models.urls import BadDatabaseUrl
from operations import backup, demo, doctor, logs, play
from scheduler.clock import SystemClock
from services.archive import NoSuchCase
from services.chain import verify_chains
from services.directory import BadDirectory, centre_named, first_centre, import_directory
from services.find import Ambiguous, NotFound, find_case
from services.ledger import export_ledger
from services.public import local, public_case
from settings import BadSettings, Settings, load


class Failure(Exception):
    """The command cannot be done; `str()` tells the operator what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it was done."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments) or 0)
    except BadSettings as error:
        for fault in error.problems:
            print(f"配置有误：{fault}", file=sys.stderr)
    except (Failure, BadDatabaseUrl, DatabaseInUse, SchemaTooNew, SealError, OSError) as error:
        print(f"未能完成：{error}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _run(work: Coroutine[Any, Any, int | None]) -> int:
    return asyncio.run(work) or 0


def _now() -> datetime:
    return SystemClock().now()


def _moment(text: str) -> datetime:
    """An ISO moment; one without a zone is local time. Raises Failure."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Failure(f"时间“{text}”看不懂，请写成 2026-11-23T09:00:00+08:00 这样。") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TZ)


def _print(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def run_serve(arguments: argparse.Namespace) -> int:
    """`yousu serve`."""
    settings = load()
    logs.configure(secrets=settings.values)
    return _run(serve(settings))


def run_migrate(arguments: argparse.Namespace) -> int:
    """`yousu migrate`."""

    async def work() -> None:
        done = await migrate(load()["YOUSU_DATABASE_URL"], _now())
        print(f"已执行 {len(done.applied)} 个迁移。" + (f"原库已备份到 {done.copy}。" if done.copy else ""))

    return _run(work())


def run_org_import(arguments: argparse.Namespace) -> int:
    """`yousu org import FILE`."""

    async def work() -> int:
        path = Path(arguments.file)
        async with database(load()["YOUSU_DATABASE_URL"], _now()):
            try:
                done = await import_directory(path.read_bytes(), path.name, _now())
            except BadDirectory as error:
                for line, fault in error.errors:
                    print(f"第 {line} 行：{fault}", file=sys.stderr)
                raise Failure("名册没有导入，请按上面的提示修改后重试。") from None
        print(
            f"名册已导入：{done.people} 人（新增 {done.people_added}，变更 {done.people_changed}，"
            f"停用 {done.people_deactivated}）；新增中心 {done.centres_added} 个、部门 {done.departments_added} 个，"
            f"停用部门 {done.departments_deactivated} 个。"
        )
        return 0

    return _run(work())


def run_calendar_show(arguments: argparse.Namespace) -> int:
    """`yousu calendar show YEAR`."""
    calendar = shipped_calendar(shipped_rules())
    day, days = date(arguments.year, 1, 1), 0
    while day.year == arguments.year:
        why = calendar.why(day)
        days += calendar.is_workday(day)
        if calendar.is_workday(day) != (day.weekday() < 5):
            print(f"{day.isoformat()} {'上班' if calendar.is_workday(day) else '放假'} {why}")
        day = date.fromordinal(day.toordinal() + 1)
    mark = "（暂定：国务院办公厅通知尚未发布）" if calendar.is_provisional(date(arguments.year, 7, 1)) else ""
    print(f"{arguments.year} 年共 {days} 个工作日{mark}")
    return 0


def run_parse(arguments: argparse.Namespace) -> int:
    """`yousu parse [--now ISO]`: forwarded text on stdin, JSON on stdout."""
    now = _moment(arguments.now) if arguments.now else _now().astimezone(TZ)
    _print(parse(sys.stdin.read(), now).as_json())
    return 0


def _due_json(due: Due) -> dict[str, Any]:
    return {
        "received": local(due.received),
        "days": due.days,
        "due_date": due.date.isoformat(),
        "due_at": local(due.at),
        "provisional": due.provisional,
        "steps": [{"date": step.date.isoformat(), "counted": step.counted, "why": step.why} for step in due.steps],
    }


def run_due(arguments: argparse.Namespace) -> int:
    """`yousu due --received ISO --days N`, or `--batch` with JSON lines on stdin."""
    calendar = shipped_calendar(shipped_rules())
    if not arguments.batch:
        if arguments.received is None or arguments.days is None:
            raise Failure("请写明 --received 和 --days，或用 --batch 从标准输入读取。")
        _print(_due_json(_due(calendar, arguments.received, arguments.days)))
        return 0
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            try:
                asked = json.loads(line)
                received, days = str(asked["received"]), int(asked["days"])
            except (ValueError, KeyError, TypeError):
                raise Failure(f'第 {number} 行应是 {{"received": 时间, "days": 天数}}') from None
            print(json.dumps(_due_json(_due(calendar, received, days)), ensure_ascii=False))
    return 0


def _due(calendar: Any, received: str, days: int) -> Due:
    try:
        return calendar.due(_moment(received), days)
    except ValueError as error:
        raise Failure(f"时间或天数有误：{error}") from None


def run_ledger_export(arguments: argparse.Namespace) -> int:
    """`yousu ledger export --out F.xlsx [--as-of ISO] [--full] [--centre 中心]`."""

    async def work() -> None:
        settings = load()
        office = build_office(settings)
        async with database(settings["YOUSU_DATABASE_URL"], _now()):
            place = await centre_named(arguments.centre) if arguments.centre else await first_centre()
            if place is None:
                raise Failure("没有这个中心，请先导入名册：yousu org import 文件")
            as_of = _moment(arguments.as_of) if arguments.as_of else None
            content, count = await export_ledger(office, place, OPERATOR, full=arguments.full, since=None, as_of=as_of)
        Path(arguments.out).write_bytes(content)
        print(f"台账已导出：{arguments.out}，共 {count} 件（{'全量' if arguments.full else '脱敏'}）。")

    return _run(work())


def run_case_show(arguments: argparse.Namespace) -> int:
    """`yousu case show NO [--json]`."""

    async def work() -> None:
        settings = load()
        office = build_office(settings)
        async with database(settings["YOUSU_DATABASE_URL"], _now()):
            try:
                record = await find_case(office, arguments.no, OPERATOR)
            except (NotFound, NoSuchCase):
                raise Failure(f"没有编号为 {arguments.no} 的诉求。") from None
            except Ambiguous as error:
                raise Failure(f"有几件都符合，请写全编号：{'、'.join(error.numbers)}") from None
        shown = public_case(record)
        if arguments.json:
            _print(shown)
            return
        print(f"{shown['case_no']} {shown['state_name']} {shown['category'] or ''} {'、'.join(shown['departments'])}")
        print(f"期限：{shown['due_at'] or '—'}{'（暂定）' if shown['provisional'] else ''}")
        for event in shown["events"]:
            print(f"  {event['seq']:>3} {event['at']} {event['by_role']} {event['text']}")

    return _run(work())


def run_verify(arguments: argparse.Namespace) -> int:
    """`yousu verify`: every event of every case against its hash chain."""

    async def work() -> int:
        async with database(load()["YOUSU_DATABASE_URL"], _now()):
            count, breaks = await verify_chains()
        for fault in breaks:
            print(f"{fault.no} 第 {fault.seq} 个事件：{fault.why}", file=sys.stderr)
        print(f"已核对 {count} 个事件，{'全部相符' if not breaks else f'{len(breaks)} 处不符'}。")
        return 1 if breaks else 0

    return _run(work())


def run_doctor(arguments: argparse.Namespace) -> int:
    """`yousu doctor`: what an operator must know, in words."""

    async def work() -> int:
        settings = load()
        office = build_office(settings)
        async with database(settings["YOUSU_DATABASE_URL"], _now()):
            return await doctor.examine(settings, office, build_platforms(settings, office))

    return _run(work())


def run_demo(arguments: argparse.Namespace) -> int:
    """`yousu demo`: the practice city and the bot, with a page in the browser."""
    return _run(demo.run(arguments.port, browser=not arguments.no_browser))


def run_play(arguments: argparse.Namespace) -> int:
    """`yousu play`: the scripted month."""
    return _run(play.run(Path(arguments.out), speed=arguments.speed))


def run_backup(arguments: argparse.Namespace) -> int:
    """`yousu backup FILE`."""
    status = _run(backup.backup(_url(load()), Path(arguments.file)))
    if status == 0:
        print(f"已备份到 {arguments.file}。请另行保管 YOUSU_DATA_KEY：没有它，备份里的个人信息读不出来。")
    return status


def run_restore(arguments: argparse.Namespace) -> int:
    """`yousu restore FILE`."""
    status = _run(backup.restore(_url(load()), Path(arguments.file), _now()))
    if status == 0:
        print(f"已从 {arguments.file} 恢复。请运行 yousu verify 核对，再启动服务。")
    return status


def _url(settings: Settings) -> str:
    return settings["YOUSU_DATABASE_URL"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yousu", description="有诉即办：让政务服务中心的每一件诉求都有回音。")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, run: Any, help_: str, group: Any = commands) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = group.add_parser(name, help=help_, description=help_)
        command.set_defaults(run=run)
        return command

    def group(name: str, help_: str) -> Any:
        return commands.add_parser(name, help=help_).add_subparsers(required=True, metavar="动作")

    add("serve", run_serve, "运行机器人")
    one = add("demo", run_demo, "启动演练城和机器人，在浏览器里试用")
    one.add_argument("--port", type=int, default=8500, help="页面端口")
    one.add_argument("--no-browser", action="store_true", help="不自动打开浏览器")
    one = add("play", run_play, "不用浏览器，自动演完一个月，留下 transcript.md 和 ledger.xlsx")
    one.add_argument("--out", default="play", help="输出目录")
    one.add_argument("--speed", type=float, default=0.0, help="每一步之间停几秒，默认不停")
    add("migrate", run_migrate, "升级数据库结构（自动先备份）")
    add("doctor", run_doctor, "检查配置、数据库、通道和积压")
    add("import", run_org_import, "导入人员名册", group("org", "人员名册")).add_argument(
        "file", help="名册 .csv 或 .xlsx"
    )
    add("show", run_calendar_show, "查看一年的调休安排", group("calendar", "工作日历")).add_argument("year", type=int)
    add("parse", run_parse, "解析转来的文本（标准输入）").add_argument("--now", help="把这个时刻当作现在（ISO）")
    one = add("due", run_due, "计算办理期限并说明为什么")
    one.add_argument("--received", help="收到时间（ISO）")
    one.add_argument("--days", type=int, help="工作日数")
    one.add_argument("--batch", action="store_true", help="从标准输入逐行读取 JSON")
    one = add("export", run_ledger_export, "导出台账 .xlsx", group("ledger", "台账"))
    one.add_argument("--out", required=True, help="输出文件")
    one.add_argument("--as-of", help="重建到过去某一时刻（ISO）")
    one.add_argument("--full", action="store_true", help="全量（含个人信息，会被记录）")
    one.add_argument("--centre", default="", help="中心名称，默认名册里的第一个")
    one = add("show", run_case_show, "查看一件诉求", group("case", "诉求"))
    one.add_argument("no", help="编号")
    one.add_argument("--json", action="store_true", help="输出 JSON")
    add("verify", run_verify, "核对事件校验链")
    add("backup", run_backup, "备份数据库到文件").add_argument("file")
    add("restore", run_restore, "从备份文件恢复").add_argument("file")
    return parser


if __name__ == "__main__":
    sys.exit(main())

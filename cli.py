"""The `yousu` command: everything an operator does, one function per command, logged as `cli`."""

from __future__ import annotations

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domain.refusals import Refused
from in_force import load_in_force
from main import build_app, build_platforms, sealer_of, serve
from models.errors import DATABASE_FAULTS, passing
from models.leadership import DatabaseInUse
from models.migrate import SchemaTooNew, migrate
from models.sealing import SealError
from models.urls import BadDatabaseUrl
from operations import backup, demo, doctor, logs, play
from operations.commands import cases, deadlines, directory, keys, rules, verify
from operations.old_place import bring_over
from operations.practice import PracticeError
from operations.reading import existing
from operations.running import Failure, now, run_async
from services.rules.rule_file import BadRules
from services.store.key_check import WrongDataKey, data_key_fits
from settings import BadSettings, Settings, load

#: What the operating system's commonest refusals mean here.
_OS_ERRORS = {
    errno.EADDRINUSE: "端口已被占用，请修改 YOUSU_HTTP_PORT，或停止占用它的程序。",
    errno.EACCES: "没有权限读写所需的文件或端口。",
    errno.ENOENT: "文件不存在，请核对路径。",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit status is 0 when it was done."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.opens and (moved := bring_over(_url(load()))):
            print(moved, file=sys.stderr)
        return int(arguments.run(arguments) or 0)
    except BadSettings as error:
        for fault in error.problems:
            print(f"配置有误：{fault}", file=sys.stderr)
    except BadRules as error:
        for fault in error.faults:
            print(f"规则有误：{fault}", file=sys.stderr)
    except SealError:
        print("未能完成：数据库里的内容不是用现在的 YOUSU_DATA_KEY 加密的，请核对密钥。", file=sys.stderr)
    except (Failure, Refused, BadDatabaseUrl, DatabaseInUse, SchemaTooNew, WrongDataKey) as error:
        print(f"未能完成：{error}", file=sys.stderr)
    except PracticeError as error:
        print(f"演练没有完成：{error}", file=sys.stderr)
    except DATABASE_FAULTS as error:
        if not passing(error):
            raise
        print("未能完成：数据库现在不能用（被别的程序占用、磁盘满或正在重启），请稍后重试。", file=sys.stderr)
    except OSError as error:
        print(f"未能完成：{_OS_ERRORS.get(error.errno or 0, error)}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def run_serve(arguments: argparse.Namespace) -> int:
    """Run `yousu serve` until SIGTERM or SIGINT."""
    settings = load()
    logs.configure(secrets=settings.values)
    return run_async(serve(settings))


def run_migrate(arguments: argparse.Namespace) -> int:
    """`yousu migrate`."""

    async def work() -> None:
        done = await migrate(load()["YOUSU_DATABASE_URL"], now())
        print(f"已执行 {len(done.applied)} 个迁移。" + (f"原库已备份到 {done.copy}。" if done.copy else ""))

    return run_async(work())


def run_doctor(arguments: argparse.Namespace) -> int:
    """`yousu doctor`: what an operator must know, in words."""

    async def work() -> int:
        settings = load()
        app = build_app(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            if not await data_key_fits(app.sealer):
                return doctor.wrong_key()
            await load_in_force(app)
            return await doctor.examine(settings, app, build_platforms(settings, app))

    return run_async(work())


def run_demo(arguments: argparse.Namespace) -> int:
    """`yousu demo`: the practice city and the bot, with a page in the browser."""
    return run_async(demo.run(arguments.port, browser=not arguments.no_browser, platforms=arguments.platforms))


def run_play(arguments: argparse.Namespace) -> int:
    """`yousu play`: the scripted month."""
    return run_async(play.run(Path(arguments.out), speed=arguments.speed, platforms=arguments.platforms))


def run_backup(arguments: argparse.Namespace) -> int:
    """`yousu backup FILE`."""

    async def work() -> None:
        await backup.backup(_url(load()), Path(arguments.file), now(), force=arguments.force)
        print(f"已备份到 {arguments.file}。请另行保管 YOUSU_DATA_KEY：没有它，备份里的个人信息读不出来。")

    return run_async(work())


def run_restore(arguments: argparse.Namespace) -> int:
    """`yousu restore FILE`."""

    async def work() -> None:
        settings = load()
        keys = sealer_of(settings).fingerprints
        kept = await backup.restore(_url(settings), Path(arguments.file), now(), keys)
        print(f"已从 {arguments.file} 恢复。{kept}请运行 yousu verify 核对，再启动服务。")

    return run_async(work())


def _url(settings: Settings) -> str:
    return settings["YOUSU_DATABASE_URL"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yousu", description="有诉即办：让政务服务中心的每一件诉求都有回音。")
    commands = parser.add_subparsers(required=True, metavar="命令")

    def add(name: str, run: Any, help_: str, group: Any = commands, *, opens: bool = True) -> argparse.ArgumentParser:
        """Add a command; `opens` unless it never opens the configured database."""
        command: argparse.ArgumentParser = group.add_parser(name, help=help_, description=help_)
        command.set_defaults(run=run, opens=opens)
        return command

    def group(name: str, help_: str) -> Any:
        return commands.add_parser(name, help=help_).add_subparsers(required=True, metavar="动作")

    add("serve", run_serve, "运行机器人")
    one = add("demo", run_demo, "启动演练城和机器人，在浏览器里试用", opens=False)
    one.add_argument("--port", type=int, default=8500, help="页面端口")
    one.add_argument("--no-browser", action="store_true", help="不自动打开浏览器")
    _add_platforms(one)
    one = add("play", run_play, "不用浏览器，自动演完一个月，留下 transcript.md 和 ledger.xlsx", opens=False)
    one.add_argument("--out", default="play", help="输出目录")
    one.add_argument("--speed", type=float, default=0.0, help="每一步之间停几秒，默认不停")
    _add_platforms(one)
    add("migrate", run_migrate, "升级数据库结构（自动先备份）")
    add("doctor", run_doctor, "检查配置、数据库、通道和积压")
    one = add("import", directory.run_org_import, "导入人员名册", group("org", "人员名册"))
    one.add_argument("file", help="名册 .csv、.xlsx 或 .xls")
    one.add_argument("--dry-run", action="store_true", help="只看会改什么，不导入")
    one.add_argument("--yes", action="store_true", help="会停用三分之一以上的人员时，确认照样导入")
    calendar = group("calendar", "工作日历")
    add("show", deadlines.run_calendar_show, "查看一年的调休安排", calendar, opens=False).add_argument("year", type=int)
    one = add("import", deadlines.run_calendar_import, "导入一年的放假通知原文或 JSON", calendar)
    one.add_argument("file", help="通知原文 .txt 或 .docx，或 .json")
    one.add_argument("--notice-no", default="", help="文号，原文里没有时用，例如 国办发明电〔2025〕7号")
    one.add_argument("--published", default="", help="公布日期，原文里没有时用，例如 2025-11-04")
    one.add_argument("--dry-run", action="store_true", help="只看会变动哪些期限，不导入")
    rule_set = group("rules", "规则")
    one = add("show", rules.run_rules_show, "输出现行规则，可另存后修改", rule_set)
    one.add_argument("--centre", default="", help="中心名称；不写是全部没有单独规则的中心共用的那一套")
    for name, help_, apply in (("diff", "看修改会影响哪些在办件", False), ("apply", "使新规则生效", True)):
        one = add(name, rules.run_rules_change, help_, rule_set)
        one.add_argument("file", help="规则 .json")
        one.add_argument("--centre", default="", help="只用于这个中心；不写则用于全部没有单独规则的中心")
        one.set_defaults(apply=apply)
    add("parse", deadlines.run_parse, "解析转来的文本（标准输入）", opens=False).add_argument(
        "--now", help="把这个时刻当作现在（ISO）"
    )
    one = add("due", deadlines.run_due, "计算办理期限并说明为什么", opens=False)
    one.add_argument("--received", help="收到时间（ISO）")
    one.add_argument("--days", type=int, help="工作日数")
    one.add_argument("--batch", action="store_true", help="从标准输入逐行读取 JSON")
    one = add("export", cases.run_ledger_export, "导出台账 .xlsx 或 .csv", group("ledger", "台账"))
    one.add_argument("--out", required=True, help="输出文件")
    one.add_argument("--as-of", help="重建到过去某一时刻（ISO）")
    one.add_argument("--full", action="store_true", help="全量（含个人信息，会被记录）")
    one.add_argument("--centre", default="", help="中心名称，默认名册里的第一个")
    case = group("case", "诉求")
    one = add("papers", cases.run_case_papers, "生成一件诉求的全部公文草稿", case)
    one.add_argument("no", nargs="+", help="编号，可写多个")
    one.add_argument("--out", default="papers", help="输出目录")
    one.add_argument("--now", default="", help="公文上的日期按这个时刻写（ISO），默认现在")
    one = add("report", cases.run_month, "生成工作月报")
    one.add_argument("month", help="YYYY-MM")
    one.add_argument("--out", default="papers", help="输出目录")
    one.add_argument("--now", default="", help="公文上的日期按这个时刻写（ISO），默认现在")
    one.add_argument("--centre", default="", help="中心名称，默认名册里的第一个")
    one = add("show", cases.run_case_show, "查看一件诉求", case)
    one.add_argument("no", help="编号")
    one.add_argument("--json", action="store_true", help="输出 JSON")
    one = add("verify", verify.run_verify, "核对全部记录有没有被绕过程序改动")
    one.add_argument("--head", nargs="?", const="", metavar="日期", help="只打印某日（默认最近一日）的校验码")
    one = add("backup", run_backup, "备份数据库到文件")
    one.add_argument("file")
    one.add_argument("--force", action="store_true", help="文件已存在时覆盖")
    add("restore", run_restore, "从备份文件恢复").add_argument("file")
    add("rotate", keys.run_rotate, "用新密钥重新加密全部内容", group("key", "字段加密密钥"))
    return parser


def _add_platforms(command: argparse.ArgumentParser) -> None:
    kinds = ("wecom", "dingtalk", "mixed")
    command.add_argument("--platforms", choices=kinds, default="mixed", help="演练城的聊天平台，默认两个都有")


if __name__ == "__main__":
    sys.exit(main())

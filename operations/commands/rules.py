"""`yousu rules show|diff|apply [--centre 中心]`: the rules in force, what a change would touch, and making it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from domain.rules import RuleSet
from domain.rules_diff import differences
from in_force import load_in_force, shipped_rules_text
from main import build_app, database
from operations.reading import existing
from operations.running import Failure, now, read_small, run_async
from services.directory.people import CentreCard, centre_named
from services.rules.rule_file import BadRules, load_rules
from services.rules.rulebook import check_version, put_in_force, rules_text, touched
from services.store.app import AppContext
from settings import load


def run_rules_show(arguments: argparse.Namespace) -> int:
    """`yousu rules show`: the rules in force, as a file to edit."""

    async def work() -> None:
        async with existing(load()["YOUSU_DATABASE_URL"]):
            print((await rules_text(shipped_rules_text(), await _centre(arguments.centre))).rstrip())

    return run_async(work())


def run_rules_change(arguments: argparse.Namespace) -> int:
    """`yousu rules diff FILE` shows what a change would touch; `yousu rules apply FILE` puts it in force."""

    async def work() -> None:
        settings = load()
        app = build_app(settings)
        try:
            text = read_small(Path(arguments.file)).decode("utf-8-sig")
            rules = load_rules(text)
        except UnicodeDecodeError:
            raise Failure(f"文件不是 UTF-8 编码，请另存为 UTF-8 后重试：{arguments.file}") from None
        except BadRules as error:
            raise _told(error) from None
        url = settings["YOUSU_DATABASE_URL"]
        async with database(url, now()) if arguments.apply else existing(url):
            await load_in_force(app)
            centre = await _centre(arguments.centre)
            try:
                await check_version(rules, centre)
            except BadRules as error:
                raise _told(error) from None
            await _compare(app, rules, text, centre)
            if arguments.apply:
                await put_in_force(app, text, centre)
                where = centre.name if centre else "全部没有单独规则的中心"
                print(f"规则 {rules.version} 已生效（{where}）。运行中的服务在下一次定时检查时换用，不必重启。")

    return run_async(work())


async def _compare(app: AppContext, rules: RuleSet, text: str, centre: CentreCard | None) -> None:
    changes = differences(await rules_text(shipped_rules_text(), centre), text)
    for change in changes:
        print(f"{change.name}：{change.before} → {change.after}")
    cases = await touched(app, rules, centre)
    for case in cases:
        print(f"{case.no} {case.departments}".rstrip())
        print(f"  现在：{case.before}\n  改后：{case.after}")
    print(
        f"{len(changes)} 处不同；如果用于在办件，{len(cases)} 件的期限或提醒会变。"
        "实际上在办的仍按登记时的规则办完，新规则只用于以后登记的诉求。"
    )


async def _centre(name: str) -> CentreCard | None:
    if not name:
        return None
    found = await centre_named(name)
    if found is None:
        raise Failure(f"名册里没有“{name}”这个中心。")
    return found


def _told(error: BadRules) -> Failure:
    for fault in error.faults:
        print(fault, file=sys.stderr)
    return Failure(f"规则文件有 {len(error.faults)} 处错误，请按上面的提示修改后重试。")

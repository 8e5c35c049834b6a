"""`yousu org import`: the directory of people, looked at before it is written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from main import build_app, database
from models.database_state import DatabaseState, database_state
from operations.reading import existing
from operations.running import Failure, now, run_async
from services.directory.file import read_directory
from services.directory.people import BadDirectory
from services.directory.rehearsal import Change, import_if
from services.store.record_upgrade import prepare_record
from settings import load


def run_org_import(arguments: argparse.Namespace) -> int:
    """`yousu org import FILE [--dry-run] [--yes]`: many people switched off at once are asked about first."""

    async def work() -> None:
        settings = load()
        url, path = settings["YOUSU_DATABASE_URL"], Path(arguments.file)
        sealer = build_app(settings).sealer
        content = path.read_bytes()
        try:
            if arguments.dry_run and await database_state(url) in (DatabaseState.ABSENT, DatabaseState.EMPTY):
                read = read_directory(content, path.name)
                _say_aside(read.aside)
                print(f"名册可以导入：{len(read.people)} 人。数据库还没有建立，这次什么也没有写。")
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


def _say_aside(aside: Sequence[tuple[int, str]]) -> None:
    """What was read and taken for no person: whoever imports sees whether that is so."""
    for line, text in aside:
        print(f"第 {line} 行不是人员，已跳过：{text}")


def _wanted(arguments: argparse.Namespace, change: Change) -> bool:
    return not arguments.dry_run and (arguments.yes or not change.drastic)


def _report_import(arguments: argparse.Namespace, change: Change) -> None:
    """Raises Failure when the import waits for --yes."""
    done = change.summary
    _say_aside(done.aside)
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

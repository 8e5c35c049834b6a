"""`yousu verify`: the record against its keyed hashes."""

from __future__ import annotations

import argparse
import sys

from main import build_app
from models.record import HeadRow
from operations.reading import existing
from operations.running import Failure, run_async
from services.store.heads import heads_of, short
from services.upkeep.verify import verify
from settings import load


def run_verify(arguments: argparse.Namespace) -> int:
    """`yousu verify [--head [DAY]]`: the whole record against its keyed hashes, or a daily head to compare."""

    async def work() -> int:
        settings = load()
        app = build_app(settings)
        async with existing(settings["YOUSU_DATABASE_URL"]):
            if arguments.head is not None:
                return await _print_head(arguments.head)
            found = await verify(app)
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

"""`yousu key rotate`: everything sealed under the present key, while the bot runs."""

from __future__ import annotations

import argparse
import sys

from main import sealer_of
from models.errors import DatabaseInUse
from models.leadership import Leadership
from operations.reading import existing
from operations.running import Failure, run_async
from services.store.key_check import noted_keys
from services.upkeep.rotation import rotate
from settings import load

#: What the operator hears the tables called.
NAMES = {"events": "办理记录", "inbox": "收件", "meta": "部署信息", "cases": "电话索引"}


def run_rotate(arguments: argparse.Namespace) -> int:
    """`yousu key rotate`."""

    async def work() -> int:
        settings = load()
        sealer = sealer_of(settings)
        url = settings["YOUSU_DATABASE_URL"]
        async with existing(url):
            noted = await noted_keys()
            if noted and sealer.fingerprint not in noted and await _is_served(url):
                raise Failure(
                    "正在运行的 yousu serve 还不认识新密钥，没有开始：请先在每台机器上写好 YOUSU_DATA_KEY 和 "
                    "YOUSU_DATA_KEY_OLD，重启 yousu serve，再运行 yousu key rotate。"
                )
            done = await rotate(sealer, lambda table, count: print(f"{NAMES.get(table, table)}：{count}"))
        for place in done.faults:
            print(f"打不开，没有更换：{place}", file=sys.stderr)
        if not done.done:
            raise Failure("密钥没有换完，两把密钥都要保留；请按上面的提示处理后再运行一次。")
        print(f"密钥已更换，重新加密 {done.changed} 处。再运行一次，显示 0 处后才可以清空 YOUSU_DATA_KEY_OLD 并重启。")
        return 0

    return run_async(work())


async def _is_served(url: str) -> bool:
    leadership = Leadership(url)
    try:
        return not await leadership.try_lead()
    except DatabaseInUse:
        return True
    finally:
        await leadership.resign()

"""`python -m benchmarks [--quick] [--only NAME …]`: measure and print.

Exit 0 whatever the figures are: machines differ. Exit 1 when something measured did not answer or answered wrongly.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Protocol

from benchmarks import callbacks, deadlines, exports, lists, presses, start, storing, ticks
from benchmarks.machine import busy_now, describe, others_since
from benchmarks.measure import Figure, show


class Measure(Protocol):
    """One measurement: works in a folder of its own, briefly where `quick`."""

    async def __call__(self, folder: Path, *, quick: bool) -> list[Figure]:
        """The figures."""


MEASUREMENTS: dict[str, tuple[str, Measure]] = {
    "callbacks": ("一、回调通路", callbacks.run),
    "presses": ("二、点击到卡片更新", presses.run),
    "ticks": ("三、到期检查", ticks.run),
    "deadlines": ("四、期限计算", deadlines.run),
    "start": ("五、启动与内存", start.run),
    "exports": ("六、台账导出", exports.run),
    "lists": ("七、汇总、翻页、按编号查", lists.run),
    "storing": ("八、检查到期时收事件", storing.run),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="在同一次运行里并排测量，给出比值。")
    parser.add_argument("--quick", action="store_true", help="每项都短测，共一到两分钟")
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=list(MEASUREMENTS), help="只测这几项")
    parser.add_argument("--keep", type=Path, help="把数据库和日志留在这个空目录里")
    return parser.parse_args()


async def _measure(chosen: list[str], folder: Path, *, quick: bool) -> tuple[list[Figure], list[str]]:
    """The figures, and the titles of the measurements that came to nothing: one of them does not stop the others."""
    figures: list[Figure] = []
    broken = []
    for name in chosen:
        title, run = MEASUREMENTS[name]
        print(f"\n{title}", flush=True)
        before = busy_now()
        try:
            found = await run(folder, quick=quick)
        except Exception:
            traceback.print_exc()
            broken.append(title)
            continue
        figures += found
        print("\n".join(show(figure) for figure in found), flush=True)
        print(f"  （{others_since(before)}）", flush=True)
    return figures, broken


def main() -> int:
    """Run what was asked for."""
    arguments = _arguments()
    logging.disable(logging.INFO)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="yousu-bench-") as temporary:
        folder = (arguments.keep or Path(temporary)).resolve()
        for name in ("presses", "start"):
            (folder / name).mkdir(parents=True)
        print("\n".join(describe(folder)))
        if arguments.quick:
            print("短测：轮数少，只供开发时对比")
        figures, broken = asyncio.run(_measure(arguments.only, folder, quick=arguments.quick))
    missed = [figure.name for figure in figures if figure.reached is False]
    with_goal = sum(figure.reached is not None for figure in figures)
    print(f"\n{with_goal} 项有目标，达到 {with_goal - len(missed)} 项，用时 {time.perf_counter() - started:.0f} 秒")
    if missed:
        print("未达到：" + "；".join(missed))
    if broken:
        print("没有测成或答错：" + "；".join(broken))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""The machine a run was made on: figures without it mean nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

SHOWN = ("aiohttp", "tortoise-orm", "aiosqlite", "wechatpy", "pydantic", "chinesecalendar", "xlsxwriter")


def describe(folder: Path) -> list[str]:
    """Lines that describe processor, memory, system, versions, and the disk that `folder` is on."""
    return [
        f"处理器：{_cpu()}，{os.cpu_count()} 核；开始时 1 分钟负载 {os.getloadavg()[0]:.1f}",
        f"内存：{_memory_gb():.0f} GB；系统：{platform.system()} {platform.release()} {platform.machine()}",
        f"磁盘：{_disk(folder)}",
        f"Python {platform.python_version()}，SQLite {sqlite3.sqlite_version}",
        "，".join(f"{name} {version(name)}" for name in SHOWN),
    ]


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _cpu() -> str:
    for line in _read("/proc/cpuinfo").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "未知"


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9


def _disk(folder: Path) -> str:
    """Device, file system, and whether the kernel takes it for a spinning disk."""
    number = os.stat(folder).st_dev
    where = f"{os.major(number)}:{os.minor(number)}"
    for line in _read("/proc/self/mountinfo").splitlines():
        before, _, after = line.partition(" - ")
        if before.split()[2] == where:
            kind, device = after.split()[:2]
            return f"{device}（{kind}，{_spins(Path(device).name)}）"
    return "未知"


def _spins(device: str) -> str:
    for name in (device, device.rstrip("0123456789"), device.rstrip("0123456789").removesuffix("p")):
        flag = _read(f"/sys/block/{name}/queue/rotational").strip()
        if flag:
            if name.startswith(("vd", "xvd")):
                return "虚拟盘，介质不明"
            return "机械盘" if flag == "1" else "固态盘"
    return "种类不明"


@dataclass(frozen=True, slots=True)
class Busy:
    """Processor seconds since boot: everybody's, those of this process and its finished children, and stolen ones."""

    everybody: float
    own: float
    stolen: float
    at: float


def busy_now() -> Busy:
    """Read the counters."""
    ticks = os.sysconf("SC_CLK_TCK")
    line = _read("/proc/stat").partition("\n")[0].split()[1:] or ["0"] * 8
    user, nice, system, _, _, irq, softirq, steal = (int(part) / ticks for part in line[:8])
    mine = os.times()
    own = mine.user + mine.system + mine.children_user + mine.children_system
    return Busy(user + nice + system + irq + softirq, own, steal, time.perf_counter())


def others_since(before: Busy) -> str:
    """How much of the machine other programs and the host took meanwhile: the noise of the figures."""
    after = busy_now()
    room = (after.at - before.at) * (os.cpu_count() or 1)
    others = max(0.0, (after.everybody - before.everybody) - (after.own - before.own)) / room
    return f"其间其他程序占用处理器 {others:.0%}，被宿主机抢走 {(after.stolen - before.stolen) / room:.0%}"

"""The shipped systemd unit: systemd itself accepts it, and the process speaks to it as it asks."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from operations.practice import bot_environment, free_port, process, run_tool
from watchdog import ALIVE, READY, notify

UNIT = Path(__file__).resolve().parents[2] / "deploy" / "yousu.service"
#: What the unit must say for a leader that hangs to be replaced, and for many connections to be held.
SAID = {"Type": "notify", "Restart": "always", "LimitNOFILE": "65536", "WatchdogSec": "60"}


def lines() -> dict[str, str]:
    text = UNIT.read_text(encoding="utf-8")
    said = [line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return {name: value for name, _, value in said}


def test_the_unit_asks_for_a_sign_of_life() -> None:
    assert SAID.items() <= lines().items()


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    program = tmp_path / "yousu"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    copy = tmp_path / "yousu.service"
    text = UNIT.read_text(encoding="utf-8").replace(lines()["ExecStart"].split()[0], str(program))
    copy.write_text(text.replace("User=yousu", "User=root").replace("/opt/yousu", str(tmp_path)))
    done = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "yousu.service" in line] == []
    assert done.returncode == 0, done.stderr


def test_without_a_supervisor_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify(READY)
    monkeypatch.setenv("NOTIFY_SOCKET", "/nowhere/at/all")
    notify(READY)


@pytest.mark.acceptance
async def test_a_serving_process_says_that_it_is_ready_and_goes_on_saying_that_it_works(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as hears:
        hears.bind(str(path))
        hears.setblocking(False)
        env = bot_environment({}, tmp_path, free_port()) | {"NOTIFY_SOCKET": str(path)}
        env.pop("YOUSU_PRACTICE")
        await run_tool("migrate", env=env)
        heard: list[str] = []
        async with process("-m", "cli", "serve", env=env, log=tmp_path / "bot.log"):
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(60):
                while heard.count(ALIVE) < 3 or READY not in heard:
                    heard.append((await loop.sock_recv(hears, 100)).decode())

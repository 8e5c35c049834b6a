"""One machine's faults under a real `yousu serve`: a locked file, a full disk.

It never dies of them, says so while they last, takes nothing in that it cannot keep, and is well again by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.deployment import until, yousu
from tests.kit.lone import Lone, lone

pytestmark = pytest.mark.acceptance
PATIENCE = 90.0


async def is_ready(place: Lone) -> bool:
    return (await place.ready())[0] == 200


async def asked_in_time(place: Lone) -> tuple[int, dict]:
    """`/readyz`, which answers within two seconds whatever happens (and is given time for a busy machine)."""
    async with asyncio.timeout(10):
        return await place.ready()


@contextlib.contextmanager
def locked(url: str) -> Iterator[None]:
    """Another program holds the write lock of the file."""
    with closing(sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None, timeout=60)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def nothing_accepted_is_lost(place: Lone) -> None:
    status, out, err = await yousu("verify", env=place.env)
    assert (status, err) == (0, "")
    for no in place.accepted:
        assert (await yousu("case", "show", no, env=place.env))[0] == 0, out


async def test_a_file_locked_by_another_program_is_said_and_waited_out(tmp_path: Path, sqlite_migrated_url: str):
    async with lone(tmp_path, sqlite_migrated_url) as place, place.serving():
        assert (await place.push())[0] == 201
        await until(lambda: is_ready(place), "never ready", most=PATIENCE)
        with locked(sqlite_migrated_url):

            async def said() -> bool:
                status, body = await asked_in_time(place)
                ill = {task["task"] for task in body["tasks"]}
                return status == 503 and body["database"] and {"tick", "delivery", "retry"} <= ill

            await until(said, "nobody said that the file is locked", most=PATIENCE)
            status, answer, headers = await place.push()
            assert (status, answer["status"], int(headers["Retry-After"]) > 0) == (503, 503, True)
            assert headers["Content-Type"].startswith("application/problem+json")
            assert "稍后" in answer["detail"]
            _, body = await asked_in_time(place)
            assert all(task["since"].endswith("+08:00") and task["fault"] for task in body["tasks"])
        await until(lambda: is_ready(place), "it did not recover", most=PATIENCE)
        assert (await place.push())[0] == 201
        assert place.bot is not None
        assert place.bot.returncode is None
        faults = [line for line in place.log.splitlines() if '"task_failed"' in line]
        assert len(faults) <= 2 * len({"tick", "delivery", "retry", "clock", "tidy"}), "once per kind and minute"
        await nothing_accepted_is_lost(place)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A volume of eight megabytes. Needs the right to mount one."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small volume")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)], check=False)
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_full_disk_is_said_and_waited_out(tmp_path: Path, small_disk: Path, sqlite_migrated_url: str):
    file = small_disk / "yousu.sqlite3"
    shutil.copyfile(sqlite_migrated_url.removeprefix("sqlite://"), file)
    async with lone(tmp_path, f"sqlite://{file}") as place, place.serving():
        assert (await place.push())[0] == 201
        await until(lambda: is_ready(place), "never ready", most=PATIENCE)
        ballast = small_disk / "ballast"
        with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as full:
            while True:
                full.write(bytes(4096))
        status, body = await asked_in_time(place)
        assert (status, body["disk"]["ok"]) == (503, False)
        assert body["disk"]["free_bytes"] < 4096 * 4
        assert "磁盘" in body["disk"]["detail"]

        async def turned_away() -> bool:
            status, answer, headers = await place.push()
            assert status in (201, 503), answer
            return status == 503 and "Retry-After" in headers

        await until(turned_away, "a full disk still takes complaints", most=PATIENCE)
        assert (await asked_in_time(place))[0] == 503
        ballast.unlink()
        await until(lambda: is_ready(place), "it did not recover", most=PATIENCE)
        assert (await place.push())[0] == 201
        await nothing_accepted_is_lost(place)
        await place.kill()
        assert (await yousu("verify", env=place.env))[0] == 0


async def test_every_accepted_complaint_was_synced_to_the_disk(tmp_path: Path, sqlite_migrated_url: str):
    """A power cut takes back what was not synced: at least one fdatasync lies between two answers."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    async with lone(tmp_path, sqlite_migrated_url, YOUSU_TICK_SECONDS="3600") as place, place.serving():
        assert (await place.push())[0] == 201
        assert place.bot is not None
        tracer = await asyncio.create_subprocess_exec(
            strace, "-f", "-e", "trace=fdatasync,fsync", "-o", str(trace), "-p", str(place.bot.pid),
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert tracer.stderr is not None
        async with asyncio.timeout(20):
            while b"attached" not in await tracer.stderr.readline():
                pass
        for _ in range(10):
            before = trace.read_text().count("sync(")
            assert (await place.push())[0] == 201
            await until(lambda b=before: _more(trace, b), "answered before it was synced", most=5)
        tracer.terminate()
        await tracer.wait()


async def _more(trace: Path, before: int) -> bool:
    return trace.read_text().count("sync(") > before

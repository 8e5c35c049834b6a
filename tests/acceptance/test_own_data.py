"""Files and folders of the program's own: nobody else reads them, and no second command takes them away."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
from pathlib import Path

import pytest

from operations.practice import free_port
from operations.private_files import append_private, write_private
from tests.acceptance.deployment import running, yousu
from tests.kit.town import DATA_KEY, ROOT

pytestmark = pytest.mark.acceptance


def modes(*folders: Path) -> dict[str, int]:
    """The permissions of every file below."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}


async def test_everything_that_is_written_is_its_owners_alone(tmp_path: Path, sqlite_migrated_url: str):
    before = os.umask(0)
    try:
        async with running(tmp_path, sqlite_migrated_url) as place:
            no = await place.dispatched()
            out = tmp_path / "out"
            out.mkdir()
            wide = out / "full.xlsx"
            wide.touch(mode=0o666)
            for arguments in (
                ("ledger", "export", "--out", str(out / "masked.xlsx")),
                ("ledger", "export", "--full", "--out", str(wide)),
                ("case", "papers", no, "--out", str(out / "papers")),
                ("report", "2026-11", "--out", str(out / "papers")),
                ("backup", str(out / "saved.backup")),
            ):
                status, _, err = await place.yousu(*arguments)
                assert status == 0, err
            found = modes(out)
            logs = {name: mode for name, mode in modes(tmp_path).items() if name.endswith((".log", ".key", ".csv"))}
        env = place.env
        status, said, err = await yousu("restore", str(out / "saved.backup"), env=env)
        assert status == 0, err
        assert "before-restore" in said
        found |= {name: mode for name, mode in modes(tmp_path).items() if "before-restore" in name}
    finally:
        os.umask(before)
    assert len(found) >= 6
    assert set(found.values()) == {0o600}, found
    assert {"bot0.log", "city.log", "practice.key"} <= set(logs)
    assert set(logs.values()) == {0o600}, logs


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_there_is_no_moment_in_which_others_may_read(tmp_path: Path, umask: int, monkeypatch: pytest.MonkeyPatch):
    """Without any later change of permissions the files are narrow all the same."""
    monkeypatch.setattr(os, "fchmod", lambda descriptor, mode: None)
    before = os.umask(umask)
    try:
        write_private(tmp_path / "whole", "text")
        append_private(tmp_path / "log").close()
    finally:
        os.umask(before)
    assert modes(tmp_path) == {"whole": 0o600, "log": 0o600}


def test_a_file_that_could_not_be_written_leaves_the_old_one_and_nothing_else(tmp_path: Path):
    file = tmp_path / "whole"
    write_private(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(file, "\udc80")
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["whole"]


async def demo(folder: Path, port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "cli.py"), "demo", "--no-browser", "--port", str(port), cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_a_second_demo_takes_nothing_from_the_first(tmp_path: Path):
    port, other = free_port(), free_port()
    first = await demo(tmp_path, port)
    more: list[asyncio.subprocess.Process] = []
    try:
        assert first.stdout is not None
        assert "演练城已就绪" in (await asyncio.wait_for(first.stdout.readline(), 180)).decode()
        database = tmp_path / ".demo" / str(port) / "yousu.sqlite3"
        there = database.stat().st_ino
        status, _, err = await yousu("demo", "--no-browser", "--port", str(port), env={}, cwd=tmp_path)
        assert status == 1
        assert "另一个演练正在使用" in err
        assert database.stat().st_ino == there
        more.append(await demo(tmp_path, other))
        assert more[0].stdout is not None
        assert "演练城已就绪" in (await asyncio.wait_for(more[0].stdout.readline(), 180)).decode()
        assert database.stat().st_ino == there
        assert (tmp_path / ".demo" / str(other) / "yousu.sqlite3").exists()
        assert first.returncode is None
    finally:
        for child in (first, *more):
            if child.returncode is None:
                child.send_signal(signal.SIGTERM)
            await child.communicate()


async def test_a_busy_port_is_told_in_words_and_nothing_is_deleted(tmp_path: Path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        kept = tmp_path / ".demo" / str(port) / "yousu.sqlite3"
        kept.parent.mkdir(parents=True)
        kept.write_text("yesterday's")
        status, _, err = await yousu("demo", "--no-browser", "--port", str(port), env={}, cwd=tmp_path)
        assert status == 1
        assert f"端口 {port} 已被占用" in err
        assert kept.read_text() == "yesterday's"
        env = {"YOUSU_DATA_KEY": DATA_KEY, "YOUSU_HTTP_PORT": str(port)}
        status, _, err = await asyncio.wait_for(yousu("serve", env=env, cwd=tmp_path), 180)
        assert status == 1
        assert "端口已被占用" in err
    status, _, err = await yousu("demo", "--no-browser", "--port", "70000", env={}, cwd=tmp_path)
    assert status == 1
    assert "端口应是" in err


@pytest.mark.parametrize("foreign", ["notes.txt", "papers/letter.docx", "papers/list.xlsx"])
async def test_a_play_writes_over_nobodys_files(tmp_path: Path, foreign: str):
    file = tmp_path / foreign
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")
    status, _, err = await yousu("play", "--out", str(tmp_path), env={})
    assert status == 1
    assert "别的文件" in err
    assert file.read_text() == "mine"
    status, _, err = await yousu("play", "--out", str(file), env={})
    assert status == 1
    assert "不是目录" in err


@pytest.mark.parametrize(
    "key",
    [bytes(32), b"\xff" * 32, b"secret12" * 4, bytes(range(32)), bytes(range(31, -1, -1)), b"ab" * 16],
    ids=["zero", "ones", "word", "counting", "backwards", "two"],
)
def test_a_key_anybody_could_guess_is_refused_but_can_be_left(key: bytes):
    import base64

    from settings import BadSettings, load

    text = base64.b64encode(key).decode()
    with pytest.raises(BadSettings, match="不是随机的"):
        _ = load({"YOUSU_DATA_KEY": text}, Path("/nowhere")).data_key
    settings = load({"YOUSU_DATA_KEY": DATA_KEY, "YOUSU_DATA_KEY_OLD": f"{text}, "}, Path("/nowhere"))
    assert settings.former_keys == [key]
    with pytest.raises(BadSettings, match="YOUSU_DATA_KEY_OLD 应是"):
        _ = load({"YOUSU_DATA_KEY_OLD": "short"}, Path("/nowhere")).former_keys

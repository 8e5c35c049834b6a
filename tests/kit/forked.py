"""Processes of our own without the seconds of starting Python: forked from one that has imported everything already.

Whoever runs in one is as alone as in any process: its own memory, descriptors, environment and end.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["cli", "operations.backup"])
#: How long a command may take, in seconds.
PATIENCE = 420.0


async def command(*arguments: str, env: Mapping[str, str], given: str = "", cwd: Path = ROOT) -> tuple[int, str, str]:
    """One `yousu` command in `cwd` with nothing in its environment but `env`: exit status, output, errors."""
    return await asyncio.to_thread(_command, arguments, env, given, cwd)


def _command(arguments: tuple[str, ...], env: Mapping[str, str], given: str, cwd: Path) -> tuple[int, str, str]:
    with tempfile.TemporaryDirectory(prefix="yousu-command-") as place:
        streams = [Path(place) / name for name in ("in", "out", "err")]
        streams[0].write_text(given, encoding="utf-8")
        child = context.Process(target=_run, args=(arguments, dict(env), cwd, [str(path) for path in streams]))
        child.start()
        child.join(PATIENCE)
        if child.exitcode is None:
            child.kill()
            raise TimeoutError(f"yousu {' '.join(arguments)} did not end")
        said, complained = (path.read_text(encoding="utf-8") for path in streams[1:])
        return child.exitcode, said, complained


def _run(arguments: tuple[str, ...], env: dict[str, str], cwd: Path, streams: list[str]) -> None:
    os.environ.clear()
    os.environ.update(env)
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it ends with the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["yousu", *arguments]
    os.chdir(cwd)
    import cli

    sys.exit(cli.main(arguments))

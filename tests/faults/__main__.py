"""`python -m tests.faults kills|soak`: the long form of what the tests run short."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.checks import Findings
from tests.faults.kills import kill_matrix
from tests.faults.soak import soak
from tests.faults.weather import Server, restartable
from tests.kit.database import fresh_name


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[tuple[str, Server | None]]:
    """The address of an empty database, and its server when it has one."""
    if kind == "sqlite":
        yield f"sqlite:///{(folder / 'yousu.sqlite3').resolve()}", None
        return
    with contextlib.ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, restartable())
        yield await server.postgres.create(fresh_name()), server


def report(title: str, found: Findings) -> str:
    """The figures and the faults, a line each."""
    lines = [title, *(f"  {name}: {count}" for name, count in found.counts.items())]
    return "\n".join([*lines, *(f"  FAULT {fault}" for fault in found.faults[:50])])


async def _run(arguments: argparse.Namespace, kind: str, folder: Path) -> bool:
    folder.mkdir(parents=True)
    async with database(kind, folder) as (url, server):
        if arguments.what == "soak":
            found = await soak(folder, url, arguments.minutes / arguments.shares, arguments.seed, server)
        else:
            kills = arguments.kills if kind == "sqlite" else arguments.kills // 2
            found = await kill_matrix(folder, url, kills, arguments.seed)
    sys.stdout.write(report(f"{arguments.what} on {kind}, seed {arguments.seed}", found) + "\n")
    return not found.faults


def main() -> int:
    """Run on the databases asked for; exit 1 when anything was lost or broken, and say where its files are."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("what", choices=("kills", "soak"))
    parser.add_argument("--kills", type=int, default=200, help="on SQLite; half as many on PostgreSQL")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    arguments = parser.parse_args()
    arguments.seed = secrets.randbelow(10**6) if arguments.seed is None else arguments.seed
    kinds = ("sqlite", "postgres") if arguments.database == "both" else (arguments.database,)
    arguments.shares = len(kinds)
    folder = Path(tempfile.mkdtemp(prefix="yousu-faults-"))
    sys.stdout.write(f"seed {arguments.seed}, files in {folder}\n")
    sys.stdout.flush()
    good = [asyncio.run(_run(arguments, kind, folder / kind)) for kind in kinds]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.faults kills|soak`: the long form of what the tests run short."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.checks import Findings
from tests.faults.kills import kill_matrix
from tests.faults.soak import soak
from tests.faults.weather import Server, restartable
from tests.kit.database import fresh_name

KINDS = ("sqlite", "postgres")
Run = Callable[[str, Path, str, Server | None], Awaitable[Findings]]


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[tuple[str, Server | None]]:
    """The address of an empty database, and its server when it is ours to restart."""
    if kind == "sqlite":
        yield f"sqlite:///{(folder / 'yousu.sqlite3').resolve()}", None
        return
    with contextlib.ExitStack() as stack:
        server = await asyncio.to_thread(stack.enter_context, restartable())
        yield await server.postgres.create(fresh_name()), server if server.ours else None


async def everywhere(folder: Path, run: Run, kinds: Sequence[str] = KINDS) -> dict[str, Findings]:
    """Run on every kind of database at the same time: most of it is waiting."""

    async def one(kind: str) -> Findings:
        here = folder / kind
        here.mkdir(parents=True)
        async with database(kind, here) as (url, server):
            return await run(kind, here, url, server)

    return dict(zip(kinds, await asyncio.gather(*map(one, kinds)), strict=True))


def kills_of(kills: int, seed: int) -> Run:
    """The kill matrix: so many kills on SQLite, half as many on PostgreSQL."""

    async def run(kind: str, folder: Path, url: str, server: Server | None) -> Findings:
        return await kill_matrix(folder, url, kills if kind == "sqlite" else kills // 2, seed)

    return run


def soak_of(minutes: float, seed: int) -> Run:
    """The soak: so many minutes on each."""

    async def run(kind: str, folder: Path, url: str, server: Server | None) -> Findings:
        return await soak(folder, url, minutes, seed, server)

    return run


def report(title: str, found: Findings) -> str:
    """The figures and the faults, a line each."""
    lines = [title, *(f"  {name}: {count}" for name, count in found.counts.items())]
    return "\n".join([*lines, *(f"  FAULT {fault}" for fault in found.faults[:50])])


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
    kinds = KINDS if arguments.database == "both" else (arguments.database,)
    folder = Path(tempfile.mkdtemp(prefix="yousu-faults-"))
    sys.stdout.write(f"seed {arguments.seed}, files in {folder}\n")
    sys.stdout.flush()
    soaking = arguments.what == "soak"
    run = soak_of(arguments.minutes, arguments.seed) if soaking else kills_of(arguments.kills, arguments.seed)
    found = asyncio.run(everywhere(folder, run, kinds))
    for kind in kinds:
        sys.stdout.write(report(f"{arguments.what} on {kind}, seed {arguments.seed}", found[kind]) + "\n")
    if any(one.faults for one in found.values()):
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

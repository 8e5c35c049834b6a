"""Random faults: of the platform, of its lines, of the process, of the clock, and of the database."""

from __future__ import annotations

import asyncio
import os
import pwd
import signal
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox.city.clock import next_weekday_morning
from sandbox.city.control import ACTS
from sandbox.city.timemachine import TimeMachine
from tests.faults.place import Place, until
from tests.kit.database import FAST, Postgres, find_binaries, postgres_server, unprivileged_user

#: What the city is ordered to do wrong: control acts by name, with their bodies.
FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "http_error", "code": "", "times": 3},
    {"kind": "api_error", "times": 2},
    {"kind": "api_error", "errcode": 45009, "times": 2},
    {"kind": "expire_token"},
    {"kind": "slow", "seconds": 1.5, "times": 4},
    {"kind": "lose_ack", "times": 2},
    {"kind": "silence", "times": 1},
    {"kind": "refuse_send", "errcode": 45009, "times": 2},
    {"kind": "repeat_callback", "times": 3},
    {"kind": "lose_press", "times": 2},
    {"kind": "drop_connection"},
    {"kind": "stream_cut"},
    {"kind": "stream_disconnect"},
    {"kind": "stream_double", "times": 3},
    {"kind": "stream_lose", "times": 2},
    {"kind": "stream_delay", "seconds": 1.0, "times": 2},
    {"kind": "dead_ticket", "times": 1},
    {"kind": "flow_control", "times": 1},
)


@dataclass
class Server:
    """A PostgreSQL that can be restarted in the middle of everything."""

    postgres: Postgres
    home: Path
    again: subprocess.Popen[bytes] | None = None

    @property
    def ours(self) -> bool:
        """Whether its files are here: a server that was given to us is not restarted."""
        return (self.home / "data" / "postmaster.pid").exists()

    async def restart(self, number: int) -> None:
        """Stop it (SIGINT: fast, SIGQUIT: at once) and start it anew on the same files."""
        await asyncio.to_thread(self._restart, number)

    def _restart(self, number: int) -> None:
        file = self.home / "data" / "postmaster.pid"
        handle = os.pidfd_open(int(file.read_text().split()[0]))
        signal.pidfd_send_signal(handle, number)
        if self.again is not None:
            self.again.wait(30)
        else:
            _gone(handle)
        os.close(handle)
        who: pwd.struct_passwd | None = unprivileged_user()
        identity: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        options = [part for option in FAST for part in ("-c", option)]
        binary = find_binaries()
        with (self.home / "log").open("ab") as log:
            self.again = subprocess.Popen(
                [binary / "postgres", "-D", self.home / "data", "-k", self.home, "-h", "", *options],
                stdout=log,
                stderr=log,
                cwd=self.home,
                env={"PATH": str(binary), "LC_ALL": "C", "TZ": "UTC"},
                **identity,
            )


def _gone(handle: int) -> None:
    import select

    if not select.select([handle], [], [], 30)[0]:
        raise TimeoutError("PostgreSQL does not stop")


@contextmanager
def restartable() -> Iterator[Server]:
    """A PostgreSQL that can be restarted, if it is our own."""
    with postgres_server() as postgres:
        home = parse_qs(urlsplit(postgres.admin).query).get("host", [""])[0]
        server = Server(postgres, Path(home))
        try:
            yield server
        finally:
            if server.again is not None:
                server.again.send_signal(signal.SIGQUIT)
                server.again.wait(30)


@dataclass
class Weather:
    """One fault after another, as the dice will have it; `seen` counts them."""

    place: Place
    rng: Random
    server: Server | None = None
    seen: dict[str, int] = field(default_factory=dict)

    async def strike(self) -> None:
        """One fault."""
        kinds: list[Callable[[], Awaitable[str]]] = (
            [self._city] * 6 + [self._kill] * 3 + [self._stop] + [self._turn] * 4
        )
        if self.server is not None:
            kinds.append(self._database)
        name = await self.rng.choice(kinds)()
        self.seen[name] = self.seen.get(name, 0) + 1

    async def _city(self) -> str:
        fault = dict(self.rng.choice(FAULTS))
        await ACTS["fault"](self.place.world, fault)
        return f"city: {fault['kind']}"

    async def _kill(self) -> str:
        self.place.kill()
        await self.place.buried()
        await self.place.start()
        return "SIGKILL"

    async def _stop(self) -> str:
        """The process stands still for seconds, and wakes."""
        assert self.place.bot is not None
        self.place.bot.send(signal.SIGSTOP)
        await asyncio.sleep(self.rng.uniform(0.5, 6))
        self.place.bot.send(signal.SIGCONT)
        return "SIGSTOP and SIGCONT"

    async def _turn(self) -> str:
        """Minutes, hours, or to the next morning: at once, as after a sleep, or step by step."""
        now = self.place.world.clock.now()
        to = now + timedelta(minutes=self.rng.choice((1, 7, 40, 130)))
        if to.hour >= 17:
            to = next_weekday_morning(now) + timedelta(minutes=self.rng.randrange(30))
        await self.place.world.part(TimeMachine).turn(to, stepwise=self.rng.random() < 0.5)
        return "clock turned"

    async def _database(self) -> str:
        assert self.server is not None
        number = self.rng.choice((signal.SIGINT, signal.SIGQUIT))
        await self.server.restart(number)
        await until(self._answers, "PostgreSQL does not come back", 60, 0.1)
        return f"PostgreSQL restarted ({number.name})"

    async def _answers(self) -> bool:
        try:
            return bool(await self.place.rows("SELECT 1"))
        except Exception:  # whatever it says while it starts
            return False

"""Three `yousu serve` on one PostgreSQL; the one that leads is taken away again and again, in every way there is.

Measured is the time until another one leads with its lines open and its tick running; nothing may be lost or doubled.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from operations.practice import bind_groups, free_port
from tests.acceptance.deployment import Child, Deployment, deployment, until
from tests.kit.database import Postgres, fresh_name
from tests.kit.faults import Cut, OwnPostgres, cuttable, kill, own_postgres, stop, timed, wake

pytestmark = pytest.mark.acceptance

#: Promised in docs/several-machines.md, in seconds.
MOST = 10.0
PATIENCE = 60.0
MACHINES = 3


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    """A PostgreSQL on a port, which may be restarted."""
    with own_postgres() as one:
        yield one


@dataclass
class Machines:
    """The deployment, and per machine its port, its way to the database and its process."""

    place: Deployment
    ways: list[Cut]
    dsn: str
    ports: list[str] = field(default_factory=list)
    processes: list[Child] = field(default_factory=list)
    away: set[int] = field(default_factory=set)
    measured: dict[str, float] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)

    async def start(self, at: int) -> None:
        """Start (again) the process of one machine, and tell it the city's time."""
        more = {"YOUSU_HTTP_PORT": self.ports[at], "YOUSU_DATABASE_URL": self.ways[at].url(self.dsn)}
        child = await self.place.serve(**more, YOUSU_TICK_SECONDS="1")
        self.processes[at:at + 1] = [child]  # fmt: skip
        self.away.discard(at)
        assert await self.tell_time(at) == 200

    async def tell_time(self, at: int) -> int:
        """Tell one machine the city's time; the HTTP status."""
        now = (await self.place.city.call("/sandbox/state"))["clock"]["now"]
        url = f"http://127.0.0.1:{self.ports[at]}/practice/clock"
        async with self.place.session.post(url, json={"now": now}) as answer:
            return answer.status

    async def channels(self, at: int) -> tuple[bool, list[str]]:
        """Whether a machine says it is ready, and its channels."""
        try:
            url = f"http://127.0.0.1:{self.ports[at]}/readyz"
            async with self.place.session.get(url, timeout=aiohttp.ClientTimeout(2)) as answer:
                said = await answer.json()
                return said["ready"], [item["channel"] for item in said["channels"]]
        except (aiohttp.ClientError, TimeoutError):
            return False, []

    async def leaders(self) -> list[int]:
        """The machines, of those not away, that lead and are ready."""
        told = {at: await self.channels(at) for at in range(MACHINES) if at not in self.away}
        return [at for at, (ready, channels) in told.items() if ready and "leader" in channels]

    async def leader(self) -> int:
        """Wait until exactly one leads."""

        async def one() -> list[int]:
            found = await self.leaders()
            return found if len(found) == 1 else []

        return (await until(one, f"nobody leads: {self.logs()}", most=PATIENCE))[0]

    async def answers_at(self, at: int) -> None:
        """Let callbacks and pushes go to one machine, as the proxy in front would."""
        told = await self.place.city.call("/sandbox/bot", {"url": f"http://127.0.0.1:{self.ports[at]}"})
        assert told["verified"]

    async def complain(self) -> str:
        """A complaint is pushed; its number."""
        samples = (await self.place.city.call("/sandbox/state"))["samples"]
        pushed = await self.place.city.push(samples[len(self.cases) % len(samples)]["text"])
        self.cases.append(str(pushed["answer"]["case_no"]))
        return self.cases[-1]

    async def confirm(self, no: str) -> None:
        """A command is accepted (the platform has its 200); whether it was worked on is not waited for."""
        await self.place.city.call("/sandbox/say", {"user": "wangmin", "chat": "app", "text": f"/确认 {no}"})

    async def types(self, no: str) -> list[str]:
        """The events of a case, as the database has them."""
        connection = await asyncpg.connect(self.dsn)
        try:
            rows = await connection.fetch(
                "SELECT e.type FROM events e JOIN cases c ON c.id = e.case_id WHERE c.no = $1 ORDER BY e.seq", no
            )
        finally:
            await connection.close()
        return [row["type"] for row in rows]

    async def confirmed_once(self, no: str) -> None:
        """Wait until the command was worked on; it was once."""

        async def there() -> bool:
            return "confirmed" in await self.types(no)

        await until(there, f"lost: {await self.types(no)} {self.logs()}", most=PATIENCE)
        assert (await self.types(no)).count("confirmed") == 1

    async def taken_over(self, how: str) -> int:
        """Measure until another machine leads; which one."""
        self.measured[how] = await timed(self.leader())
        print(f"{how}: {self.measured[how]:.1f} s until served again")  # noqa: T201 - the figure is the result
        return await self.leader()

    async def kicks(self) -> int:
        """How often one connection of the bot threw out another."""
        return int((await self.place.city.call("/sandbox/state"))["connection"]["aibot"]["kicks"])

    def logs(self) -> str:
        """The ends of all logs."""
        logs = sorted(self.place.folder.glob("bot*.log"))
        return "\n".join(f"{log.name}\n" + log.read_text(encoding="utf-8")[-1500:] for log in logs)


@asynccontextmanager
async def machines(folder: Path, server: OwnPostgres) -> AsyncIterator[Machines]:
    """Three machines, one of them leading, the groups bound."""
    postgres = Postgres(server.admin)
    dsn = await postgres.create(fresh_name())
    async with AsyncExitStack() as stack:
        ways = [await stack.enter_async_context(cuttable(dsn)) for _ in range(MACHINES)]
        place = await stack.enter_async_context(deployment(folder, dsn))
        three = Machines(place, ways, dsn)
        three.ports = [place.env["YOUSU_HTTP_PORT"], *(str(free_port()) for _ in range(MACHINES - 1))]
        for at in range(MACHINES):
            await three.start(at)
        await place.connected()
        await bind_groups(place.city)
        yield three


async def test_a_leader_taken_away_in_any_way_is_replaced_and_nothing_is_lost_or_done_twice(
    tmp_path: Path, server: OwnPostgres
) -> None:
    async with machines(tmp_path, server) as three:
        first = await three.leader()

        # Killed with a command just accepted.
        await three.answers_at(first)
        no = await three.complain()
        await three.confirm(no)
        await kill(three.processes[first])
        three.away.add(first)
        second = await three.taken_over("killed")
        await three.confirmed_once(no)
        await three.start(first)

        # Stopped: its sockets stay open, its lock too.
        await three.answers_at(second)
        no = await three.complain()
        await three.confirm(no)
        stop(three.processes[second])
        three.away.add(second)
        third = await three.taken_over("stopped")
        await three.answers_at(third)
        await three.confirmed_once(no)
        kicks = await three.kicks()
        other = await three.complain()
        wake(three.processes[second])
        three.away.discard(second)
        await three.confirm(other)
        await three.confirmed_once(other)

        async def stands_by() -> bool:
            # What the city told a stopped process it hears when it wakes: a practice clock is then set back.
            await three.tell_time(second)
            return (await three.channels(second)) == (True, ["standby"])

        await until(stands_by, f"the woken one does not stand by: {three.logs()}", most=PATIENCE)
        assert await three.leaders() == [third]
        assert await three.kicks() == kicks, "the woken one fought for the line"

        # Cut off from the database; people still reach it.
        no = await three.complain()
        await three.confirm(no)
        three.ways[third].cut()
        three.away.add(third)
        fourth = await three.taken_over("cut off")
        await three.answers_at(fourth)
        await three.confirmed_once(no)
        three.ways[third].mend()
        three.away.discard(third)
        assert await three.leader() == fourth

        # The database itself goes away for a moment.
        no = await three.complain()
        await three.confirm(no)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        await three.taken_over("PostgreSQL restarted")
        await three.answers_at(await three.leader())
        await three.confirmed_once(no)

        for no in three.cases:
            assert (await three.types(no)).count("confirmed") == 1
        assert (await three.place.yousu("verify"))[0] == 0
        assert all(seconds < MOST for seconds in three.measured.values()), three.measured

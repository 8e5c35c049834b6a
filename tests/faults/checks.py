"""What must be true when the faults are over and things have settled, whatever happened before.

Everything is counted from three sides that do not know each other: the book of what people were answered, the rows of
the database, and what the city shows. A fault found is a sentence in `faults`; `counts` are printed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from bot.cards.drawing import draw
from domain.escalation import due_steps
from domain.messages import Look
from domain.vocabulary import WITH_DEPARTMENT
from in_force import load_in_force
from main import build_app, build_platforms
from models.cases import CaseRow, StepRow
from models.database import connect, disconnect
from models.messages import ReceiptRow, ShownCard
from models.people import Chat, Department
from models.queues import InboxRow, OutboxRow
from platforms.contract import Place as Where
from platforms.contract import Recipient
from platforms.dingtalk import render
from platforms.dingtalk.frames import GROUP_BUTTON
from sandbox.city.chats import DROPPED, SHOWN
from sandbox.dingtalk.ding import Ding
from scheduler.clock import PracticeClock
from services.delivery.outcome import TOGETHER
from services.delivery.recipients import Target
from services.delivery.view_builder import Views
from services.store.app import AppContext
from services.store.event_store import Record, read_many, sent_steps
from settings import load
from tests.faults.folk import Folk
from tests.faults.place import Place, until

#: This process is connected to one database at a time.
_CONNECTED = asyncio.Lock()
#: Kinds of outbox rows that change what is shown and leave no receipt of their own.
REDRAWS = frozenset({"redraw", "refresh"})
OPEN_INBOX = "SELECT count(*) FROM inbox WHERE state = 'pending' AND (answered IS NULL OR error IS NOT NULL)"
#: Done, and waiting for the platform to take the answer, which takes some each minute.
OWED = "SELECT count(*) FROM inbox WHERE state = 'pending' AND answered IS NOT NULL AND error IS NULL"
RIPE_OUTBOX = (
    "SELECT count(*) FROM outbox WHERE state = 'leased' "
    "OR (state = 'pending' AND (error IS NOT NULL OR not_before <= '{now}'))"
)


@dataclass
class Findings:
    """Broken promises in words, and figures to print."""

    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def expect(self, holds: bool, fault: str, promise: str = "") -> None:
        """Write a fault down; of a promise that is not kept yet it is only counted."""
        if holds:
            return
        self.faults.append(f"{promise}: {fault}" if promise else fault)


async def settle(place: Place, folk: Folk, most: int = 60) -> None:
    """The weather is fine again: repeat what nobody answered, and give the bot the time it asks for.

    Turns the clock two minutes at a time. Raises AssertionError when the queues never come to rest.
    """
    await folk.done()
    place.world.faults.waiting.clear()
    for number in [number for number in folk.book.pushed if number not in folk.book.accepted]:
        await until(lambda number=number: folk.push_again(number), "a push is never accepted", every=1.1)
    for _ in range(most):
        # A message on its way when the clock is turned would count in the platform's new minute, and a bot that owes
        # answers looks at the clock every second.
        await place.quiet(1.5)
        inbox, owed, outbox = await _count(place, OPEN_INBOX), await _count(place, OWED), await _ripe(place)
        if not inbox and not owed and not outbox:
            place.settled_at = place.world.clock.now()
            return
        await place.turn(2)
        if inbox:  # An event is tried again by a job of five seconds of real time.
            with contextlib.suppress(AssertionError):
                await until(lambda inbox=inbox: _fewer(place, inbox), "", 12, 0.1)
    raise AssertionError(f"the queues never come to rest: {inbox} in, {owed} owed, {outbox} out; {_tail(place)}")


async def _ripe(place: Place) -> int:
    """How many messages should have gone out by now; one that waits for office hours is where it belongs."""
    now = place.world.clock.now().astimezone(UTC).isoformat(" ")
    return int((await place.rows(RIPE_OUTBOX.format(now=now)))[0][0])


async def _fewer(place: Place, than: int) -> bool:
    return await _count(place, OPEN_INBOX) < than


async def _count(place: Place, sql: str) -> int:
    return int((await place.rows(sql))[0][0])


def _tail(place: Place) -> str:
    return place.bot.said() if place.bot else ""


@dataclass
class Evidence:
    """All that is compared: the settled place, its book, its cases, and the office as it is now."""

    place: Place
    folk: Folk
    app: AppContext
    records: dict[str, Record]
    found: Findings


async def examine(place: Place, folk: Folk) -> Findings:
    """Check a place whose bot has been stopped; the commands and the rows are read as an operator would."""
    found = Findings()
    status, said = await place.yousu("verify", name="verify")
    found.expect(status == 0, f"verify: {said}")
    now = place.world.clock.now()
    settings = load(place.env)
    app = build_app(settings)
    assert isinstance(app.clock, PracticeClock)
    app.clock.turn(now)
    async with _CONNECTED:
        await _look(place, folk, app, found)
    return found


async def _look(place: Place, folk: Folk, app: AppContext, found: Findings) -> None:
    await connect(place.url)
    try:
        await load_in_force(app)
        ids = await CaseRow.all().values_list("id", flat=True)
        records = {record.case.no: record for record in await read_many(ids, app.sealer)}
        evidence = Evidence(place, folk, app, records, found)
        for check in CHECKS:
            await check(evidence)
    finally:
        await disconnect()


async def _accepted(e: Evidence) -> None:
    """Every complaint answered with 201 is a case with its events, once."""
    held: dict[str, list[str]] = {}
    for no, record in e.records.items():
        held.setdefault(record.case.external_no, []).append(no)
    for number in e.folk.book.pushed:
        expected = e.folk.book.accepted.get(number)
        e.found.expect(held.get(number) == [expected], f"order {number}: answered {expected}, held {held.get(number)}")
    for record in e.records.values():
        e.found.expect(record.events[0].type == "registered", f"{record.case.no} begins with {record.events[0].type}")
    e.found.counts["complaints accepted"] = len(e.folk.book.accepted)
    e.found.counts["cases"] = len(e.records)
    e.found.counts["events"] = sum(len(record.events) for record in e.records.values())


async def _remarks(e: Evidence) -> None:
    """Every command whose callback was answered with 200 is worked on once."""
    told = " ".join(note for no in e.folk.quiet for note in e.records[no].case.private.notes)
    for mark, accepted in e.folk.book.remarks.items():
        times = told.count(mark)
        e.found.expect(times > 0 or not accepted, f"“{mark}” was answered and never worked on")
        e.found.expect(times <= 1, f"“{mark}” was worked on {times} times", "act once")
        e.found.counts["commands accepted"] += accepted
    e.found.counts["presses answered by a new card"] = sum(done for _, done in e.folk.book.presses)


async def _queues(e: Evidence) -> None:
    """Nothing waits and nothing was given up in silence."""
    states = Counter(await InboxRow.all().values_list("state", flat=True))
    e.found.expect(set(states) <= {"done"}, f"inbox: {dict(states)}")
    rows = await OutboxRow.all()
    e.found.counts["events worked on"] = states["done"]
    told = {row.key.partition("/lost")[0] for row in rows if "/lost" in row.key}
    receipts = Counter(receipt.outbox_id for receipt in await ReceiptRow.all())
    for row in rows:
        e.found.counts[f"outbox {row.state}"] += 1
        if row.state == "failed":
            e.found.expect(row.case_id is None or row.key in told, f"{row.kind} given up in silence: {row.error}")
        elif row.state == "sent" and row.kind not in REDRAWS and (row.merge or TOGETHER).startswith(TOGETHER):
            first = int((row.merge or "").removeprefix(TOGETHER) or row.id)
            e.found.expect(receipts[first] > 0, f"{row.kind} {row.id} sent without a receipt")
        else:
            waits = row.state == "pending" and row.error is None and row.not_before > e.place.settled_at
            e.found.expect(waits or row.state in ("sent", "dropped"), f"{row.kind} {row.id} is {row.state} after all")


async def _rows(e: Evidence) -> None:
    """The columns of a case are the fold of its events."""
    for row in await CaseRow.all():
        case = e.records[row.no].case
        stored = (row.state, row.round, row.turn, row.is_open, row.public["events"])
        folded = (case.state.value, case.round, case.epoch, case.state.is_open, case.seq)
        e.found.expect(stored == folded, f"{row.no}: stored {stored}, folded {folded}")


async def _steps(e: Evidence) -> None:
    """No step of the clock twice, none missing: the ladder is computed anew from events and calendar."""
    rows = await StepRow.all()
    for record in e.records.values():
        case = record.case
        if case.state.is_open:
            due = due_steps(case, e.app.decision_context(case.rules), await sent_steps(record.id))
            missing = [step.key for step in (*due.send, *due.skip)]
            e.found.expect(not missing, f"{case.no}: steps never taken: {missing}")
        taken: Counter[tuple[int, str, str]] = Counter()
        hands = 0  # whom a case is given to midway hears what the one before heard
        for event in record.events:
            hands += event.type == "reassigned"
            if "planned" in event.data:
                taken[hands, str(event.data["step"]), str(event.data["planned"])] += 1
        twice = [step for step, times in taken.items() if times > 1]
        e.found.expect(not twice, f"{case.no}: taken twice: {twice}")
        written = {(step, event.at) for event in record.events if (step := str(event.data.get("step", "")))}
        for row in rows:
            if row.case_id == record.id and row.outcome == "sent" and not row.stage.endswith("/resume"):
                key = (row.stage.rpartition("/")[2], row.at)
                e.found.expect(key in written, f"{case.no}: the ledger of steps has {key}, the events have not")
    e.found.counts["steps of the clock"] = len(rows)


async def _received(e: Evidence) -> None:
    """What the city received is what we have receipts for; a card, which has a key, only once."""
    messages = [m for m in e.place.world.chats.messages if m.sender in ("bot", "app", "ding", "webhook", "robot")]
    cards = Counter((m.chat, m.task_id) for m in messages if m.task_id)
    doubled = [key for key, times in cards.items() if times > 1]
    e.found.expect(not doubled, f"cards shown twice: {doubled}")
    known = {m.task_id for m in messages if m.task_id} | set(e.place.world.part(Ding).cards)
    for shown in await ShownCard.all():
        e.found.expect(_known(shown.key, known), f"the city never got the card {shown.key} of {shown.kind}")
    claimed: Counter[tuple[Any, ...]] = Counter()
    for receipt in await ReceiptRow.all():
        claimed[receipt.outbox_id, receipt.platform, receipt.place, receipt.recipient] += 1
    texts = Counter((m.chat, m.kind, m.text) for m in messages if m.card is None and m.text)
    over = [m for m in messages if m.status == DROPPED]
    dropped = len(over)
    who = Counter(f"{m.chat} {m.channel} at {m.at[11:19]}" for m in over).most_common(12)
    e.found.expect(dropped == 0, f"{dropped} messages dropped by the platform for exceeding its limit: {who}", "budget")
    e.found.counts["receipts"] = sum(claimed.values())
    e.found.counts["receipts of a repeat under the same key"] = sum(n - 1 for n in claimed.values())
    e.found.counts["messages of the bot in the city"] = len(messages)
    e.found.counts["identical texts (no key; answers that read alike included)"] = sum(n - 1 for n in texts.values())
    e.found.counts["dropped by the platform's limit"] = dropped


def _known(key: str, tracks: Iterable[str]) -> bool:
    return key in tracks or any(track.startswith(f"{key}~") for track in tracks)


async def _work_orders(e: Evidence) -> None:
    """Every department that has a case has its card, and its clock started once for each dispatch."""
    world = e.place.world
    groups = {group.department: group.chatid for group in world.city.groups.values() if group.department}
    for record in e.records.values():
        case, types = record.case, Counter(event.type for event in record.events)
        handed = types["dispatched"] + types["reassigned"]
        e.found.expect(
            types["delivered"] <= handed or len(case.units) > 1,
            f"{case.no}: {types['delivered']} deliveries of {handed} hand-overs",
        )
        if case.state not in WITH_DEPARTMENT or case.lead is None:
            continue
        group = groups.get(case.lead.name)
        seen = [m for m in world.chats.messages if m.card is not None and case.no in str(m.card) and m.status == SHOWN]
        there = [m for m in seen if m.chat == group or m.chat.partition(":")[2] in world.city.people]
        e.found.expect(bool(there), f"{case.no}: {case.lead.name} shows no card")
        e.found.counts["work orders with a department"] += 1


async def _shown(e: Evidence) -> None:
    """A card that is redrawn at any time (DingTalk, in a group) shows the case as it is."""
    platforms = build_platforms(load(e.place.env), e.app)
    try:
        ding = platforms.get("dingtalk")
        if ding is None:
            return
        views = Views(e.app, platforms)
        by_id = {record.id: record for record in e.records.values()}
        own = bool(e.place.env.get("DINGTALK_CARD_TEMPLATE_ID"))
        variables = render.own_variables if own else render.built_in_variables
        for shown in await ShownCard.filter(platform="dingtalk", place="chat", current=True):
            record = by_id[shown.case_id]
            wanted = await _wanted(views, shown, record)
            card = e.place.world.part(Ding).cards.get(shown.key)
            shows, draws = card.params if card else {}, variables(wanted, place=GROUP_BUTTON) if wanted else {}
            other = [
                f"{name}: {shows.get(name)!r} ≠ {draws.get(name)!r}" for name in draws if shows.get(name) != draws[name]
            ]
            history = [event.type for event in record.events[-3:]]
            promise = "clock redraw" if any("planned" in event.data for event in record.events) else ""
            e.found.expect(
                bool(shows) and not other, f"{record.case.no}: shows what it was: {history} {other}", promise
            )
            e.found.counts["cards compared with the case"] += 1
    finally:
        for platform in platforms.values():
            await platform.close()


async def _wanted(views: Views, shown: ShownCard, record: Record) -> Any:
    chat = await Chat.get_or_none(platform=shown.platform, chat_id=shown.recipient)
    department = await Department.get_or_none(id=chat.department_id) if chat and chat.department_id else None
    row = OutboxRow(kind=Look.NOW, case_id=record.id, department_id=department.id if department else None, payload={})
    mine = department is None or department.id in {unit.id for unit in record.case.units}
    target = Target(shown.platform, Recipient(Where.CHAT, shown.recipient))
    called = await views.liaisons(row, [record])
    return draw(Look.NOW if mine else Look.GONE, await views.view(row, [record], target, called))


CHECKS: tuple[Callable[[Evidence], Awaitable[None]], ...] = (
    _accepted, _remarks, _queues, _rows, _steps, _received, _work_orders, _shown,
)  # fmt: skip

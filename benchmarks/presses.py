"""From the press of a button to the redrawn card, both on the wire, at fifty presses a second (ten in a short run).

The practice city runs in this process and the bot in another; the times are taken at the city's socket, from the frame
with the press to the frame with the new card. Every press signs for a case of its own (签收).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Figure, WrongAnswer, quantile
from benchmarks.processes import processor_ms
from benchmarks.seed import CENTRE, FRIDAY, Place, number, office_at, plant, settle_in, story
from benchmarks.town import Town, town
from bot.cards.drawing import draw
from domain.messages import TASK
from domain.rules import DecisionContext
from domain.view import View
from main import database
from operations.practice import process
from platforms.contract import Card
from platforms.wecom import render
from sandbox.city.chats import Message
from sandbox.city.people import City, Group, Person
from sandbox.city.world import World
from sandbox.wecom.aibot import Hub
from sandbox.wecom.cards import buttons
from services.store.app import AppContext

GOAL_MS = 200.0
RATE = 50
#: A short run is about the answers, on any machine; how fast they come at the full rate is for the long one.
QUICK_RATE = 10
#: The bot keeps to thirty answers a minute in one conversation, so the presses come from many groups.
GROUPS = 60
PATIENCE = 8.0
#: Seconds the bot is left alone after it connected.
SETTLE = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """A card in a group, with who presses which of its buttons."""

    person: Person
    group: Group
    message: Message
    key: str


def many_groups(city: City) -> list[tuple[Group, Person]]:
    """Groups beside those of the city, each with the liaison of one department of the centre in it."""
    liaisons = [p for p in city.people.values() if "联络员" in p.roles and p.centre == CENTRE]
    found = []
    for place in range(GROUPS):
        person = liaisons[place % len(liaisons)]
        group = Group(f"wrBench{place:03d}", f"群{place}", [person.id], person.department)
        city.groups[group.chatid] = group
        found.append((group, person))
    return found


async def seed(here: Town, count: int) -> list[Target]:
    """`count` dispatched cases in the database, and their work orders as cards in the groups."""
    app = office_at(FRIDAY, here.data_key)
    groups = many_groups(here.world.city)
    async with database(here.database_url, FRIDAY):
        place = await settle_in(FRIDAY, here.data_key)
        return await _cases_and_cards(app, place, here.world, groups, count)


async def _cases_and_cards(
    app: AppContext, place: Place, world: World, groups: Sequence[tuple[Group, Person]], count: int
) -> list[Target]:
    units = {unit.name: unit for unit in place.units}
    seats = [groups[n % len(groups)] for n in range(count)]
    stories = [
        story(app, place, number(FRIDAY, n), units[person.department], FRIDAY, ())
        for n, (_, person) in enumerate(seats, start=1)
    ]
    targets = []
    now = DecisionContext(FRIDAY, app.calendar, app.rules)
    for (group, person), record in zip(seats, await plant(app, stories), strict=True):
        view = View(record.case, now, None, liaisons=(person.name,), case_id=record.id)
        card = draw(TASK, view)
        if not isinstance(card, Card):
            raise TypeError("a work order is a card")
        task_id = f"ybench-{record.id}-0g"
        drawn = render.template_card(card, render.BOT, task_id=task_id)
        message = world.chats.add(
            group.chatid, "bot", "template_card", "aibot", to=group.members, card=drawn, task_id=task_id
        )
        accept = next(button["key"] for button in buttons(drawn) if button["text"] == "签收")
        targets.append(Target(person, group, message, accept))
    return targets


async def press(world: World, target: Target) -> float | None:
    """Milliseconds from the press on the wire to the redraw on the wire; None when none came."""
    asked = await world.part(Hub).press(target.person, target.group, target.message, target.key, {})
    if asked is None:
        return None
    try:
        await asyncio.wait_for(asked.answered.wait(), PATIENCE)
    except TimeoutError:
        return None
    return (asked.answered_at - asked.told_at) * 1000


async def at_a_steady_rate(world: World, targets: Sequence[Target], rate: int) -> tuple[list[float | None], float]:
    """Press at the given rate whether or not answers come (open loop), so that a stall is not hidden.

    Also returns by how many milliseconds this process itself was late at worst: no fault of the bot.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    tasks, late = [], 0.0
    async with asyncio.TaskGroup() as group:
        for place, target in enumerate(targets):
            await asyncio.sleep(max(0.0, start + place / rate - loop.time()))
            late = max(late, loop.time() - start - place / rate)
            tasks.append(group.create_task(press(world, target)))
    return [task.result() for task in tasks], late * 1000


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Measure. Raises WrongAnswer when a press is not answered, or its card does not show it."""
    seconds, rate = (5, QUICK_RATE) if quick else (10, RATE)
    async with town(folder / "presses") as here:
        world = here.world
        targets = await seed(here, rate + rate * seconds)
        async with process("-m", "cli", "serve", env=here.env, log=folder / "presses" / "bot.log") as bot:
            await here.connected()
            await asyncio.sleep(SETTLE)
            await at_a_steady_rate(world, targets[:rate], rate)
            before = processor_ms(bot.pid)
            times, late = await at_a_steady_rate(world, targets[rate:], rate)
            cost = (processor_ms(bot.pid) - before) / len(times)
    answered = [took for took in times if took is not None]
    signed = sum(_shows_signed(target.message) for target in targets[rate:])
    if not len(answered) == len(times) == signed:
        raise WrongAnswer(f"{len(times)} presses, {len(answered)} redrawn cards, {signed} of them signed for")
    half, most = quantile(answered, 0.5), quantile(answered, 0.99)
    detail = (
        f"p50 {half:.0f} 毫秒，最慢 {max(answered):.0f} 毫秒；每秒 {rate} 次，{len(times)} 次点击，"
        f"{len(answered)} 次得到更新，{signed} 张卡片变为“办理中”；{GROUPS} 个群，每次都是真实签收\n"
        f"机器人进程每次点击用处理器 {cost:.1f} 毫秒；测量进程自己最多被耽搁 {late:.0f} 毫秒"
    )
    good = most < GOAL_MS
    return [Figure("点击到卡片更新 p99", f"{most:.0f} 毫秒", f"< {GOAL_MS:.0f} 毫秒", good, detail)]


def _shows_signed(message: Message) -> bool:
    """Whether the card has been redrawn without its 签收 button."""
    return bool(message.history) and all(button["text"] != "签收" for button in buttons(message.card))

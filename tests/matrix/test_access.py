"""Every `access_*` function × everybody: what each answers is written here from docs/commands.md, not from the code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.cards.drawing import draw
from domain.case import OPERATOR, Actor
from domain.messages import TASK
from domain.refusals import Refused
from models.people import Centre
from models.queues import OutboxRow
from platforms.contract import Card, Place, Recipient
from services.access import rights
from services.access.cases import (
    NotFound,
    Stale,
    access_case_for_acting,
    access_case_for_hotline,
    access_case_for_reading,
    access_case_named,
)
from services.access.contact import access_contact
from services.access.groups import bind_group
from services.delivery.recipients import Target
from services.delivery.view_builder import Views
from services.directory.people import actor_of, department_named, person_by_account
from services.store.event_store import NoSuchCase, read_no
from tests.matrix.app import CO, HOME, NEIGHBOUR, OWN, PEOPLE, House, Somebody, house, make

DESK = {"窗口", "管理机构", "负责人"}
MANAGERS = {"管理机构", "负责人"}


async def _actor(who: Somebody) -> Actor | None:
    card = await person_by_account("wecom", who.account)
    return actor_of(card) if card else None


async def _tried(attempt: Awaitable[object]) -> str:
    """`ok`, or the name of what refused."""
    try:
        await attempt
    except Refused as refusal:
        return refusal.code
    except (NotFound, NoSuchCase) as error:
        return type(error).__name__
    return "ok"


async def _everybody(check: Callable[[Somebody, Actor], Awaitable[None]]) -> None:
    for who in PEOPLE:
        actor = await _actor(who)
        if actor is not None:
            await check(who, actor)


def _sees(who: Somebody) -> bool:
    """Who may open a dispatched case of HOME that OWN leads with CO: the desk, and those departments' own people."""
    roles = set(who.roles)
    if who.centre != HOME:
        return False
    if roles & DESK:
        return True
    return who.department in (OWN, CO) or (not who.department and "分管领导" in roles)


async def test_a_case_is_got_by_those_it_concerns_and_by_nobody_else(sqlite_database: str):
    async with house() as town:
        no = await make(town, "B2")
        record = await read_no(no, town.app.sealer)

        async def check(who: Somebody, actor: Actor) -> None:
            wanted = _sees(who)
            read = await _tried(access_case_for_reading(town.app, actor, record.id))
            acted = await _tried(access_case_for_acting(town.app, actor, record.id, record.case.epoch))
            named = await _tried(access_case_named(town.app, actor, no))
            assert (read, acted, named) == (("ok",) * 3 if wanted else ("not_yours", "not_yours", "NotFound")), who

        await _everybody(check)
        assert await _tried(access_case_named(town.app, OPERATOR, no)) == "ok"
        with pytest.raises(Stale):
            await access_case_for_acting(town.app, OPERATOR, record.id, record.case.epoch - 1)


async def test_a_key_of_one_centre_reads_no_other_centres_case(sqlite_database: str):
    async with house() as town:
        no = await make(town, "A1")
        assert await _tried(access_case_for_hotline(town.app, no, "")) == "ok"
        assert await _tried(access_case_for_hotline(town.app, no, HOME)) == "ok"
        assert await _tried(access_case_for_hotline(town.app, no, NEIGHBOUR)) == "NoSuchCase"


async def test_a_number_to_call_is_shown_to_the_desk_and_the_liaisons_of_the_case(sqlite_database: str):
    async with house() as town:
        record = await read_no(await make(town, "B2"), town.app.sealer)

        async def check(who: Somebody, actor: Actor) -> None:
            liaison = "联络员" in who.roles and who.department in (OWN, CO) and who.centre == HOME
            desk = bool(set(who.roles) & DESK)
            said = await _tried(access_contact(town.app, actor, record.id, "电话核实"))
            refused = "other_centre" if desk else "other_department"
            assert said == ("ok" if liaison or (desk and who.centre == HOME) else refused), who
            assert await _tried(access_contact(town.app, actor, record.id, " ")) == "reason_needed"

        await _everybody(check)


def _said(check: Callable[[], object]) -> object:
    try:
        return check()
    except Refused as refusal:
        return refusal.code


async def test_the_ledger_its_export_the_papers_and_the_report_have_their_readers(sqlite_database: str):
    async with house() as _:
        home = (await Centre.get(name=HOME)).id

        async def check(who: Somebody, actor: Actor) -> None:
            roles = set(who.roles)
            here = who.centre == HOME
            rows = None if roles & DESK else actor.department if actor.department else "ledger_for_centre"
            assert _said(lambda: rights.access_ledger(actor)) == rows, who
            lead, manager = here and "负责人" in roles, here and bool(roles & MANAGERS)
            assert _said(lambda: rights.access_export(actor, home)) == (lead if manager else "not_allowed"), who
            assert _said(lambda: rights.access_export(actor, home, full=True)) == (lead or "not_allowed"), who
            masked = _said(lambda: rights.access_export(actor, home, full=False))
            assert masked == (False if manager else "not_allowed"), who
            desk = None if here and roles & DESK else "not_allowed"
            assert _said(lambda: rights.access_papers(actor, home)) == desk, who
            assert _said(lambda: rights.access_month(actor, home)) == (None if manager else "not_allowed"), who
            takes = None if roles & {*DESK, "热线"} else "not_allowed"
            assert _said(lambda: rights.access_intake(actor)) == takes, who

        await _everybody(check)
        assert rights.access_export(OPERATOR, home, full=True)
        assert not rights.access_export(OPERATOR, home)


async def test_a_department_is_given_a_group_by_the_managers_of_its_centre(sqlite_database: str):
    async with house() as town:
        card = (await department_named((await Centre.get(name=HOME)).id, "医保局")).department
        assert card is not None

        async def check(who: Somebody, actor: Actor) -> None:
            may = bool(set(who.roles) & MANAGERS) and who.centre == HOME
            said = await _tried(bind_group(actor, "wecom", f"new-{who.account}", card, town.app.clock.now()))
            assert said == ("ok" if may else "not_allowed"), who

        await _everybody(check)


async def test_who_stands_in_gets_what_the_absent_gets(sqlite_database: str):
    """代班: a window stands in for the lead, and exports in full until the day is over."""
    async with house() as town:
        await _stand_in(town, "h2", "h0")
        reply = await town.come("h0", text="/台账 导出")
        assert reply is not None
        assert "全量" in reply.text
        town.pass_time(days=2)
        refused = await town.come("h0", text="/台账 导出")
        assert refused is not None
        assert "您当前的身份不能操作" in refused.text


async def _stand_in(town: House, away: str, deputy: str) -> None:
    day = town.app.clock.now().date().isoformat()
    reply = await town.come(away, text=f"/代班 某{deputy} {day} {day}")
    assert reply is not None
    assert "代" in reply.text


async def test_the_card_of_who_stands_in_has_the_buttons_of_who_is_away(sqlite_database: str):
    """代班: the department's leader only reads, but stands in for its liaison today."""
    async with house() as town:
        record = await read_no(await make(town, "B1"), town.app.sealer)
        boss = await person_by_account("wecom", "boss")
        assert boss is not None
        row = OutboxRow(kind=TASK.name, case_id=record.id, person_id=boss.id, payload={})
        target = Target("wecom", Recipient(Place.PERSON, "boss"), boss)
        for stands_in in (False, True):
            if stands_in:
                await _stand_in(town, "own", "boss")
            card = draw(TASK, await Views(town.app, {}).view(row, [record], target))
            assert isinstance(card, Card)
            assert ("签收" in [button.caption for button in card.buttons]) is stands_in

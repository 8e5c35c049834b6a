"""Versions of the rules: a case keeps its own, a new one gets the newest, centres differ; on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from domain.case import OPERATOR, Case, Unit
from domain.commands import Classify, Command, Confirm, Deliver, Dispatch
from domain.vocabulary import Category
from in_force import load_in_force
from models.cases import CaseRow
from models.people import Department
from models.queues import OutboxRow
from models.rulebook import RuleSetRow
from models.sealing import Sealer
from services.cases.execute import execute
from services.cases.intake import take_fields
from services.cases.issuing import centre_paper
from services.cases.tick import tick
from services.directory.file import HEADER
from services.directory.people import CentreCard, centre_named, import_directory
from services.rules.rule_file import BadRules, load_rules
from services.rules.rulebook import keep_shipped, newest_rules, put_in_force, rulebook, rules_text, touched
from services.store.app import AppContext
from services.store.event_store import create, read
from tests.kit.cases import CALENDAR, RULES, RULES_FILE, when

CITY, TOWN = "示例市政务服务中心", "示例县政务服务中心"
PEOPLE = (
    f"{CITY},市,,王窗口,窗口,wang,",
    f"{CITY},市,,赵管理,管理机构,zhao,",
    f"{CITY},市,人社局,陈联络,联络员,chen,",
    f"{TOWN},县区,,县窗口,窗口,xwang,",
    f"{TOWN},县区,,县管理,管理机构,xian,",
    f"{TOWN},县区,人社局,县联络,联络员,xlian,",
)
SHIPPED = RULES_FILE.read_text(encoding="utf-8")
LATE_HOURS = [["10:00", "12:00"], ["14:00", "19:00"]]


class Clock:
    """A clock a test turns."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    paced = now


def text(version: str, **changes: Any) -> str:
    """The shipped file under another version; `days` changes the limit of 一般."""
    raw = json.loads(SHIPPED)
    if "days" in changes:
        raw["limits"]["一般"]["days"] = changes.pop("days")
    return json.dumps({**raw, "version": version, **changes}, ensure_ascii=False)


class Place:
    """Two centres of one deployment."""

    def __init__(self) -> None:
        self.clock = Clock(when("11-23 10:00"))
        self.app = AppContext(self.clock, CALENDAR, RULES, Sealer(b"k" * 32))
        self.centres: dict[str, CentreCard] = {}

    async def open(self) -> None:
        content = "\n".join([",".join(HEADER), *PEOPLE]).encode()
        await import_directory(content, "org.csv", self.clock.now(), self.app.sealer)
        for name in (CITY, TOWN):
            card = await centre_named(name)
            assert card is not None
            self.centres[name] = card
        await load_in_force(self.app)

    async def apply(self, text_: str, centre: str = "") -> None:
        """From the command line, and the running bot looks."""
        await put_in_force(self.app, text_, self.centres.get(centre))
        await load_in_force(self.app)

    async def opened(self, centre: str = CITY) -> int:
        """A new case of a centre; its row id."""
        fields: Mapping[str, Any] = {"source": "窗口", "kind": "投诉", "content": "窗口一直不给办理退休手续，跑了四趟"}
        return (await take_fields(self.app, self.centres[centre], fields, OPERATOR)).id

    async def do(self, case_id: int, *commands: Command) -> Case:
        for command in commands:
            await execute(self.app, case_id, command, OPERATOR)
        return await self.case(case_id)

    async def given(self, centre: str = CITY) -> int:
        """A case of the category 一般 in the hands of its department."""
        case_id = await self.opened(centre)
        row = await Department.get(centre_id=self.centres[centre].id, name="人社局")
        unit = Unit(row.id, row.name)
        await self.do(case_id, Confirm(), Classify(Category.GENERAL), Dispatch((unit,)), Deliver(unit, "群消息"))
        return case_id

    async def case(self, case_id: int) -> Case:
        return (await read(case_id, self.app.sealer)).case

    async def due(self, case_id: int) -> str:
        clock = (await self.case(case_id)).clock
        assert clock is not None
        return clock.at.strftime("%m-%d %H:%M")


@pytest.fixture
async def place(database: str) -> Place:
    place = Place()
    await place.open()
    return place


async def test_a_case_keeps_the_version_it_was_opened_under_and_a_new_one_gets_the_new(place: Place) -> None:
    old = await place.opened()
    await place.apply(text("2026-2", days=1))
    new = await place.opened()
    assert [row.rules_version for row in await CaseRow.all().order_by("id")] == [RULES.version, "2026-2"]
    dues = []
    for case_id in (old, new):
        row = await Department.get(centre_id=place.centres[CITY].id, name="人社局")
        unit = Unit(row.id, row.name)
        await place.do(case_id, Confirm(), Classify(Category.GENERAL), Dispatch((unit,)), Deliver(unit, "群消息"))
        dues.append(await place.due(case_id))
    assert dues == ["11-26 17:00", "11-24 17:00"]
    assert place.app.decision_context((await place.case(old)).rules).rules == RULES


async def test_two_centres_have_rules_and_hours_of_their_own(place: Place) -> None:
    await place.apply(text("县-1", days=5, hours=LATE_HOURS), TOWN)
    assert await place.due(await place.given(CITY)) == "11-26 17:00"
    assert await place.due(await place.given(TOWN)) == "11-30 19:00"
    await place.apply(text("2026-2", days=1))
    assert await place.due(await place.given(CITY)) == "11-24 17:00"
    assert await place.due(await place.given(TOWN)) == "11-30 19:00", "its own rules stay in force"


async def test_nobody_outside_is_disturbed_in_the_quiet_hours_of_his_own_centre(place: Place) -> None:
    await place.apply(text("县-1", hours=LATE_HOURS), TOWN)
    place.clock.moment = when("11-23 09:30")
    await place.given(CITY)
    await place.given(TOWN)
    told = {row.case_id: row.not_before for row in await OutboxRow.filter(kind="task").order_by("id")}
    assert list(told.values()) == [when("11-23 09:30"), when("11-23 10:00")]


async def test_the_clock_presses_each_case_in_the_hours_of_its_rules(place: Place) -> None:
    await place.apply(text("县-1", hours=LATE_HOURS), TOWN)
    await place.given(CITY)
    town = await place.given(TOWN)
    place.clock.moment = when("11-25 09:00")
    await tick(place.app)
    assert await OutboxRow.filter(kind="nudge").count() == 1
    place.clock.moment = when("11-25 10:00")
    await tick(place.app)
    assert await OutboxRow.filter(kind="nudge", case_id=town).count() == 1


async def test_who_hears_what_is_a_rule_of_the_case(place: Place) -> None:
    old = await place.opened()
    raw = json.loads(text("2026-2"))
    raw["notices"] = [notice for notice in raw["notices"] if notice["on"] != "confirmed"]
    await place.apply(json.dumps(raw))
    new = await place.opened()
    for case_id in (old, new):
        await place.do(case_id, Confirm())
    assert [row.case_id for row in await OutboxRow.filter(kind="dispatch")] == [old]


async def test_papers_name_the_addressees_of_the_centre_s_rules(place: Place) -> None:
    papers = {**json.loads(SHIPPED)["papers"], "government": "示例县人民政府"}
    await place.apply(text("县-1", papers=papers), TOWN)
    named = [centre_paper(place.app, place.centres[name].id, name).government for name in (CITY, TOWN)]
    assert named == ["同级人民政府", "示例县人民政府"]


async def test_the_comparison_names_exactly_the_cases_a_change_would_touch(place: Place) -> None:
    general = await place.given(CITY)
    await place.opened(CITY)
    other = await place.given(CITY)
    await place.do(other, Classify(Category.COMPLEX))
    town = await place.given(TOWN)
    after = load_rules(text("2026-2", days=1))

    async def named(centre: str = "") -> list[str]:
        return [case.no for case in await touched(place.app, after, place.centres.get(centre))]

    numbers = {case_id: (await place.case(case_id)).no for case_id in (general, town)}
    assert await named() == [numbers[general], numbers[town]]
    assert await named(TOWN) == [numbers[town]]
    await place.apply(text("县-1"), TOWN)
    assert await named() == [numbers[general]], "a centre with rules of its own is none of it"
    (only,) = await touched(place.app, after)
    assert only.departments == "人社局"
    assert "期限11-26 17:00前" in only.before
    assert "期限11-24 17:00前" in only.after
    assert await place.due(general) == "11-26 17:00", "comparing changes nothing"
    assert await touched(place.app, load_rules(text("2026-3"))) == []


async def test_a_case_opened_under_old_rules_is_compared_with_its_own_and_not_with_the_newest(place: Place) -> None:
    old = await place.given(CITY)
    await place.apply(text("2026-2", days=1))
    back = load_rules(text("2026-3"))
    assert await touched(place.app, back) == []
    await place.given(CITY)
    (only,) = await touched(place.app, back)
    assert only.no != (await place.case(old)).no


async def test_a_version_means_one_set_of_rules_for_one_scope(place: Place) -> None:
    with pytest.raises(BadRules, match="已经用于另一套规则"):
        await place.apply(text(RULES.version, days=1))
    await place.apply(text("2026-2", days=1), TOWN)
    with pytest.raises(BadRules, match="已经用于另一套规则"):
        await place.apply(text("2026-2", days=2), TOWN)
    with pytest.raises(BadRules, match="另一个范围"):
        await place.apply(text("2026-2", days=1))
    with pytest.raises(BadRules, match="redo_days"):
        await place.apply(text("2026-3", redo_days=-1))
    assert await RuleSetRow.all().count() == 2
    assert place.app.rules == RULES


async def test_an_earlier_version_can_be_taken_up_again(place: Place) -> None:
    await place.apply(text("2026-2", days=1))
    await place.apply(text("2026-3", days=2))
    assert await newest_rules() == 2
    await place.apply(text("2026-2", days=1))
    assert await newest_rules() == 3
    assert place.app.rules.version == "2026-2"
    await place.apply(SHIPPED)
    assert place.app.rules == RULES


async def test_the_file_in_force_is_shown_as_it_was_written(place: Place) -> None:
    city, town = (place.centres[name] for name in (CITY, TOWN))
    assert await rules_text(SHIPPED, city) == SHIPPED
    mine = text("县-1")
    await place.apply(mine, TOWN)
    common = text("2026-2")
    await place.apply(common)
    assert await rules_text(SHIPPED, town) == mine
    assert await rules_text(SHIPPED, city) == await rules_text(SHIPPED) == common


async def test_a_case_of_an_earlier_release_keeps_the_rules_that_release_brought(place: Place) -> None:
    case_id = await place.opened()
    later = text("2027-1", days=1)
    await keep_shipped(place.app, later)
    book = await rulebook(load_rules(later))
    place.app.rules, place.app.versions, place.app.own_rules = book.rules, book.versions, book.own
    assert place.app.rules_of(place.centres[CITY].id).version == "2027-1"
    assert place.app.decision_context((await place.case(case_id)).rules).rules == RULES


async def test_rules_in_force_that_cannot_be_read_stop_the_start_with_a_sentence(place: Place) -> None:
    await place.apply(text("2026-2"))
    await place.apply(text("2026-3"))
    await RuleSetRow.filter(version="2026-2").update(text="{}")
    await load_in_force(place.app)
    assert "2026-2" not in place.app.versions
    await RuleSetRow.filter(version="2026-3").update(text="{}")
    with pytest.raises(BadRules, match="正在使用的规则 2026-3：缺少"):
        await load_in_force(place.app)


async def test_a_case_whose_events_do_not_name_its_rules_is_known_by_its_row(place: Place) -> None:
    """Cases of the first releases."""
    registered, *_ = (await read(await place.opened(), place.app.sealer)).events
    plain = {name: value for name, value in registered.data.items() if name != "rules"}
    early = replace(registered, data={**plain, "no": "YS20261122-0001"})
    case_id = (await create([early], place.app.sealer, place.app.decision_context(""))).id
    await place.apply(text("2026-2", days=1))
    await CaseRow.filter(id=case_id).update(rules_version="2026-2")
    assert (await place.case(case_id)).rules == "2026-2"
    outcome = await execute(place.app, case_id, Confirm(), OPERATOR)
    assert outcome.case.rules == "2026-2"

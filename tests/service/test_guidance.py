"""指导案例 from a solved case to the library, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from domain.case import Actor
from domain.guidance import FIELDS, GuidanceState
from domain.refusals import Refused
from domain.vocabulary import Role
from models.bookkeeping import MetaRow
from models.database import clean_context
from models.guidance import GuidanceActRow, GuidanceRow, SearchTerm
from models.people import Department
from models.queues import OutboxRow
from models.sealing import Sealer
from services.directory.file import HEADER
from services.directory.people import actor_of, import_directory, person_by_account
from services.guidance import acts as library
from services.guidance.acts import GuidanceCard
from services.store.app import AppContext
from services.store.event_store import create
from tests.kit.cases import CALENDAR, PRIVATE, RULES, SOCIAL, Story, when

CENTRE = "示例市政务服务中心"
PEOPLE = (
    f"{CENTRE},市,,王窗口,窗口,wang,",
    f"{CENTRE},市,,赵管理,管理机构,zhao,",
    f"{CENTRE},市,,李负责,负责人,li,",
    f"{CENTRE},市,政务服务和大数据管理局,钱审核,案例发布,qian,",
    "示例县政务服务中心,县区,,县管理,管理机构,xian,",
)
TEXT: Mapping[str, str] = {
    "title": "社保转移材料齐全应当场受理",
    "problem": "群众社保转移材料齐全，窗口以系统原因不予受理。",
    "method": "人社局核实后当场受理。",
    "steps": "核对材料，当场受理，回访。",
    "conclusion": "材料齐全且符合政策的，应当场受理，不得以系统原因推脱。",
}


class Clock:
    """A clock a test turns."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    paced = now


class Place:
    """A centre with its people, and one solved case."""

    def __init__(self) -> None:
        self.clock = Clock(when("11-25 10:00"))
        self.app = AppContext(self.clock, CALENDAR, RULES, Sealer(b"k" * 32))
        self.people: dict[str, Actor] = {}
        self.case_id = 0

    def __getitem__(self, account: str) -> Actor:
        return self.people[account]

    async def import_people(self, lines: tuple[str, ...] = PEOPLE) -> None:
        await import_directory(
            "\n".join([",".join(HEADER), *lines]).encode(), "org.csv", self.clock.now(), self.app.sealer
        )
        for line in lines:
            account = line.split(",")[5]
            card = await person_by_account("wecom", account)
            assert card is not None
            self.people[account] = actor_of(card)

    async def solved(self, **private: Any) -> int:
        """Store a solved case; its row id."""
        story = Story(private={**PRIVATE, **private}).closed()
        record = await create(story.events, self.app.sealer, story.context(self.clock.now()))
        return record.id

    async def written(self, **fields: str) -> GuidanceCard:
        """A draft with everything in it."""
        card = await library.start(self.app, self["zhao"], fields.get("title", TEXT["title"]))
        return await library.edit(self.app, card.id, self["zhao"], {**TEXT, **fields})

    async def published(self, *bodies: str, **fields: str) -> GuidanceCard:
        """A published guidance case."""
        card = await self.written(**fields)
        await library.submit(self.app, card.id, self["zhao"])
        return await library.publish(self.app, card.id, self["qian"], bodies)


@pytest.fixture
async def place(database: str) -> Place:
    place = Place()
    await place.import_people()
    await Department.create(id=SOCIAL.id, centre_id=1, name=SOCIAL.name)
    place.case_id = await place.solved()
    return place


async def told() -> list[tuple[str, int | None, str]]:
    return [(row.payload["act"], row.person_id, row.kind) for row in await OutboxRow.all().order_by("id")]


async def test_from_a_solved_case_to_the_library(place: Place) -> None:
    app = place.app
    card, made = await library.nominate(app, place.case_id, place["zhao"])
    assert (card.no, card.state, made) == ("AL2026-1", GuidanceState.DRAFT, True)
    assert "材料已经交齐" in card.guidance.problem
    await library.edit(app, card.id, place["zhao"], TEXT)
    await library.submit(app, card.id, place["li"])
    await library.give_back(app, card.id, place["qian"], "步骤再写细一点")
    await library.edit(app, card.id, place["zhao"], {"steps": "一核对，二受理，三回访"})
    await library.submit(app, card.id, place["zhao"])
    await library.approve(app, card.id, place["qian"])
    assert await library.find_published("社保转移") == []
    place.clock.moment = when("11-26 10:00")
    card = await library.publish(app, card.id, place["qian"], ("人社局", "医保局"))
    assert (card.state, card.guidance.bodies) == (GuidanceState.PUBLISHED, ("人社局", "医保局"))
    assert card.publisher == "政务服务和大数据管理局"
    assert card.published_at == when("11-26 10:00")
    assert [found.no for found in await library.find_published("社保转移")] == ["AL2026-1"]
    seen = await library.find(app, "1", place["qian"])
    assert [act.act for act in seen.history] == [
        "推荐", "修改", "报审", "退回", "修改", "报审", "审核通过", "发布",
    ]  # fmt: skip
    assert seen.source_no == "YS20261123-0007"
    zhao, li, qian = place["zhao"].person, place["li"].person, place["qian"].person
    assert li is not None
    assert await told() == [
        ("报审", qian, "guidance"),
        ("退回", zhao, "guidance"),
        ("报审", qian, "guidance"),
        ("审核通过", zhao, "guidance"),
        ("发布", zhao, "guidance"),
    ]


async def test_nothing_that_is_stored_names_the_complainant(place: Place) -> None:
    card, _ = await library.nominate(place.app, place.case_id, place["zhao"])
    await library.edit(place.app, card.id, place["zhao"], TEXT)
    await library.submit(place.app, card.id, place["zhao"])
    await library.give_back(place.app, card.id, place["qian"], "正文里不要写测甲一和00012340001")
    for text in ("测甲一的材料", "电话00012340002"):
        with pytest.raises(Refused, match="含个人信息"):
            await library.edit(place.app, card.id, place["zhao"], {"problem": text})
    row = await GuidanceRow.get(id=card.id)
    acts = await GuidanceActRow.filter(guidance_id=card.id)
    payloads = [str(message.payload) for message in await OutboxRow.all()]
    everything = "".join([*(getattr(row, name) for name in FIELDS), *(act.reason for act in acts), *payloads])
    for secret in (PRIVATE["name"], *PRIVATE["phones"], PRIVATE["address"]):
        assert secret not in everything
    assert "正文里不要写" in everything


async def test_a_name_learned_later_still_stops_the_publication(place: Place) -> None:
    """The gate asks the source case as it is at that moment."""
    card, _ = await library.nominate(place.app, place.case_id, place["zhao"])
    await library.edit(place.app, card.id, place["zhao"], TEXT)
    await library.submit(place.app, card.id, place["zhao"])
    await GuidanceRow.filter(id=card.id).update(problem="测甲一反映材料齐全")
    for act in (library.publish, library.approve):
        with pytest.raises(Refused, match="问题详情（姓名或单位名称）"):
            await act(place.app, card.id, place["qian"])
    assert (await GuidanceRow.get(id=card.id)).state == GuidanceState.SUBMITTED.value
    assert not await SearchTerm.all().exists()


async def test_a_case_is_nominated_once(place: Place) -> None:
    card, _ = await library.nominate(place.app, place.case_id, place["zhao"])
    again, made = await library.nominate(place.app, place.case_id, place["li"])
    assert (again.id, made) == (card.id, False)
    other = await place.written()
    assert other.no == "AL2026-2"


async def test_two_nominations_at_once_make_one_draft_and_lose_no_number(place: Place) -> None:
    loop = asyncio.get_running_loop()
    tasks = [
        loop.create_task(library.nominate(place.app, place.case_id, place[who]), context=clean_context())
        for who in ("zhao", "li", "zhao")
    ]
    done = await asyncio.gather(*tasks)
    assert sorted(made for _, made in done) == [False, False, True]
    assert {card.no for card, _ in done} == {"AL2026-1"}
    assert (await place.written()).no == "AL2026-2"


async def test_of_two_decisions_at_once_one_wins_and_the_other_is_refused(place: Place) -> None:
    card = await place.written()
    await library.submit(place.app, card.id, place["zhao"])
    loop = asyncio.get_running_loop()
    work = (
        library.publish(place.app, card.id, place["qian"]),
        library.withdraw(place.app, card.id, place["zhao"], "写错了"),
    )
    tasks = [loop.create_task(each, context=clean_context()) for each in work]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    refusals = [each for each in done if isinstance(each, Refused)]
    cards = [each for each in done if isinstance(each, GuidanceCard)]
    assert (len(refusals), len(cards)) == (1, 1)
    found = await library.find_published("社保转移")
    assert bool(found) is (cards[0].state is GuidanceState.PUBLISHED)
    acts = await GuidanceActRow.filter(guidance_id=card.id).order_by("seq")
    assert [act.seq for act in acts] == list(range(1, len(acts) + 1))


async def test_what_is_withdrawn_is_found_no_more_and_can_be_written_anew(place: Place) -> None:
    card = await place.published()
    await library.withdraw(place.app, card.id, place["qian"], "政策调整")
    assert await library.find_published("社保转移") == []
    assert await library.find_published("") == []
    assert not await SearchTerm.all().exists()
    with pytest.raises(Refused, match="没有找到"):
        await library.find(place.app, card.no, place["wang"])
    await library.edit(place.app, card.id, place["zhao"], {"conclusion": "按新政策办理。"})
    await library.submit(place.app, card.id, place["zhao"])
    again = await library.publish(place.app, card.id, place["qian"])
    assert [found.guidance.conclusion for found in await library.find_published("社保")] == [again.guidance.conclusion]


async def test_before_publication_only_writers_and_reviewers_of_the_centre_read_it(place: Place) -> None:
    card = await place.written()
    for account in ("zhao", "li", "qian"):
        assert (await library.find(place.app, card.no, place[account])).no == card.no
    for account in ("wang", "xian"):
        with pytest.raises(Refused, match="没有找到"):
            await library.find(place.app, card.no, place[account])


async def test_a_reader_of_a_published_case_sees_neither_its_source_nor_its_history(place: Place) -> None:
    card, _ = await library.nominate(place.app, place.case_id, place["zhao"])
    await library.edit(place.app, card.id, place["zhao"], TEXT)
    await library.submit(place.app, card.id, place["zhao"])
    await library.publish(place.app, card.id, place["qian"])
    seen = await library.find(place.app, card.no, place["xian"])
    assert (seen.source_no, seen.history, seen.guidance.known) == ("", (), ())
    assert (await library.find(place.app, card.no, place["zhao"])).guidance.known == ()


async def test_a_new_complaint_is_offered_what_is_like_it(place: Place) -> None:
    await place.published()
    await place.published(title="退休审批多次退件的处理", problem="档案年龄不一致，退休手续多次退件。")
    await place.published(title="公积金提取无需盖章", problem="离职提取公积金，窗口要求原单位盖章。")
    offered = await library.suggest("我的退休审批材料又被退件，窗口要求重新办理")
    assert offered[0].guidance.title == "退休审批多次退件的处理"
    assert await library.suggest("路灯坏了没有人修") == []
    assert len(await library.suggest("公积金提取、退休审批退件、社保转移受理", limit=2)) == 2


async def test_without_words_the_newest_come_first(place: Place) -> None:
    for day in ("11-25", "11-26", "11-27"):
        place.clock.moment = when(f"{day} 10:00")
        await place.published(title=f"{day}发布的案例")
    assert [card.no for card in await library.find_published(" ", 2)] == ["AL2026-3", "AL2026-2"]


async def test_numbers_start_anew_every_year(place: Place) -> None:
    assert (await place.written()).no == "AL2026-1"
    place.clock.moment = when("2027-01-04 10:00")
    assert (await place.written()).no == "AL2027-1"
    assert (await library.find(place.app, "2026-1", place["zhao"])).no == "AL2026-1"
    assert (await library.find(place.app, "1", place["zhao"])).no == "AL2027-1"


async def test_a_centre_without_a_reviewer_tells_its_lead(place: Place) -> None:
    await place.import_people(tuple(line for line in PEOPLE if "案例发布" not in line))
    card = await place.written()
    await library.submit(place.app, card.id, place["zhao"])
    message = await OutboxRow.get(kind="guidance")
    assert message.person_id == place["li"].person
    assert message.payload["vacant"] == Role.PUBLISHER.value


async def test_nothing_reaches_a_reviewer_outside_office_hours(place: Place) -> None:
    place.clock.moment = when("11-27 19:30")
    card = await place.written()
    await library.submit(place.app, card.id, place["zhao"])
    assert (await OutboxRow.get(kind="guidance")).not_before == when("11-30 09:00")


async def test_each_line_of_the_history_proves_which_text_it_was(place: Place) -> None:
    card = await place.written()
    await library.submit(place.app, card.id, place["zhao"])
    await library.publish(place.app, card.id, place["qian"])
    lines = {act.act: act for act in await GuidanceActRow.filter(guidance_id=card.id)}
    assert lines["报审"].digest == lines["发布"].digest
    assert lines["推荐"].digest != lines["报审"].digest
    assert (lines["发布"].actor, lines["发布"].role) == (place["qian"].person, Role.PUBLISHER.value)


async def test_a_new_word_table_makes_every_published_text_be_indexed_anew(place: Place) -> None:
    await place.published()
    assert await library.find_published("社保转移")
    await MetaRow.filter(key="search_guidance").update(value="another segmenter")
    await SearchTerm.all().delete()
    assert await library.find_published("社保转移")
    assert (await MetaRow.get(key="search_guidance")).value != "another segmenter"


async def test_what_waits_for_whom(place: Place) -> None:
    draft = await place.written()
    submitted = await place.written()
    await library.submit(place.app, submitted.id, place["zhao"])
    await place.published()

    async def hand(account: str) -> list[str]:
        return [card.no for card in await library.in_hand(place[account])]

    assert await hand("zhao") == [draft.no, submitted.no]
    assert await hand("qian") == [submitted.no]
    assert await hand("wang") == await hand("xian") == []


async def test_what_only_the_machine_wrote_passes_no_gate_unsaid(place: Place) -> None:
    app = place.app
    card, _ = await library.nominate(app, place.case_id, place["zhao"])
    with pytest.raises(Refused) as refusal:
        await library.submit(app, card.id, place["zhao"])
    assert refusal.value.code == "guidance_untouched"
    await library.edit(app, card.id, place["zhao"], {"steps": "一核对，二受理，三回访"})
    with pytest.raises(Refused) as refusal:
        await library.submit(app, card.id, place["zhao"])
    assert "步骤" not in str(refusal.value.facts["fields"])
    assert "问题详情" in str(refusal.value.facts["fields"])
    seen = await library.find(app, "1", place["qian"])
    assert "steps" not in seen.guidance.machine
    await library.submit(app, card.id, place["zhao"], checked=True)
    for judge in (library.approve, library.publish):
        with pytest.raises(Refused) as refusal:
            await judge(app, card.id, place["qian"])
        assert refusal.value.code == "guidance_untouched"
    await library.approve(app, card.id, place["qian"], checked=True)
    await library.publish(app, card.id, place["qian"])
    history = (await library.find(app, "1", place["qian"])).history
    assert ["系统草拟，未改写，已核对" in act.reason for act in history] == [False, False, True, True, False]


async def test_what_people_wrote_themselves_is_asked_nothing(place: Place) -> None:
    card = await library.start(place.app, place["zhao"], "不动产证遗失补办")
    await library.edit(place.app, card.id, place["zhao"], TEXT)
    assert (await library.submit(place.app, card.id, place["zhao"])).state is GuidanceState.SUBMITTED

"""A week as it is lived: sixty complaints at three centres, every role, a holiday in the middle, a manager on leave
without a deputy, an overlooked draft, a complaint about a clerk, a burst of twenty. At the end, over all that was
sent: nothing forgotten, nobody wronged, nobody flooded, and so many messages for each role each day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from domain.office_hours import TZ
from domain.vocabulary import State
from models.cases import CaseRow
from models.people import Centre
from tests.kit.town import GROUPS, LIAISONS, Seen, Town, heard_by, shown, words

HOME = "示例区政务服务中心"
TOWNSHIPS = {"曹河镇便民服务中心": "tangxia", "柳林街道便民服务中心": "hanbing"}
DEPARTMENTS = tuple(LIAISONS)
ROLES = {
    "窗口": ("wangmin", "liujie"),
    "管理机构": ("zhaogang",),
    "负责人": ("lijianguo",),
    "联络员": tuple(LIAISONS.values()),
    "分管领导": ("zhenghua",),
    "纪检": ("fenglei",),
    "乡镇街道": tuple(TOWNSHIPS.values()),
}
#: 端午 2026 is 06-19 (五) to 06-21 (日).
DAYS = ("06-17", "06-18", "06-22", "06-23", "06-24", "06-25")
HOLIDAY = ("06-19", "06-20", "06-21")
#: The manager is away on these and told nobody: the lead does what waits.
ON_LEAVE = ("06-22", "06-23")
#: 市场监管局 never answers this many of its cases, and nobody looks at the first draft.
IGNORED_BY, IGNORED = "市场监管局", 1
#: What one person may hear in a day, answers to what they typed included, and in a minute before the platform drops it.
MOST_A_DAY = {
    "窗口": 120, "管理机构": 120, "负责人": 80, "联络员": 12, "分管领导": 5, "纪检": 5, "乡镇街道": 40,
}  # fmt: skip
MOST_A_MINUTE = 30
BATCH = 10
MATTERS = (
    "反映退休手续材料补齐两次窗口仍不受理，要求尽快受理并说明原因",
    "反映不动产登记档案调取一直没有人答复，要求告知办理进度",
    "反映食品经营许可现场核查约不上时间，要求尽快安排",
    "反映施工许可材料反复退回，要求一次告知还缺什么",
    "反映异地就医备案系统提交不上，要求说明怎么办理",
    "反映居住证签注窗口排队一上午没有办成，要求明确什么时候能办",
)


@pytest.fixture
def start() -> str:
    return "2026-06-17T09:00:00+08:00"


class Week:
    """What everybody does, a batch at a time: a person types ten commands, then looks up."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.left_alone: set[str] = set()
        self.taken = 0

    async def speak(self, user: str, chat: str, texts: Sequence[str]) -> list[Seen]:
        before = self.town.last
        for place in range(0, len(texts), BATCH):
            for text in texts[place : place + BATCH]:
                await self.town.call("say", self.town._spoken(user, chat, text))
            await self.town.settle()
            await self.later(2)
        return await self.town.since(before)

    async def later(self, minutes: int) -> None:
        now = self.town.world.clock.now().astimezone(TZ) + timedelta(minutes=minutes)
        await self.town.turn(now.strftime("%m-%d %H:%M"))

    async def in_state(self, *states: State, centre: str = HOME) -> list[str]:
        home = await Centre.get(name=centre)
        rows = await CaseRow.filter(centre_id=home.id, state__in=[state.value for state in states]).order_by("id")
        return [row.no for row in rows if row.no not in self.left_alone]

    async def push(self, count: int) -> None:
        """Complaints from the hotline, each of another person and matter, all in one moment."""
        for _ in range(count):
            self.taken += 1
            n = self.taken
            fields = {
                "source": "12345热线",
                "external_no": f"RX2026{n:04d}",
                "name": f"测{'甲乙丙丁戊己庚辛'[n % 8]}{'一二三四五六七八九十'[n % 10]}",
                "phone": f"000{12340000 + n:08d}",
                "address": "示例市示例区虚构路00号",
                "kind": "投诉",
                "content": f"{MATTERS[n % len(MATTERS)]}。受理号{n:04d}。",
            }
            answer = await self.town.call("push", {"fields": fields})
            assert answer["ok"], answer
        await self.town.settle()

    async def day(self, manager: str) -> None:
        """One round of the centre's work, from what was taken in to whom to call."""
        town = self.town
        await self.speak("wangmin", "app", [f"/确认 {no}" for no in await self.in_state(State.DRAFT)])
        fresh = await self.in_state(State.REGISTERED, State.SUBMITTED)
        await self.speak(manager, "app", [f"/分类 {no} 不给办" for no in fresh])
        await self.speak(manager, "app", [f"/转办 {no} {DEPARTMENTS[int(no[-2:]) % 6]}" for no in fresh])
        for department, liaison in LIAISONS.items():
            held = await self.in_state(State.DISPATCHED, State.ACCEPTED, State.REDO)
            mine = [no for no in held if await _departments_of(town, no) == {department}]
            if department == IGNORED_BY and not self.left_alone and len(mine) > IGNORED:
                self.left_alone |= set(mine[:IGNORED])
                mine = mine[IGNORED:]
            await self.speak(liaison, department, [f"/答复 {no} 已联系群众当面办结并取得回执" for no in mine])
        await self.speak(manager, "app", [f"/质检 {no} 通过" for no in await self.in_state(State.REVIEW)])
        await self.speak("wangmin", "app", [f"/回访 {no} 满意" for no in await self.in_state(State.CALL_BACK)])


async def test_a_week_as_it_is_lived(town: Town):
    week = Week(town)
    accused = await _the_week(week)
    sent = await town.since(0)
    assert await CaseRow.all().count() == 60
    await _nothing_is_forgotten(week)
    await _the_overlooked_draft_came_back(town, week)
    _nobody_reads_about_herself(sent, accused)
    _nothing_enters_a_group_while_the_office_is_closed(sent)
    departments = {row.no: await _departments_of(town, row.no) for row in await CaseRow.all()}
    _no_department_hears_of_anothers_case(sent, departments)
    _nothing_is_said_twice(sent)
    _as_many_as_can_be_read(sent)
    await town.nothing_is_lost()


async def _the_week(week: Week) -> str:
    """Play the days; the number of the complaint about 刘洁."""
    town, accused = week.town, ""
    for day in DAYS:
        await town.turn(f"{day} 09:05")
        manager = "lijianguo" if day in ON_LEAVE else "zhaogang"
        if day == "06-17":
            await week.push(20)
            accused = await town.push(content="投诉窗口的刘洁态度恶劣，不给办退休手续", external_no="RX-ACCUSED")
        elif day == "06-18":
            await week.push(17)
            await _townships(week, 6)
        elif day == "06-22":
            await week.push(10)
        await week.day(manager)
        if day == "06-18":
            for holiday in HOLIDAY:
                await town.turn(f"{holiday} 10:00")
        await town.turn(f"{day if day != '06-18' else '06-21'} 17:30")
    await town.turn("06-26 09:05")
    await week.day("zhaogang")
    return accused


async def _townships(week: Week, count: int) -> None:
    """A small centre takes a complaint and settles it at once; who else calls back is the centre's above."""
    for centre, clerk in TOWNSHIPS.items():
        people = [f"测{'甲乙丙丁戊己'[n]}{centre[0]} 000{56780000 + n + 10 * len(centre):08d}" for n in range(count)]
        texts = [f"/登记 {who} 反映便民中心中午没有人值班，要求安排值班。" for who in people]
        await week.speak(clerk, "app", texts)
        drafts = await week.in_state(State.DRAFT, State.REGISTERED, centre=centre)
        await week.speak(clerk, "app", [f"/当场办结 {no} 已安排午间值班" for no in drafts])
        waiting = await week.in_state(State.CALL_BACK, centre=centre)
        await week.speak("wangmin", "app", [f"/回访 {no} 满意" for no in waiting])


async def _departments_of(town: Town, no: str) -> set[str]:
    return {unit.name for unit in (await town.record(no)).case.units}


async def _nothing_is_forgotten(week: Week) -> None:
    """Every case has ended or stands in somebody's /我的."""
    open_ = [row.no for row in await CaseRow.filter(is_open=True)]
    mine = "\n".join(
        [
            words(await week.town.say(user, "app", "/我的"))
            for user in ("wangmin", "zhaogang", "lijianguo", *LIAISONS.values(), *TOWNSHIPS.values())
        ]
    )
    assert [no for no in open_ if no not in mine] == []
    assert set(open_) <= week.left_alone, "what everybody did their part of is closed"


async def _the_overlooked_draft_came_back(town: Town, week: Week) -> None:
    """Nobody released the 督办 draft: it is shown again, and one tap still releases it."""
    (no,) = week.left_alone
    drafts = [m for m in await town.messages("zhaogang") if "督办单草稿" in shown(m) and no in shown(m)]
    assert len(drafts) > 1, "shown once and then forgotten"
    assert {m["at"][:10] for m in drafts} <= {f"2026-{day}" for day in (*DAYS, "06-26")}, "on working days"
    await town.press("zhaogang", "督办", about=no)
    assert "supervised" in await town.events(no)


def _nobody_reads_about_herself(sent: Iterable[Seen], accused: str) -> None:
    seen = heard_by(list(sent), "liujie")
    assert accused not in seen
    assert "态度恶劣" not in seen


def _nothing_enters_a_group_while_the_office_is_closed(sent: Iterable[Seen]) -> None:
    for message in sent:
        if message["chat"].startswith("wrk"):
            at = datetime.fromisoformat(message["at"]).astimezone(TZ)
            assert at.strftime("%m-%d") not in HOLIDAY, shown(message)
            assert 9 <= at.hour < 17, shown(message)


def _no_department_hears_of_anothers_case(sent: Iterable[Seen], departments: dict[str, set[str]]) -> None:
    chats = {GROUPS[name]: name for name in DEPARTMENTS} | {f"app:{who}": name for name, who in LIAISONS.items()}
    for message in sent:
        if message["chat"] in chats:
            own, said = chats[message["chat"]], shown(message)
            strangers = [no for no, theirs in departments.items() if no in said and own not in theirs]
            assert not strangers, f"{own} hears of {strangers}: {said}"


def _nothing_is_said_twice(sent: Iterable[Seen]) -> None:
    """The same words about a case to the same place within a minute would be a message too many."""
    said = Counter((m["chat"], m["at"][:16], shown(m)) for m in sent if "YS2026" in shown(m))
    assert [one for one, times in said.items() if times > 1] == []


def _as_many_as_can_be_read(sent: Iterable[Seen]) -> None:
    """Nobody has more in a day than a person reads, nor in a minute than a platform delivers; each role by the day."""
    whose = {f"app:{user}": role for role, users in ROLES.items() for user in users}
    heard = [message for message in sent if message["chat"] in whose]
    in_a_minute = Counter((message["chat"], message["at"][:16]) for message in heard)
    assert [one for one, count in in_a_minute.items() if count > MOST_A_MINUTE] == []
    in_a_day = Counter((message["chat"], message["at"][5:10]) for message in heard)
    most = {role: max((n for (chat, _), n in in_a_day.items() if whose[chat] == role), default=0) for role in ROLES}
    table = Counter((whose[message["chat"]], message["at"][5:10]) for message in heard)
    assert {role: n for role, n in most.items() if n > MOST_A_DAY[role]} == {}, table

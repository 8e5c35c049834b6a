"""Every command and button × everybody × every state, typed and pressed, one-to-one, in the group and on a stale card.

`MAY` is written from the notice, design and `docs/commands.md`, not from the code: who may change a case with a word,
and by which tie to it. Nobody else's attempt may leave a trace in any case, and none may break anything.
`YOUSU_MATRIX=full` tries everything through all doors; without it each state tries every other pair, doors in turn.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.handlers import router
from models.cases import CaseRow, EventRow
from models.database import transaction
from models.people import Chat, Department
from services.store.event_store import read_no
from tests.matrix.app import GROUP, HOME, OWN, PEOPLE, ROADS, SECRETS, House, Somebody, house, make

DESK = ("窗口", "管理机构", "负责人")
MANAGERS = ("管理机构", "负责人")
LEAD = ("负责人",)
OPEN = ("D", "A1", "A2", "B1", "B2", "B3", "B4", "C1", "C2", "R", "asked", "hard")
BEFORE = ("D", "A1", "A2")
WITH = ("B1", "B2", "B3", "B4", "R", "asked", "hard")
ALL = (*OPEN, "Z1")


@dataclass(frozen=True)
class Right:
    """Who may change the case with a word: roles, in which states, and whether only a department that holds it."""

    roles: tuple[str, ...]
    states: tuple[str, ...]
    words: str = ""
    holder: bool = False


#: Button code → the right (design §5, docs/commands.md). Codes that are not here never change a case.
MAY: dict[str, Right] = {
    "confirm": Right(DESK, ("D",)),
    "supplement": Right((*DESK, "热线"), OPEN, "证件复印件已补"),
    "settle": Right(DESK, BEFORE, "已当场告知材料"),
    "submit": Right(DESK, ("A1", "D"), "不给办"),
    "classify": Right(DESK, (*BEFORE, *WITH), "很难办"),
    "call_back": Right(DESK, ("C2",), "满意"),
    "correct": Right(DESK, ALL, "电话：00012340077 录入有误"),
    "withdraw": Right(DESK, OPEN, "自己办好了"),
    "dispatch": Right(MANAGERS, (*BEFORE, *WITH), "医保局"),
    "transfer": Right(MANAGERS, BEFORE, "示例市法院 电话告知"),
    "refer": Right(MANAGERS, BEFORE, "示例市供电公司 2026-11-30"),
    "review": Right(MANAGERS, ("C1",), "通过"),
    "review_fail": Right(MANAGERS, ("C1",), "请再核实"),
    "nudge": Right(MANAGERS, WITH),
    "supervise": Right(MANAGERS, WITH, "2026-11-27"),
    "grant": Right(MANAGERS, ("asked",)),
    "deny": Right(MANAGERS, ("asked",), "理由不足"),
    "resume": Right(MANAGERS, WITH),
    "merge": Right(MANAGERS, (*BEFORE, *WITH), "{other}"),
    "split": Right(MANAGERS, OPEN, "大厅中午无人值守，请求安排轮值"),
    "approve": Right(LEAD, OPEN),
    "hold": Right(LEAD, OPEN, "情况特殊"),
    "reopen": Right(LEAD, ("Z1",), "新情况"),
    "amend": Right(DESK, ("D",), "标题：窗口无人值守"),
    "discard": Right(DESK, ("D",), "不是诉求"),
    "void": Right(LEAD, BEFORE, "登记有误"),
    "conclude": Right(LEAD, ("C2", "R"), "依法答复"),
    "accept": Right(("联络员",), WITH, "", True),
    "decline": Right(("联络员",), ("B1", "B2", "asked", "hard"), "不属于本单位", True),
    "promise": Right(("联络员",), WITH, "2026-11-30", True),
    "plan": Right(("联络员",), WITH, "2026-11-30 分三步办理", True),
    "answer": Right(("联络员",), WITH, "已为群众办结", True),
    "cannot_do": Right(("联络员",), WITH, "不符合条件；《条例》第六条", True),
    "extend": Right(("联络员",), WITH, "2026-12-07 还需核实", True),
    "suspend": Right(("联络员",), WITH, "等待申请人补正材料", True),
}
#: Acts this world has no occasion for: nothing is overdue or drafted, nothing paused, nobody dissatisfied.
NO_OCCASION = frozenset({"approve", "hold", "supervise", "resume", "conclude", "transfer", "refer"})
HOLDERS = (OWN, "住建局")
FULL = os.environ.get("YOUSU_MATRIX") == "full"
DOORS = ("typed", "typed in group", "pressed", "pressed in group", "stale")


def allowed(who: Somebody, code: str, state: str) -> bool:
    """Whether this person may change a case of HOME in this state with this command, by the table alone."""
    right = MAY.get(code)
    if right is None or who.account in ("gone", "stranger") or who.centre != HOME or state not in right.states:
        return False
    if right.holder and state == "B4":
        # The outside body has no liaison: the centre writes its answer down.
        return bool(set(who.roles) & set(MANAGERS)) and code != "accept"
    if not set(who.roles) & set(right.roles):
        return False
    return not right.holder or who.department in HOLDERS


def attempts(state: str, n: int) -> Iterator[tuple[Somebody, str, str]]:
    """Everybody × every command about a case; the doors in turn, or all of them."""
    for who in PEOPLE:
        for command in router.commands:
            if command.about_case:
                n += 1
                if n % 2 and not FULL:
                    continue
                for door in DOORS if FULL else (DOORS[n // 2 % len(DOORS)],):
                    yield who, command.code, door


class Back(Exception):
    """The attempt is over: the transaction is taken back."""


async def _try(town: House, who: Somebody, code: str, door: str, no: str, other: str) -> tuple[bool, str]:
    """One attempt, taken back afterwards: whether any case changed, and what a group would read of the answer."""
    record = await read_no(no, town.app.sealer)
    command = next(item for item in router.commands if item.code == code)
    words = MAY[code].words.format(other=other) if code in MAY else ""
    in_group = "group" in door
    changed, spoken = False, ""
    try:
        async with transaction():
            before = await _trace()
            if door.startswith("typed"):
                if not command.word:
                    return False, ""
                reply = await town.come(who.account, text=f"/{command.word} {no} {words}", group=in_group)
            else:
                epoch = record.case.epoch - 1 if door == "stale" else record.case.epoch
                key = f"y1|{code}|{record.id}|{max(epoch, 0)}|{words}"
                if epoch < 0:
                    return False, ""
                reply = await town.come(who.account, key=key, group=in_group)
            changed = await _trace() != before
            if reply is not None and in_group:
                spoken = f"{reply.text}{reply.card}"
            raise Back
    except Back:
        pass
    return changed, spoken


async def _trace() -> tuple[object, ...]:
    cases = await CaseRow.all().order_by("id").values_list("id", "version", "state")
    groups = await Chat.all().order_by("id").values_list("department_id", flat=True)
    return tuple(cases), await EventRow.all().count(), tuple(groups)


@pytest.mark.parametrize("state", list(ROADS))
async def test_nobody_changes_a_case_who_may_not(sqlite_database: str, state: str):
    violations, tried, done = [], 0, Counter[str]()
    async with house() as town:
        no, other = await make(town, state), await make(town, "A1")
        for who, code, door in attempts(state, len(state) + list(ROADS).index(state)):
            tried += 1
            changed, spoken = await _try(town, who, code, door, no, other)
            may = allowed(who, code, state) and door != "stale"
            if changed and not may:
                violations.append((who.account, who.roles, code, door))
            done[code] += changed
            leaked = [word for word in SECRETS if word in spoken]
            # The masked title of the case is what a group is meant to read.
            if [word for word in leaked if word != SECRETS[3]]:
                violations.append((who.account, code, door, leaked))
    assert not violations, violations
    assert tried >= len(PEOPLE) * 15
    assert sum(done.values()) > 0, "somebody may do something in every state"


async def test_whoever_may_can(sqlite_database: str):
    """The table forbids nothing by being wrong: every command of it succeeds for its people in one of its states."""
    done = set()
    async with house() as town:
        other = await make(town, "A1")
        for state in ROADS:
            no = await make(town, state)
            for code in MAY:
                for who in PEOPLE:
                    if code not in done and allowed(who, code, state):
                        changed, _ = await _try(town, who, code, "typed", no, other)
                        changed = changed or (await _try(town, who, code, "pressed", no, other))[0]
                        if changed:
                            done.add(code)
    assert set(MAY) - done <= NO_OCCASION, set(MAY) - done


async def test_a_group_is_bound_only_by_the_managers_of_its_centre(sqlite_database: str):
    async with house() as town:
        bound = (await Chat.get(chat_id=GROUP)).department_id
        for who in PEOPLE:
            for department in (OWN, "医保局"):
                try:
                    async with transaction():
                        await town.come(who.account, text=f"/绑定 {department}", group=True)
                        now = (await Chat.get(chat_id=GROUP)).department_id
                        where = await Department.get(id=now).select_related("centre")
                        raise Back
                except Back:
                    pass
                if now != bound:
                    assert who.centre == HOME, who
                    assert set(who.roles) & set(MANAGERS), who
                    assert where.centre.name == HOME, who


async def test_only_who_takes_in_registers(sqlite_database: str):
    async with house() as town:
        for who in PEOPLE:
            for group in (False, True):
                before = await CaseRow.all().count()
                try:
                    async with transaction():
                        await town.come(who.account, text="/登记 反映停车场出口标识不清，请求更换标识牌。", group=group)
                        new = await CaseRow.all().order_by("-id").first()
                        made, centre = await CaseRow.all().count() - before, new and (await new.centre).name
                        raise Back
                except Back:
                    pass
                takes = who.account not in ("gone", "stranger") and set(who.roles) & {*DESK, "热线"}
                assert bool(made) == bool(takes), who
                assert not made or centre == who.centre, who

"""A centre and its neighbour on one SQLite file, and everybody who could come: no platform, only the door and the rows.

The WeCom of the context is the real one, never connected: the door asks it only what its cards can do.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.context import Reply
from bot.dispatcher import Dispatcher
from domain.office_hours import TZ
from in_force import shipped_calendar, shipped_rules
from models.people import Centre, Department
from models.sealing import Sealer
from platforms.contract import Incoming, IncomingKind
from platforms.wecom import WeCom, WeComConfig
from scheduler.clock import PracticeClock
from services.directory.people import bind_chat, import_directory
from services.store.app import AppContext
from services.store.background import Background
from services.store.event_store import read_no

HOME, NEIGHBOUR = "示例市政务服务中心", "邻县政务服务中心"
OWN, CO, OTHER = "人社局", "住建局", "医保局"
START = datetime(2026, 11, 23, 9, 0, tzinfo=TZ)
GROUP = "group-own"
SINGLE = ("窗口", "管理机构", "负责人", "热线", "案例发布", "纪检")


@dataclass(frozen=True)
class Somebody:
    """One who comes: account, roles, centre, department ("" for the centre's own, None who is in no directory)."""

    account: str
    roles: tuple[str, ...]
    centre: str = HOME
    department: str | None = ""


PEOPLE = (
    *(Somebody(f"h{n}", (role,)) for n, role in enumerate(SINGLE)),
    *(Somebody(f"n{n}", (role,), NEIGHBOUR) for n, role in enumerate(SINGLE)),
    Somebody("own", ("联络员",), HOME, OWN),
    Somebody("co", ("联络员",), HOME, CO),
    Somebody("other", ("联络员",), HOME, OTHER),
    Somebody("abroad", ("联络员",), NEIGHBOUR, OWN),
    Somebody("boss", ("分管领导",), HOME, OWN),
    Somebody("farboss", ("分管领导",), HOME, ""),
    Somebody("many", ("窗口", "管理机构")),
    Somebody("both", ("联络员", "分管领导"), HOME, OWN),
    Somebody("hotpub", ("热线", "案例发布", "纪检")),
    Somebody("deskliaison", ("窗口", "联络员"), HOME, OTHER),
    Somebody("gone", ("管理机构",)),
    Somebody("stranger", (), HOME, None),
)


class House:
    """The office with its door; `said` is one event from a person to the answer, without sending it."""

    def __init__(self, app: AppContext) -> None:
        self.app = app
        self.dispatcher = Dispatcher(app, {"wecom": WeCom(WeComConfig(), app.clock.now)}, Background())
        self._events = count()

    async def come(self, account: str, *, text: str = "", key: str = "", group: bool = False) -> Reply | None:
        """Somebody types or presses, one-to-one or in the department's group."""
        kind = IncomingKind.PRESS if key else IncomingKind.TEXT
        chat = GROUP if group else None
        event = Incoming("wecom", f"e{next(self._events)}", kind, account, self.app.clock.now(), chat, text, key)
        return await self.dispatcher._reply(event)

    def pass_time(self, **more: float) -> None:
        """Let time pass."""
        self.app.clock.turn(self.app.clock.now() + timedelta(**more))  # type: ignore[attr-defined]

    async def do(self, account: str, text: str) -> None:
        """An act that must succeed on the way to a state."""
        self.pass_time(minutes=11)
        reply = await self.come(account, text=text)
        assert reply is not None, text


def roster(people: tuple[Somebody, ...]) -> bytes:
    """The directory file of these people."""
    lines = ["中心,层级,部门,姓名,角色,企业微信账号,钉钉账号"]
    for one in people:
        if one.department is not None:
            level = "市" if one.centre == HOME else "县区"
            lines.append(f"{one.centre},{level},{one.department},某{one.account},{'、'.join(one.roles)},{one.account},")
    return "\n".join(lines).encode()


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """The house on the database this process is connected to, everybody in it, the group bound."""
    clock = PracticeClock()
    clock.turn(START)
    rules = shipped_rules()
    sealer = Sealer(base64.b64decode("cHJhY3RpY2UtcHJhY3RpY2UtcHJhY3RpY2UtMTIzNDU="))
    app = AppContext(clock, shipped_calendar(rules), rules, sealer)
    await import_directory(roster(PEOPLE), "a.csv", clock.now(), sealer)
    await import_directory(roster(tuple(p for p in PEOPLE if p.account != "gone")), "b.csv", clock.now(), sealer)
    centre = await Centre.get(name=HOME)
    await bind_chat("wecom", GROUP, (await Department.get(centre=centre, name=OWN)).id, clock.now())
    made = House(app)
    try:
        yield made
    finally:
        await made.dispatcher.background.stop()


#: The complainant's words that must never stand in a group.
SECRETS = ("测甲一", "00012340001", "虚构路00号", "退休手续多次退件")
TEXT = (
    "姓名：测甲一　电话：00012340001　地址：示例市示例区虚构路00号　性质：投诉\n"
    "内容：反映退休手续多次退件问题。材料补齐两次，窗口以系统没开为由不予受理，要求尽快受理并说明原因。"
)

#: How a case comes to each state, after it was registered.
ROADS: dict[str, tuple[tuple[str, str], ...]] = {
    "D": (),
    "A1": (("h0", "/确认 {no}"),),
    "A2": (("h0", "/确认 {no}"), ("h0", "/提交 {no} 不给办")),
    "B4": (("h0", "/确认 {no}"), ("h1", "/分类 {no} 未进驻"), ("h1", "/函转 {no} 示例市供电公司 2026-11-30")),
}
_GIVEN = (("h0", "/确认 {no}"), ("h1", "/分类 {no} 不给办"), ("h1", f"/转办 {{no}} {OWN},{CO}"))
ROADS["B1"] = _GIVEN
ROADS["B2"] = (*_GIVEN, ("own", "/签收 {no}"))
_HARD = tuple((who, text.replace("不给办", "很难办")) for who, text in ROADS["B2"])
ROADS["hard"] = _HARD
ROADS["B3"] = (*_HARD, ("own", "/方案 {no} 2026-12-04 分三步办理"))
ROADS["C1"] = (*ROADS["B2"], ("own", "/答复 {no} 已为群众办结"))
ROADS["C2"] = (*ROADS["C1"], ("h1", "/质检 {no} 通过"))
ROADS["R"] = (*ROADS["C1"], ("h1", "/质检 {no} 不合格 请再核实"))
ROADS["Z1"] = (*ROADS["C2"], ("h0", "/回访 {no} 满意"))
ROADS["asked"] = (*ROADS["B2"], ("own", "/承诺 {no} 2026-12-04"), ("own", "/延期 {no} 2026-12-07 还需核实"))


async def make(house: House, state: str) -> str:
    """A case in this state; its number."""
    from models.cases import CaseRow

    house.pass_time(minutes=1)
    await house.do("h0", f"/登记 {TEXT}")
    row = await CaseRow.all().order_by("-id").first()
    assert row is not None
    for who, text in ROADS[state]:
        if text.startswith("/签收"):
            await _delivered(house, row.no)
        await house.do(who, text.format(no=row.no))
    case = (await read_no(row.no, house.app.sealer)).case
    reached = "B2" if state in ("asked", "hard") else state
    assert case.state.value == reached, (state, case.state)
    assert state != "asked" or case.pending is not None
    return row.no


async def _delivered(house: House, no: str) -> None:
    """The work order reached both departments, as the delivery writes it down."""
    from domain.case import SYSTEM
    from domain.commands import Deliver
    from services.cases.execute import execute

    record = await read_no(no, house.app.sealer)
    for unit in record.case.units:
        await execute(house.app, record.id, Deliver(unit, "群"), SYSTEM)

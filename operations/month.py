"""The scripted month of the practice city: who does what and when. A clerk can read it; `play` performs it.

`Push` and `Forward` take the city's sample complaints by number; `Press` and `Say` name a case by the order of its
registration. Times are local; what happens in between (reminders, drafts, digests) is the bot's own doing.
"""

from __future__ import annotations

from dataclasses import dataclass

START = "2026-11-23T09:00:00+08:00"
END = "2026-12-23T17:00:00+08:00"


@dataclass(frozen=True, slots=True)
class Push:
    """The hotline pushes a sample over the signed interface."""

    sample: str


@dataclass(frozen=True, slots=True)
class Forward:
    """Somebody forwards a sample to the application one-to-one."""

    who: str
    sample: str


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody presses a button of the newest card of a case (`case` counts from 1)."""

    who: str
    case: int
    caption: str


@dataclass(frozen=True, slots=True)
class Say:
    """Somebody types a command one-to-one; `{n}` is the number of `case`."""

    who: str
    case: int
    text: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Somebody says something in a department's group, to the bot."""

    who: str
    department: str
    case: int
    text: str


Act = Push | Forward | Press | Say | Tell

WINDOW, WINDOW2, MANAGER, LEAD = "wangmin", "liujie", "zhaogang", "lijianguo"
SOCIAL, LAND, MARKET, HOUSING = "chenjing", "sunwei", "zhouli", "wuqiang"

#: (local time, acts), in order.
MONTH: tuple[tuple[str, tuple[Act, ...]], ...] = (
    # 1: “不给办”, promised, answered in time, satisfied.
    ("2026-11-23T09:05", (Push("S01"), Press(WINDOW, 1, "确认"), Press(MANAGER, 1, "转办人社局"))),
    ("2026-11-23T09:30", (Press(SOCIAL, 1, "签收"), Press(SOCIAL, 1, "承诺"), Tell(SOCIAL, "人社局", 1, "2026-11-26"))),
    # 2: “很难办”, plan and result, extended once, unreachable once, satisfied.
    ("2026-11-23T10:00", (Forward(WINDOW, "S03"), Press(WINDOW, 2, "确认"), Say(MANAGER, 2, "/分类 {n} 很难办"))),
    ("2026-11-23T10:10", (Say(MANAGER, 2, "/转办 {n} 自然资源局"), Tell(LAND, "自然资源局", 2, "/签收 {n}"))),
    # 3: a suggestion, settled on the spot.
    ("2026-11-23T10:40", (Forward(WINDOW, "S05"), Say(WINDOW, 3, "/当场办结 {n} 午间已安排轮值，现场答复群众"))),
    ("2026-11-23T11:00", (Say(WINDOW2, 3, "/回访 {n} 非常满意"),)),
    # 4: outside government services: transferred and told.
    ("2026-11-23T11:20", (Forward(WINDOW2, "S10"), Press(WINDOW2, 4, "确认"))),
    ("2026-11-23T11:25", (Say(MANAGER, 4, "/分类 {n} 范围外"), Say(MANAGER, 4, "/转交 {n} 区城市管理局 已电话告知诉求人"))),
    # 5: never answered: nudged, overdue, supervised, ignored, released by the lead, then answered.
    ("2026-11-23T14:00", (Forward(WINDOW, "S12"), Press(WINDOW, 5, "确认"), Say(MANAGER, 5, "/分类 {n} 办不了"))),
    ("2026-11-23T14:05", (Say(MANAGER, 5, "/转办 {n} 市场监管局"),)),
    # 6: the enterprise window: two departments, one leads; dissatisfied, supervised, done again.
    ("2026-11-23T15:00", (Forward(WINDOW, "S07"), Press(WINDOW, 6, "确认"), Say(MANAGER, 6, "/分类 {n} 复杂"))),
    ("2026-11-23T15:10", (Say(MANAGER, 6, "/转办 {n} 住建局,自然资源局"), Tell(HOUSING, "住建局", 6, "/签收 {n}"))),
    # 7: not theirs: declined, granted, dispatched anew; lawful “no”.
    ("2026-11-24T09:10", (Push("S04"), Press(WINDOW2, 7, "确认"), Say(MANAGER, 7, "/分类 {n} 办不了"))),
    ("2026-11-24T09:20", (Say(MANAGER, 7, "/转办 {n} 医保局"),)),
    ("2026-11-24T10:00", (Tell("heqing", "医保局", 7, "/退单 {n} 道路运输证年审不属于医保职责"), Say(MANAGER, 7, "/准 {n}"))),
    ("2026-11-24T10:10", (Say(MANAGER, 7, "/转办 {n} 公安分局"),)),
    # 8: anonymous and confidential: no call-back, closed without a rating.
    ("2026-11-24T11:00", (Push("S08"), Press(WINDOW, 8, "确认"), Say(MANAGER, 8, "/分类 {n} 一般"))),
    ("2026-11-24T11:05", (Say(MANAGER, 8, "/转办 {n} 人社局 2026-11-27"),)),
    # 9: withdrawn by the complainant.
    ("2026-11-24T15:00", (Forward(WINDOW2, "S06"), Press(WINDOW2, 9, "确认"))),
    ("2026-11-25T09:30", (Say(WINDOW2, 9, "/撤回 {n} 诉求人表示已经办好"),)),
    ("2026-11-25T10:00", (Tell("malin", "公安分局", 7, "/办不了 {n} 车辆强制报废期已过，不能年审；《机动车强制报废标准规定》第五条"),)),
    ("2026-11-25T10:20", (Press(MANAGER, 7, "质检通过"), Say(WINDOW, 7, "/回访 {n} 基本满意"))),
    ("2026-11-26T10:00", (Tell(SOCIAL, "人社局", 1, "/答复 {n} 已受理退休申请，当日办结"), Press(MANAGER, 1, "质检通过"))),
    ("2026-11-26T10:30", (Press(WINDOW2, 1, "满意"), Tell(SOCIAL, "人社局", 8, "/答复 {n} 已对窗口人员批评教育"))),
    ("2026-11-26T11:00", (Press(MANAGER, 8, "质检通过"),)),
    ("2026-11-27T10:00", (Press(MANAGER, 5, "督办"), Tell(HOUSING, "住建局", 6, "/方案 {n} 2026-12-04 由住建局牵头，三家联合验收"))),
    ("2026-11-27T14:00", (Tell(LAND, "自然资源局", 2, "/方案 {n} 2026-12-04 查阅档案馆底册并组织四邻指界"),)),
    ("2026-12-02T10:00", (Say(LEAD, 5, "/签发 {n}"),)),
    ("2026-12-02T16:00", (Tell(MARKET, "市场监管局", 5, "/答复 {n} 已现场指导一次性补正，许可证已发放"),)),
    ("2026-12-03T09:30", (Press(MANAGER, 5, "质检通过"), Press(WINDOW2, 5, "未接通"))),
    ("2026-12-03T15:30", (Say(WINDOW2, 5, "/回访 {n} 满意"), Tell(LAND, "自然资源局", 2, "/延期 {n} 2026-12-08 档案馆调档需要时间"))),
    ("2026-12-03T16:00", (Say(MANAGER, 2, "/准 {n}"), Tell(HOUSING, "住建局", 6, "/答复 {n} 已联合验收，核发施工许可"))),
    ("2026-12-04T09:20", (Say(MANAGER, 6, "/质检 {n} 通过"), Say(WINDOW2, 6, "/回访 {n} 不满意 证件上地址写错"))),
    ("2026-12-04T10:00", (Press(MANAGER, 6, "督办"), Tell(HOUSING, "住建局", 6, "/签收 {n}"))),
    ("2026-12-07T10:00", (Tell(HOUSING, "住建局", 6, "/答复 {n} 已更正地址并上门送达"), Say(MANAGER, 6, "/质检 {n} 通过"))),
    ("2026-12-07T11:00", (Say(WINDOW2, 6, "/回访 {n} 满意"),)),
    ("2026-12-08T10:00", (Tell(LAND, "自然资源局", 2, "/答复 {n} 已找到底册，确权登记已受理"), Say(MANAGER, 2, "/质检 {n} 不合格 未写明发证日期"))),
    ("2026-12-09T10:00", (Tell(LAND, "自然资源局", 2, "/答复 {n} 已受理，2026-12-15发证"), Press(MANAGER, 2, "质检通过"))),
    ("2026-12-09T11:00", (Say(WINDOW, 2, "/回访 {n} 满意"),)),
    # 10: in December, still open at the end of the month, its limit past the new year: provisional.
    ("2026-12-22T15:00", (Push("S09"), Press(WINDOW, 10, "确认"), Say(MANAGER, 10, "/分类 {n} 复杂"))),
    ("2026-12-22T15:10", (Say(MANAGER, 10, "/转办 {n} 自然资源局,住建局"), Say(MANAGER, 10, "/台账"))),
)  # fmt: skip

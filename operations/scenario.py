"""The scripted month of the practice city: who does what and when. A clerk can read it; `play` performs it.

`ScriptedPush` and `ScriptedForward` take the city's sample complaints by number and give the case a name; the other acts speak of it
by that name. Together they walk every transition of the mechanism and reach every closed state. Times are local; what happens in between (reminders, drafts, digests) is the bot's own doing.
"""

from __future__ import annotations

from dataclasses import dataclass

START = "2026-11-23T09:00:00+08:00"
END = "2026-12-23T17:00:00+08:00"


@dataclass(frozen=True, slots=True)
class ScriptedPush:
    """The hotline pushes a sample over the signed interface; `case` is "" when it belongs to an earlier one."""

    sample: str
    case: str


@dataclass(frozen=True, slots=True)
class ScriptedForward:
    """Somebody forwards a sample to the application one-to-one."""

    who: str
    sample: str
    case: str


@dataclass(frozen=True, slots=True)
class ScriptedPress:
    """Somebody presses a button of the newest card of a case."""

    who: str
    case: str
    caption: str


@dataclass(frozen=True, slots=True)
class ScriptedSay:
    """Somebody types a command one-to-one; `{n}` is the number of `case`, `{其他}` of another."""

    who: str
    case: str
    text: str


@dataclass(frozen=True, slots=True)
class ScriptedTell:
    """Somebody says something in a department's group, to the bot."""

    who: str
    department: str
    case: str
    text: str


@dataclass(frozen=True, slots=True)
class ScriptedEvidence:
    """Somebody says something in a department's group, to the bot, with a picture beside it."""

    who: str
    department: str
    case: str
    text: str


ScriptedAct = ScriptedPush | ScriptedForward | ScriptedPress | ScriptedSay | ScriptedTell | ScriptedEvidence

WINDOW, WINDOW2, MANAGER, LEAD = "wangmin", "liujie", "zhaogang", "lijianguo"
SOCIAL, LAND, MARKET, HOUSING = "chenjing", "sunwei", "zhouli", "wuqiang"
MEDICAL, POLICE = "heqing", "malin"

#: (local time, acts), in order.
MONTH: tuple[tuple[str, tuple[ScriptedAct, ...]], ...] = (
    # 退休: “不给办”, promised, answered in time, satisfied.
    ("2026-11-23T09:05", (ScriptedPush("S01", "退休"), ScriptedPress(WINDOW, "退休", "确认"), ScriptedPress(MANAGER, "退休", "转办人社局"))),
    ("2026-11-23T09:30", (ScriptedPress(SOCIAL, "退休", "签收"), ScriptedPress(SOCIAL, "退休", "承诺"), ScriptedTell(SOCIAL, "人社局", "退休", "2027-01-29 需省厅核验档案"))),
    ("2026-11-23T09:40", (ScriptedSay(MANAGER, "退休", "/不准 {n} 档案齐全，请在本周内办结"), ScriptedTell(SOCIAL, "人社局", "退休", "/承诺 {n} 2026-11-26"))),
    # 老宅: “很难办”, a 退单 refused, plan and result, extended once, sent back by the review, a second complainant merged.
    ("2026-11-23T10:00", (ScriptedForward(WINDOW, "S03", "老宅"), ScriptedPress(WINDOW, "老宅", "确认"), ScriptedSay(MANAGER, "老宅", "/分类 {n} 很难办"))),
    ("2026-11-23T10:10", (ScriptedSay(MANAGER, "老宅", "/转办 {n} 自然资源局"), ScriptedTell(LAND, "自然资源局", "老宅", "/签收 {n}"))),
    ("2026-11-23T10:20", (ScriptedTell(LAND, "自然资源局", "老宅", "/退单 {n} 确权档案不在我局"), ScriptedSay(MANAGER, "老宅", "/不准 {n} 三定方案明确由贵局负责"))),
    # 午间: a suggestion, settled on the spot.
    ("2026-11-23T10:40", (ScriptedForward(WINDOW, "S05", "午间"), ScriptedSay(WINDOW, "午间", "/当场办结 {n} 午间已安排轮值，现场答复群众"))),
    ("2026-11-23T11:00", (ScriptedSay(WINDOW2, "午间", "/回访 {n} 非常满意"),)),
    # 噪音: outside government services: transferred and told.
    ("2026-11-23T11:20", (ScriptedForward(WINDOW2, "S10", "噪音"), ScriptedPress(WINDOW2, "噪音", "确认"))),
    ("2026-11-23T11:25", (ScriptedSay(MANAGER, "噪音", "/分类 {n} 范围外"), ScriptedSay(MANAGER, "噪音", "/转交 {n} 区城市管理局"))),
    ("2026-11-23T13:30", (ScriptedSay(WINDOW, "噪音", "/告知 {n} 电话 已告知诉求人转交情况"),)),
    # 误登: sent twice; the second draft is thrown away.
    ("2026-11-23T13:40", (ScriptedForward(WINDOW2, "S05", "误登"), ScriptedSay(WINDOW2, "误登", "/放弃 {n} 同一件转来两次"))),
    # 食品: never answered: nudged, overdue, supervised, ignored, released by the lead, then answered.
    ("2026-11-23T14:00", (ScriptedForward(WINDOW, "S12", "食品"), ScriptedPress(WINDOW, "食品", "确认"), ScriptedSay(MANAGER, "食品", "/分类 {n} 办不了"))),
    ("2026-11-23T14:05", (ScriptedSay(MANAGER, "食品", "/转办 {n} 市场监管局"),)),
    # 厂房: the enterprise window: two departments, one leads; dissatisfied, supervised, done again.
    ("2026-11-23T15:00", (ScriptedForward(WINDOW, "S07", "厂房"), ScriptedSay(WINDOW, "厂房", "/改 {n} 性质：求助"), ScriptedPress(WINDOW, "厂房", "确认"), ScriptedSay(WINDOW, "厂房", "/提交 {n} 复杂"))),
    ("2026-11-23T15:10", (ScriptedSay(MANAGER, "厂房", "/转办 {n} 住建局,自然资源局"), ScriptedTell(HOUSING, "住建局", "厂房", "/签收 {n}"))),
    ("2026-11-23T16:00", (ScriptedSay(MANAGER, "厂房", "/会商 {n} 住建局牵头，自然资源局先办首次登记，11月26日前碰头"),)),
    # 年审: not theirs: declined, granted, dispatched anew; a lawful “no” that satisfies.
    ("2026-11-24T09:10", (ScriptedPush("S04", "年审"), ScriptedPress(WINDOW, "年审", "确认"), ScriptedSay(MANAGER, "年审", "/分类 {n} 办不了"))),
    ("2026-11-24T09:20", (ScriptedSay(MANAGER, "年审", "/转办 {n} 医保局"), ScriptedTell(MEDICAL, "医保局", "年审", "/退单 {n} 年审不属于医保职责"))),
    ("2026-11-24T10:00", (ScriptedSay(MANAGER, "年审", "/准 {n}"), ScriptedSay(MANAGER, "年审", "/转办 {n} 公安分局"))),
    # 作风: anonymous and about staff: goes past the windows to the lead; no call-back, closed without a rating.
    ("2026-11-24T11:00", (ScriptedPush("S08", "作风"), ScriptedPress(LEAD, "作风", "确认"), ScriptedSay(MANAGER, "作风", "/分类 {n} 一般"))),
    ("2026-11-24T11:05", (ScriptedSay(MANAGER, "作风", "/转办 {n} 人社局 2026-11-27"),)),
    # 农机: withdrawn by the complainant.
    ("2026-11-24T15:00", (ScriptedForward(WINDOW2, "S06", "农机"), ScriptedPress(WINDOW2, "农机", "确认"))),
    ("2026-11-24T15:30", (ScriptedTell(LAND, "自然资源局", "厂房", "/签收 {n}"), ScriptedTell(LAND, "自然资源局", "厂房", "/答复 {n} 不动产证可先行办理首次登记"))),
    ("2026-11-25T09:30", (ScriptedSay(WINDOW2, "农机", "/撤回 {n} 诉求人表示已经办好"), ScriptedForward(WINDOW2, "S03", "同宅"))),
    # 同宅: the same matter again: proposed as similar, merged; 误登: registered by mistake, void.
    ("2026-11-25T09:40", (ScriptedPress(WINDOW2, "同宅", "确认"), ScriptedSay(MANAGER, "同宅", "/并单 {老宅} {n}"))),
    ("2026-11-25T09:50", (ScriptedForward(WINDOW2, "S05", "误登"), ScriptedSay(LEAD, "误登", "/作废 {n} 重复录入"))),
    ("2026-11-25T10:00", (ScriptedTell(POLICE, "公安分局", "年审", "/办不了 {n} 车辆已达报废年限；《机动车强制报废标准规定》第五条"),)),
    ("2026-11-25T10:20", (ScriptedPress(MANAGER, "年审", "质检通过"), ScriptedSay(WINDOW, "年审", "/回访 {n} 基本满意"))),
    # 催单: urged again, suspended for materials and resumed, a lawful “no” the complainant does not like.
    ("2026-11-25T14:00", (ScriptedPush("S11", "催单"), ScriptedPress(WINDOW, "催单", "确认"), ScriptedSay(MANAGER, "催单", "/分类 {n} 办不了"))),
    ("2026-11-25T14:05", (ScriptedSay(MANAGER, "催单", "/转办 {n} 医保局"), ScriptedSay(WINDOW, "催单", "/更正 {n} 地址：示例街道虚构路 来电更正"))),
    ("2026-11-25T14:20", (ScriptedSay(MANAGER, "催单", "/准 {n}"), ScriptedTell(MEDICAL, "医保局", "催单", "/中止 {n} 待诉求人补充缴费材料"))),
    ("2026-11-25T14:30", (ScriptedSay(MANAGER, "催单", "/准 {n}"), ScriptedPush("S11", ""))),
    ("2026-11-25T15:00", (ScriptedTell(SOCIAL, "人社局", "作风", "/中止 {n} 待上级批复处理意见"), ScriptedSay(MANAGER, "作风", "/准 {n}"))),
    ("2026-11-26T09:30", (ScriptedSay(MANAGER, "作风", "/恢复 {n}"),)),
    ("2026-11-26T10:00", (ScriptedTell(SOCIAL, "人社局", "退休", "/答复 {n} 已受理退休申请，当日办结"), ScriptedPress(MANAGER, "退休", "质检通过"))),
    ("2026-11-26T10:30", (ScriptedPress(WINDOW2, "退休", "满意"), ScriptedTell(SOCIAL, "人社局", "作风", "/答复 {n} 已对窗口人员批评教育"))),
    ("2026-11-26T11:00", (ScriptedPress(MANAGER, "作风", "质检通过"), ScriptedSay(MANAGER, "老宅", "/催办 {n}"))),
    ("2026-11-27T09:30", (ScriptedSay(WINDOW, "催单", "/补充 {n} 已补交缴费凭证"), ScriptedPress(MANAGER, "食品", "督办"))),
    ("2026-11-27T10:00", (ScriptedTell(HOUSING, "住建局", "厂房", "/方案 {n} 2026-12-04 由住建局牵头，三家联合验收"),)),
    ("2026-11-27T14:00", (ScriptedTell(LAND, "自然资源局", "老宅", "/方案 {n} 2026-12-04 查阅档案馆底册并组织四邻指界"),)),
    # 刻章: not stationed in the hall: referred, tracked, the reply recorded; the complainant gives no opinion.
    ("2026-11-30T09:30", (ScriptedForward(WINDOW2, "S02", "刻章"), ScriptedPress(WINDOW2, "刻章", "确认"), ScriptedSay(MANAGER, "刻章", "/分类 {n} 未进驻"))),
    ("2026-11-30T09:40", (ScriptedSay(MANAGER, "刻章", "/函转 {n} 市行政审批局 2026-12-04"), ScriptedTell(MEDICAL, "医保局", "催单", "/办不了 {n} 断缴超过三个月，待遇已停；《社会保险法》第二十三条"))),
    ("2026-11-30T10:00", (ScriptedPress(MANAGER, "催单", "质检通过"), ScriptedSay(WINDOW, "催单", "/回访 {n} 不满意 不认可停保"), ScriptedSay(LEAD, "催单", "/准 {n} 已书面说明依据和救济途径"))),
    ("2026-12-02T10:00", (ScriptedSay(LEAD, "食品", "/签发 {n} 通报"), ScriptedSay(LEAD, "食品", "/暂缓 {n} 先看通报后是否落实"))),
    ("2026-12-02T14:00", (ScriptedSay(LEAD, "食品", "/签发 {n}"),)),
    ("2026-12-02T16:00", (ScriptedEvidence(MARKET, "市场监管局", "食品", "/答复 {n} 已现场指导一次性补正，许可证已发放"),)),
    ("2026-12-03T09:30", (ScriptedPress(MANAGER, "食品", "质检通过"), ScriptedPress(WINDOW2, "食品", "未接通"))),
    ("2026-12-03T15:30", (ScriptedSay(WINDOW2, "食品", "/回访 {n} 未接通"), ScriptedTell(LAND, "自然资源局", "老宅", "/延期 {n} 2026-12-08 档案馆调档需要时间"))),
    ("2026-12-03T16:00", (ScriptedSay(MANAGER, "老宅", "/准 {n}"), ScriptedTell(HOUSING, "住建局", "厂房", "/答复 {n} 已联合验收，核发施工许可"))),
    ("2026-12-04T09:20", (ScriptedSay(MANAGER, "厂房", "/质检 {n} 通过"), ScriptedSay(WINDOW2, "厂房", "/回访 {n} 不满意 证件上地址写错"))),
    ("2026-12-04T10:00", (ScriptedPress(MANAGER, "厂房", "督办"), ScriptedTell(HOUSING, "住建局", "厂房", "/签收 {n}"))),
    ("2026-12-04T11:00", (ScriptedSay(MANAGER, "刻章", "/答复 {n} 市行政审批局函复：多收费用已退还"), ScriptedSay(MANAGER, "刻章", "/质检 {n} 通过"))),
    ("2026-12-04T14:00", (ScriptedSay(WINDOW, "刻章", "/回访 {n} 拒评"), ScriptedSay(WINDOW2, "食品", "/回访 {n} 未接通"), ScriptedSay(LEAD, "食品", "/准 {n}"))),
    ("2026-12-07T10:00", (ScriptedTell(HOUSING, "住建局", "厂房", "/答复 {n} 已更正地址并上门送达"), ScriptedSay(MANAGER, "厂房", "/质检 {n} 通过"))),
    ("2026-12-07T11:00", (ScriptedSay(WINDOW2, "厂房", "/回访 {n} 满意"),)),
    ("2026-12-08T10:00", (ScriptedTell(LAND, "自然资源局", "老宅", "/答复 {n} 已找到底册，确权登记已受理"), ScriptedSay(MANAGER, "老宅", "/质检 {n} 不合格 未写明发证日期"))),
    ("2026-12-09T10:00", (ScriptedTell(LAND, "自然资源局", "老宅", "/答复 {n} 已受理，2026-12-15发证"), ScriptedPress(MANAGER, "老宅", "质检通过"))),
    ("2026-12-09T11:00", (ScriptedSay(WINDOW, "老宅", "/回访 {n} 满意"), ScriptedSay(WINDOW, "同宅", "/回访 {n} 满意"))),
    # 噪音 comes back with new facts; the lead changes midway; lawful and complete, though the complainant wants more.
    ("2026-12-21T10:00", (ScriptedSay(LEAD, "噪音", "/重开 {n} 发现涉及店铺许可"), ScriptedSay(MANAGER, "噪音", "/分类 {n} 一般"), ScriptedSay(MANAGER, "噪音", "/转办 {n} 住建局"))),
    ("2026-12-21T11:00", (ScriptedSay(MANAGER, "噪音", "/转办 {n} 市场监管局,住建局"), ScriptedTell(MARKET, "市场监管局", "噪音", "/签收 {n}"))),
    ("2026-12-22T10:00", (ScriptedTell(MARKET, "市场监管局", "噪音", "/答复 {n} 店铺证照齐全，已约谈并限时整改油烟噪音"), ScriptedSay(MANAGER, "噪音", "/质检 {n} 通过"))),
    ("2026-12-22T10:30", (ScriptedSay(WINDOW, "噪音", "/回访 {n} 不满意 要求关店"), ScriptedSay(LEAD, "噪音", "/依法办结 {n} 证照齐全，没有责令关闭的依据，已书面说明"))),
    # 产证: collective, across levels; its result will be due next year.
    ("2026-12-22T15:00", (ScriptedPush("S09", "产证"), ScriptedPress(WINDOW, "产证", "确认"), ScriptedSay(MANAGER, "产证", "/分类 {n} 复杂"))),
    ("2026-12-22T15:10", (ScriptedSay(MANAGER, "产证", "/转办 {n} 自然资源局,住建局"), ScriptedTell(LAND, "自然资源局", "产证", "/方案 {n} 2027-03-31 会商后出具认定意见"), ScriptedSay(MANAGER, "产证", "/不准 {n} 时间过长，请在一月中旬前出具"), ScriptedTell(LAND, "自然资源局", "产证", "/方案 {n} 2027-01-15 会商后出具认定意见"))),
    ("2026-12-23T10:00", (ScriptedSay(MANAGER, "产证", "/台账"),)),
)  # fmt: skip

"""Every sentence the bot says about 指导案例 (第十一条)."""

from __future__ import annotations

SOURCE = "政务服务指导案例"
FOUND = "找到 {count} 个指导案例（“{words}”）："
LATEST = "最近发布的指导案例："
LINE = "- {no} {title}"
IN_HAND = "您手头的（未发布）："
HAND_LINE = "- {no} {title}（{state}）"
OPEN = "看全文请发送：/案例 {no}"
NOTHING = "没有找到与“{words}”有关的指导案例。换个说法试试，例如：/案例 不动产证 补办"
NONE = "还没有发布过指导案例。办结的诉求可以由管理机构推荐：/荐 编号"
UNTITLED = "（待拟标题）"
EMPTY_PART = "（待填写）"
MACHINE = "（系统草拟，未改写）"
KNOWINGLY = "注意：{reason}。"
NOMINATED = "{source} 已推荐为指导案例，草稿 {no}（已隐去个人信息，请核对补充）。"
STARTED = "已新建指导案例草稿 {no}。"
NOMINATED_BEFORE = "{source} 已经推荐过：{no}（{state}）。"
NEXT = "修改请发送：/案例改 {no} 字段：内容（{fields}）；写好后发送：/报审 {no}"
EDITED = "{no} 已修改：{fields}。"
MISSING = "还缺：{fields}。"
READY = "要素齐全，可以报审：/报审 {no}"
SUBMITTED = "{no} 已报审，请等同级政务服务和大数据管理部门审核。"
RETURNED = "{no} 已退回修改。"
APPROVED = "{no} 审核通过。发布请发送：/发布 {no} [联合单位,…]"
PUBLISHED = "{no} 已发布{jointly}，所有人都可以查到：/案例 {no}"
JOINTLY = "（联合单位：{bodies}）"
WITHDRAWN = "{no} 已撤回。"
NUMBER_NEEDED = "请写上指导案例编号，例如：{usage}"
TITLE_NEEDED = "请写上标题，例如：/案例新 不动产证遗失补办跨区通办"
ONE_TO_ONE = "{no} 还没有发布，全文已单独发给您。"
BYLINE = "{publisher}{jointly} {date}"
MORE = "（{page}/{pages}）下一页：/案例 {no} {next}"
SOURCE_CASE = "来源工单 {no}（内部）"
HISTORY = "办理记录："
NEWS: dict[str, str] = {
    "报审": "{centre}报审了一个指导案例（{who}）。",
    "退回": "指导案例被退回修改（{who}）：{reason}",
    "审核通过": "指导案例审核通过（{who}），等待发布。",
    "发布": "指导案例已发布（{who}）。",
    "撤回": "指导案例已撤回（{who}）：{reason}",
}
HOW: dict[str, str] = {
    "报审": "看全文：/案例 {no}\n发布：/发布 {no} [联合单位,…]　审核通过暂不发布：/案例准 {no}　退回：/案例退 {no} 理由",
    "退回": "修改：/案例改 {no} 字段：内容　重新报审：/报审 {no}",
    "审核通过": "看全文：/案例 {no}",
    "发布": "看全文：/案例 {no}",
    "撤回": "看全文：/案例 {no}",
}
VACANT = (
    "⚠ 本中心名册里没有“{role}”人员，这条消息转给您。请把同级政务服务和大数据管理部门的审核人补进名册，或线下报审。"
)

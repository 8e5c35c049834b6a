"""The history of a case in words anybody on it may read: no personal data, one sentence per event."""

from __future__ import annotations

from domain.case import Event
from domain.entries import ENTRIES
from domain.events import EventType
from domain.vocabulary import MATERIAL_KINDS, STATE_NAMES, State

#: Entries of the record by their names in the code.
FIELD_NAMES: dict[str, str] = {entry.field: entry.name for entry in ENTRIES}

#: Sentence per event type; `{…}` are keys of the event's public data.
SENTENCES: dict[EventType, str] = {
    EventType.REGISTERED: "收到诉求，来源：{source}",
    EventType.CONFIRMED: "窗口核对登记",
    EventType.SUPPLEMENTED: "补充内容",
    EventType.MATERIAL_ADDED: "收到附件 {number}（{kind_name}）",
    EventType.AMENDED: "核对时改正{field_names}",
    EventType.URGED: "第 {count} 次催单",
    EventType.SETTLED_ON_SPOT: "当场办结",
    EventType.SUBMITTED: "提交研判，分类：{category}",
    EventType.CLASSIFIED: "分类：{category}",
    EventType.RECLASSIFIED: "改为分类：{category}",
    EventType.DISPATCHED: "转办：{units}",
    EventType.REFERRED: "函转：{body}",
    EventType.PEER_CLOSED: "{name}办结（{number}）：{what}",
    EventType.TRANSFERRED: "转交：{body}{told_text}",
    EventType.CONSULTED: "组织会商",
    EventType.TOLD: "{way}告知诉求人{about}",
    EventType.DELIVERED: "工作单送达{name}（{how}）{limit}",
    EventType.ACCEPTED: "签收",
    EventType.DECLINE_REQUESTED: "申请退单{instead_text}",
    EventType.EXTENSION_REQUESTED: "申请延期至 {date}{instead_text}",
    EventType.DECLINE_GRANTED: "同意退单（{from}）",
    EventType.REQUEST_DENIED: "不同意{what}",
    EventType.EXTENDED: "{stage_name}期限延至 {until}",
    EventType.PROMISED: "承诺办结日期{limit}{granted_text}",
    EventType.PLANNED: "报送方案{limit}{granted_text}",
    EventType.ANSWERED: "报送办理结果{cannot_text}",
    EventType.REVIEW_PASSED: "质检通过",
    EventType.REVIEW_FAILED: "质检不合格，第 {round} 轮办理",
    EventType.CALLED: "第 {attempt} 次回访：{rating}{alone_text}",
    EventType.DISSATISFIED: "回访{rating}{alone_text}，退回重办，第 {round} 轮办理",
    EventType.SENT_BACK: "退回重办，第 {round} 轮办理",
    EventType.CLOSED: "{state_name}",
    EventType.NUDGED: "系统催办",
    EventType.NUDGED_BY_HAND: "人工催办",
    EventType.UNHEARD: "{what}无人可收（{who}）",
    EventType.REMINDED: "系统提醒经办人",
    EventType.SUPERVISION_DRAFTED: "形成督办单草稿（{grounds}）",
    EventType.SUPERVISED: "签发督办单 {number}，{date} 前落实",
    EventType.SUPERVISION_IGNORED: "督办期满未落实，形成通报、报告、抄送草稿",
    EventType.CIRCULATED: "签发通报",
    EventType.GOVERNMENT_TOLD: "签发向同级政府的报告",
    EventType.DISCIPLINE_COPIED: "签发抄送同级纪委监委",
    EventType.HELD: "暂缓签发{until_text}",
    EventType.WITHDRAWN: "诉求人撤回",
    EventType.REOPENED: "重新打开",
    EventType.CORRECTION_REQUESTED: "申请更正{why_name}",
    EventType.CORRECTED: "更正{field_name}",
    EventType.REASSIGNED: "改派：{units}{limit}",
    EventType.ASSIST_ACCEPTED: "配合单位{name}签收",
    EventType.ASSISTED: "配合单位{name}反馈意见",
    EventType.ASSIST_NUDGED: "系统催办配合单位",
    EventType.ASSIST_OVERDUE: "配合单位超期未反馈",
    EventType.EXTERNAL_DUE: "热线期限已到",
    EventType.SUSPENSION_REQUESTED: "申请中止（{why}）{instead_text}",
    EventType.PROMISE_REQUESTED: "{what}至 {date}，待管理机构同意{instead_text}",
    EventType.SUSPENDED: "中止计时（{why}），最迟 {date} 恢复",
    EventType.RESUMED: "恢复计时，中止 {days} 个工作日{limit}",
    EventType.RECALCULATED: "工作日历调整，重新计算期限{limit}{orders_text}",
    EventType.CLOSING_REQUESTED: "申请{what}",
    EventType.MERGED_CALLED: "并单诉求 {merged} 回访：{rating}{alone_text}",
    EventType.MERGED_INTO: "并入 {master}",
    EventType.ABSORBED: "并入 {merged} 的诉求",
    EventType.SPLIT_OFF: "拆出另一件：{number}",
    EventType.FOLLOWED: "主件办结：{end_name}",
    EventType.FREED: "不再并入 {from}，单独办理",
    EventType.PARTED: "{merged} 不再并入，另行办理",
    EventType.LEFT: "诉求人撤回，为并单的诉求人继续办理",
    EventType.VOIDED: "作废",
    EventType.DISCARDED: "放弃登记：不是诉求",
    EventType.RETURNED_AGAIN: "第 {count} 次退回重办，提请负责人关注",
}


def sentence(event: Event) -> str:
    """The event as one sentence. Raises KeyError for an unknown type."""
    facts = dict.fromkeys(
        ("told_text", "limit", "cannot_text", "source", "state_name", "instead_text", "orders_text", "granted_text"), ""
    ) | dict(event.data)
    facts["why_name"] = FIELD_NAMES.get(event.data.get("why", ""), "")
    facts["field_name"] = FIELD_NAMES.get(event.data.get("field", ""), "")
    facts["field_names"] = "、".join(FIELD_NAMES.get(name, name) for name in event.data.get("fields", ()))
    if "units" in event.data:
        names = [unit["name"] for unit in event.data["units"]]
        facts["units"] = names[0] if len(names) == 1 else f"牵头：{names[0]}；配合：{'、'.join(names[1:])}"
    if event.data.get("clock"):
        clock = event.data["clock"]
        facts["limit"] = f"，期限 {clock['date']}{'（暂定）' if clock['provisional'] else ''}"
    for item in event.data.get("orders", ()):
        facts["orders_text"] += f"，配合单位{item['name']} {item['to']}"
    if event.data.get("granted"):
        facts["granted_text"] = "（管理机构同意）"
    if event.data.get("instead"):
        facts["instead_text"] = f"，代替原来的{event.data['instead']}申请"
    if event.data.get("told"):
        facts["told_text"] = f"，{event.data['told']}"
    if event.data.get("cannot"):
        facts["cannot_text"] = "（办不了）"
    facts["until_text"] = (
        f"，{event.data['until']} 再提请" if event.type is EventType.HELD and "until" in event.data else ""
    )
    facts["alone_text"] = "（本中心没有其他人员，由办理人回访）" if event.data.get("alone") else ""
    if event.type is EventType.MATERIAL_ADDED:
        facts["kind_name"] = MATERIAL_KINDS[event.data["kind"]]
    if "end" in event.data:
        facts["end_name"] = STATE_NAMES[State(event.data["end"])]
    if "state" in event.data:
        facts["state_name"] = STATE_NAMES[State(event.data["state"])]
    return SENTENCES[event.type].format(**facts)

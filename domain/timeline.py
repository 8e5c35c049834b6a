"""The history of a case in words anybody on it may read: no personal data, one sentence per event."""

from __future__ import annotations

from domain.case import Event
from domain.vocabulary import STATE_NAMES, State

#: Entries of the record by their names in the code.
FIELD_NAMES: dict[str, str] = {
    "name": "姓名或单位名称",
    "contact": "单位联系人",
    "phone": "联系电话",
    "address": "联系地址",
    "reported_at": "反映时间",
    "kind": "诉求性质",
    "content": "诉求内容",
}

#: Sentence per event type; `{…}` are keys of the event's public data.
SENTENCES: dict[str, str] = {
    "registered": "收到诉求，来源：{source}",
    "confirmed": "窗口核对登记",
    "supplemented": "补充内容",
    "urged": "第 {count} 次催单",
    "settled_on_spot": "当场办结",
    "submitted": "提交研判，分类：{category}",
    "classified": "分类：{category}",
    "reclassified": "改为分类：{category}",
    "dispatched": "转办：{units}",
    "referred": "函转：{body}",
    "peer_closed": "{name}办结（{number}）：{what}",
    "transferred": "转交：{body}{told_text}",
    "told": "{way}告知诉求人{about}",
    "delivered": "工作单送达{name}（{how}）{limit}",
    "accepted": "签收",
    "decline_requested": "申请退单{instead_text}",
    "extension_requested": "申请延期至 {date}{instead_text}",
    "decline_granted": "同意退单（{from}）",
    "request_denied": "不同意{what}",
    "extended": "{stage_name}期限延至 {until}",
    "promised": "承诺办结日期{limit}",
    "planned": "报送方案{limit}",
    "answered": "报送办理结果{cannot_text}",
    "review_passed": "质检通过",
    "review_failed": "质检不合格，第 {round} 轮办理",
    "called": "第 {attempt} 次回访：{rating}",
    "dissatisfied": "回访{rating}，退回重办，第 {round} 轮办理",
    "sent_back": "退回重办，第 {round} 轮办理",
    "closed": "{state_name}",
    "nudged": "系统催办",
    "nudged_by_hand": "人工催办",
    "unheard": "{what}无人可收（{who}）",
    "reminded": "系统提醒经办人",
    "supervision_drafted": "形成督办单草稿（{grounds}）",
    "supervised": "签发督办单 {number}，{date} 前落实",
    "supervision_ignored": "督办期满未落实，形成通报、报告、抄送草稿",
    "circulated": "签发通报",
    "government_told": "签发向同级政府的报告",
    "discipline_copied": "签发抄送同级纪委监委",
    "held": "暂缓签发",
    "withdrawn": "诉求人撤回",
    "reopened": "重新打开",
    "correction_requested": "申请更正{why_name}",
    "corrected": "更正{field_name}",
    "reassigned": "改派：{units}{limit}",
    "assist_accepted": "配合单位{name}签收",
    "assisted": "配合单位{name}反馈意见",
    "assist_nudged": "系统催办配合单位",
    "assist_overdue": "配合单位超期未反馈",
    "external_due": "热线期限已到",
    "suspension_requested": "申请中止（{why}）{instead_text}",
    "suspended": "中止计时（{why}），最迟 {date} 恢复",
    "resumed": "恢复计时，中止 {days} 个工作日{limit}",
    "recalculated": "工作日历调整，重新计算期限{limit}{orders_text}",
    "closing_requested": "申请{what}",
    "merged_called": "并单诉求 {merged} 回访：{rating}",
    "merged_into": "并入 {master}",
    "absorbed": "并入 {merged} 的诉求",
    "split_off": "拆出另一件：{number}",
    "followed": "主件办结：{end_name}",
    "freed": "不再并入 {from}，单独办理",
    "parted": "{merged} 不再并入，另行办理",
    "left": "诉求人撤回，为并单的诉求人继续办理",
    "voided": "作废",
    "returned_again": "第 {count} 次退回重办，提请负责人关注",
}


def sentence(event: Event) -> str:
    """The event as one sentence. Raises KeyError for an unknown type."""
    facts = dict.fromkeys(
        ("told_text", "limit", "cannot_text", "source", "state_name", "instead_text", "orders_text"), ""
    ) | dict(event.data)
    facts["why_name"] = FIELD_NAMES.get(event.data.get("why", ""), "")
    facts["field_name"] = FIELD_NAMES.get(event.data.get("field", ""), "")
    if "units" in event.data:
        names = [unit["name"] for unit in event.data["units"]]
        facts["units"] = names[0] if len(names) == 1 else f"牵头：{names[0]}；配合：{'、'.join(names[1:])}"
    if event.data.get("clock"):
        clock = event.data["clock"]
        facts["limit"] = f"，期限 {clock['date']}{'（暂定）' if clock['provisional'] else ''}"
    for item in event.data.get("orders", ()):
        facts["orders_text"] += f"，配合单位{item['name']} {item['to']}"
    if event.data.get("instead"):
        facts["instead_text"] = f"，代替原来的{event.data['instead']}申请"
    if event.data.get("told"):
        facts["told_text"] = f"，{event.data['told']}"
    if event.data.get("cannot"):
        facts["cannot_text"] = "（办不了）"
    if "end" in event.data:
        facts["end_name"] = STATE_NAMES[State(event.data["end"])]
    if "state" in event.data:
        facts["state_name"] = STATE_NAMES[State(event.data["state"])]
    return SENTENCES[event.type].format(**facts)

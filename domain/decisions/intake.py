"""一窗受理 (第五条) and what the window may do itself (第六条)."""

from __future__ import annotations

from domain import commands as c
from domain.case import Actor, Case, Event
from domain.decisions.draft_event import DraftEvent, close_unasked, need_text
from domain.decisions.pausing import resumed
from domain.entries import TELLING, fits, put_right, replaced, still_missing
from domain.events import EventType
from domain.privacy import masked_title
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.saying_no import grounded, says_no
from domain.vocabulary import BEFORE_DISPATCH, CENTRE_ROLES, MOST_MATERIALS, STATE_NAMES, Category, Pause, Role, State


def confirm(case: Case, command: c.Confirm, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """确认登记: what was understood becomes the work order (第五条“详尽、准确记录”)."""
    return [DraftEvent(EventType.CONFIRMED, {"state": State.REGISTERED.value})]


def supplement(case: Case, command: c.Supplement, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """补充: fills gaps and adds to the record; the original words stay (第五条)."""
    text = need_text(case, "补充", command.text)
    missing = still_missing(
        case, {name: str(value) for name, value in {**command.fields, **command.private}.items() if value}
    )
    private = {**command.private, "notes": [*case.private.notes, text]}
    known = [str(command.private[name]) for name in TELLING if command.private.get(name)]
    title = {"title": masked_title(case.title, known)} if known and case.title else {}
    facts = [DraftEvent(EventType.SUPPLEMENTED, {**command.fields, **title, "missing": missing}, private)]
    if case.suspension is not None and case.suspension.why is Pause.MATERIALS:
        # What was waited for has come: the clock runs again.
        facts += resumed(case, context)
    return facts


def amend(case: Case, command: c.Amend, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """改: what was understood wrongly is put right before anybody confirms it (第五条“准确”)."""
    given = {field: value.strip() for field, value in command.entries if value.strip()}
    if not given:
        raise Refused("text_needed", verb="改", number=case.number)
    data: dict[str, object] = {"fields": list(given), "missing": still_missing(case, given)}
    if command.concerned and not case.unavoidable:
        data["concerned"] = list(command.concerned)
    private: dict[str, object] = {}
    after = case
    # The title comes last: it is masked with all the names that stand by then.
    for field in sorted(given, key=lambda name: name == "title"):
        fits(field, given[field])
        public, sealed = replaced(after, field, given[field])
        data |= public
        private |= sealed
        event = Event(0, EventType.AMENDED, context.now, None, "", "", public, sealed)
        after = put_right(after, event)
    return [DraftEvent(EventType.AMENDED, data, private)]


def urge(case: Case, command: c.Urge, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """催单: counted and told to the manager; the clock does not move (第五条).

    A matter urged again and again while a department holds it is ground for a 督办单 (第九条).
    """
    private = {"notes": [*case.private.notes, command.text]} if command.text else {}
    count = case.urgings + 1
    facts = [DraftEvent(EventType.URGED, {"count": count}, private)]
    if count == context.rules.urgings_to_supervise and case.running is not None:
        facts.append(DraftEvent(EventType.SUPERVISION_DRAFTED, {"grounds": "多次催单"}))
    return facts


def withdraw(case: Case, command: c.Withdraw, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """撤回: the complainant's right; the reason is kept (第五条).

    Others who joined are not withdrawn with them (有诉必办): what a department has goes on for them, what it has not
    yet is set free (`decisions.merging.consequences`).
    """
    reason = need_text(case, "撤回", command.reason, "reason_needed")
    if case.left:
        raise Refused("complainant_left", no=case.no, left="、".join(joined.no for joined in case.merged))
    over = case.state is State.CALL_BACK and not case.uncalled
    if case.merged and case.state not in BEFORE_DISPATCH and not over:
        return [DraftEvent(EventType.LEFT, {}, {"opinion": reason})]
    return [DraftEvent(EventType.WITHDRAWN, {"state": State.WITHDRAWN.value}, {"opinion": reason})]


def settle_on_spot(case: Case, command: c.SettleOnSpot, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """一般性问题，当场予以协调解决 (第六条); the call-back still follows (有回访). A no says why (通知第三条（一）)."""
    text = need_text(case, "当场办结", command.text)
    if says_no(text) and not grounded(text):
        raise Refused("settle_needs_basis", no=case.no, number=case.number)
    category = case.category or Category.GENERAL
    settled = DraftEvent(
        EventType.SETTLED_ON_SPOT, {"state": State.CALL_BACK.value, "category": category.value}, {"outcome": text}
    )
    return [settled, *close_unasked(case)]


def submit(case: Case, command: c.Submit, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """受理后第一时间提交管理机构处理 (第六条)."""
    return [DraftEvent(EventType.SUBMITTED, {"state": State.SUBMITTED.value, "category": command.category.value})]


def discard(case: Case, command: c.Discard, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """放弃: what was no complaint is no case; only a draft, before anybody confirmed it (第五条)."""
    private = {"opinion": command.reason.strip()} if command.reason.strip() else {}
    return [DraftEvent(EventType.DISCARDED, {"state": State.DISCARDED.value}, private)]


def void(case: Case, command: c.Void, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """作废: registered by mistake; only the lead, and the number stays in the ledger (第五条)."""
    reason = need_text(case, "作废", command.reason, "reason_needed")
    return [DraftEvent(EventType.VOIDED, {"state": State.VOID.value}, {"opinion": reason})]


def add_material(case: Case, command: c.AddMaterial, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """附件: kept with the case as it was sent (第五条); the same bytes again are there already, and nothing happens.

    A department hands in what belongs to a case it has.
    """
    department = actor.department if not actor.has(*CENTRE_ROLES, Role.HOTLINE, Role.SYSTEM, Role.OPERATOR) else None
    if department is not None and department not in {unit.id for unit in case.units}:
        raise Refused("other_department", no=case.no, departments=case.departments, verb="附件")
    if department is not None and not case.state.is_open:
        raise Refused("closed", no=case.no, number=case.number, state=STATE_NAMES[case.state], verb="附件")
    if any(material.sha256 == command.sha256 for material in case.materials):
        return []
    if len(case.materials) >= MOST_MATERIALS:
        raise Refused("too_many_materials", no=case.no, most=MOST_MATERIALS)
    data: dict[str, object] = {
        "number": len(case.materials) + 1,
        "kind": command.kind,
        "type": command.type,
        "size": command.size,
        "sha256": command.sha256,
    }
    if department is not None:
        data["department"] = department
    return [DraftEvent(EventType.MATERIAL_ADDED, data, {"name": command.name})]

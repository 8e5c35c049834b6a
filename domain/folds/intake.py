"""Events before and while a case is handed over: registration, classification, dispatch, delivery."""

from __future__ import annotations

from datetime import date

from domain.case import Case, Event, Joined, Material, Private, SubOrder, Unit
from domain.changing import replace
from domain.entries import put_right
from domain.event_fields import clock_of, concerned_of, limited, parse_moment, private, remarked, told, unasked
from domain.vocabulary import BEFORE_DISPATCH, TRANSFER, Category, Request


def registered(event: Event) -> Case:
    """The first event makes the case."""
    data = event.data
    return Case(
        no=data["no"],
        centre=data["centre"],
        centre_name=data["centre_name"],
        rules=data.get("rules", ""),
        source=data.get("source", ""),
        external_no=data.get("external_no") or "",
        sender=(data.get("external_no") or "").partition("#")[0] if event.via == "referral" else "",
        external_due=parse_moment(data.get("external_due")),
        reported_at=parse_moment(data.get("reported_at")) or event.at,
        registered_at=event.at,
        entered_at=event.at,
        title=data.get("title", ""),
        title_built="title_by" in data,
        kind=data.get("kind", ""),
        category=Category(data["category"]) if data.get("category") else None,
        suggested=tuple(data.get("suggested", ())),
        missing=tuple(data.get("missing", ())),
        similar=tuple(data.get("similar", ())),
        anonymous=data.get("anonymous", False),
        confidential=data.get("confidential", False),
        staff_complaint=data.get("staff_complaint", False),
        concerned=concerned_of(data),
        unavoidable=data.get("unavoidable", False),
        collective=data.get("collective", 0),
        no_reply=data.get("no_reply", False),
        remarks=tuple(data.get("remarks", ())),
        private=private(Private(), event),
    )


def supplemented(case: Case, event: Event) -> Case:
    """Gaps filled, notes added."""
    data = event.data
    return replace(
        told(case, event),
        kind=data.get("kind", case.kind),
        category=Category(data["category"]) if data.get("category") else case.category,
        title=data.get("title", case.title),
        reported_at=parse_moment(data.get("reported_at")) or case.reported_at,
        missing=tuple(data.get("missing", case.missing)),
        concerned=concerned_of(data, case.concerned),
    )


def corrected(case: Case, event: Event) -> Case:
    """A wrong entry replaced; the old one stays in the events, and people may go on saying it."""
    before, after = case.private, told(case, event).private
    former = tuple(word for word in before.known if word not in after.known)
    return replace(put_right(case, event), private=replace(after, former=(*after.former, *former)), pending=None)


def urged(case: Case, event: Event) -> Case:
    """The complainant asked again."""
    return replace(told(case, event), urgings=case.urgings + 1)


def settled(case: Case, event: Event) -> Case:
    """Done on the spot."""
    return replace(
        told(case, event),
        on_the_spot=True,
        category=case.category or Category.GENERAL,
        finished_at=event.at,
        answered_by=case.answered_by | {event.actor} if event.actor is not None else case.answered_by,
    )


def classified(case: Case, event: Event) -> Case:
    """A category, after dispatch with the limit it brings: it takes the place of this round's earlier one."""
    changed = replace(case, category=Category(event.data["category"]))
    if event.data.get("clock"):
        changed = replace(changed, limits=tuple(limit for limit in case.limits if limit[0] != case.round))
    return limited(
        unasked(changed, Request.EXTEND, Request.PROMISE, Request.PLAN) if event.data.get("clock") else changed, event
    )


def _units(event: Event) -> tuple[Unit, ...]:
    return tuple(Unit(item["id"], item["name"]) for item in event.data["units"])


def dispatched(case: Case, event: Event) -> Case:
    """Handed to departments: every clock starts with its delivery."""
    asked = event.data.get("asked")
    units = _units(event)
    return replace(
        case,
        units=units,
        orders=tuple(SubOrder(unit) for unit in units[1:]),
        asked=date.fromisoformat(asked) if asked else None,
        dispatched=(*case.dispatched, event.at),
        received_at=None,
        accepted_at=None,
        clock=None,
    )


def reassigned(case: Case, event: Event) -> Case:
    """Departments changed midway: the lead's time is not given back, a co-department that stays keeps its order."""
    units = _units(event)
    orders = tuple(case.order(unit.id) or SubOrder(unit) for unit in units[1:])
    before = case.lead.name if case.lead else ""
    changed = replace(case, units=units, orders=orders, dispatched=(*case.dispatched, event.at))
    asker = case.pending.department if case.pending else None
    if asker is not None and _part(case.units, asker) != _part(units, asker):
        # Who no longer leads, or no longer has the case, cannot go on asking about it.
        changed = replace(changed, pending=None)
    asked = event.data.get("asked")
    if asked:
        changed = replace(changed, asked=date.fromisoformat(asked))
    if event.data.get("clock") and case.clock is not None:
        changed = remarked(limited(changed, event), f"改派时期限由{case.clock.date.isoformat()}提前至{asked}")
    if units[0] == case.lead:
        return changed
    return remarked(replace(changed, accepted_at=None), f"牵头部门由{before}改为{units[0].name}")


def _part(units: tuple[Unit, ...], department: int) -> int | None:
    """0 for the lead, 1 for a co-department, None for a department without a part."""
    places = [min(place, 1) for place, unit in enumerate(units) if unit.id == department]
    return places[0] if places else None


def referred(case: Case, event: Event) -> Case:
    """Sent to a body outside the hall: tracked, with the date its reply is asked for."""
    units = (Unit(0, event.data["body"]),)
    return limited(replace(case, units=units, dispatched=(*case.dispatched, event.at), received_at=event.at), event)


def transferred(case: Case, event: Event) -> Case:
    """Outside government services: given to whom it belongs. Older records note the telling in the same event."""
    given = replace(told(case, event), units=(Unit(0, event.data["body"]),), finished_at=event.at)
    return replace(given, tellings=(*given.tellings, (TRANSFER, event.at))) if event.data.get("told") else given


def informed(case: Case, event: Event) -> Case:
    """The complainant was told how it stands."""
    return replace(told(case, event), tellings=(*case.tellings, (event.data["about"], event.at)))


def consulted(case: Case, event: Event) -> Case:
    """The departments studied it together; the minutes stay sealed."""
    held = replace(told(case, event), consulted=(*case.consulted, event.at))
    return remarked(held, f"{event.data['day']}会商")


def delivered(case: Case, event: Event) -> Case:
    """The work order arrived: the lead's clock is the case's, a co-department has its own."""
    unit = event.data["unit"]
    order = case.order(unit)
    if order is not None:
        if order.received_at is not None:
            return case
        fresh = replace(order, received_at=event.at, clock=clock_of(event.data), lead=case.clock)
        return with_order(case, fresh)
    if case.received_at is not None or case.lead is None or unit != case.lead.id:
        return case
    return limited(replace(case, received_at=event.at), event)


def with_order(case: Case, fresh: SubOrder) -> Case:
    """The case with one sub-order replaced."""
    return replace(case, orders=tuple(fresh if order.unit == fresh.unit else order for order in case.orders))


def orders_moved(case: Case, event: Event) -> tuple[SubOrder, ...]:
    """The sub-orders with the limits an event sets anew, still tied to the lead's limit where they were."""
    lead = clock_of(event.data) or case.clock
    clocks = {item["unit"]: clock_of(item) for item in event.data.get("orders", ())}

    def moved(order: SubOrder) -> SubOrder:
        tied = lead if order.lead == case.clock else order.lead
        return replace(order, clock=clocks.get(order.unit.id, order.clock), lead=tied)

    return tuple(moved(order) for order in case.orders)


def withdrawn(case: Case, event: Event) -> Case:
    """The complainant took it back; who had joined before any department had it stands alone again."""
    alone = case.state in BEFORE_DISPATCH
    return remarked(replace(told(case, event), merged=() if alone else case.merged), "诉求人撤回")


def left(case: Case, event: Event) -> Case:
    """The first complainant took it back; the case goes on for those who joined."""
    return remarked(replace(told(case, event), left=True), "诉求人撤回，为并单的诉求人继续办理")


def voided(case: Case, event: Event) -> Case:
    """Registered by mistake; who had joined stands alone again."""
    return remarked(replace(told(case, event), merged=()), "作废")


def discarded(case: Case, event: Event) -> Case:
    """No complaint at all; who had joined stands alone again."""
    return remarked(replace(told(case, event), merged=()), "不是诉求，已放弃")


def merged_into(case: Case, event: Event) -> Case:
    """This case follows another from now on."""
    return remarked(replace(case, master=event.data["master"]), f"并入{event.data['master']}")


def split_off(case: Case, event: Event) -> Case:
    """Another matter told with this one is worked as a case of its own."""
    return remarked(case, f"拆出{event.data['number']}")


def absorbed(case: Case, event: Event) -> Case:
    """Another case follows this one; the stricter limit counts."""
    number = event.data["merged"]
    joined = replace(case, merged=(*case.merged, Joined(number, event.data.get("silent", False))))
    return limited(remarked(joined, f"并有{number}"), event)


def material_added(case: Case, event: Event) -> Case:
    """Something beside words came to the case; its name stands in the sealed part."""
    data = event.data
    added = Material(
        number=data["number"],
        kind=data["kind"],
        type=data["type"],
        size=data["size"],
        sha256=data["sha256"],
        at=event.at,
        role=event.role,
        round=case.round,
        department=data.get("department"),
        name=event.private.get("name", ""),
    )
    return replace(case, materials=(*case.materials, added))

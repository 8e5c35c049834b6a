"""One-line news, redrawn cards, alarms and the morning digest."""

from __future__ import annotations

from bot import texts
from bot.cards import blocks
from domain.audiences import Audience
from domain.case import Case, SubOrder
from domain.decisions.requests import OF_DEPARTMENTS
from domain.events import EventType
from domain.ledger import format_moment
from domain.messages import kind_of
from domain.view import View
from domain.vocabulary import STATE_NAMES, State
from platforms.contract import Message, Text

#: Most cases a merged reminder lists.
LISTED = 10


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("this message is drawn for a case")
    return view.case


def not_theirs(view: View) -> bool:
    """A refusal of what no department asked for is none of a department's business."""
    return view.facts.get("event") == EventType.REQUEST_DENIED and view.facts.get("what") not in OF_DEPARTMENTS


def line(view: View) -> Message | None:
    """What just happened to a case, in one line; nothing of a refusal of what no department asked for."""
    case = _case(view)
    event = EventType(view.facts["event"])
    if not_theirs(view):
        return None
    template = texts.LINES[event]
    if event in texts.AGREED and view.reader is not None and view.reader.department is not None:
        if not view.facts.get("granted"):
            return None
        template = texts.AGREED[event]
    clock = case.running
    order = case.order(view.department)
    if event in _WITH_ORDERS and order is not None:
        clock = order.running
    if event is EventType.RECALCULATED and not _moved(view, order):
        return None
    return Text(
        template.format(
            no=case.no,
            number=case.number,
            title=blocks.title(case),
            departments=case.departments or texts.NOT_DISPATCHED,
            state=STATE_NAMES[case.state],
            round=case.round,
            limit=f"{clock.date:%m-%d}" if clock else "待送达",
            opinion=_said(view) if view.reader is not None else texts.ONE_TO_ONE_OPINION,
            urgings=case.urgings,
            count=view.facts.get("count", ""),
            name=view.facts.get("name", ""),
            what=view.facts.get("what", ""),
            master=case.master,
        )
    )


#: Events that set a co-department's limit anew beside the lead's.
_WITH_ORDERS = frozenset({EventType.RECALCULATED, EventType.RESUMED})


def _moved(view: View, order: SubOrder | None) -> bool:
    """Whether the new calendar moved the limit of who reads this: a co-department's own, else the lead's."""
    if order is None:
        return "moved" in view.facts or "orders" not in view.facts
    return order.unit.id in {item["unit"] for item in view.facts.get("orders", ())}


def _said(view: View) -> str:
    """The words of the very event the news is of: drawn late, it must not quote what somebody said since."""
    event = next((event for event in view.events if event.seq == view.facts.get("seq")), None)
    return str(event.private.get("opinion") or "无") if event else "无"


def hotline(view: View) -> Message | None:
    """How it stands or ended, in the hotline's own form, for whoever handed the order over (通知第三条（二）)."""
    case = _case(view)
    if not case.external_no:
        return None
    ended = not case.state.is_open
    values = {
        "external": case.external_no,
        "no": case.no,
        "departments": case.departments or case.centre_name,
        "outcome": _outcome(case),
        "finished": format_moment(case.finished_at or case.closed_at) if ended else "",
        "rating": (case.rating.value if case.rating else "未评价") if case.state in _CALLED_ENDS else "",
        "state": STATE_NAMES[case.followed or case.state],
    }
    what = texts.HOTLINE_RESULT if ended else texts.HOTLINE_PROGRESS
    lines = [form.format(values[name]) for name, form in texts.HOTLINE_LINES.items() if values[name]]
    return Text("\n".join([texts.HOTLINE_HEAD.format(source=case.source, what=what), *lines]))


#: Ends after which the complainant was, or might have been, called.
_CALLED_ENDS = frozenset({State.SATISFIED, State.CLOSED_LAWFUL, State.CLOSED_UNREACHED})


def _outcome(case: Case) -> str:
    """What was done: the department's words once there is a result, else what became of the case."""
    known = case.state in _CALLED_ENDS or (case.state is State.MERGED and case.followed is not None)
    if known and case.private.outcome:
        return case.private.outcome
    said = texts.HOTLINE_OUTCOMES.get(case.state, STATE_NAMES[case.state])
    return said.format(body=case.departments, master=case.master)


def owner(view: View) -> Message | None:
    """The centre's own reminder: what still waits for this person, merged."""
    asked = [case for case in view.cases if case.state in texts.OWNER_LINES]
    if not asked:
        return None
    lines = [texts.OWNER_HEAD.format(count=len(asked))]
    lines += [f"- {case.no} {blocks.title(case)}：{_asked(case)}" for case in asked[:LISTED]]
    return Text("\n".join(lines))


def _asked(case: Case) -> str:
    """What is asked of the owner: the next step, or the decision a call-back waits for."""
    if case.state is State.CALL_BACK and case.pending is not None:
        return texts.OWNER_DECISION.format(what=case.pending.what.value, number=case.number)
    return texts.OWNER_LINES[case.state].format(number=case.number)


def undelivered(view: View) -> Message:
    """To the manager: this did not reach the department, and what to do."""
    case = _case(view)
    facts = view.facts
    what = kind_of(str(facts["what"])).title
    return Text(
        texts.UNDELIVERED.format(
            no=case.no, department=facts["department"] or "收件人", what=what, code=facts["code"], number=case.number
        )
    )


def many(view: View) -> Message:
    """One message for many of a kind that waited for the same person."""
    facts = view.facts
    numbers = [str(no) for no in facts["numbers"]]
    more = texts.AND_MORE.format(count=facts["count"] - len(numbers)) if facts["count"] > len(numbers) else ""
    lines = [texts.MANY.format(count=facts["count"], what=facts["what"]), "、".join(numbers), more, texts.MANY_HOW]
    return Text("\n".join(line for line in lines if line))


def nobody(view: View) -> Message:
    """To the manager: the post this level should reach is empty."""
    case = _case(view)
    audience = Audience.parse(str(view.facts["audience"])).words
    return Text(texts.NOBODY.format(no=case.no, departments=case.departments, audience=audience))


def digest(view: View) -> Message:
    """每日对账: what was due, what was delivered, what failed, in plain words."""
    facts = view.facts
    lines = [texts.DIGEST_HEAD.format(**facts), texts.DIGEST_DUE.format(**facts)]
    lines.append(texts.DIGEST_REMINDERS.format(**facts["reminders"]) if "reminders" in facts else "")
    lines.append(texts.DIGEST_SENT.format(**facts))
    lines += [
        texts.DIGEST_FAILED.format(**{**failed, "what": kind_of(str(failed["what"])).title})
        for failed in facts["failed"]
    ]
    if missed := facts.get("external_missed"):
        lines.append(texts.DIGEST_HOTLINE.format(count=len(missed), numbers="、".join(missed[:LISTED])))
    if untold := facts.get("untold"):
        lines.append(texts.DIGEST_UNTOLD.format(count=len(untold), numbers="、".join(untold[:LISTED])))
    if facts["gap_minutes"]:
        lines.append(texts.DIGEST_GAP.format(minutes=facts["gap_minutes"]))
    if facts.get("calendar_year"):
        lines.append(texts.DIGEST_CALENDAR.format(year=facts["calendar_year"]))
    if facts["inbox_failed"]:
        lines.append(texts.DIGEST_INBOX.format(count=facts["inbox_failed"]))
    if facts.get("head"):
        lines.append(texts.DIGEST_RECORD.format(**facts["head"]))
    return Text("\n".join(line for line in lines if line))


def summary(view: View) -> Message:
    """The month in figures for the 纪检 (通知第三条（三）); cases by number only, readable are those copied to it."""
    facts = view.facts
    lines = [texts.SUMMARY.format(**facts)]
    lines += [
        texts.SUMMARY_CASES[what].format(count=len(facts[what]), numbers="、".join(facts[what][:LISTED]))
        for what in ("circulated", "copied")
        if facts[what]
    ]
    return Text("\n".join(lines))


def alarm(view: View) -> Message:
    """A broken channel, in words for whoever looks after the machine."""
    code = str(view.facts["code"])
    return Text(texts.ALARMS.get(code, texts.ALARM).format(code=code, detail=view.facts["detail"]))

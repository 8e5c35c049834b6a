"""The ladder of 第九条 as messages: merged nudges, the 督办单, the drafts for the lead, the 通报."""

from __future__ import annotations

from datetime import date

from bot import texts
from bot.cards import blocks, work_order
from bot.cards.offers import DETAILS, Offer, offered
from bot.numbers import MOST_AT_ONCE
from domain.answerable import answerable, named, names
from domain.case import Case, Clock
from domain.commands import Approve
from domain.decisions.escalate import LASTING_GROUNDS
from domain.events import EventType
from domain.explain import clock_for, limit_words
from domain.lateness import late_words
from domain.ledger import day as day_words
from domain.ledger import format_moment
from domain.view import View
from domain.vocabulary import LEVEL_NAMES, RUNNING, Release
from domain.waiting import awaiting_release
from platforms.contract import Card, Message, Text, Tone

#: Most cases one merged message lists; the rest is counted.
LISTED = 10


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("this message is drawn for a case")
    return view.case


def _clock(case: Case, view: View) -> Clock | None:
    """The limit that runs for the department spoken to: a co-department's own, else the case's (第七条)."""
    order = case.order(view.department)
    return order.running if order is not None and case.running is not None else case.running


def _still_running(view: View) -> list[Case]:
    return [case for case in view.cases if _clock(case, view) is not None]


def _late(case: Case, view: View) -> bool:
    clock = _clock(case, view)
    return clock is not None and view.context.now > clock.at


def _line(case: Case, view: View) -> str:
    clock, overdue = _clock(case, view), _late(case, view)
    limit = limit_words(clock) if clock else ""
    return f"- {case.no} {blocks.title(case)}：{'已超期，' if overdue else ''}{limit}"


def nudge(view: View) -> Message | None:
    """催办, merged: one message however many cases fall together.

    Nothing once they were answered, nor by the clock once the limit has passed: then a graver level speaks.
    """
    cases = _still_running(view)
    if "step" in view.facts:
        cases = [case for case in cases if not _late(case, view)]
    if not cases:
        return None
    if view.reader is not None and view.reader.department is None:
        return _nudge_manager(view, cases)
    called = "、".join(view.liaisons)
    head = texts.NUDGE_ONE if len(cases) == 1 else texts.NUDGE_MANY.format(count=len(cases))
    lines = [f"{called}：{head}" if called else head, *(_line(case, view) for case in cases[:LISTED])]
    if len(cases) > LISTED:
        lines.append(texts.AND_MORE.format(count=len(cases) - LISTED))
    lines.append(texts.NUDGE_HOW.format(number=cases[0].number))
    return Text("\n".join(lines))


def _nudge_manager(view: View, cases: list[Case]) -> Text:
    """For the manager: what is about to be late, at which department, and what the manager may do."""
    lines = [texts.NUDGE_MANAGER.format(count=len(cases))]
    lines += [f"{_line(case, view)}（{case.departments}）" for case in cases[:LISTED]]
    if len(cases) > LISTED:
        lines.append(texts.AND_MORE_LEDGER.format(count=len(cases) - LISTED, word="在办"))
    lines.append(texts.NUDGE_MANAGER_HOW.format(numbers=together(cases)))
    return Text("\n".join(lines))


def together(cases: list[Case]) -> str:
    """The short numbers of all of them, as one command takes them."""
    return ",".join(case.number for case in cases[:MOST_AT_ONCE])


def overdue(view: View) -> Message | None:
    """A ping to the department's leader: overdue, no answer yet; the centre prepares a 督办单."""
    cases = [case for case in _still_running(view) if _late(case, view)]
    if not cases:
        return None
    lines = [texts.OVERDUE_PING]
    lines += [f"{_line(case, view)}（{names(answerable(case, view.context.now))}）" for case in cases[:LISTED]]
    if len(cases) > LISTED:
        lines.append(texts.AND_MORE_LEDGER.format(count=len(cases) - LISTED, word="逾期"))
    return Text("\n".join(lines))


def _history(case: Case) -> str:
    nudges = "；".join(format_moment(at) for at in case.nudged) or "无"
    return f"此前催办：{nudges}"


def _read_status(view: View) -> list[tuple[str, str]]:
    """已读情况, where the platform can tell it: an unread order is a phone call first, a 督办单 second."""
    if "read" not in view.facts:
        return []
    words = [f"{'、'.join(view.facts[key])} {state}" for key, state in texts.READ_STATES if view.facts[key]]
    return [("已读情况", "；".join(words))]


def supervision_day(view: View) -> date:
    """The day a 督办单 issued now usually gives."""
    return view.context.calendar.due(view.context.now, view.context.rules.supervision_days).date


def supervision_draft(view: View) -> Message | None:
    """督办单草稿 for the manager: one tap issues it with the usual date, a command with another."""
    case = _case(view)
    clock = clock_for(case, view.context)
    lasting = case.grounds in LASTING_GROUNDS and case.state in RUNNING
    if case.running is None and not lasting:
        return None
    day = supervision_day(view).isoformat()
    facts = [
        *blocks.unit(case),
        *blocks.limit(view),
        ("督办理由", case.grounds or "逾期未反馈"),
        ("督办期限", f"{day} 前"),
        *_read_status(view),
    ]
    late = ""
    if clock is not None and view.context.now > clock.at:
        late = f"已{late_words(view.context.calendar.days_late(clock.at, view.context.now))}。"
    return Card(
        title=texts.TITLE_SUPERVISION_DRAFT.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_SUPERVISION,
        facts=tuple(facts),
        body=f"{late}{_history(case)}\n{texts.HOW_TO_SUPERVISE.format(number=case.number)}",
        buttons=offered(view, case, Offer("督办", "supervise", day, Tone.DANGER), Offer("催办", "nudge"), DETAILS),
        tone=Tone.DANGER,
    )


def supervision(view: View) -> Message | None:
    """督办单, issued (第九条): to the group, the liaisons and the department's leader; nothing once it was heeded."""
    case = _case(view)
    if case.supervision_due is None:
        return None
    base = work_order.draw(view)
    return Card(
        title=texts.TITLE_SUPERVISION.format(number=case.supervision_no),
        subtitle=f"{case.no} {blocks.title(case)}",
        source=texts.SOURCE_SUPERVISION,
        facts=base.facts,
        body=f"{_history(case)}\n{texts.SUPERVISION_BASIS}",
        buttons=base.buttons,
        tone=Tone.DANGER,
    )


def drafts(view: View) -> Message | None:
    """通报、报告、抄送 prepared for the lead with their evidence; nobody else hears of them (第九条)."""
    case = _case(view)
    rest = awaiting_release(case, view.context)
    if not rest:
        return None
    issued = "；".join(format_moment(at) for at in case.supervised)
    how = texts.HOW_TO_RELEASE.format(number=case.number, what="、".join(rest), first=rest[0])
    return Card(
        title=texts.TITLE_DRAFTS.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_DRAFTS,
        facts=(
            *blocks.unit(case),
            *blocks.limit(view),
            ("签发督办", issued),
            ("督办期限", format_moment(case.supervision_due)),
            ("待签发", "、".join(rest)),
        ),
        body=f"{_history(case)}\n{how}",
        buttons=offered(
            view,
            case,
            Offer("签发", "approve", tone=Tone.DANGER),
            Offer("仅签发通报", "approve", Release.CIRCULAR.value, command=Approve((Release.CIRCULAR,))),
            Offer("暂缓", "hold"),
            DETAILS,
        ),
        tone=Tone.DANGER,
    )


def circular(view: View) -> Message:
    """通报, released by the lead: facts only, no personal data."""
    case = _case(view)
    return Text(
        texts.CIRCULAR.format(
            departments=names(named(case)),
            no=case.no,
            title=blocks.title(case),
            dispatched=day_words(case.dispatched[-1]) if case.dispatched else "",
            nudges=len(case.nudged),
            supervised="；".join(format_moment(at) for at in case.supervised),
        )
    )


def seal(view: View) -> Message:
    """What the manager must print, seal and send after a release."""
    case = _case(view)
    what = texts.SEALED[EventType(view.facts["event"])]
    return Text(texts.SEAL.format(what=what, no=case.no, title=blocks.title(case)))


def copy(view: View) -> Message:
    """抄送 to the discipline office: a masked summary; from now on it may read this case."""
    case = _case(view)
    return Text(
        texts.COPY.format(
            no=case.no,
            title=blocks.title(case),
            departments=names(named(case)),
            level=LEVEL_NAMES[case.level],
            number=case.number,
        )
    )

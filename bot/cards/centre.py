"""The centre's own cards, one-to-one: confirm what was understood, dispatch it, review, decide, call back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import texts
from bot.cards import blocks
from bot.cards.offers import DETAILS, Offer, offered
from domain.case import Case
from domain.decisions.requests import decider
from domain.lateness import late_words
from domain.tellings import owed
from domain.timeline import FIELD_NAMES as ENTRY_NAMES
from domain.view import View
from domain.vocabulary import CHANNEL, PLAN, TRANSFER, Category, Rating, Request, Role, State
from platforms.contract import Card, Tone

#: Most departments a dispatch card offers as buttons; every other one is typed.
OFFERED = 3


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("this card is drawn for a case")
    return view.case


def confirm(view: View) -> Card:
    """待核对 (第五条): what the parser understood, what is missing, and the original words."""
    case = _case(view)
    missing = "、".join(texts.FIELD_NAMES[name] for name in case.missing)
    first = texts.FIELD_NAMES[case.missing[0]] if missing else ""
    lacking = texts.MISSING.format(missing=missing, number=case.number, first=first)
    # What is asked for stands first: a long complaint is cut off at the end.
    mending = texts.HOW_TO_MEND.format(number=case.number)
    body = [lacking if missing else texts.NOTHING_MISSING, *_strangers(case), case.private.content, mending]
    facts = [*blocks.complainant(case), blocks.category(case), ("来源", case.source)]
    if case.suggested:
        facts.append(("涉及部门", "、".join(case.suggested)))
    if case.similar:
        body.append(texts.SIMILAR.format(numbers="、".join(case.similar)))
    if case.external_no:
        facts.append(("热线单号", case.external_no))
    facts += [*blocks.materials(case), *blocks.lessons(view)]
    return Card(
        title=texts.TITLE_CONFIRM.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_INTAKE,
        facts=tuple(facts),
        body="\n".join(body),
        buttons=offered(
            view,
            case,
            Offer("确认", "confirm", tone=Tone.PRIMARY),
            Offer("当场办结", "settle"),
            Offer("补充", "supplement"),
            Offer("撤回", "withdraw", tone=Tone.DANGER),
        ),
    )


def _strangers(case: Case) -> list[str]:
    """That the text names a body nobody can dispatch to: else it would be shown nowhere."""
    bodies = case.private.bodies
    return [texts.NOT_IN_DIRECTORY.format(bodies="、".join(bodies))] if bodies else []


def dispatch(view: View) -> Card:
    """待转办 (第七条): one tap for the department the text names, a command for every other."""
    case = _case(view)
    body = [*_strangers(case), case.private.content]
    offers: list[Offer] = []
    if case.category is None:
        body.append(texts.HOW_TO_CLASSIFY.format(number=case.number))
        choices = (Category.UNWILLING, Category.CANNOT, Category.HARD, Category.GENERAL)
        offers += [Offer(choice.value, "classify", choice.value) for choice in choices]
    else:
        body.append(texts.HOW_TO_ROUTE.get(case.category, texts.HOW_TO_DISPATCH).format(number=case.number))
        suggested = view.suggestions[:OFFERED]
        offers += [Offer(f"转办{name}"[:10], "dispatch", name, Tone.PRIMARY) for name in suggested]
        offers += [Offer("改分类", "classify"), Offer("其他部门", "dispatch")]
    return Card(
        title=texts.TITLE_DISPATCH.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_INTAKE,
        facts=(
            *blocks.complainant(case),
            blocks.category(case),
            ("来源", case.source),
            *blocks.materials(case),
            *blocks.lessons(view),
        ),
        body="\n".join(body),
        buttons=offered(view, case, *offers),
    )


def review(view: View) -> Card:
    """待质检 (第十条): the complaint, the answer, and the two ways on."""
    case = _case(view)
    basis = f"\n依据：{case.private.basis}" if case.cannot else ""
    label = "办不了" if case.cannot else "答复"
    assists = "".join(f"\n配合意见：{text}" for text in case.private.assists)
    late = [("是否超期", late_words(missed.days)) for missed in case.missed[-1:]]
    return Card(
        title=texts.TITLE_REVIEW.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_REVIEW,
        facts=(*blocks.unit(case), blocks.category(case), *late, *blocks.materials(case)),
        body=f"诉求：{case.private.content}\n{label}：{case.private.outcome}{basis}{assists}\n{_checklist(case)}",
        buttons=offered(
            view,
            case,
            Offer("质检通过", "review", "通过", Tone.PRIMARY),
            Offer("不合格", "review_fail", tone=Tone.DANGER),
            DETAILS,
        ),
    )


def _checklist(case: Case) -> str:
    category = Category.CANNOT.value if case.cannot else (case.category.value if case.category else "")
    points = (*texts.CHECKLIST[""], *texts.CHECKLIST.get(category, ()))
    return texts.CHECK.format(points="、".join(points))


#: The answers a caller hears most, as buttons; the rest are typed.
_RATINGS = (
    Rating.DELIGHTED, Rating.SATISFIED, Rating.ACCEPTABLE, Rating.DISSATISFIED, Rating.OUTRAGED, Rating.UNANSWERED
)  # fmt: skip


def call_back(view: View) -> Card:
    """待回访 (第十条): whom to call, what was answered, and the five levels of satisfaction."""
    case = _case(view)
    attempts = [("已拨打", f"{len(case.calls)}次")] if case.calls else []
    if case.uncalled:
        attempts.append(("还要回访", "、".join(case.uncalled)))
    if case.left:
        # Who took it back is not called; those who joined are, each by their own number.
        return replace(status(view), facts=(*status(view).facts, *attempts))
    return Card(
        title=texts.TITLE_CALL_BACK.format(no=case.no),
        subtitle=blocks.title(case),
        source=texts.SOURCE_REVIEW,
        facts=(*blocks.complainant(case), *blocks.unit(case), *attempts, *blocks.materials(case)),
        body=f"诉求：{case.private.content}\n办理情况：{case.private.outcome}",
        buttons=offered(view, case, *(Offer(rating.value, "call_back", rating.value) for rating in _RATINGS)),
    )


def request(view: View) -> Card:
    """What waits for a decision: what is asked for, why, and who decides."""
    case = _case(view)
    pending = case.pending
    if pending is None:
        return status(view)
    said = "方案" if pending.what is Request.PLAN else "理由"
    body = [f"{said}：{case.private.request or '未写'}", texts.HOW_TO_DECIDE.get(pending.what, texts.CLOCK_GOES_ON)]
    asked = [("申请延至", f"{pending.date:%Y-%m-%d}")] if pending.what is Request.EXTEND and pending.date else []
    if pending.what in (Request.PROMISE, Request.PLAN) and pending.date:
        asked = [("承诺日期", f"{pending.date:%Y-%m-%d}")]
    if pending.what is Request.SUSPEND:
        asked = [("中止情形", pending.why)]
    if pending.what is Request.CORRECT:
        asked = [("更正项目", ENTRY_NAMES[pending.why])]
        body.insert(0, f"更正为：{case.private.proposed}")
    who = "负责人" if decider(case) is Role.LEAD else "管理机构"
    # Of several departments one asks: the card says which.
    asker = next((unit.name for unit in case.units if unit.id == pending.department), "")
    if asker and len(case.units) > 1:
        body.insert(0, texts.ASKED_BY.format(unit=asker, part="牵头" if case.units[0].name == asker else "配合"))
    return Card(
        title=texts.TITLE_REQUEST.format(no=case.no, what=pending.what.value),
        subtitle=blocks.title(case),
        source=texts.SOURCE_REQUEST,
        facts=(*blocks.unit(case), *blocks.limit(view), *asked, ("裁定人", who)),
        body="\n".join(body),
        buttons=offered(
            view, case, Offer("准", "grant", tone=Tone.PRIMARY), Offer("不准", "deny", tone=Tone.DANGER), DETAILS
        ),
    )


def untold(view: View) -> Card:
    """待告知诉求人 (第六条、第八条、通知第三条（一）): whom to tell what, and how to write down that it was done."""
    case = _case(view)
    about = owed(case)
    if not about:
        return status(view)
    words = {PLAN: case.private.plan, TRANSFER: case.departments, CHANNEL: case.departments}
    body = [f"{what}：{words[what]}" for what, _ in about]
    return Card(
        title=texts.TITLE_UNTOLD.format(no=case.no, what="、".join(what for what, _ in about)),
        subtitle=blocks.title(case),
        source=texts.SOURCE_STATUS,
        facts=(blocks.state(case), *blocks.complainant(case), *blocks.unit(case)),
        body="\n".join([*body, texts.HOW_TO_TELL.format(number=case.number)]),
        buttons=offered(view, case, Offer("告知", "tell", tone=Tone.PRIMARY), DETAILS),
    )


def status(view: View) -> Card:
    """Where a case stands, for whoever may see it; the centre's people also see the text (/查)."""
    case = _case(view)
    body = [blocks.reason(view)]
    body.insert(0, blocks.content(view))
    return Card(
        title=blocks.headline(case),
        subtitle=blocks.title(case),
        source=texts.SOURCE_STATUS,
        facts=(
            blocks.state(case),
            *blocks.unit(case),
            *blocks.limit(view),
            blocks.category(case),
            ("来源", case.source),
        ),
        body="\n".join(line for line in body if line),
        # A closed case may teach others (第十一条): one tap for the manager.
        buttons=offered(view, case, Offer("推荐为案例", "nominate")),
    )


#: What the centre is asked in each state.
BY_STATE = {
    State.DRAFT: confirm,
    State.REGISTERED: dispatch,
    State.SUBMITTED: dispatch,
    State.REVIEW: review,
    State.CALL_BACK: call_back,
}


def asks(*states: State) -> Callable[[View], Card | None]:
    """A message that asks for the next step in these states; nothing once somebody has taken it.

    These cards show the complainant, so a group would get the bare status.
    """

    def drawn(view: View) -> Card | None:
        state = _case(view).state
        if state not in states:
            return None
        return BY_STATE[state](view) if view.reader is not None else status(view)

    return drawn


def asks_decision(view: View) -> Card | None:
    """A message that asks for a decision; nothing once it was made."""
    if _case(view).pending is None:
        return None
    return request(view) if view.reader is not None else status(view)


def current(view: View) -> Card:
    """The card for a person of the centre: the next step when it is theirs, the status otherwise."""
    case, reader = _case(view), view.reader
    if reader is None:
        return status(view)
    if case.pending is not None and reader.has(Role.MANAGER, Role.LEAD):
        return request(view)
    return BY_STATE[case.state](view) if reader.has(*ASKED.get(case.state, ())) else status(view)


#: Who is shown the card of a step, because it is their job; everybody else of the centre sees the status. Which of its
#: buttons they get is `domain.lifecycle.may`'s to say.
ASKED: dict[State, tuple[Role, ...]] = {
    State.DRAFT: (Role.WINDOW,),
    State.REGISTERED: (Role.MANAGER, Role.LEAD),
    State.SUBMITTED: (Role.MANAGER, Role.LEAD),
    State.REVIEW: (Role.MANAGER, Role.LEAD),
    State.CALL_BACK: (Role.WINDOW,),
}

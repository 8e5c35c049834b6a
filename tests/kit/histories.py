"""Random histories: people of every kind try acts of every kind, mostly the fitting ones, while time goes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from domain import commands as c
from domain.case import SYSTEM, Actor, Case
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import Category, Pause, Rating, Release, State
from tests.kit.cases import (
    CALENDAR,
    CO_LIAISON,
    EVERYBODY,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    MEDICAL,
    OTHER_WINDOW,
    SOCIAL,
    STRANGE_LIAISON,
    WINDOW,
    Story,
)
from tests.unit.calendar.shipped import TZ, calendar_with

SECRET = "密语白鹭七十二"
#: Mornings before a weekend, a long holiday, a make-up day, the end of the year.
DAYS = ("2026-11-23", "2026-02-12", "2026-09-29", "2026-12-29")
#: Minutes that pass before a step; most steps come soon, some after a weekend.
PAUSES = (0, 1, 7, 60, 240, 24 * 60, 3 * 24 * 60, 9 * 24 * 60)
ACTS = (
    "confirm", "supplement", "urge", "withdraw", "settle", "submit", "classify", "dispatch", "transfer", "refer",
    "deliver", "accept", "decline", "promise", "plan", "answer", "cannot_do", "extend", "grant", "deny", "pass",
    "fail", "call_back", "nudge", "supervise", "approve", "hold", "reopen", "suspend", "resume", "correct", "void",
    "conclude", "merge_into", "absorb", "called_merged", "recalculate", "unheard", "help", "unanswered", "follow",
    "stand_alone", "part", "hear_peer", "split", "give_away", "tell", "consult", "discard", "amend",
    "add_material",
)  # fmt: skip
LIAISONS = {liaison.department: liaison for liaison in (LIAISON, CO_LIAISON, STRANGE_LIAISON)}
#: The shipped calendar after a second notice: one more day off in every stretch the histories begin in.
CHANGED = calendar_with(*(date(2026, month, day) for month, day in ((2, 13), (9, 30), (11, 26), (12, 31))))
MERGED = ("YS20261123-0009", "YS20261123-0010")
#: The people for whom an act is meant.
MEANT: dict[str, Actor] = {
    "confirm": WINDOW, "supplement": WINDOW, "urge": WINDOW, "withdraw": WINDOW, "settle": WINDOW, "submit": WINDOW,
    "deliver": SYSTEM, "accept": LIAISON, "decline": LIAISON, "promise": LIAISON, "plan": LIAISON, "answer": LIAISON,
    "cannot_do": LIAISON, "extend": LIAISON, "grant": LEAD, "deny": LEAD, "approve": LEAD, "hold": LEAD,
    "reopen": LEAD, "call_back": WINDOW, "suspend": LIAISON, "correct": OTHER_WINDOW, "void": LEAD, "conclude": LEAD,
    "called_merged": WINDOW, "recalculate": SYSTEM, "unheard": SYSTEM, "help": CO_LIAISON, "unanswered": WINDOW,
    "hear_peer": SYSTEM, "follow": SYSTEM, "stand_alone": SYSTEM, "part": SYSTEM, "discard": WINDOW, "amend": WINDOW,
    "add_material": LIAISON,
}  # fmt: skip
#: What usually comes next in a state, so that histories get somewhere.
USUAL: dict[str, tuple[str, ...]] = {
    "D": ("confirm", "settle", "confirm", "absorb", "confirm", "void", "confirm", "discard", "amend"),
    "A1": ("classify", "submit", "dispatch", "refer", "absorb", "dispatch", "merge_into", "split"),
    "A2": ("classify", "dispatch", "transfer", "dispatch", "refer", "give_away", "transfer", "dispatch", "correct"),
    "B1": (
        "deliver", "deliver", "accept", "decline", "promise", "plan", "grant", "answer", "help", "dispatch", "suspend",
    ),
    "B2": (
        "plan", "promise", "answer", "extend", "grant", "supervise", "cannot_do", "deny", "suspend", "grant", "resume",
        "help", "dispatch", "absorb", "supplement", "correct", "urge", "part", "add_material",
    ),
    "B3": ("answer", "extend", "grant", "supervise", "nudge", "suspend", "grant", "resume", "help"),
    "B4": ("answer", "tell", "nudge", "supervise", "recalculate", "hear_peer", "plan"),
    "C1": ("pass", "fail", "pass", "correct"),
    "C2": (
        "call_back", "call_back", "unanswered", "unanswered", "called_merged", "grant", "deny", "conclude", "correct",
    ),
    "R": ("deliver", "accept", "answer", "supervise", "conclude", "dispatch", "help", "answer"),
    "Z4": ("tell", "reopen"),
    "Z1": ("reopen", "correct", "grant", "reopen"),
    "Z6": ("call_back", "reopen", "follow", "stand_alone"),
}  # fmt: skip


@dataclass(frozen=True)
class Try:
    """One attempt: how long people waited, what they want, who wants it, and the odds and ends of the words."""

    pause: int
    usual: bool
    act: int
    anybody: int | None
    number: int
    day: int


def tries() -> st.SearchStrategy[Try]:
    """Attempts; three in four are the usual thing by the right person."""
    often = st.sampled_from((True, True, True, False))
    return st.builds(
        Try,
        pause=st.sampled_from(PAUSES),
        usual=often,
        act=st.integers(0, len(ACTS) - 1),
        anybody=st.none() | st.none() | st.none() | st.integers(0, len(EVERYBODY) - 1),
        number=st.integers(0, 6),
        day=st.integers(-1, 12),
    )


def chance(dice: Random) -> Try:
    """An attempt by plain dice: no shrinking, but longer and more even histories."""
    return Try(
        pause=dice.choice(PAUSES),
        usual=dice.random() < 0.8,
        act=dice.randrange(len(ACTS)),
        anybody=dice.randrange(len(EVERYBODY)) if dice.random() < 0.15 else None,
        number=dice.randrange(7),
        day=dice.randrange(-1, 13),
    )


def beginnings() -> st.SearchStrategy[Story]:
    """Complaints of several kinds, on several days of the year."""
    fields = st.fixed_dictionaries(
        {
            "source": st.sampled_from(("窗口", "12345热线", "万人助万企窗口")),
            "anonymous": st.booleans(),
            "no_reply": st.sampled_from((False, False, True)),
            "missing": st.sampled_from(((), ("kind", "address"))),
        }
    )
    return st.builds(
        beginning,
        st.sampled_from(DAYS),
        st.sampled_from(("", "", "12:00", "17:30")),
        fields,
    )


def beginning(day: str, external: str, more: Mapping[str, Any]) -> Story:
    """A complaint of that morning; `external` is the hour of the hotline's own limit two days later, if it has one."""
    fields = {**more, "title": "社保转移材料已交齐仍不办理"}
    if external:
        limit = datetime.fromisoformat(f"{day} {external}").replace(tzinfo=TZ) + timedelta(days=2)
        fields["external_due"] = limit.isoformat()
    return Story(f"{day} 09:30", fields=fields)


def step(story: Story, context: DecisionContext, attempt: Try) -> tuple[Actor, c.Command, Refused | None]:
    """Try it; a refusal is a lawful outcome. Returns who tried what, and the refusal if there was one."""
    usual = USUAL.get(story.case.state.value, ("reopen",))
    name = usual[attempt.act % len(usual)] if attempt.usual else ACTS[attempt.act]
    actor = _meant(name, story.case) if attempt.anybody is None else EVERYBODY[attempt.anybody]
    command = command_of(name, story.case, context, attempt)
    if name == "recalculate" and actor is SYSTEM:
        # As with an import: the calendar changes for everybody, then the case is recalculated.
        story.calendar = CHANGED
    try:
        story.do(context.now, actor, command)
    except Refused as refusal:
        return actor, command, refusal
    return actor, command, None


def _meant(name: str, case: Case) -> Actor:
    """Who would do it: the liaison of the department that leads, or of one that helps."""
    meant = MEANT.get(name, MANAGER)
    if name in ("answer", "plan") and case.state == "B4":
        return MANAGER
    if meant is LIAISON and case.lead is not None:
        return LIAISONS.get(case.lead.id, meant)
    if meant is CO_LIAISON and case.orders:
        return LIAISONS.get(case.orders[-1].unit.id, meant)
    return meant


def command_of(name: str, case: Case, context: DecisionContext, attempt: Try) -> c.Command:
    """The act in words that may be right or wrong."""
    n = attempt.number
    text = ("", SECRET, SECRET + "已办理")[n % 3] if not attempt.usual else SECRET
    day = context.now.date() + timedelta(days=attempt.day)
    if attempt.usual:
        base = case.clock.date if name == "extend" and case.clock else context.now.date()
        far = 40 if name in ("promise", "plan") and n == 4 else 0
        day = CALENDAR.shift(max(base, context.now.date()), far + 1 + n % 3)
    units = ((SOCIAL,), (SOCIAL, HOUSING), (HOUSING, SOCIAL), (MEDICAL, SOCIAL, MEDICAL))[n % 4]
    categories = list(Category)[:5] if attempt.usual else list(Category)
    made: dict[str, c.Command] = {
        "confirm": c.Confirm(),
        "supplement": c.Supplement(text, {"kind": "投诉"}, {"contact": "测丙三"} if n % 2 else {}),
        "add_material": c.AddMaterial("image", "image/jpeg", n + 1, f"{attempt.day}/{n}", f"{SECRET}.jpg"),
        "urge": c.Urge(text),
        "withdraw": c.Withdraw(text),
        "settle": c.SettleOnSpot(text),
        "submit": c.Submit(categories[n % len(categories)]),
        "classify": c.Classify(categories[n % len(categories)]),
        "dispatch": c.Dispatch(units if n else (), day if attempt.day % 3 == 0 else None),
        "give_away": c.Classify(Category.OUT_OF_SCOPE),
        "transfer": c.Transfer("示例市法院", "已电话告知测甲一"),
        "tell": c.Tell(text),
        "consult": c.Consult(text),
        "refer": c.Refer("示例市供电公司", day),
        "deliver": c.Deliver(case.units[n % len(case.units)] if case.lead and case.lead.id else SOCIAL, "群消息"),
        "accept": c.Accept(),
        "decline": c.Decline(text),
        "promise": c.Promise(day),
        "plan": c.Plan(day, text),
        "answer": c.Answer(text),
        "cannot_do": c.CannotDo(text, SECRET if n % 2 else ""),
        "extend": c.Extend(day, text),
        "grant": c.Grant(text),
        "deny": c.Deny(text),
        "pass": c.Review(True),
        "fail": c.Review(False, text),
        "call_back": c.CallBack(list(Rating)[n % len(Rating)], text),
        "unanswered": c.CallBack(Rating.UNANSWERED),
        "suspend": c.Suspend(list(Pause)[n % len(Pause)], text),
        "resume": c.Resume(),
        "correct": c.Correct(("phone", "address", "name", "content", "contact")[n % 5], text, SECRET),
        "void": c.Void(text),
        "discard": c.Discard(text),
        "amend": c.Amend((("name", text), ("title", "另一个标题"))),
        "conclude": c.Conclude(text),
        "merge_into": c.MergeInto("YS20261123-0001" if n else case.no),
        "absorb": c.Absorb(MERGED[n % 2], case.clock, n == 5),
        "follow": c.Follow((State.SATISFIED, State.TRANSFERRED, State.WITHDRAWN)[n % 3], context.now, False, SECRET),
        "split": c.Split(MERGED[n % 2]),
        "stand_alone": c.StandAlone(),
        "hear_peer": c.HearPeer(
            "示例市供电公司", MERGED[0], (State.SATISFIED, State.WITHDRAWN)[n % 2], n == 2, SECRET, SECRET
        ),
        "part": c.Part(MERGED[n % 2]),
        "called_merged": c.CalledMerged(MERGED[n % 2], list(Rating)[n % len(Rating)], text),
        "recalculate": c.Recalculate("国办发明电〔2026〕1号"),
        "unheard": c.NoteUnheard("催办", "分管领导"),
        "help": (c.Accept(), c.Answer(text), c.Decline(text), c.CannotDo(text, SECRET))[n % 4],
        "nudge": c.Nudge(),
        "supervise": c.Supervise(day, f"2026督{n}"),
        "approve": c.Approve((list(Release)[n % 3],) if n % 2 else ()),
        "hold": c.Hold(text),
        "reopen": c.Reopen(text),
    }
    return made[name]

"""Whatever anybody tries in whatever order: what must hold after every step of every history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import commands as c
from domain.audiences import AudienceKind
from domain.case import SYSTEM, Case
from domain.decisions.requests import OF_DEPARTMENTS
from domain.escalation import EscalationStep, timetable
from domain.events import EventType
from domain.explain import why
from domain.fold import FOLDS, fold
from domain.ledger import COLUMNS
from domain.lifecycle import decide
from domain.lifecycle_hint import stage_hint
from domain.timeline import SENTENCES, sentence
from domain.vocabulary import RUNNING, WITH_DEPARTMENT, Request, Role, State, StepKind
from tests.kit.cases import CALENDAR, PRIVATE, Story
from tests.kit.histories import DAYS, SECRET, Try, beginning, beginnings, chance, step, tries

#: Words that belong to the complainant or to the answers; never in public data.
PRIVATE_WORDS = (PRIVATE["name"], *PRIVATE["phones"], PRIVATE["address"], "蓝鲸三十七", "测丙三", SECRET)
#: What may be done to a closed case without opening it.
AFTER_THE_END = (c.Correct, c.Grant, c.Deny, c.NoteUnheard, c.Follow, c.Part, c.AddMaterial)


def _waits_for_delivery(story: Story) -> bool:
    """The one open situation without a next step: the outbox holds the work order, and a failure tells the manager."""
    case = story.case
    return case.state in (State.DISPATCHED, State.REDO) and case.received_at is None


def _hold(story: Story, before: Case, liaison: bool) -> None:
    case = story.case
    if before.state.is_open and not case.state.is_open:
        assert not liaison, "a department closed a case"
        assert case.closed_at is not None
    assert [item.seq for item in story.events] == list(range(1, len(story.events) + 1))
    assert case.seq == len(story.events)
    context = story.context(story.events[-1].at)
    steps = timetable(case, context)
    if case.state.is_open:
        assert steps or _waits_for_delivery(story), f"{case.state} has no next step"
    else:
        assert not steps
    assert all(story.calendar.is_open(item.at) or item.kind is StepKind.OWNER for item in steps)
    assert len({item.key for item in steps}) == len(steps)
    if case.running is not None:
        assert case.state in RUNNING
        assert case.running.at == CALENDAR.closing(case.running.date)
        assert stage_hint(case)
        assert why(case, case.running, context)
    assert case.pending is None or case.state.is_open or case.pending.what is Request.CORRECT
    _hold_together(case, steps)


def _hold_together(case: Case, steps: list[EscalationStep]) -> None:
    """Pauses and co-departments: nothing stands still for ever, nobody is pressed for a case they do not have."""
    if case.suspension is not None:
        assert case.running is None
        assert case.state in WITH_DEPARTMENT
        assert StepKind.RESUME in {item.kind for item in steps}
        assert not [
            item for item in steps if item.kind in (StepKind.NUDGE, StepKind.OVERDUE, StepKind.ASSIST, StepKind.LATE)
        ]
    if case.state in WITH_DEPARTMENT:
        assert [order.unit for order in case.orders] == list(case.units[1:])
    known = {unit.id for unit in case.units}
    assert {item.audience.unit for item in steps if item.audience.kind is AudienceKind.UNIT} <= known
    if case.pending is not None and case.pending.what in OF_DEPARTMENTS - {Request.DECLINE}:
        assert case.lead is not None
        assert case.pending.department in (case.lead.id, None)


def _hold_the_calendar(story: Story, now: datetime) -> None:
    """A calendar that did not change moves nothing."""
    if story.case.state.is_open:
        assert not decide(story.case, c.Recalculate("同一日历"), SYSTEM, story.context(now))


def _told(story: Story) -> None:
    words = [sentence(item) for item in story.events] + [str(dict(item.data)) for item in story.events]
    for word in PRIVATE_WORDS:
        assert not [line for line in words if word in line], word


def _live(story: Story, attempts: Iterable[Try]) -> Counter[State]:
    """Live through the attempts, the clock ticking where time passes; what must hold is checked after each."""
    now, states = story.events[0].at, Counter[State]()
    for attempt in attempts:
        now += timedelta(minutes=attempt.pause)
        if attempt.pause >= 60:
            story.tick(now)
        before = story.case
        actor, command, refusal = step(story, story.context(now), attempt)
        if refusal is not None:
            assert story.case is before
            assert "{" not in str(refusal)
        elif not before.state.is_open and type(command) not in (c.Reopen, c.StandAlone):
            assert story.case.state is before.state, "closed means closed"
            own = {State.MERGED: c.CallBack, State.TRANSFERRED: c.Tell}.get(before.state)
            assert type(command) in AFTER_THE_END or type(command) is own
        _hold_the_calendar(story, now)
        moved = (before.state, before.round) != (story.case.state, story.case.round)
        settled = before.pending is not None and before.pending != story.case.pending
        assert (story.case.epoch > before.epoch) == (moved or settled), "a button is stale exactly when it must be"
        _hold(story, before, actor.has(Role.LIAISON))
        row = story.row(now)
        assert len(row) == len(COLUMNS)
        assert row["备注"]
        states[story.case.state] += 1
    masked = "".join(story.row(now, masked=True).values())
    assert not [word for word in (*PRIVATE["phones"], PRIVATE["name"], PRIVATE["address"]) if word in masked]
    assert fold(story.events) == story.case
    _told(story)
    return states


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=beginnings(), attempts=st.lists(tries(), min_size=5, max_size=40))
def test_no_history_breaks_the_mechanism(story: Story, attempts: list[Try]):
    _live(story, attempts)


def test_long_histories_get_everywhere_and_nothing_breaks():
    """Dice with fixed seeds: every state and every kind of event occurs."""
    states, types = Counter[State](), Counter[str]()
    for seed in range(220):
        dice = Random(seed)
        fields = {
            "source": dice.choice(("窗口", "12345热线", "万人助万企窗口")),
            "anonymous": seed % 5 == 0,
            "no_reply": seed % 7 == 0,
        }
        story = beginning(dice.choice(DAYS), dice.choice(("", "", "12:00", "17:30")), fields)
        states += _live(story, (chance(dice) for _ in range(70)))
        types.update(story.types())
    assert set(FOLDS) - set(types) == set()
    assert set(State) == set(states)


def test_every_event_type_has_a_sentence_and_every_sentence_an_event_type():
    assert set(SENTENCES) == set(FOLDS) | {EventType.REGISTERED} == set(EventType)

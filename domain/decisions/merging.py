"""并单 and 拆单 (第七条): one work order for several complaints of one matter, and one for each matter of a complaint.

Nobody's complaint is dropped with another's (有诉必办).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.draft_event import DraftEvent
from domain.decisions.review import ended
from domain.event_fields import clock_data
from domain.events import EventType
from domain.refusals import Refused
from domain.rules import DecisionContext
from domain.vocabulary import BEFORE_DISPATCH, State


def merge_into(case: Case, command: c.MergeInto, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """并单: this case follows its master; its complainant is still answered and called back (第十条)."""
    if command.master == case.no or case.merged:
        raise Refused("cannot_merge", no=case.no)
    return [DraftEvent(EventType.MERGED_INTO, {"state": State.MERGED.value, "master": command.master})]


def absorb(case: Case, command: c.Absorb, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """并单, the master's side: the stricter limit of the two counts (第八条)."""
    data: dict[str, Any] = {"merged": command.merged}
    if command.silent:
        data["silent"] = True
    mine, theirs = case.running, command.clock
    if mine is not None and theirs is not None and theirs.stage is mine.stage and theirs.at < mine.at:
        # Counted from the other one's receipt, so here it is a date and no number of days.
        data["clock"] = clock_data(replace(theirs, days=None))
    return [DraftEvent(EventType.ABSORBED, data)]


def follow(case: Case, command: c.Follow, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """The master's end on the record of who joined it: their row and the hotline say what came of it (第十条)."""
    finished = command.finished_at.isoformat() if command.finished_at else None
    data = {
        "end": command.end.value,
        "finished": finished,
        "cannot": command.cannot,
    }
    return [DraftEvent(EventType.FOLLOWED, data, {"outcome": command.outcome, "basis": command.basis})]


def stand_alone(case: Case, command: c.StandAlone, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """The master was void or withdrawn before any department had it: back to the manager, on its own (第七条)."""
    return [DraftEvent(EventType.FREED, {"state": State.SUBMITTED.value, "from": case.master})]


def part(case: Case, command: c.Part, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """A merged case is opened again by itself: its master waits for its complainant no longer (第七条、第十条)."""
    if all(joined.no != command.merged for joined in case.merged):
        return []
    after = replace(case, merged=tuple(joined for joined in case.merged if joined.no != command.merged))
    fact = DraftEvent(EventType.PARTED, {"merged": command.merged})
    if not case.state.is_open or case.pending is not None:
        return [fact]
    if case.left and not after.merged:
        return [fact, DraftEvent(EventType.CLOSED, {"state": State.WITHDRAWN.value, "why": "诉求人已撤回"})]
    return [fact, *ended(after, "", context)] if case.state is State.CALL_BACK else [fact]


def split(case: Case, command: c.Split, actor: Actor, context: DecisionContext) -> list[DraftEvent]:
    """拆单: two matters in one complaint, each with its own department and limit (第七条)."""
    return [DraftEvent(EventType.SPLIT_OFF, {"number": command.number})]


def consequences(before: Case, after: Case) -> list[tuple[str, c.Command]]:
    """What an act on one case asks of others: pairs of case number and command.

    Whatever ends a master, its followers are not forgotten: they keep the end, or stand alone again when nothing was
    done yet. Who stands alone again leaves the master. What another centre referred is told back to it.
    """
    if before.state is State.MERGED and after.state.is_open:
        return [(before.master, c.Part(after.no))]
    ended = before.state.is_open and not after.state.is_open
    found = _to_the_sender(before, after) if after.sender else []
    if not ended or not before.merged:
        return found
    if after.state in (State.VOID, State.DISCARDED) or (
        after.state is State.WITHDRAWN and before.state in BEFORE_DISPATCH
    ):
        return [*found, *((joined.no, c.StandAlone()) for joined in before.merged)]
    words = after.private
    basis = words.basis if after.cannot else ""
    told = c.Follow(after.state, after.finished_at, after.cannot, words.outcome, basis)
    return [*found, *((joined.no, told) for joined in after.merged)]


def _to_the_sender(before: Case, after: Case) -> list[tuple[str, c.Command]]:
    """函转 inside one deployment: the centre that sent the case hears its end, of a merged one its master's."""
    end = after.followed if after.state is State.MERGED else after.state
    was = before.followed if before.state is State.MERGED else before.state
    if end is None or end.is_open or end is was:
        return []
    words = after.private
    return [(after.sender, c.HearPeer(after.centre_name, after.no, end, after.cannot, words.outcome, words.basis))]

"""Which papers a case has, by its events: the table behind /打印 and the papers that are sent for the seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.case import Case, Event
from domain.event_fields import clock_of
from domain.events import EventType
from domain.fold import fold
from domain.papers import CentrePaper, PaperName
from domain.rules import DecisionContext
from domain.vocabulary import Level, Request, State
from papers.text import requests as r
from papers.text.letters import cannot_do_answer, redo_notice, referral_letter, transfer_letter, transfer_notice
from papers.text.shapes import Paper
from papers.text.supervision import circular, discipline_copy, government_report, supervision_form
from papers.text.work_order import work_order


@dataclass(frozen=True, slots=True)
class Folder:
    """A case with its history and what its papers need to know of the centre."""

    case: Case
    events: Sequence[Event]
    centre: CentrePaper
    context: DecisionContext

    def last(self, *types: EventType) -> Event | None:
        """The newest event of these types."""
        return next((event for event in reversed(self.events) if event.type in types), None)


@dataclass(frozen=True, slots=True)
class Kind:
    """One paper: when a case has it, and how it is made."""

    name: PaperName
    applies: Callable[[Folder], bool]
    make: Callable[[Folder], Paper]


def _department(folder: Folder) -> str:
    return folder.case.lead.name if folder.case.lead else ""


def _verdict(folder: Folder, what: Request, granted: EventType, asked: Event) -> r.Verdict | None:
    after = [
        event
        for event in folder.events
        if event.seq > asked.seq
        and (event.type is granted or (event.type is EventType.REQUEST_DENIED and event.data["what"] == what.value))
    ]
    if not after:
        return None
    return r.Verdict(after[0].type == granted, after[0].at, str(after[0].private.get("opinion", "")))


def _extension(folder: Folder) -> Paper:
    """延期审批单, from the newest request and what came of it (第八条)."""
    asked = _need(folder, EventType.EXTENSION_REQUESTED)
    clock = fold([event for event in folder.events if event.seq <= asked.seq]).clock
    if clock is None:
        raise ValueError("an extension is asked of a limit that runs")
    facts = r.Extension(
        department=_department(folder),
        stage=clock.stage,
        due=clock.date,
        until=date.fromisoformat(asked.data["date"]),
        asked_at=asked.at,
        reason=str(asked.private.get("opinion", "")),
    )
    verdict = _verdict(folder, Request.EXTEND, EventType.EXTENDED, asked)
    return r.extension_form(folder.case, folder.centre, folder.context, facts, masked=False, verdict=verdict)


def _decline(folder: Folder) -> Paper:
    """Write the ruling on a 退单 (第七条)."""
    asked = _need(folder, EventType.DECLINE_REQUESTED)
    dispatched = next(
        (
            e
            for e in reversed(folder.events)
            if e.seq < asked.seq and e.type in (EventType.DISPATCHED, EventType.REASSIGNED)
        ),
        None,
    )
    units = dispatched.data["units"] if dispatched else []
    name = next((unit["name"] for unit in units if unit["id"] == asked.data.get("department")), _department(folder))
    facts = r.Decline(name, asked.at, str(asked.private.get("opinion", "")))
    verdict = _verdict(folder, Request.DECLINE, EventType.DECLINE_GRANTED, asked)
    return r.decline_ruling(folder.case, folder.centre, folder.context, facts, masked=False, verdict=verdict)


def _suspension(folder: Folder) -> Paper:
    """Write the notice that the clock stands still (第八条)."""
    stopped = _need(folder, EventType.SUSPENDED)
    asked = _need(folder, EventType.SUSPENSION_REQUESTED)
    due = _clock_before(folder, stopped.at)
    reason = f"{stopped.data['why']}：{asked.private.get('opinion', '')}"
    facts = r.Suspension(reason, stopped.at, date.fromisoformat(stopped.data["date"]), due)
    return r.suspension_notice(folder.case, folder.centre, folder.context, facts, masked=False)


def _resumption(folder: Folder) -> Paper:
    """Write the notice that the clock runs again (第八条)."""
    stopped, again = _need(folder, EventType.SUSPENDED), _need(folder, EventType.RESUMED)
    old = _clock_before(folder, stopped.at)
    clock = clock_of(again.data)
    facts = r.Resumption(stopped.at, again.at, again.data["days"], old, clock.date if clock else old, again.data["why"])
    return r.resumption_notice(folder.case, folder.centre, folder.context, facts, masked=False)


def _clock_before(folder: Folder, at: datetime) -> date:
    clocks = [clock_of(event.data) for event in folder.events if event.at <= at and event.data.get("clock")]
    found = [clock for clock in clocks if clock is not None]
    return found[-1].date if found else at.date()


def _need(folder: Folder, type_: EventType) -> Event:
    event = folder.last(type_)
    if event is None:
        raise ValueError(f"this case has no {type_!r}")
    return event


def _plain(make: Callable[..., Paper], **options: object) -> Callable[[Folder], Paper]:
    return lambda folder: make(folder.case, folder.centre, folder.context, **options)


def _had(*types: EventType) -> Callable[[Folder], bool]:
    return lambda folder: folder.last(*types) is not None


def _grave(folder: Folder) -> bool:
    return folder.case.level >= Level.IGNORED and bool(folder.case.supervised)


CATALOGUE: tuple[Kind, ...] = (
    Kind(PaperName.WORK_ORDER, lambda f: f.case.state is not State.DRAFT, _plain(work_order)),
    Kind(PaperName.DEPARTMENT_COPY, _had(EventType.DISPATCHED, EventType.REASSIGNED), _plain(work_order, masked=True)),
    Kind(PaperName.REFERRAL, _had(EventType.REFERRED), _plain(referral_letter)),
    Kind(PaperName.TRANSFER, _had(EventType.TRANSFERRED), _plain(transfer_letter)),
    Kind(PaperName.TRANSFER_NOTICE, _had(EventType.TRANSFERRED), _plain(transfer_notice)),
    Kind(PaperName.DECLINE, _had(EventType.DECLINE_REQUESTED), _decline),
    Kind(PaperName.EXTENSION, _had(EventType.EXTENSION_REQUESTED), _extension),
    Kind(PaperName.SUSPENSION, _had(EventType.SUSPENDED), _suspension),
    Kind(PaperName.RESUMPTION, lambda f: _had(EventType.SUSPENDED)(f) and _had(EventType.RESUMED)(f), _resumption),
    Kind(PaperName.SUPERVISION, lambda f: bool(f.case.supervised), _plain(supervision_form)),
    Kind(PaperName.CIRCULAR, _grave, _plain(circular)),
    Kind(PaperName.REPORT, _grave, _plain(government_report)),
    Kind(PaperName.COPY, _grave, _plain(discipline_copy)),
    Kind(PaperName.CANNOT, lambda f: f.case.cannot and f.case.finished_at is not None, _plain(cannot_do_answer)),
    Kind(PaperName.REDO, lambda f: bool(f.case.returned), _plain(redo_notice)),
)


def paper_named(folder: Folder, name: str) -> Paper | None:
    """One paper of the case, None when it has none of that name."""
    return next((kind.make(folder) for kind in CATALOGUE if kind.name == name and kind.applies(folder)), None)

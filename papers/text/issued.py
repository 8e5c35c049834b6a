"""Papers as they were issued: which act issues which, what is kept of them, and how they are found again.

A paper is issued once, by its act, and kept word for word in the sealed part of the act's event; printing it later
gives the same words, marked 副本. Only a new act makes a new paper.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from domain.case import Event
from domain.event_fields import PAPERS
from domain.events import EventType
from domain.fold import fold
from domain.office_hours import TZ
from domain.papers import PaperName
from domain.vocabulary import Release, Request
from domain.waiting import unreleased
from papers.text.catalogue import CATALOGUE, Folder, paper_named
from papers.text.shapes import COPY, Cell, Chart, Form, Issuable, Letter, Paper, Paragraph, Rank, Table

_ALWAYS: dict[EventType, tuple[PaperName, ...]] = {
    EventType.REFERRED: (PaperName.REFERRAL,),
    EventType.TRANSFERRED: (PaperName.TRANSFER, PaperName.TRANSFER_NOTICE),
    EventType.DECLINE_GRANTED: (PaperName.DECLINE,),
    EventType.EXTENDED: (PaperName.EXTENSION,),
    EventType.SUSPENDED: (PaperName.SUSPENSION,),
    EventType.RESUMED: (PaperName.RESUMPTION,),
    EventType.SUPERVISED: (PaperName.SUPERVISION,),
    EventType.CIRCULATED: (PaperName.CIRCULAR,),
    EventType.GOVERNMENT_TOLD: (PaperName.REPORT,),
    EventType.DISCIPLINE_COPIED: (PaperName.COPY,),
    EventType.REVIEW_FAILED: (PaperName.REDO,),
    EventType.DISSATISFIED: (PaperName.REDO,),
    EventType.SENT_BACK: (PaperName.REDO,),
}
_REFUSED = {Request.DECLINE.value: PaperName.DECLINE, Request.EXTEND.value: PaperName.EXTENSION}
#: The papers of 第九条 by the act that releases them.
RELEASED_AS = {
    Release.CIRCULAR: PaperName.CIRCULAR,
    Release.REPORT: PaperName.REPORT,
    Release.COPY: PaperName.COPY,
}
#: What follows in the same act and belongs to what its papers say: the telling beside a transfer, the other releases.
_TOGETHER = frozenset({EventType.TOLD, EventType.CIRCULATED, EventType.GOVERNMENT_TOLD, EventType.DISCIPLINE_COPIED})


@dataclass(frozen=True, slots=True)
class Issued:
    """One paper as it left: which, by which event, when, and its words; `kept` is False where an older record has none.

    Then the words are those the paper would have had at that moment, from the record up to it.
    """

    name: PaperName
    seq: int
    at: datetime
    paper: Issuable
    kept: bool = True

    @property
    def copy(self) -> Issuable:
        """The same words, marked as a copy with the day it was issued."""
        day = self.at.astimezone(TZ)
        return replace(self.paper, mark=COPY.format(day=f"{day.year}年{day.month}月{day.day}日"))


def issues(event: Event, cannot: bool) -> tuple[PaperName, ...]:
    """The papers an event issues; `cannot` says that the result under review is a lawful no."""
    if event.type is EventType.REQUEST_DENIED:
        name = _REFUSED.get(str(event.data.get("what")))
        return (name,) if name else ()
    if event.type is EventType.REVIEW_PASSED:
        return (PaperName.CANNOT,) if cannot else ()
    return _ALWAYS.get(event.type, ())


def issue(event: Event, folder: Folder) -> dict[str, Issuable]:
    """The papers this event issues, by name; `folder` is the case with everything its act brought."""
    made = {name.value: paper_named(folder, name) for name in issues(event, folder.case.cannot)}
    return {name: paper for name, paper in made.items() if isinstance(paper, Issuable)}


def issued(folder: Folder) -> list[Issued]:
    """Every paper the case's history issued, in order."""
    found = []
    for place, event in enumerate(folder.events):
        kept = event.private.get(PAPERS)
        papers = {name: restored(data) for name, data in kept.items()} if kept else _again(folder, place)
        found += [Issued(PaperName(name), event.seq, event.at, paper, bool(kept)) for name, paper in papers.items()]
    return found


def _again(folder: Folder, place: int) -> dict[str, Issuable]:
    """The papers of an event that kept none, from the record as it was then."""
    event = folder.events[place]
    if event.type not in _ALWAYS and event.type not in (EventType.REQUEST_DENIED, EventType.REVIEW_PASSED):
        return {}
    end = place + 1
    while end < len(folder.events) and _same_act(event, folder.events[end]):
        end += 1
    history = folder.events[:end]
    context = replace(folder.context, now=event.at)
    return issue(event, Folder(fold(history), history, folder.centre, context))


def _same_act(event: Event, other: Event) -> bool:
    return other.type in _TOGETHER and (other.at, other.actor) == (event.at, event.actor)


def in_force(folder: Folder) -> dict[str, tuple[Paper, Issued | None]]:
    """What there is to print, by name in the order of the catalogue: what waits for its act as a draft, else the newest
    issued as a copy, else the case as it stands (工作单)."""
    last = {one.name: one for one in issued(folder)}
    found: dict[str, tuple[Paper, Issued | None]] = {}
    for kind in CATALOGUE:
        one = last.get(kind.name)
        if one is not None and not _waits(folder, kind.name):
            found[kind.name.value] = (one.copy, one)
        elif kind.applies(folder):
            found[kind.name.value] = (kind.make(folder), None)
    return found


def _waits(folder: Folder, name: PaperName) -> bool:
    """Whether another one is being prepared: asked for and not ruled on, drafted and not released."""
    case = folder.case
    if name in RELEASED_AS.values():
        return name in {RELEASED_AS[what] for what in unreleased(case)} and case.state.is_open
    asked = case.pending.what if case.pending else None
    return asked is not None and _REFUSED.get(asked.value) is name


# As JSON: what the sealed part of an event can hold.

_SHAPES: dict[str, Callable[[Mapping[str, Any]], Issuable]] = {}


def kept(paper: Issuable) -> dict[str, Any]:
    """The words of a paper as JSON."""
    return {"shape": type(paper).__name__, **_without_mark(asdict(paper)), **_body(paper)}


def restored(data: Mapping[str, Any]) -> Issuable:
    """The paper whose words these are. Raises KeyError for a shape this version does not know."""
    return _SHAPES[data["shape"]]({name: value for name, value in data.items() if name != "shape"})


def _without_mark(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "mark"}


def _body(paper: Issuable) -> dict[str, Any]:
    """Paragraphs, tables and charts of a letter, told apart."""
    if not isinstance(paper, Letter):
        return {}
    parts: list[dict[str, Any]] = []
    for part in paper.body:
        mark = {"chart": True} if isinstance(part, Chart) else {"table": isinstance(part, Table)}
        parts.append({**mark, **asdict(part)})
    return {"body": parts}


def _letter(data: Mapping[str, Any]) -> Letter:
    parts = [dict(part) for part in data["body"]]
    texts = {name: tuple(data[name]) for name in ("attachments", "copies")}
    return Letter(**{**data, **texts, "genre": PaperName(data["genre"]), "body": tuple(map(_part, parts))})


def _part(part: Mapping[str, Any]) -> Paragraph | Table | Chart:
    if part.get("chart"):
        series = tuple((name, tuple(values)) for name, values in part["series"])
        return Chart(part["title"], tuple(part["names"]), series)
    return _table(part) if part["table"] else Paragraph(part["text"], Rank(part["rank"]))


def _table(part: Mapping[str, Any]) -> Table:
    return Table(tuple(part["header"]), tuple(tuple(row) for row in part["rows"]), tuple(part["widths"]))


def _form(data: Mapping[str, Any]) -> Form:
    rows = tuple(tuple(Cell(**cell) for cell in row) for row in data["rows"])
    return Form(**{**data, "genre": PaperName(data["genre"]), "rows": rows, "notes": tuple(data["notes"])})


_SHAPES |= {"Letter": _letter, "Form": _form}


def newest(folder: Folder, seq: int, name: str) -> Issuable | None:
    """The paper that the event with this number issued, as it left; None when it issued none of that name."""
    return next((one.paper for one in issued(folder) if (one.seq, one.name) == (seq, name)), None)


def all_of(folder: Folder) -> Iterator[tuple[str, Paper]]:
    """Every paper to hand out: what is in force by its name, earlier ones of the same name with their day behind it."""
    current = in_force(folder)
    shown = {(one.seq, one.name) for _, one in current.values() if one is not None}
    yield from ((name, paper) for name, (paper, _) in current.items())
    for one in issued(folder):
        if (one.seq, one.name) not in shown:
            yield f"{one.name}（{one.at.astimezone(TZ):%Y%m%d}）", one.copy


__all__ = ["RELEASED_AS", "Issued", "all_of", "in_force", "issue", "issued", "issues", "kept", "newest", "restored"]

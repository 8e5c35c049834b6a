"""Do each act of an incoming event once, however often the event is worked on.

A process may die between the commit of an act and the mark that its event is done; the event is then worked on again.
So the acts of an event are counted while it is handled, and each notes its case in the event's row within its own
transaction: an act whose place is noted was done, and is not done again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from models.queues import InboxRow


@dataclass
class _Handling:
    row: int
    done: dict[str, int] = field(default_factory=dict)
    places: int = 0


_handling: ContextVar[_Handling | None] = ContextVar("handling", default=None)


@contextmanager
def handling(row: int, done: Mapping[str, int] | None) -> Iterator[None]:
    """Say which event of the inbox everything inside is done for; `done` is what earlier tries noted in its row."""
    token = _handling.set(_Handling(row, dict(done or {})))
    try:
        yield
    finally:
        _handling.reset(token)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one act among those of its event; acts for no event have none and are never noted."""

    _of: _Handling | None
    _number: str

    @property
    def done(self) -> int | None:
        """The row id of the case on which an earlier try did this act; None when it is still to be done."""
        return self._of.done.get(self._number) if self._of is not None else None

    async def note(self, case_id: int) -> None:
        """Note within the act's own transaction that it is done."""
        if self._of is not None:
            noted = {**self._of.done, self._number: case_id}
            await InboxRow.filter(id=self._of.row).update(acts=noted)


def next_place() -> Place:
    """Return the place of the act that begins now."""
    of = _handling.get()
    if of is not None:
        of.places += 1
    return Place(of, str(of.places if of is not None else 0))

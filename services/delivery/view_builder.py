"""What a message is drawn from: everything a drawing may want to know about its cases, its reader and its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.case import Actor, Case
from domain.messages import kind_of
from domain.view import View
from models.queues import OutboxRow
from platforms.contract import ChatPlatform
from services.cases.issuing import centre_paper
from services.delivery.read_status import ReadStatus
from services.delivery.recipients import Target, liaisons_on_duty
from services.directory.deputies import with_deputised
from services.directory.people import PersonCard, actor_of, department_on
from services.guidance.library import any_published, suggest
from services.store.app import AppContext
from services.store.event_store import Record


def _read_for(target: Target, reader: Actor | None, cases: Sequence[Case]) -> int | None:
    return department_on(target.reader, reader, cases[0] if cases else None) if target.reader and reader else None


class Views:
    """Makes the view of one outbox row for one place."""

    def __init__(self, app: AppContext, platforms: Mapping[str, ChatPlatform]) -> None:
        self._app = app
        self._read = ReadStatus(platforms)

    async def liaisons(self, row: OutboxRow, records: Sequence[Record]) -> list[PersonCard]:
        """Whom a message to a department's group speaks to."""
        if row.department_id is None or not records:
            return []
        return await liaisons_on_duty(records[0].case.centre, row.department_id, self._app.clock.now())

    async def view(
        self, row: OutboxRow, records: Sequence[Record], target: Target, called: Sequence[PersonCard] = ()
    ) -> View:
        """The view for one place; `called` are the department's liaisons on duty."""
        cases = [record.case for record in records]
        reader = await self._reader(target, cases)
        return View(
            case=cases[0] if cases else None,
            context=self._app.decision_context(cases[0].rules if cases else ""),
            reader=reader,
            facts={**row.payload, **await self._read_facts(row, cases)},
            others=tuple(cases[1:]),
            other_ids=tuple(record.id for record in records[1:]),
            histories=tuple(record.events for record in records[1:]),
            liaisons=() if target.reader else tuple(liaison.name for liaison in called),
            suggestions=cases[0].suggested if cases else (),
            public_url=self._app.public_url,
            case_id=row.case_id or 0,
            department=row.department_id or _read_for(target, reader, cases),
            events=records[0].events if records else (),
            centre=centre_paper(self._app, cases[0].centre, cases[0].centre_name) if cases else None,
            lessons=await self._lessons(row, cases),
        )

    async def _reader(self, target: Target, cases: Sequence[Case]) -> Actor | None:
        """Who reads there, with the rights of those they stand in for today (代班)."""
        if target.reader is None:
            return None
        actor = await with_deputised(actor_of(target.reader), self._app.clock.now())
        return actor.at(cases[0].centre) if cases else actor

    async def _read_facts(self, row: OutboxRow, cases: Sequence[Case]) -> dict[str, object]:
        """`read` and `unread`: the liaisons' names, for whoever decides on a graver level."""
        if not kind_of(row.kind).asks_read_status or not cases or row.case_id is None:
            return {}
        status = await self._read.of(cases[0], row.case_id, self._app.clock.now())
        return {} if status is None else {"read": status[0], "unread": status[1]}

    async def _lessons(self, row: OutboxRow, cases: Sequence[Case]) -> tuple[tuple[str, str], ...]:
        """Published guidance cases like this one, for whoever decides or handles (第十一条 “借鉴和参考”)."""
        if not kind_of(row.kind).shows_lessons or not cases or not await any_published():
            return ()
        found = await suggest(cases[0].private.content)
        return tuple((card.no, card.guidance.title) for card in found)

"""Counts and pages of the 台账 say what the fold says, and read no more than they show; on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from benchmarks.seed import FINISHED, FRIDAY, SIGNED, Place, number, office_at, plant, settle_in, story
from domain.case import Actor
from domain.commands import Command, Extend
from domain.vocabulary import Role, State
from domain.waiting import asks
from services.access.cases import Ambiguous, NotFound, access_case_named
from services.papers.ledger import Filter, ledger_cases
from services.papers.ledger_pages import Shelf
from services.store.app import AppContext
from services.store.case_numbers import numbered
from services.store.statistics import summary
from tests.kit.statements import statements

LATER = FRIDAY + timedelta(days=20)
ASKING: tuple[Command, ...] = (*SIGNED, Extend((FRIDAY + timedelta(days=10)).date(), "情况复杂"))


async def planted(app: AppContext, place: Place, count: int, after: int = 0) -> None:
    endings: Sequence[Sequence[Command]] = ((), SIGNED, FINISHED, ASKING)
    units = place.units
    stories = [
        story(app, place, number(FRIDAY, n + 1), units[n % 3], FRIDAY, endings[n % 4]) for n in range(after, count)
    ]
    await plant(app, stories)


def manager(place: Place) -> Actor:
    return Actor(None, "甲", frozenset({Role.MANAGER}), place.centre.id)


async def test_counts_and_pages_are_those_of_the_fold(database: str) -> None:
    place = await settle_in(FRIDAY)
    await planted(office_at(FRIDAY), place, 24)
    app = office_at(LATER)
    shelf = Shelf(app, place.centre.id, manager(place))
    own = frozenset({place.units[1].id})
    for wanted in (Filter(), Filter(open=True), Filter(overdue=True), Filter(departments=own)):
        whole = await ledger_cases(app, place.centre.id, wanted)
        pages = [await shelf.page(wanted, n, 5) for n in range(1, (len(whole) + 4) // 5 + 1)]
        assert [case for page in pages for case in page.cases] == whole
        assert {page.count for page in pages} == {len(whole)}
        assert (await shelf.page(wanted, 99, 5)).number == len(pages)
    cases = await ledger_cases(app, place.centre.id, Filter(departments=own))
    counts = await shelf.departments(own, 3)
    late = [case.no for case in cases if case.running and case.running.at < LATER]
    held = [case for case in cases if case.running]
    assert (counts.total, counts.held, counts.late, counts.late_numbers) == (len(cases), len(held), len(late), late[:3])
    assert counts.unsigned == sum(case.state is State.DISPATCHED for case in cases)
    assert counts.closed == sum(not case.state.is_open for case in cases)
    assert late
    undecided = await shelf.undecided(3)
    assert [case.no for case in undecided.cases] == [
        case.no for case in await ledger_cases(app, place.centre.id, Filter(open=True)) if asks(case)
    ]
    assert undecided.cases


async def test_what_a_release_before_wrote_is_looked_at(database: str) -> None:
    """Its writes move the version on and leave `settled_version` behind."""
    from models.cases import CaseRow

    place = await settle_in(FRIDAY)
    app = office_at(FRIDAY)
    await planted(app, place, 2)
    shelf = Shelf(app, place.centre.id, manager(place))
    assert not (await shelf.undecided(3)).cases
    await CaseRow.filter(no=number(FRIDAY, 2)).update(version=5)
    assert [case.no for case in (await shelf.undecided(3)).cases] == [number(FRIDAY, 2)]


async def test_a_short_number_is_every_day_s_a_full_one_its_own(database: str) -> None:
    place = await settle_in(FRIDAY)
    app = office_at(FRIDAY)
    days = [FRIDAY - timedelta(days=365), FRIDAY - timedelta(days=1), FRIDAY]
    await plant(app, [story(app, place, number(day, 7), place.units[0], day, ()) for day in days])
    assert [len(await numbered(day, 7)) for day in ("", "1120", "20251120", "20261119", "1121")] == [3, 2, 1, 1, 0]
    assert await numbered("", 8) == []
    with pytest.raises(Ambiguous):
        await access_case_named(app, manager(place), "7")
    assert (await access_case_named(app, manager(place), "1119-7")).case.no == number(days[1], 7)
    with pytest.raises(NotFound):
        await access_case_named(app, manager(place), "20261301-7")


async def test_no_question_takes_more_statements_of_a_longer_ledger(database: str) -> None:
    place = await settle_in(FRIDAY)
    app = office_at(FRIDAY)
    counted = []
    for size, after in ((12, 0), (60, 12)):
        await planted(app, place, size, after)
        with statements() as sent:
            await summary(place.centre.id, FRIDAY)
        with statements() as paged:
            await Shelf(app, place.centre.id, manager(place)).page(Filter(), 1, 10)
        with statements() as named:
            await access_case_named(app, manager(place), number(FRIDAY, 2))
        counted.append((len(sent), len(paged), len(named)))
    assert counted[0] == counted[1]
    assert counted[0][1:] <= (4, 5)

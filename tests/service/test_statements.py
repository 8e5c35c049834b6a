"""How many statements an act and a registration take: a further one fails here, without a clock; on both databases."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.seed import FRIDAY, number, office_at, plant, settle_in, story
from domain.case import OPERATOR
from domain.commands import Accept, Register
from domain.lifecycle import register
from models.cases import CaseRow
from models.database import transaction
from services.cases.execute import execute
from services.cases.tick import tick
from services.cases.write import write_new
from tests.kit.statements import statements

#: As counted when this was written, on the database that takes more.
ACT, REGISTRATION, STEP = 6, 10, 13


async def test_an_act_takes_no_more_statements_than_it_did(database: str) -> None:
    app = office_at(FRIDAY + timedelta(hours=1))
    place = await settle_in(FRIDAY)
    record = (await plant(app, [story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, ())]))[0]
    with statements() as sent:
        await execute(app, record.id, Accept(), OPERATOR)
    assert len(sent) <= ACT, "\n".join(sent)


async def test_a_registration_takes_no_more_statements_than_it_did(database: str) -> None:
    app = office_at(FRIDAY)
    place = await settle_in(FRIDAY)
    context = app.decision_context_of(place.centre.id)
    fields = {"source": "12345热线", "title": "补缴养老保险", "kind": "投诉", "missing": []}
    new = register(Register(number(FRIDAY, 1), place.centre.id, place.centre.name, fields, {}), OPERATOR, context)
    with statements() as sent:
        async with transaction():
            await write_new(app, new, context)
    assert len(sent) <= REGISTRATION, "\n".join(sent)


async def test_a_look_at_the_clock_takes_as_many_statements_for_a_case_however_many_are_open(database: str) -> None:
    place = await settle_in(FRIDAY)
    taken = []
    for start, count in ((0, 2), (2, 20)):
        app = office_at(FRIDAY)
        numbers = range(start + 1, start + count + 1)
        new = await plant(app, [story(app, place, number(FRIDAY, n), place.units[0], FRIDAY, ()) for n in numbers])
        due = (await CaseRow.get(id=new[0].id)).next_due_at
        with statements() as sent:
            report = await tick(office_at(due + timedelta(minutes=1)))
        assert report.cases == count
        taken.append(len(sent) / count)
    assert abs(taken[0] - taken[1]) <= 2
    assert max(taken) <= STEP

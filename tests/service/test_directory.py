"""Asking the directory: departments by any sensible name, people by role, chats by department."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.vocabulary import Role
from models.sealing import Sealer
from services.directory.file import HEADER
from services.directory.people import (
    CentreCard,
    PersonCard,
    actor_of,
    bind_chat,
    centre_named,
    chat,
    chats_of,
    department_named,
    department_names,
    first_centre,
    import_directory,
    mark_chat,
    note_chat,
    people,
    person_by_account,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CENTRE = "示例市政务服务中心"
DEPARTMENTS = [
    "住房和城乡建设局",
    "人力资源和社会保障局",
    "市场监督管理局",
    "市场发展服务中心",
    "公安局",
    "公安局交警支队",
]


@pytest.fixture
async def centre(database: str) -> CentreCard:
    lines = [",".join(HEADER), f"{CENTRE},市,,王窗口,窗口、负责人,wang,", f"{CENTRE},市,,李热线,热线,li,"]
    lines += [f"{CENTRE},市,{name},联络{place},联络员,ll{place}," for place, name in enumerate(DEPARTMENTS)]
    lines += ["示例县政务服务中心,县区,公安局,县联络,联络员,xian,"]
    await import_directory("\n".join(lines).encode(), "org.csv", NOW, Sealer(bytes(32)))
    found = await first_centre()
    assert found is not None
    return found


async def test_the_first_centre_is_the_first_of_the_file(centre: CentreCard) -> None:
    assert centre.name == CENTRE
    assert await centre_named(f" {CENTRE} ") == centre
    assert await centre_named("没有的中心") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("公安局", "公安局"),
        ("住房", "住房和城乡建设局"),
        ("住建局", "住房和城乡建设局"),
        ("人社局", "人力资源和社会保障局"),
        ("监督管理", "市场监督管理局"),
        ("交警", "公安局交警支队"),
        (" 公安 局 ", "公安局"),
    ],
)
async def test_a_department_is_found_by_any_unambiguous_name(centre: CentreCard, typed: str, meant: str) -> None:
    match = await department_named(centre.id, typed)
    assert match.department is not None
    assert match.department.name == meant


async def test_an_ambiguous_department_gives_the_candidates(centre: CentreCard) -> None:
    match = await department_named(centre.id, "市场")
    assert match.department is None
    assert [card.name for card in match.candidates] == ["市场监督管理局", "市场发展服务中心"]


@pytest.mark.parametrize("typed", ["", " ", "天文台", "局安公"])
async def test_an_unknown_department_gives_neither(centre: CentreCard, typed: str) -> None:
    match = await department_named(centre.id, typed)
    assert (match.department, match.candidates) == (None, ())


async def test_people_are_found_by_role_and_department(centre: CentreCard) -> None:
    assert await department_names(centre.id) == DEPARTMENTS
    police = (await department_named(centre.id, "公安局")).department
    assert police is not None
    assert [card.name for card in await people(centre.id, role="联络员", department_id=police.id)] == ["联络4"]
    assert [card.name for card in await people(centre.id, role=Role.LEAD)] == ["王窗口"]
    assert await people(centre.id, role="纪检") == []
    assert len(await people(centre.id)) == len(DEPARTMENTS) + 2


async def test_a_person_acts_with_their_roles_and_place(centre: CentreCard) -> None:
    card = await person_by_account("wecom", " WANG ")
    assert isinstance(card, PersonCard)
    actor = actor_of(card, via="web")
    assert (actor.person, actor.centre, actor.department, actor.via) == (card.id, centre.id, None, "web")
    assert actor.has(Role.WINDOW)
    assert await person_by_account("telegram", "wang") is None
    assert await person_by_account("dingtalk", "wang") is None


async def test_a_chat_is_seen_bound_lost_and_found_again(centre: CentreCard) -> None:
    police, housing = [(await department_named(centre.id, name)).department for name in ("公安局", "住建局")]
    assert police is not None
    assert housing is not None
    seen = await note_chat("wecom", "wr1", NOW, "公安诉求群")
    assert (seen.department_id, seen.state) == (None, "ok")
    await bind_chat("wecom", "wr1", police.id, NOW)
    await bind_chat("dingtalk", "cid2", police.id, NOW + timedelta(hours=1))
    assert [card.chat_id for card in await chats_of(police.id)] == ["cid2", "wr1"]
    await mark_chat("wecom", "wr1", "846609")
    lost = await chat("wecom", "wr1")
    assert lost is not None
    assert (lost.state, lost.title) == ("846609", "公安诉求群")
    assert (await note_chat("wecom", "wr1", NOW)).state == "ok"
    await bind_chat("wecom", "wr1", housing.id, NOW)
    assert [card.chat_id for card in await chats_of(police.id)] == ["cid2"]
    assert await chat("wecom", "unknown") is None

"""A change of the data key: everything sealed opens under the new one alone, beside writers and after a kill."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import OPERATOR
from models.bookkeeping import MetaRow
from models.cases import CaseRow, EventRow
from models.database import dialect, query
from models.materials import BlobPart
from models.queues import InboxRow
from models.sealed import SEALED, exchange
from models.sealing import Sealer, WrongKey
from services.materials.store import content_of, join, origin_of, put
from services.store.event_store import read_many
from services.store.key_check import WrongDataKey, check_data_key, noted_keys
from services.upkeep import rotation
from services.upkeep.rotation import rotate
from tests.kit.town import Town, running_town

OLD, NEW, THIRD = (hashlib.sha256(word).digest() for word in (b"old", b"new", b"third"))

LETTER = b"what somebody wrote\n" * 30_000


def quiet(place: str, count: int) -> None:
    """Nobody listens."""


@pytest.fixture
async def lived_in(migrated_url: str):
    """A town in which three complaints were taken in and one was worked on; something is sealed in `meta` too."""
    async with running_town(migrated_url, YOUSU_DATA_KEY=base64.b64encode(OLD).decode()) as town:
        for number in range(3):
            await town.push(external_no=f"T{number}", phone=f"0001234000{number}")
        await town.say(
            "wangmin", "app", "/登记 来电人：测乙一 联系电话：00012340009 诉求内容：窗口不予受理，要求说明原因。"
        )
        # What was worked on is emptied; this is a word that could not be worked on.
        await InboxRow.create(
            platform="wecom", event_key="waits", kind="text", state="failed",
            payload=Sealer(OLD).seal({"text": "测"}, "inbox:wecom"),
            received_at=town.app.clock.now(), next_try_at=town.app.clock.now() + timedelta(days=9),
        )  # fmt: skip
        held = await put(town.app, origin_of("wecom", "photo", 0), "测.txt", LETTER)
        await join(town.app, (await CaseRow.all())[0].id, [held], OPERATOR)
        await MetaRow.create(key="chain_key", value=Sealer(OLD).seal("random", "meta:chain_key"))
        yield town


async def contents(sealer: Sealer) -> dict:
    """Everything personal, opened, and the hashes."""
    records = await read_many([row.id for row in await CaseRow.all()], sealer)
    inbox = await InboxRow.all().order_by("id")
    return {
        "cases": [record.events for record in records],
        "hashes": await EventRow.all().order_by("id").values_list("hash", "prev_hash"),
        "inbox": [sealer.open(row.payload, f"inbox:{row.platform}") for row in inbox if row.payload],
        "meta": sealer.open((await MetaRow.get(key="chain_key")).value, "meta:chain_key"),
    }


async def indexes() -> list[str]:
    rows = await CaseRow.all().order_by("id")
    return [row.phone_index for row in rows if row.phone_index is not None]


async def test_after_a_change_everything_opens_under_the_new_key_alone(lived_in: Town):
    before, blind = await contents(Sealer(OLD)), await indexes()
    assert len(before["cases"]) >= 3
    assert before["inbox"]
    assert blind
    done = await rotate(Sealer(NEW, [OLD]), quiet)
    assert (done.done, done.faults) == (True, [])
    assert await contents(Sealer(NEW)) == before
    assert await noted_keys() == [Sealer(NEW).fingerprint]
    after = await indexes()
    assert len(after) == len(blind)
    assert not set(after) & set(blind)
    records = await read_many([row.id for row in await CaseRow.all()], Sealer(NEW))
    assert set(after) == {Sealer(NEW).blind(r.case.private.phone) for r in records if r.case.private.phone}
    with pytest.raises(WrongKey):
        await contents(Sealer(OLD))
    assert (await rotate(Sealer(NEW, [OLD]), quiet)).changed == 0, "done once, there is nothing to do"


async def test_a_material_opens_under_the_new_key_and_its_bytes_stay_as_they_lie(lived_in: Town):
    before = await BlobPart.all().values_list("data", flat=True)
    await rotate(Sealer(NEW, [OLD]), quiet)
    case_id = (await CaseRow.all())[0].id
    assert await content_of(replace(lived_in.app, sealer=Sealer(NEW)), case_id, 1) == LETTER
    assert await BlobPart.all().values_list("data", flat=True) == before
    with pytest.raises(WrongKey):
        await content_of(lived_in.app, case_id, 1)


async def test_no_sealed_text_stands_outside_of_the_list(lived_in: Town):
    """Every text of every table is looked at, so a new sealed column cannot be forgotten."""
    known = {(place.table, place.column) for place in SEALED}
    found = set()
    for table, column in await _text_columns():
        hit = await query(
            f'SELECT 1 AS hit FROM {table} WHERE CAST("{column}" AS TEXT) LIKE ?1 LIMIT 1', "v1.________.%"
        )
        found |= {(table, column)} if hit else set()
    assert found == known


async def _text_columns() -> list[tuple[str, str]]:
    sql = (
        "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
        if dialect() == "sqlite"
        else "SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = 'public'"
    )
    return [(row["t"], row["c"]) for row in await query(sql)]


async def test_a_change_that_was_cut_short_goes_on_where_it_was(lived_in: Town, monkeypatch: pytest.MonkeyPatch):
    before = await contents(Sealer(OLD))
    ring = Sealer(NEW, [OLD])
    monkeypatch.setattr(rotation, "PART", 2)
    heard: list[str] = []

    def cut(place: str, count: int) -> None:
        heard.append(place)
        if len(heard) == cuts:
            raise KeyboardInterrupt

    for cuts in range(1, 8):  # noqa: B007 - `cut` reads it
        heard.clear()
        with suppress(KeyboardInterrupt):
            await rotate(ring, cut)
        assert await contents(ring) == before, "between two keys both open"
    await rotate(ring, quiet)
    assert await contents(Sealer(NEW)) == before


async def test_who_writes_meanwhile_loses_nothing(lived_in: Town, monkeypatch: pytest.MonkeyPatch):
    """The bot knows both keys and goes on working; at the end nothing is left under the old one."""
    ring = Sealer(NEW, [OLD])
    monkeypatch.setattr(rotation, "PART", 1)
    lived_in.app.sealer = ring
    await check_data_key(ring)
    cases = await CaseRow.all().count()
    _, answer = await asyncio.gather(rotate(ring, quiet), lived_in.push(external_no="T9"))
    assert answer is not None
    assert await CaseRow.all().count() == cases + 1
    assert (await rotate(ring, quiet)).done
    assert len((await contents(Sealer(NEW)))["cases"]) == cases + 1


async def test_a_row_that_changed_since_it_was_read_is_not_written_over(
    lived_in: Town, monkeypatch: pytest.MonkeyPatch
):
    real = exchange

    async def late(place, texts):
        if place.table == "meta" and texts:
            await MetaRow.filter(key="chain_key").update(value=Sealer(OLD).seal("newer", "meta:chain_key"))
            monkeypatch.setattr(rotation, "exchange", real)
        return await real(place, texts)

    monkeypatch.setattr(rotation, "exchange", late)
    assert (await rotate(Sealer(NEW, [OLD]), quiet)).done
    assert (await contents(Sealer(NEW)))["meta"] == "newer"


async def test_what_does_not_open_is_named_and_the_old_key_stays_needed(lived_in: Town):
    row = await MetaRow.create(key="odd", value=Sealer(THIRD).seal("x", "meta:odd"))
    done = await rotate(Sealer(NEW, [OLD]), quiet)
    assert (done.done, done.faults) == (False, [f"meta {row.id}"])
    assert set(await noted_keys()) == {Sealer(OLD).fingerprint, Sealer(NEW).fingerprint}
    assert (await rotate(Sealer(NEW, [OLD, THIRD]), quiet)).done


async def test_a_start_without_a_key_that_is_in_use_is_refused(lived_in: Town):
    await check_data_key(Sealer(NEW, [OLD]))
    for sealer in (Sealer(OLD), Sealer(NEW), Sealer(THIRD, [OLD])):
        with pytest.raises(WrongDataKey, match="正在更换"):
            await check_data_key(sealer)
    with pytest.raises(WrongDataKey, match="找回原密钥"):
        await check_data_key(Sealer(THIRD))
    await check_data_key(Sealer(OLD, [NEW]))  # back again
    assert (await rotate(Sealer(OLD, [NEW]), quiet)).done
    await check_data_key(Sealer(OLD))


async def test_a_telephone_is_found_under_either_key_while_they_are_exchanged(lived_in: Town):
    ring = Sealer(NEW, [OLD])
    index = (await indexes())[0]
    record = (await read_many([(await CaseRow.get(phone_index=index)).id], ring))[0]
    phone = record.case.private.phone
    assert index in ring.blinds(phone)
    await rotate(ring, quiet)
    assert (await indexes())[0] in ring.blinds(phone)

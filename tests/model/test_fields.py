"""Moments in rows: one spelling for one moment, on both backends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from models.bookkeeping import NonceRow
from models.database import query

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)


async def note(at: datetime, nonce: str = "n") -> NonceRow:
    return await NonceRow.create(key_id="k", nonce=nonce, at=at)


async def test_a_moment_is_read_back_in_utc(database: str) -> None:
    row = await note(NOON)
    assert row.at == NOON
    again = await NonceRow.get(id=row.id)
    assert (again.at, again.at.utcoffset()) == (NOON, timedelta(0))
    assert await NonceRow.all().values_list("at", flat=True) == [NOON]


async def test_create_and_update_spell_one_moment_alike(database: str) -> None:
    await note(NOON, "created")
    row = await note(NOON - timedelta(days=1), "updated")
    await NonceRow.filter(id=row.id).update(at=NOON.astimezone(timezone(timedelta(hours=-5))))
    saved = await note(NOON - timedelta(days=1), "saved")
    saved.at = NOON.astimezone(UTC)
    await saved.save()
    assert len({str(found["at"]) for found in await query("SELECT at FROM nonces")}) == 1


@pytest.mark.parametrize("zone", [SHANGHAI, UTC, timezone(timedelta(hours=-5))])
async def test_filters_compare_moments_not_spellings(database: str, zone: ZoneInfo) -> None:
    await note(NOON, "at noon")
    await note(NOON + timedelta(microseconds=1), "just after")
    await note(NOON + timedelta(seconds=1), "later")
    asked = NOON.astimezone(zone)
    assert await NonceRow.filter(at=asked).count() == 1
    assert await NonceRow.filter(at__lte=asked).count() == 1
    assert await NonceRow.filter(at__gt=asked).count() == 2
    assert await NonceRow.filter(at__in=[asked]).count() == 1
    assert await NonceRow.filter(at__range=(asked, asked + timedelta(microseconds=1))).count() == 2
    assert await NonceRow.all().order_by("at").values_list("nonce", flat=True) == ["at noon", "just after", "later"]


NAIVE = datetime(2026, 11, 23, 12, 0)  # noqa: DTZ001  the very thing that must be refused


@pytest.mark.parametrize("value", [NAIVE, 1700000000, date(2026, 11, 23), "2026-11-23 12:00:00"])
async def test_what_is_no_moment_is_refused_everywhere(sqlite_database: str, value: object) -> None:
    row = await note(NOON)
    with pytest.raises((TypeError, ValueError)):
        await NonceRow.create(key_id="k", nonce="x", at=value)
    with pytest.raises((TypeError, ValueError)):
        await NonceRow.filter(id=row.id).update(at=value)
    with pytest.raises((TypeError, ValueError)):
        await NonceRow.filter(at__lte=value).count()
    with pytest.raises((TypeError, ValueError)):
        await NonceRow.filter(at__in=[value]).count()
    row.at = value
    with pytest.raises((TypeError, ValueError)):
        await row.save()
    assert await NonceRow.all().values_list("at", flat=True) == [NOON]


async def test_raw_queries_refuse_naive_moments_too(sqlite_database: str) -> None:
    with pytest.raises(ValueError, match="naive"):
        await query("SELECT 1 FROM nonces WHERE at <= ?1", NAIVE)

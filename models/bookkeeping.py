"""Rows of housekeeping: case numbers, nonces, facts about the deployment, monthly counts, looks at personal data."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.cases import CaseRow
from models.database import query
from models.fields import UtcDatetimeField
from models.people import Person


class CounterRow(Model):
    """The last case number given on a day (`day` is yyyymmdd)."""

    id = fields.IntField(primary_key=True)
    day = fields.CharField(max_length=20, unique=True)
    value = fields.IntField()
    mac = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "counters"
        table_description = "每日编号"


class NonceRow(Model):
    """A nonce of the intake interface that was spent."""

    id = fields.BigIntField(primary_key=True)
    key_id = fields.CharField(max_length=200)
    nonce = fields.CharField(max_length=300)
    at = UtcDatetimeField(db_index=True)

    class Meta:
        table = "nonces"
        table_description = "已用随机数"
        unique_together = (("key_id", "nonce"),)


class MetaRow(Model):
    """A fact about this deployment, such as the fingerprint of its data key or the last tick."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=200, unique=True)
    value = fields.TextField()

    class Meta:
        table = "meta"
        table_description = "部署信息"


class TallyRow(Model):
    """How often a platform was asked for something in a month (`month` is yyyy-mm, Beijing time)."""

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=40)
    month = fields.CharField(max_length=7)
    what = fields.CharField(max_length=40)
    count = fields.BigIntField()

    class Meta:
        table = "tallies"
        table_description = "平台用量"
        unique_together = (("platform", "month", "what"),)


class AccessLog(Model):
    """Somebody was shown personal data; `person` is null for the operator at the command line."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyNullableRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    what = fields.CharField(max_length=200)
    purpose = fields.TextField(default="")
    at = UtcDatetimeField(db_index=True)
    hash = fields.CharField(max_length=64, null=True)

    case_id: int | None
    person_id: int | None

    class Meta:
        table = "access_log"
        table_description = "个人信息查看记录"


ADD_TO_TALLY = """
INSERT INTO tallies (platform, month, what, count) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (platform, month, what) DO UPDATE SET count = tallies.count + excluded.count
RETURNING count
"""


async def add_to_tally(platform: str, month: str, what: str, count: int) -> int:
    """Add to a month's count, whoever else adds to it at the same time; the new count."""
    return int((await query(ADD_TO_TALLY, platform, month, what, count))[0]["count"])


NEXT_NUMBER = """
INSERT INTO counters (day, value) VALUES (?1, 1)
ON CONFLICT (day) DO UPDATE SET value = counters.value + 1
RETURNING value
"""


async def next_number(day: str) -> int:
    """The next number of that day, starting at 1. Given back when the running transaction rolls back.

    On PostgreSQL the day's row stays locked until the transaction ends, so numbers have no gaps.
    """
    return int((await query(NEXT_NUMBER, day))[0]["value"])

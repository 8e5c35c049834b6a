"""Rows of housekeeping: case numbers, spent nonces, facts about the deployment, and who looked at personal data."""

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

    class Meta:
        """Table."""

        table = "counters"
        table_description = "每日编号"


class NonceRow(Model):
    """A nonce of the intake interface that was spent."""

    id = fields.BigIntField(primary_key=True)
    key_id = fields.CharField(max_length=200)
    nonce = fields.CharField(max_length=300)
    at = UtcDatetimeField(db_index=True)

    class Meta:
        """Table."""

        table = "nonces"
        table_description = "已用随机数"
        unique_together = (("key_id", "nonce"),)


class MetaRow(Model):
    """A fact about this deployment, such as the fingerprint of its data key or the last tick."""

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=200, unique=True)
    value = fields.TextField()

    class Meta:
        """Table."""

        table = "meta"
        table_description = "部署信息"


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

    case_id: int | None
    person_id: int | None

    class Meta:
        """Table."""

        table = "access_log"
        table_description = "个人信息查看记录"


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

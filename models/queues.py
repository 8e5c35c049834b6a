"""Rows of the two queues: what people did (inbox) and what is to be sent (outbox)."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.cases import CaseRow
from models.fields import UtcDatetimeField
from models.people import Department, Person


class InboxRow(Model):
    """A raw event of a platform, stored before it is answered. `state`: "pending", "done" or "failed".

    `payload` is sealed. `owner` is the process working on it: nobody else takes it before that one is proved dead.
    Without an owner it is due at `next_try_at`. `attempts` counts tries that failed, `deaths` processes that died
    over it. `answered` is who was sent answers, a pair of place and recipient for each message.
    """

    id = fields.BigIntField(primary_key=True)
    platform = fields.CharField(max_length=40)
    event_key = fields.CharField(max_length=300)
    kind = fields.CharField(max_length=60)
    payload = fields.TextField()
    state = fields.CharField(max_length=20, default="pending")
    attempts = fields.IntField(default=0)
    error = fields.TextField(null=True)
    # Place of an act among those of the event → row id of the case it was done on (services.store.once).
    acts: Any = fields.JSONField(null=True)
    answered: Any = fields.JSONField(null=True)
    received_at = UtcDatetimeField()
    next_try_at = UtcDatetimeField()
    done_at = UtcDatetimeField(null=True)
    owner = fields.CharField(max_length=40, null=True)
    deaths = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "inbox"
        table_description = "收件队列"
        unique_together = (("platform", "event_key"),)
        indexes = (("state", "next_try_at"),)


class OutboxRow(Model):
    """A message to be sent, written with the fact it tells of. `key` makes writing it twice harmless.

    `state`: "pending", "leased", "sent", "failed" or "dropped". `attempts` counts claims. A leased row belongs to its
    `owner` until that process is proved dead; `lease_until` counts only without one (rows of an older release).
    Rows with the same `merge` may be sent as one message.
    """

    id = fields.BigIntField(primary_key=True)
    key = fields.CharField(max_length=300, unique=True)
    kind = fields.CharField(max_length=80)
    case: fields.ForeignKeyNullableRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", null=True, on_delete=fields.RESTRICT
    )
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", null=True, on_delete=fields.RESTRICT
    )
    payload: Any = fields.JSONField(default=dict)
    merge = fields.CharField(max_length=300, null=True, db_index=True)
    urgent = fields.BooleanField(default=False)
    state = fields.CharField(max_length=20, default="pending")
    attempts = fields.IntField(default=0)
    not_before = UtcDatetimeField()
    lease_until = UtcDatetimeField(null=True)
    created_at = UtcDatetimeField()
    sent_at = UtcDatetimeField(null=True)
    error = fields.TextField(null=True)
    owner = fields.CharField(max_length=40, null=True)

    case_id: int | None
    department_id: int | None
    person_id: int | None

    class Meta:
        table = "outbox"
        table_description = "发件队列"
        indexes = (("state", "not_before"), ("state", "lease_until"))

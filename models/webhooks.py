"""Endings on their way to the systems that sent the cases."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.cases import CaseRow
from models.fields import UtcDatetimeField


class WebhookPush(Model):
    """One ending for one webhook. `state`: "pending", "taken" or "failed"; `seq` is the event that ended the case.

    What is pushed is read from the case when it goes out: nothing of it lies here.
    """

    id = fields.BigIntField(primary_key=True)
    hook = fields.CharField(max_length=64)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", related_name="pushes", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    state = fields.CharField(max_length=20, default="pending")
    attempts = fields.IntField(default=0)
    error = fields.CharField(max_length=200, default="")
    created_at = UtcDatetimeField()
    next_try_at = UtcDatetimeField()
    taken_at = UtcDatetimeField(null=True)

    case_id: int

    class Meta:
        table = "webhook_pushes"
        table_description = "办理结果推送"
        unique_together = (("case", "seq", "hook"),)
        indexes = (("state", "next_try_at"),)

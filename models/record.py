"""Rows by which the record proves itself: the ends of chained journals, the journal of changes, the daily heads."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField


class JournalRow(Model):
    """The end of a chained journal: how many entries it has and the last one's hash, both under `mac`."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    count = fields.BigIntField(default=0)
    hash = fields.CharField(max_length=64)
    mac = fields.CharField(max_length=64)

    class Meta:
        table = "journals"
        table_description = "流水的末端"


class ChangeRow(Model):
    """Row `ref` of the table `what` was written by the program; `digest` is keyed, of what then stood in it."""

    id = fields.BigIntField(primary_key=True)
    what = fields.CharField(max_length=40)
    ref = fields.BigIntField()
    digest = fields.CharField(max_length=64)
    at = UtcDatetimeField()
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "changes"
        table_description = "名册、规则、日历的变更流水"


class HeadRow(Model):
    """The head over all cases at the end of a day: every event up to the id `upto`, chained to the head before."""

    id = fields.IntField(primary_key=True)
    day = fields.CharField(max_length=10, unique=True)
    at = UtcDatetimeField()
    upto = fields.BigIntField()
    cases = fields.BigIntField()
    events = fields.BigIntField()
    total = fields.CharField(max_length=64)
    journals: Any = fields.JSONField(default=dict)
    hash = fields.CharField(max_length=64)

    class Meta:
        table = "record_heads"
        table_description = "每日校验码"

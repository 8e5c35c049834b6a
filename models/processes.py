"""Rows about the running processes: who is there, and who leads since when."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField


class ProcessRow(Model):
    """A running `yousu serve`. `heartbeat` is a counter that moves while it lives; `host` is for the operator.

    `dead` is set by whoever proved it, before its connections are ended; the row goes when they have ended.
    """

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=40, unique=True)
    heartbeat = fields.BigIntField(default=0, db_default=0)
    dead = fields.BooleanField(default=False, db_default=False)
    host = fields.CharField(max_length=300, default="", db_default="")
    started = UtcDatetimeField(null=True)

    class Meta:
        table = "processes"
        table_description = "运行中的进程"


class LeadershipRow(Model):
    """The one row (id 1) that says which reign it is: the epoch grows with every new leader."""

    id = fields.IntField(primary_key=True)
    epoch = fields.BigIntField(default=0, db_default=0)
    owner = fields.CharField(max_length=40, default="", db_default="")

    class Meta:
        table = "leadership"
        table_description = "值守"

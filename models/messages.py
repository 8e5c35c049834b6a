"""Rows of what people see: receipts of sent messages, the cards on their screens, and the prompts awaiting text."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.cases import CaseRow
from models.fields import UtcDatetimeField
from models.people import Person
from models.queues import OutboxRow


class ReceiptRow(Model):
    """Proof that a platform took a message. `digest` is of what was sent, `handle` the platform's own."""

    id = fields.BigIntField(primary_key=True)
    outbox: fields.ForeignKeyRelation[OutboxRow] = fields.ForeignKeyField(
        "yousu.OutboxRow", on_delete=fields.RESTRICT, db_index=True
    )
    platform = fields.CharField(max_length=40)
    place = fields.CharField(max_length=20)
    recipient = fields.CharField(max_length=300)
    message_id = fields.CharField(max_length=300)
    handle: Any = fields.JSONField(default=dict)
    at = UtcDatetimeField(db_index=True)
    digest = fields.CharField(max_length=64)

    outbox_id: int

    class Meta:
        table = "receipts"
        table_description = "发送回执"


class ShownCard(Model):
    """A card on somebody's screen. `digest` and `turn` tell whether it still shows the truth; `key` is its send key."""

    id = fields.BigIntField(primary_key=True)
    platform = fields.CharField(max_length=40)
    place = fields.CharField(max_length=20)
    recipient = fields.CharField(max_length=300)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField("yousu.CaseRow", on_delete=fields.RESTRICT)
    kind = fields.CharField(max_length=80)
    key = fields.CharField(max_length=300, unique=True)
    handle: Any = fields.JSONField(default=dict)
    digest = fields.CharField(max_length=64)
    turn = fields.IntField()
    current = fields.BooleanField(default=True)
    at = UtcDatetimeField()

    case_id: int

    class Meta:
        table = "shown_cards"
        table_description = "已展示的卡片"
        indexes = (("case_id", "current"),)


class PromptRow(Model):
    """The next text of this person in this chat answers that action. `chat_id` is "" one-to-one."""

    id = fields.BigIntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField("yousu.Person", on_delete=fields.RESTRICT)
    platform = fields.CharField(max_length=40)
    chat_id = fields.CharField(max_length=300, default="")
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField("yousu.CaseRow", on_delete=fields.RESTRICT)
    action = fields.CharField(max_length=80)
    expires_at = UtcDatetimeField(db_index=True)

    person_id: int
    case_id: int

    class Meta:
        table = "prompts"
        table_description = "等待文字回复"
        unique_together = (("person", "platform", "chat_id"),)

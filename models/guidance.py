"""Rows of the guidance cases (第十一条) and of the search index over Chinese text."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.cases import CaseRow
from models.fields import UtcDatetimeField
from models.people import Centre


class GuidanceRow(Model):
    """A 政务服务指导案例, from draft to publication. Its text holds no personal data: every write passed the detector.

    `case` is the complaint it was drawn from, null for one solved through another channel (通知第四条). `version` grows
    by one with every write; write through `compare_and_set`.
    """

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=40, unique=True)
    centre: fields.ForeignKeyRelation[Centre] = fields.ForeignKeyField("yousu.Centre", on_delete=fields.RESTRICT)
    case: fields.OneToOneNullableRelation[CaseRow] = fields.OneToOneField(
        "yousu.CaseRow", null=True, on_delete=fields.RESTRICT
    )
    state = fields.CharField(max_length=60)
    version = fields.IntField(default=0)
    title = fields.TextField(default="")
    problem = fields.TextField(default="")
    method = fields.TextField(default="")
    steps = fields.TextField(default="")
    conclusion = fields.TextField(default="")
    scope = fields.TextField(default="")
    bodies: Any = fields.JSONField(default=list)
    publisher = fields.CharField(max_length=300, default="")
    submitter = fields.IntField(null=True)
    created_at = UtcDatetimeField()
    published_at = UtcDatetimeField(null=True)

    centre_id: int
    case_id: int | None

    class Meta:
        """Table and the indexes of the lists: what waits in a centre, what was published last."""

        table = "guidance"
        table_description = "政务服务指导案例"
        indexes = (("centre_id", "state"), ("state", "published_at"))


class GuidanceActRow(Model):
    """One act on a guidance case: who, when, what and why. Append-only; `digest` is of the text as it was then."""

    id = fields.BigIntField(primary_key=True)
    guidance: fields.ForeignKeyRelation[GuidanceRow] = fields.ForeignKeyField(
        "yousu.GuidanceRow", on_delete=fields.RESTRICT
    )
    seq = fields.IntField()
    act = fields.CharField(max_length=60)
    at = UtcDatetimeField()
    actor = fields.IntField(null=True)
    role = fields.CharField(max_length=60, default="")
    via = fields.CharField(max_length=60, default="")
    reason = fields.TextField(default="")
    digest = fields.CharField(max_length=64)

    guidance_id: int

    class Meta:
        table = "guidance_acts"
        table_description = "指导案例办理记录（只增不改）"
        unique_together = (("guidance", "seq"),)
        ordering = ("guidance_id", "seq")


class SearchDocument(Model):
    """A text that can be found: its kind, its id among its kind, and its length in weighted terms."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    document = fields.BigIntField()
    length = fields.IntField()

    class Meta:
        table = "search_documents"
        table_description = "可检索的文本"
        unique_together = (("kind", "document"),)


class SearchTerm(Model):
    """A term in a text: how often it stands there, every place counted by the weight of its field."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharField(max_length=40)
    term = fields.CharField(max_length=200)
    document = fields.BigIntField()
    weight = fields.IntField()

    class Meta:
        """Table: by term for the questions, by document for replacing a text."""

        table = "search_terms"
        table_description = "倒排索引"
        unique_together = (("kind", "term", "document"),)
        indexes = (("kind", "document"),)


async def compare_and_set(guidance_id: int, version: int, **columns: Any) -> bool:
    """Write `columns` and version + 1, if the row still has `version`. False when somebody else wrote first."""
    return await GuidanceRow.filter(id=guidance_id, version=version).update(version=version + 1, **columns) == 1

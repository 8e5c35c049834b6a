"""Rows of what people hand in beside words: the sealed bytes in parts, and which case they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.expressions import Subquery
from tortoise.models import Model

from models.cases import CaseRow
from models.fields import UtcDatetimeField
from models.people import Person


class BlobRow(Model):
    """One thing as it was handed in. `origin` names its arrival, so that an event worked on twice stores it once.

    `sealed` holds its name and the key of its parts, a key of its own: a change of the data key reads no part.
    `sha256` and `size` are those of the bytes as sent. Without a material it waits for its sender's word.
    """

    id = fields.BigIntField(primary_key=True)
    origin = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=20)
    type = fields.CharField(max_length=100)
    size = fields.IntField()
    sha256 = fields.CharField(max_length=64)
    sealed = fields.TextField()
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", null=True, on_delete=fields.RESTRICT, related_name="blobs", db_index=True
    )
    chat = fields.CharField(max_length=250, default="")
    received_at = UtcDatetimeField(db_index=True)

    person_id: int | None

    class Meta:
        table = "blobs"
        table_description = "材料内容"


class BlobPart(Model):
    """One part of the bytes, sealed under the key in its blob's row and bound to its place."""

    id = fields.BigIntField(primary_key=True)
    blob: fields.ForeignKeyRelation[BlobRow] = fields.ForeignKeyField(
        "yousu.BlobRow", on_delete=fields.RESTRICT, related_name="parts"
    )
    place = fields.IntField()
    data = fields.BinaryField()

    blob_id: int

    class Meta:
        table = "blob_parts"
        table_description = "材料内容分段（密封）"
        unique_together = (("blob", "place"),)


class MaterialRow(Model):
    """That a case has a material; `number` counts those of the case, what is known of it stands in its event."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", on_delete=fields.RESTRICT, related_name="materials"
    )
    number = fields.IntField()
    blob: fields.ForeignKeyRelation[BlobRow] = fields.ForeignKeyField(
        "yousu.BlobRow", on_delete=fields.RESTRICT, related_name="materials", db_index=True
    )

    case_id: int
    blob_id: int

    class Meta:
        table = "materials"
        table_description = "材料"
        unique_together = (("case", "number"),)


def waiting(**where: Any) -> Any:
    """The blobs that belong to no case yet."""
    return BlobRow.filter(**where).exclude(id__in=Subquery(MaterialRow.all().values("blob_id")))


async def forget_blobs(ids: Sequence[int]) -> None:
    """Delete blobs with their parts."""
    await BlobPart.filter(blob_id__in=list(ids)).delete()
    await BlobRow.filter(id__in=list(ids)).delete()


async def forget_waiting(before: datetime) -> int:
    """Delete what nobody claimed since `before`; how many."""
    ids = [row["id"] for row in await waiting(received_at__lt=before).values("id")]
    if ids:
        await forget_blobs(ids)
    return len(ids)

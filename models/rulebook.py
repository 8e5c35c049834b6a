"""Rows of the rule sets and of imported calendars: what the centre decided, by version, never changed in place."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField
from models.people import Centre


class RuleSetRow(Model):
    """One version of the rules, for one centre or (without one) for every centre that has none of its own.

    The one put in force last counts, the others stay for the cases opened under them. `applied` numbers the times
    somebody put rules in force here, 0 for a version that only came with the product.
    """

    id = fields.IntField(primary_key=True)
    centre: fields.ForeignKeyNullableRelation[Centre] = fields.ForeignKeyField(
        "yousu.Centre", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    version = fields.CharField(max_length=100, unique=True)
    text = fields.TextField()
    applied = fields.IntField(default=0, db_index=True)
    since = UtcDatetimeField(db_index=True)

    centre_id: int | None

    class Meta:
        table = "rule_sets"


class YearTableRow(Model):
    """An imported working calendar of one year (JSON as shipped in `shipped/calendar`). The newest of a year counts."""

    id = fields.IntField(primary_key=True)
    year = fields.IntField(db_index=True)
    text = fields.TextField()
    imported_at = UtcDatetimeField()

    class Meta:
        table = "year_tables"
        table_description = "放假安排"

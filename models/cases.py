"""Rows of a case: the cached fold, its departments, its append-only events, and the steps already taken."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.fields import UtcDatetimeField
from models.people import Centre, Department, Person


class CaseRow(Model):
    """A case as its events add up to now: columns to search by, and `public` without personal data.

    `version` grows by one with every write; write through `compare_and_set`. `mac` is keyed, over the columns
    and the end of the case's chain; `steps_hash` over its steps. `settled_version` is the `version` at which nothing
    waited for a decision (`domain.waiting.asks`): a row whose version is another one has to be looked at.
    """

    id = fields.BigIntField(primary_key=True)
    no = fields.CharField(max_length=40, unique=True)
    centre: fields.ForeignKeyRelation[Centre] = fields.ForeignKeyField("yousu.Centre", on_delete=fields.RESTRICT)
    state = fields.CharField(max_length=60)
    round = fields.IntField(default=1)
    turn = fields.IntField(default=0)
    version = fields.IntField(default=0)
    category = fields.CharField(max_length=60, null=True)
    kind = fields.CharField(max_length=60, null=True)
    source = fields.CharField(max_length=60)
    external_no = fields.CharField(max_length=200, null=True)
    level = fields.IntField(default=0)
    registered_at = UtcDatetimeField(db_index=True)
    received_at = UtcDatetimeField(null=True)
    due_at = UtcDatetimeField(null=True)
    provisional = fields.BooleanField(default=False)
    next_due_at = UtcDatetimeField(null=True, db_index=True)
    is_open = fields.BooleanField(default=True)
    lead_department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", null=True, on_delete=fields.RESTRICT
    )
    closed_at = UtcDatetimeField(null=True, db_index=True)
    rules_version = fields.CharField(max_length=100, default="")
    phone_index = fields.CharField(max_length=64, null=True, db_index=True)
    public: Any = fields.JSONField(default=dict)
    steps_hash = fields.CharField(max_length=64, null=True)
    mac = fields.CharField(max_length=64, null=True)
    settled_version = fields.IntField(null=True)

    centre_id: int
    lead_department_id: int | None

    class Meta:
        """Table and the indexes the tick, the centre's lists and the departments' lists use."""

        table = "cases"
        table_description = "诉求件"
        unique_together = (("source", "external_no"),)
        indexes = (
            ("is_open", "next_due_at"),
            ("centre_id", "state"),
            ("lead_department_id", "is_open"),
            ("centre_id", "is_open", "state", "due_at"),
            ("centre_id", "is_open", "settled_version", "version"),
            ("centre_id", "registered_at", "state"),
            ("centre_id", "closed_at", "state"),
            ("centre_id", "is_open", "no"),
        )


class CaseDepartment(Model):
    """A department that works on a case; kept in step with the fold, for questions per department."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", on_delete=fields.RESTRICT, related_name="held_by"
    )
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", on_delete=fields.RESTRICT, db_index=True
    )
    is_lead = fields.BooleanField(default=False)

    case_id: int
    department_id: int

    class Meta:
        table = "case_departments"
        table_description = "诉求件的承办部门"
        unique_together = (("case", "department"),)


class CaseRecusal(Model):
    """Somebody kept away from a case (回避), in step with the fold; without a person every clerk of the window."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField(
        "yousu.CaseRow", on_delete=fields.RESTRICT, related_name="recusals", db_index=True
    )
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", null=True, on_delete=fields.RESTRICT, related_name="recusals", db_index=True
    )

    case_id: int
    person_id: int | None

    class Meta:
        table = "case_recusals"
        table_description = "回避"


class EventRow(Model):
    """One fact about a case. Append-only; `hash` covers the row and `prev_hash`, so the chain shows tampering.

    `actor` is a person's id (no foreign key: the operator and the clock act too), `data` canonical JSON without
    personal data, `sealed` what only the sealer opens, `private_hash` a keyed digest of it unsealed.
    """

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField("yousu.CaseRow", on_delete=fields.RESTRICT)
    seq = fields.IntField()
    type = fields.CharField(max_length=80)
    at = UtcDatetimeField(db_index=True)
    actor = fields.IntField(null=True)
    role = fields.CharField(max_length=60, default="")
    via = fields.CharField(max_length=60, default="")
    data = fields.TextField()
    sealed: Any = fields.TextField(null=True)
    prev_hash = fields.CharField(max_length=64)
    hash = fields.CharField(max_length=64)
    private_hash = fields.CharField(max_length=64, null=True)

    case_id: int

    class Meta:
        table = "events"
        table_description = "办理记录（只增不改）"
        unique_together = (("case", "seq"),)
        ordering = ("case_id", "seq")


class StepRow(Model):
    """A step of the clock that was taken: reminder, supervision, notice. The unique key is "already sent"."""

    id = fields.BigIntField(primary_key=True)
    case: fields.ForeignKeyRelation[CaseRow] = fields.ForeignKeyField("yousu.CaseRow", on_delete=fields.RESTRICT)
    round = fields.IntField()
    stage = fields.CharField(max_length=120)
    level = fields.IntField()
    audience = fields.CharField(max_length=120)
    outcome = fields.CharField(max_length=120, default="")
    at = UtcDatetimeField()

    case_id: int

    class Meta:
        table = "steps"
        table_description = "已执行的催办督办步骤"
        unique_together = (("case", "round", "stage", "level", "audience"),)


async def compare_and_set(case_id: int, version: int, **columns: Any) -> bool:
    """Write `columns` and version + 1, if the row still has `version`. False when somebody else wrote first."""
    return await CaseRow.filter(id=case_id, version=version).update(version=version + 1, **columns) == 1

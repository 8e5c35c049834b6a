"""Rows of the directory: centres, their departments, persons and chats. Nobody and nothing of it is ever deleted;
only an account may be let go."""

from __future__ import annotations

from typing import Any

from tortoise import fields
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.fields import UtcDatetimeField


class Centre(Model):
    """A service centre. `level` is 市, 县区 or 乡镇街道."""

    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=200, unique=True)
    level = fields.CharField(max_length=20)

    class Meta:
        table = "centres"
        table_description = "政务服务中心"


class Department(Model):
    """A department of a centre; inactive once it is gone from the directory file."""

    id = fields.IntField(primary_key=True)
    centre: fields.ForeignKeyRelation[Centre] = fields.ForeignKeyField("yousu.Centre", on_delete=fields.RESTRICT)
    name = fields.CharField(max_length=200)
    active = fields.BooleanField(default=True)

    centre_id: int

    class Meta:
        table = "departments"
        table_description = "部门"
        unique_together = (("centre", "name"),)


class Person(Model):
    """A person of a centre; `department` is null for the centre's own people.

    `roles` is a list of the directory's words (窗口, 联络员 …).
    """

    id = fields.IntField(primary_key=True)
    centre: fields.ForeignKeyRelation[Centre] = fields.ForeignKeyField(
        "yousu.Centre", on_delete=fields.RESTRICT, db_index=True
    )
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    name = fields.CharField(max_length=200)
    roles: Any = fields.JSONField(default=list)
    active = fields.BooleanField(default=True)

    centre_id: int
    department_id: int | None
    #: The accounts by platform, and the further departments by id; only `whole` gives them.
    held: dict[str, str]
    posts: tuple[int, ...]

    class Meta:
        table = "persons"
        table_description = "人员"


class Account(Model):
    """An account of a person on a platform, as it is sent to; one on each platform."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", on_delete=fields.RESTRICT, related_name="accounts"
    )
    platform = fields.CharField(max_length=40)
    account = fields.CharField(max_length=200)

    person_id: int

    class Meta:
        table = "accounts"
        table_description = "平台账号"
        unique_together = (("platform", "account"), ("person", "platform"))


class Post(Model):
    """A department that a person serves beside the first one: the liaison of several has a row for each further."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", on_delete=fields.RESTRICT, related_name="further"
    )
    department: fields.ForeignKeyRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", on_delete=fields.RESTRICT, db_index=True
    )

    person_id: int
    department_id: int

    class Meta:
        table = "posts"
        table_description = "兼任部门"
        unique_together = (("person", "department"),)


class Chat(Model):
    """A group chat the bot was seen in; `department` is set once it is bound (`/绑定`).

    `state` is "ok" or a word of the delivery service for why the chat cannot be reached.
    """

    id = fields.IntField(primary_key=True)
    platform = fields.CharField(max_length=40)
    chat_id = fields.CharField(max_length=300)
    title = fields.CharField(max_length=300, default="")
    department: fields.ForeignKeyNullableRelation[Department] = fields.ForeignKeyField(
        "yousu.Department", null=True, on_delete=fields.RESTRICT, db_index=True
    )
    state = fields.CharField(max_length=80, default="ok")
    seen_at = UtcDatetimeField()

    department_id: int | None

    class Meta:
        table = "chats"
        table_description = "群聊"
        unique_together = (("platform", "chat_id"),)


class Deputy(Model):
    """代班: `deputy` stands in for `person` from `start` to `end`, both days included (local ISO dates)."""

    id = fields.IntField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", on_delete=fields.RESTRICT, related_name="absences", db_index=True
    )
    deputy: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "yousu.Person", on_delete=fields.RESTRICT, related_name="stands_in", db_index=True
    )
    start = fields.CharField(max_length=10)
    end = fields.CharField(max_length=10)
    noted_at = UtcDatetimeField()

    person_id: int
    deputy_id: int

    class Meta:
        table = "deputies"
        indexes = (("start", "end"),)


async def whole(rows: QuerySet[Person]) -> list[Person]:
    """The people with their centres, departments, accounts and posts: one statement after the other, also in a
    transaction."""
    people = list(await rows.select_related("centre", "department"))
    held: dict[int, dict[str, str]] = {person.id: {} for person in people}
    for row in await Account.filter(person_id__in=list(held)).order_by("id"):
        held[row.person_id][row.platform] = row.account
    posts: dict[int, list[int]] = {person.id: [] for person in people}
    for who, department in (
        await Post.filter(person_id__in=list(posts)).order_by("id").values_list("person_id", "department_id")
    ):
        posts[who].append(department)
    for person in people:
        person.held, person.posts = held[person.id], tuple(posts[person.id])
    return people

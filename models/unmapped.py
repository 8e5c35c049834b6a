"""A step of a migration: a field goes off the rows, and the column is dealt with by reviewed SQL or left behind."""

from __future__ import annotations

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


class SQL(ops.TortoiseOperation):
    """Run the statements written for this database, or nothing."""

    def __init__(self, *, sqlite: str = "", postgres: str = "") -> None:
        self._sql = {"sqlite": sqlite, "postgres": postgres}

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Run what was given."""
        if state_editor is not None and (sql := self._sql[state_editor.client.capabilities.dialect]):
            await state_editor._run_sql(sql)


class Unmap(ops.RemoveField):
    """Forget a field without touching its column: a process of the release before still reads and writes it."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Do nothing to the database."""

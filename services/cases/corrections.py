"""更正 (第五条): one number of one channel stands for one case, also after it was put right."""

from __future__ import annotations

from dataclasses import replace

from domain.case import Actor
from domain.commands import Correct
from domain.entries import NONE
from services.cases.execute import Outcome, execute
from services.cases.recusal import named_in_entries
from services.store.app import AppContext
from services.store.event_store import Record, ensure_order_is_free


async def correct(
    app: AppContext, record: Record, command: Correct, actor: Actor, *, epoch: int | None = None
) -> Outcome:
    """Ask for a correction; whom its words name is kept away from then on, so that they do not agree to it (回避).

    Raises `Refused`, also when another case has the number already.
    """
    filed = {"source": record.case.source, "external_no": record.case.external_no, command.field: command.value.strip()}
    if command.field in ("source", "external_no") and filed["external_no"] not in ("", NONE):
        await ensure_order_is_free(record.id, filed["source"], filed["external_no"])
    concerned = await named_in_entries(record.case, {command.field: command.value.strip()})
    return await execute(app, record.id, replace(command, concerned=concerned), actor, epoch=epoch)

"""更正 (第五条): one number of one channel stands for one case, also after it was put right."""

from __future__ import annotations

from domain.case import Actor, Case
from domain.commands import Correct, Grant
from domain.entries import NONE
from domain.refusals import Refused
from domain.vocabulary import Request
from models.cases import CaseRow
from services.cases.execute import Outcome, execute
from services.store.app import AppContext
from services.store.event_store import Record


async def correct(
    app: AppContext, record: Record, command: Correct, actor: Actor, *, epoch: int | None = None
) -> Outcome:
    """Ask for a correction. Raises `Refused`, also when another case has the number already."""
    await _free(record.case, command.field, command.value.strip())
    return await execute(app, record.id, command, actor, epoch=epoch)


async def grant(app: AppContext, record: Record, command: Grant, actor: Actor, *, epoch: int | None = None) -> Outcome:
    """Agree to what is pending. Raises `Refused`, also when another case has taken the number meanwhile."""
    pending = record.case.pending
    if pending is not None and pending.what is Request.CORRECT:
        await _free(record.case, pending.why, record.case.private.proposed)
    return await execute(app, record.id, command, actor, epoch=epoch)


async def _free(case: Case, entry: str, value: str) -> None:
    """Whether the case may be filed under its channel and number once the entry has this value."""
    filed = {"source": case.source, "external_no": case.external_no, entry: value}
    if entry not in ("source", "external_no") or filed["external_no"] in ("", NONE):
        return
    other = await CaseRow.filter(source=filed["source"], external_no=filed["external_no"]).exclude(no=case.no).first()
    if other is not None:
        raise Refused("number_taken", number=case.number, other=other.no)

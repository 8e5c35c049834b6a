"""签发督办单 (第九条): the act together with its number in the year's register."""

from __future__ import annotations

from datetime import date

from domain.case import Actor
from domain.commands import Supervise
from domain.office_hours import TZ
from models.bookkeeping import next_number
from models.database import transaction
from services.cases.execute import Outcome, execute
from services.store.app import AppContext


async def supervise(app: AppContext, case_id: int, day: date, actor: Actor, *, epoch: int | None = None) -> Outcome:
    """Issue a 督办单 due on `day`. A refusal spends no number, so the year's register has no gaps."""
    year = app.clock.now().astimezone(TZ).year
    async with transaction():
        number = f"{year}督{await next_number(f'督{year}')}"
        return await execute(app, case_id, Supervise(day, number), actor, epoch=epoch)

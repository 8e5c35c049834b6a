"""The next date of every open case, worked out anew when this release asks for steps an older one did not know."""

from __future__ import annotations

import logging

from models.bookkeeping import MetaRow
from models.cases import CaseRow
from services.cases.tick import advance
from services.store.app import AppContext
from services.store.outage import passing

log = logging.getLogger(__name__)

_KEY = "timetable"
#: Raised whenever `domain.escalation.timetable` learns a kind of step that cases of an older release may owe already.
TIMETABLE = "3"


async def plan_anew(app: AppContext) -> None:
    """Look once at every open case whose next date an older release wrote; later it only asks whether that was done.

    Each case is looked at as the tick would, in a transaction of its own; one that cannot be holds up no other.
    """
    done = await MetaRow.get_or_none(key=_KEY)
    if done is not None and done.value == TIMETABLE:
        return
    ids = await CaseRow.filter(is_open=True).order_by("id").values_list("id", flat=True)
    for case_id in ids:
        try:
            await advance(app, int(str(case_id)))
        except Exception as error:
            if passing(error):
                raise
            log.error("a case cannot be planned anew", exc_info=error, extra={"action": "plan_failed", "case": case_id})
    await MetaRow.update_or_create(key=_KEY, defaults={"value": TIMETABLE})
    if ids:
        log.info("next dates planned anew", extra={"action": "plan_anew", "cases": len(ids)})

"""One command per file, each with a router of its own; `ROUTERS` is the list of them all, in the order of the help."""

from bot.handlers import (
    accept,
    answer,
    bind,
    call_back,
    classify,
    contact,
    corrections,
    decline,
    deputy,
    dispatch,
    extend,
    guidance,
    help,
    ledger,
    materials,
    papers,
    pause,
    register,
    review,
    show,
    supervise,
    withdraw,
)
from bot.router import Router

ROUTERS: tuple[Router, ...] = (
    accept.router,
    answer.router,
    bind.router,
    call_back.router,
    classify.router,
    contact.router,
    corrections.router,
    decline.router,
    deputy.router,
    dispatch.router,
    extend.router,
    guidance.router,
    help.router,
    ledger.router,
    materials.router,
    papers.router,
    pause.router,
    register.router,
    review.router,
    show.router,
    supervise.router,
    withdraw.router,
)

#: The table the dispatcher reads.
router = Router()
router.include(*ROUTERS)

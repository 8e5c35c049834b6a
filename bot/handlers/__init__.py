"""One errand per file. Importing this package fills the router's table."""

from bot.handlers import (
    accept,
    answer,
    bind,
    call_back,
    classify,
    contact,
    decline,
    dispatch,
    extend,
    help,
    ledger,
    register,
    review,
    show,
    supervise,
    withdraw,
)

__all__ = [
    "accept",
    "answer",
    "bind",
    "call_back",
    "classify",
    "contact",
    "decline",
    "dispatch",
    "extend",
    "help",
    "ledger",
    "register",
    "review",
    "show",
    "supervise",
    "withdraw",
]

"""Counts the statements sent to the database: a regression fails a test without a clock."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.sent: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the statement."""
        self.sent.append(record.getMessage())


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement of the ORM's clients inside, as the driver gets it."""
    log = logging.getLogger("tortoise.db_client")
    kept, level, off = _Kept(), log.level, logging.root.manager.disable
    logging.disable(logging.NOTSET)
    log.setLevel(logging.DEBUG)
    log.addHandler(kept)
    try:
        yield kept.sent
    finally:
        log.removeHandler(kept)
        log.setLevel(level)
        logging.disable(off)

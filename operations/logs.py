"""Logs as JSON lines on standard error. Nothing personal is logged anywhere; secrets are cut out as a second net."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from settings import SETTINGS

#: Attributes every record has; the rest came in through `extra`.
_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One event per line: time, level, action, message, extras, and the type and place of an exception."""

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one JSON line."""
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update({name: value for name, value in vars(record).items() if name not in _PLAIN})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _where(record.exc_info[1])
        text = json.dumps(line, ensure_ascii=False, default=str)
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _where(error: BaseException) -> list[str]:
    """Type and code lines of an exception; not its text, which may quote what a person wrote."""
    trace, lines = error.__traceback__, [type(error).__name__]
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return lines


def configure(secrets: Mapping[str, str] | None = None) -> None:
    """Send the root logger's lines to standard error."""
    hidden = tuple(value for s in SETTINGS if s.secret and len(value := (secrets or {}).get(s.name, "")) >= 8)
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(hidden))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)

"""The number of a case, found in what somebody wrote."""

from __future__ import annotations

import re

_NAMED = re.compile(r"(?<![\dA-Za-z-])((?:YS)?(?:\d{8}|\d{4})-\d{1,6})(?![\d-])", re.IGNORECASE)


def case_named_in(text: str) -> str | None:
    """The first number of a case with its day, as it is written there; None when there is none."""
    found = _NAMED.search(text)
    return found[1] if found else None

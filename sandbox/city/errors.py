"""The exception the control API answers with."""

from __future__ import annotations


class ActError(ValueError):
    """This cannot be done in the city (nobody of that name, not your group, no such button)."""

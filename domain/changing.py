"""A value with some of its fields changed: what a fold spends its time on, so it is cheap."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import replace as replace
else:

    def replace(value: Any, /, **changes: Any) -> Any:
        """As `dataclasses.replace`, without running the constructor over all that stays as it is.

        For dataclasses that have no `__post_init__`; slotted ones go the usual way. Raises TypeError for a field the
        value does not have.
        """
        kept = getattr(value, "__dict__", None)
        if kept is None:
            return dataclasses.replace(value, **changes)
        if not changes.keys() <= kept.keys():
            raise TypeError(f"no such field of {type(value).__name__}: {sorted(changes.keys() - kept.keys())}")
        fresh = object.__new__(type(value))
        fresh.__dict__.update(kept)
        fresh.__dict__.update(changes)
        return fresh

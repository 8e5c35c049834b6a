"""What a background task has: said by whoever watches over it, shown to whoever asks how the process is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Illness:
    """The kind of a task's newest fault, since when it fails by the wall clock, and for how many seconds."""

    task: str
    fault: str
    since: datetime
    seconds: float

"""The clocks. Nothing else in the product asks the system for the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock


class PracticeClock(SystemClock):
    """The machine's clock with an offset that the practice city turns."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """The practice city's present, in UTC."""
        return super().now() + self._offset

    def turn(self, moment: datetime) -> None:
        """Set the present. Raises ValueError for a naive moment."""
        if moment.tzinfo is None:
            raise ValueError("the clock is turned to an aware moment")
        self._offset = moment - super().now()

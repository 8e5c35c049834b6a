"""What a metered platform costs: calls of this month, and per case, for whoever pays for the quota."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from domain.office_hours import TZ
from models.bookkeeping import TallyRow
from models.messages import ReceiptRow


@dataclass(frozen=True, slots=True)
class Usage:
    """One platform's month: counts by what was asked for, and how many cases it carried a message of."""

    platform: str
    counts: dict[str, int]
    cases: int

    def per_case(self, what: str) -> float | None:
        """The average for one case; None in a month without cases."""
        return self.counts.get(what, 0) / self.cases if self.cases else None


async def usage(now: datetime) -> list[Usage]:
    """This month's use of every metered platform."""
    local = now.astimezone(TZ)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in await TallyRow.filter(month=local.strftime("%Y-%m")).order_by("platform", "what"):
        counts[row.platform][row.what] = row.count
    return [Usage(platform, found, await _cases(platform, first)) for platform, found in counts.items()]


async def _cases(platform: str, since: datetime) -> int:
    carried = ReceiptRow.filter(platform=platform, at__gte=since, outbox__case_id__isnull=False)
    return len(set(await carried.values_list("outbox__case_id", flat=True)))

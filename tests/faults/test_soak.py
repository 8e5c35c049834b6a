"""The soak, short: minutes of the city with random people, kills and faults, then everything is counted.

SOAK_MINUTES is the time on each database, both at once: half a minute by default;
`make soak` for an hour. SEED repeats the dice, though not the race between two processes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.__main__ import everywhere, report, soak_of

Tell = Callable[[str], None]
pytestmark = pytest.mark.acceptance

SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
MINUTES = float(os.environ.get("SOAK_MINUTES") or 0.5)


async def test_after_random_faults_everything_accepted_is_there_and_shown(tmp_path: Path, tell: Tell):
    for kind, found in (await everywhere(tmp_path, soak_of(MINUTES, SEED))).items():
        tell(report(f"soak on {kind}, seed {SEED}", found))
        assert not found.faults, f"{kind}, seed {SEED}, files in {tmp_path}: {found.faults[:20]}"
        assert found.counts["complaints accepted"] > 0
        assert found.counts["events worked on"] > 0

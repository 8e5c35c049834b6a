"""The soak, short: minutes of the city with random people, kills and faults, then everything is counted.

SOAK_MINUTES is shared by both databases: half a minute by default, three in the checks of a change; `make soak` for an
hour. SEED repeats the dice, though not the race between two processes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.__main__ import database, report
from tests.faults.soak import soak

Tell = Callable[[str], None]
pytestmark = pytest.mark.acceptance

SEED = int(os.environ.get("SEED") or secrets.randbelow(10**6))
MINUTES = float(os.environ.get("SOAK_MINUTES") or 0.5)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_after_random_faults_everything_accepted_is_there_and_shown(tmp_path: Path, kind: str, tell: Tell):
    async with database(kind, tmp_path) as (url, server):
        found = await soak(tmp_path, url, MINUTES / 2, SEED, server)
    tell(report(f"soak on {kind}, seed {SEED}", found))
    assert not found.faults, f"seed {SEED}, files in {tmp_path}: {found.faults[:20]}"
    assert found.counts["complaints accepted"] > 0
    assert found.counts["events worked on"] > 0

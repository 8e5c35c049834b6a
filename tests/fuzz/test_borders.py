"""Anything at every border, some hundreds of values each; `make fuzz` does hundreds of thousands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.borders import BORDERS
from tests.fuzz.doors import DOORS, fuzz_doors
from tests.fuzz.odd import Odd
from tests.fuzz.shares import fuzz_border


@pytest.mark.parametrize("name", list(BORDERS))
def test_whatever_comes_is_answered_or_refused(name: str):
    found = fuzz_border(name, 500, seed=20261123)
    assert found.counts[name] == 500
    assert found.unexpected == {}


async def test_whatever_comes_on_the_wire_is_answered_or_refused(tmp_path: Path):
    counts, broken, _, _ = await fuzz_doors(tmp_path, 600, seed=20261123)
    assert broken == {}
    assert set(counts) == set(DOORS)
    assert sum(counts.values()) >= 590


@pytest.mark.parametrize("name", list(BORDERS))
def test_some_of_what_comes_gets_past_the_first_check(name: str):
    """A fuzzer that is always turned away at the door finds nothing."""
    make, take, refusals = BORDERS[name]
    odd, taken = Odd(7), 0
    for _ in range(4000):
        try:
            take(make(odd))
        except refusals:
            continue
        taken += 1
        if taken > 3:
            return
    # Nothing genuine is among these: the first has no signature, the second is no zip.
    assert name in ("forged callback", "workbook"), taken

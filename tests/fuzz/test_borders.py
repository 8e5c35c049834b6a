"""Anything at every border, a few hundred examples each; `make fuzz` does hundreds of thousands."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.borders import BORDERS


@pytest.mark.parametrize("name", list(BORDERS))
def test_whatever_comes_is_answered_or_refused(name: str):
    comes, take, refusals = BORDERS[name]

    @settings(max_examples=200, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def anything(data: st.DataObject) -> None:
        value = data.draw(comes)
        try:
            take(value)
        except refusals:
            pass

    anything()

"""Copying cheaply gives what the constructor gives."""

from __future__ import annotations

import dataclasses

import pytest

from domain.case import Unit
from domain.changing import replace
from tests.kit.cases import Story


def test_a_changed_case_is_what_the_constructor_makes_of_it():
    case = Story().given().answered().case
    for changes in ({}, {"round": 7}, {"private": dataclasses.replace(case.private, name="测某"), "title": ""}):
        changed = replace(case, **changes)
        assert changed == dataclasses.replace(case, **changes)
        assert repr(changed) == repr(dataclasses.replace(case, **changes))
        assert hash(changed.units) == hash(case.units)
    assert case == Story().given().answered().case


def test_a_value_with_slots_goes_the_usual_way():
    assert replace(Unit(1, "人社局"), name="民政局") == Unit(1, "民政局")


def test_a_field_that_is_none_is_refused():
    with pytest.raises(TypeError, match="no such field of Case"):
        replace(Story().case, colour="红")  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Story().case.round = 2  # type: ignore[misc]

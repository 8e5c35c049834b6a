"""A press delivered again, and a second press of the same button."""

import pytest

from platforms.dingtalk.dedup import SETTLED, UNSETTLED, Repeats


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_was_not_acknowledged_comes_again_under_its_name(clock: Clock):
    repeats = Repeats(clock)
    first = repeats.name("a")
    clock.now = UNSETTLED - 1
    assert repeats.name("a") == first
    clock.now = UNSETTLED
    assert repeats.name("a") != first


def test_what_was_acknowledged_comes_again_only_as_a_frame_doubled_on_its_way(clock: Clock):
    repeats = Repeats(clock)
    first = repeats.name("a")
    clock.now = 1.0
    repeats.settled("a")
    clock.now = 1.0 + SETTLED / 2
    assert repeats.name("a") == first
    clock.now = 1.0 + SETTLED
    second = repeats.name("a")
    assert second != first
    assert repeats.name("a") == second


def test_presses_of_different_content_have_nothing_to_do_with_each_other(clock: Clock):
    repeats = Repeats(clock)
    repeats.settled("never seen")
    assert repeats.name("a") != repeats.name("b")

"""A button's key: packed, pressed, parsed once at the border."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import MAX_BYTES, TYPED, BadButton, Press, button, pack, unpack
from bot.handlers import router
from bot.numbers import take_number
from domain.given_dates import LARGEST_ID
from tests.kit.cases import Story

WORDS = st.text(st.characters(exclude_characters="|", codec="utf-8"), max_size=60)


@given(st.builds(Press, WORDS, st.integers(0, LARGEST_ID), st.integers(0, 10**6), WORDS))
def test_what_is_packed_is_unpacked(press: Press):
    assert unpack(pack(press)) == press


@pytest.mark.parametrize(
    "key",
    [
        "",
        "y1",
        "y1|answer|7|1",
        "y2|answer|7|1|",
        "y1|answer|x|1|",
        "y1|answer|7|-1|",
        "y1|answer|7|1|a|b",
        "||||",
        "y1|show|²|1|",
        "y1|show|7|²|",
        "y1|show|٧|1|",
        "y1|show|9223372036854775808|1|",
        f"y1|show|{'9' * 5000}|1|",
    ],
)
def test_a_foreign_or_damaged_key_is_refused(key):
    with pytest.raises(BadButton):
        unpack(key)


#: Any text, and keys of which each part is nearly right.
NUMBERS = st.integers(-1, LARGEST_ID + 1).map(str) | st.text(max_size=3)
KEYS = st.text(max_size=200) | st.tuples(
    st.sampled_from(["y1", "y2", ""]), st.text(max_size=9), NUMBERS, NUMBERS, st.text(max_size=20),
).map("|".join)  # fmt: skip


@given(KEYS)
def test_what_is_read_from_any_key_is_what_such_a_button_carries(key: str):
    try:
        press = unpack(key)
    except BadButton:
        return
    assert 0 <= min(press.case_id, press.epoch) <= max(press.case_id, press.epoch) <= LARGEST_ID
    code, case_id, epoch, arg = key.removeprefix("y1|").split("|")
    assert (press.code, press.arg) == (code, arg)
    assert unpack(pack(press)) == press
    assert (int(case_id), int(epoch)) == (press.case_id, press.epoch)


@pytest.mark.parametrize(
    "press", [Press("answer", 1, 1, "字" * MAX_BYTES), Press("a|b", 1, 1), Press("a", 1, 1, "x|y")]
)
def test_a_key_that_no_platform_could_carry_is_never_made(press):
    with pytest.raises(ValueError, match="button key"):
        pack(press)


@pytest.mark.parametrize("code", sorted(TYPED))
def test_what_is_typed_instead_of_a_button_is_the_same_command(code):
    story = Story().given()
    parsed = router.parse(button("", code, story.case, 42, "满意").command)
    assert parsed is not None
    _, command, rest = parsed
    assert command is not None
    assert command.code == code.removesuffix("_fail")
    assert take_number(rest)[0] == story.case.no
    assert rest.endswith("满意")


def test_a_button_carries_the_turn_of_the_case():
    story = Story().given()
    made = button("签收", "accept", story.case, 42)
    assert unpack(made.key) == Press("accept", 42, story.case.epoch)

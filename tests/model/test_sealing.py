"""Personal data at rest: what is sealed opens only with its key, in its place, unaltered."""

from __future__ import annotations

import pytest

from models.sealing import Damaged, Sealer, WrongKey

KEY = bytes(range(32))


@pytest.mark.parametrize("value", ["张三的电话 00013800000", "", {"电话": "00013800000", "层": {"a": [1, None, True]}}])
def test_what_is_sealed_opens_again(value: str | dict[str, object]) -> None:
    sealer = Sealer(KEY)
    sealed = sealer.seal(value, "events:1:1")
    assert sealed.startswith("v1.")
    assert "000138" not in sealed
    assert sealer.open(sealed, "events:1:1") == value


def test_sealing_twice_never_gives_the_same_text() -> None:
    sealer = Sealer(KEY)
    assert len({sealer.seal("x", "c") for _ in range(50)}) == 50


def test_another_key_is_called_a_wrong_key() -> None:
    with pytest.raises(WrongKey, match="another data key"):
        Sealer(b"k" * 32).open(Sealer(KEY).seal("x", "c"), "c")


def test_a_sealed_text_does_not_open_in_another_row() -> None:
    sealer = Sealer(KEY)
    with pytest.raises(Damaged):
        sealer.open(sealer.seal("x", "events:1:1"), "events:2:1")


def test_any_altered_character_is_noticed() -> None:
    sealer = Sealer(KEY)
    sealed = sealer.seal("x" * 40, "c")
    for place in range(len(sealed) - 1):  # the last character carries padding bits
        other = "A" if sealed[place] != "A" else "B"
        with pytest.raises((Damaged, WrongKey)):
            sealer.open(sealed[:place] + other + sealed[place + 1 :], "c")


@pytest.mark.parametrize("text", ["", "v1", "v1.", "v1.x", "v2.aaaaaaaa.bbbb", "plain text", "v1.aaaaaaaa.é"])
def test_what_was_never_sealed_is_refused(text: str) -> None:
    with pytest.raises((Damaged, WrongKey)):
        Sealer(KEY).open(text, "c")


@pytest.mark.parametrize("body", ["", "A", "AAAA", "é", "A" * 16])
def test_a_cut_text_under_the_right_key_is_damaged(body: str) -> None:
    sealer = Sealer(KEY)
    with pytest.raises(Damaged):
        sealer.open(f"v1.{sealer.fingerprint}.{body}", "c")


def test_the_blind_index_finds_equals_and_differs_by_key() -> None:
    sealer = Sealer(KEY)
    assert sealer.blind("00013800000") == sealer.blind(" 00013800000 ") != sealer.blind("00013800001")
    assert sealer.blind("00013800000") != Sealer(b"k" * 32).blind("00013800000")
    assert len(sealer.blind("x")) == 64


@pytest.mark.parametrize("key", [b"", b"short", KEY + b"x"])
def test_a_key_of_another_length_is_refused_without_being_repeated(key: bytes) -> None:
    with pytest.raises(WrongKey) as caught:
        Sealer(key)
    assert not key or key.decode() not in str(caught.value)

"""Every forwarded text of the fresh crop reads as it was decided beforehand."""

import unicodedata
from itertools import zip_longest

import pytest

from parsing import parse
from tests.unit.parsing import fresh, unseen
from tests.unit.parsing.samples import NOW
from tests.unit.parsing.test_any_text import check

TEXTS = fresh.ALL | unseen.ALL | unseen.SECOND | unseen.THIRD
_IDLE = " \n\t,;。、，；"


def plain(text: object) -> str:
    """Levelled width, no white space and no closing punctuation: what a reader would call the same content."""
    levelled = "".join(unicodedata.normalize("NFKC", char) for char in str(text))
    return "".join(levelled.split()).strip(_IDLE)


def misses(wanted: fresh.Case, got: dict[str, object]) -> dict[str, tuple[object, object]]:
    """field -> (wanted, got) for every fact or judgement that came out differently."""
    wrong: dict[str, tuple[object, object]] = {}
    for field in (*fresh.STRICT, *fresh.SOFT):
        unchecked = field not in wanted and (field in fresh.SOFT or field in ("content", "external_limit"))
        if unchecked:
            continue
        expected, actual = wanted.get(field), got.get(field)
        if field == "content":
            same = plain(expected) == plain(actual)
        elif field in ("reported_at", "external_deadline"):
            same = actual is expected is None or (expected is not None and str(actual).startswith(str(expected)))
        else:
            same = expected == actual
        if not same:
            wrong[field] = (expected, actual)
    return wrong


def compare(item: fresh.Fresh) -> list[dict[str, tuple[object, object]]]:
    """The misses of each case; a missing or additional case misses everything."""
    cases = [{name: found.value for name, found in case.fields.items()} for case in parse(item.text, NOW).cases]
    pairs = zip_longest(item.cases, cases)
    return [{"case": (wanted, got)} if wanted is None or got is None else misses(wanted, got) for wanted, got in pairs]


@pytest.mark.parametrize("name", TEXTS)
def test_a_fresh_text_reads_as_decided(name):
    item = TEXTS[name]
    assert compare(item) == [{} for _ in item.cases]


@pytest.mark.parametrize("name", TEXTS)
def test_every_value_of_a_fresh_text_is_in_it(name):
    text = TEXTS[name].text
    check(text, parse(text, NOW))

"""Titles built of known words: what the matter is about and what goes wrong, never a piece of what somebody wrote.

A group, a ledger list, a 通报 and a letter show nothing else of a complaint, so nothing in it can give anybody away:
whatever stands in the text, only words of `shipped/words.json` come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsing.normalized_text import NormalizedText
from parsing.words import WORDS

#: What a title says of a text that names no business this centre knows.
PLAIN = "政务服务事项"
#: Characters of the longest title.
LONGEST = 20

_BUSINESSES = dict.fromkeys((*(word for words, _ in WORDS.matters for word in words), *WORDS.businesses))
_BUSINESS = re.compile("|".join(map(re.escape, sorted(_BUSINESSES, key=len, reverse=True))))
_TROUBLES = {label: re.compile("|".join(map(re.escape, words))) for label, words in WORDS.troubles.items() if words}


def title_of(text: str, departments: Iterable[str] = ()) -> str:
    """`退休手续：不予受理、多次退件`: the first business the text names and its troubles, as many as fit.

    Without a business it is that of the department, without either 政务服务事项; never empty.
    """
    flat = NormalizedText.of(text).flat
    business = next(_named(flat), "") or next((f"{name}业务" for name in departments), "")
    if not business or len(business) > LONGEST:
        business = PLAIN
    title = business
    for place, trouble in enumerate(_wrong(flat)):
        longer = f"{title}{'、' if place else '：'}{trouble}"
        if len(longer) > LONGEST or place > 1:
            break
        title = longer
    return title


def _named(flat: str) -> Iterator[str]:
    """Businesses in the order of the text."""
    return (match.group() for match in _BUSINESS.finditer(flat))


def _wrong(flat: str) -> list[str]:
    """Troubles in the order of the text; questions and wishes only where nothing is wrong."""
    found = [(match.start(), label) for label, words in _TROUBLES.items() if (match := words.search(flat))]
    named = [label for _, label in sorted(found)]
    graver = [label for label in named if label not in _MILD]
    return graver or named


_MILD = frozenset({"政策咨询", "意见建议", "前置手续", "历史遗留"})

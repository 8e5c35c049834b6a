"""Full-text search over Chinese text, alike on every database: our own inverted index, ranked by BM25.

Text is cut into words by `rjieba`, which holds its dictionary inside the wheel. It is imported when the first text is
indexed or looked for (about 0.15 s and 30 MB once), so that a server nobody asks stays small. `shipped/synonyms.json`
says which words mean the same.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata, resources

from models.database import query, reader
from models.expressions import Count
from models.guidance import SearchDocument, SearchTerm

#: Saturation of repeated terms and weight of a text's length, as every BM25 uses them.
K1, B = 1.2, 0.75
#: What a synonym counts beside the word that was typed.
SYNONYM = 0.7
#: What a word counts that the question only holds inside a longer one: 保障 of 最低生活保障.
PART = 0.3
#: Most words of a question that are looked up: the rarest say what it is about.
ASKED = 24
#: Longer runs are no words.
WORD_LENGTH = 40
#: A word worth keeping: two Han characters or more, or two letters or digits.
_WORD = re.compile(r"[\u3400-\u9fff]{2,}|[a-z0-9][a-z0-9.-]*[a-z0-9]")

_TOTALS = "SELECT COUNT(*) AS n, SUM(length) AS total FROM search_documents WHERE kind = ?1"


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found: its id, its score, and the words of the question it holds (or synonyms of)."""

    document: int
    score: float
    matched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """The word table: synonyms by word, words never indexed, words that make no two texts alike."""

    synonyms: Mapping[str, frozenset[str]]
    function: frozenset[str]
    common: frozenset[str]


def _source() -> str:
    return resources.files("shipped").joinpath("synonyms.json").read_text(encoding="utf-8")


@cache
def words() -> Words:
    """The shipped word table."""
    table = json.loads(_source())
    synonyms: dict[str, set[str]] = {}
    for group in table["groups"]:
        for word in group:
            synonyms.setdefault(word, set()).update(other for other in group if other != word)
    return Words(
        {word: frozenset(others) for word, others in synonyms.items()},
        frozenset(table["function_words"]),
        frozenset(table["common_words"]),
    )


@cache
def _segmenter() -> Callable[[str], list[str]]:
    """The segmenter, taught the words of the table. Loaded on first use."""
    import rjieba

    for word in sorted(words().synonyms):
        rjieba.add_word(word, None, None)
    return rjieba.cut_for_search


def fingerprint() -> str:
    """What an index was cut with: when this changes, texts are to be indexed anew."""
    table = hashlib.sha256(_source().encode()).hexdigest()[:12]
    return f"rjieba {metadata.version('rjieba')} {table}"


def terms(text: str) -> Counter[str]:
    """The words of a text and how often each stands there; long words also count as the shorter ones in them."""
    flat = unicodedata.normalize("NFKC", text).lower()
    kept = (word for word in _segmenter()(flat) if len(word) <= WORD_LENGTH and _WORD.fullmatch(word))
    return Counter(word for word in kept if word not in words().function)


# Writing


async def index(kind: str, document: int, parts: Iterable[tuple[str, int]]) -> None:
    """Make a text findable, in place of what was known of it. `parts` are (text, weight of a word in it).

    Runs in the caller's transaction.
    """
    counted: Counter[str] = Counter()
    for text, weight in parts:
        for term, times in terms(text).items():
            counted[term] += times * weight
    await drop(kind, document)
    await SearchDocument.create(kind=kind, document=document, length=counted.total())
    await SearchTerm.bulk_create(
        [SearchTerm(kind=kind, term=term, document=document, weight=weight) for term, weight in sorted(counted.items())]
    )


async def drop(kind: str, document: int) -> None:
    """Make a text no longer findable. Runs in the caller's transaction."""
    await SearchTerm.filter(kind=kind, document=document).delete()
    await SearchDocument.filter(kind=kind, document=document).delete()


# Asking


async def search(kind: str, text: str, limit: int, *, at_least: int = 0) -> list[Hit]:
    """The texts of a kind that answer best, the best first, the newest id first among equals.

    `at_least` telling words must be shared: common words and words inside a longer shared word do not count.
    """
    asked = terms(text)
    concepts = _concepts(asked)
    totals = (await query(_TOTALS, kind, using=reader()))[0]
    if not concepts or not totals["n"]:
        return []
    rarity = await _rarity(kind, {word for variants in concepts.values() for word in variants}, int(totals["n"]))
    telling = _rarest(concepts, rarity)
    wanted = {word for term in telling for word in concepts[term] if word in rarity}
    places = await _places(kind, wanted, float(totals["total"]) / int(totals["n"]))
    found: dict[int, float] = {}
    matched: dict[int, set[str]] = {}
    for term in telling:
        best: dict[int, float] = {}
        for word, factor in concepts[term].items():
            for document, fullness in places.get(word, ()):
                best[document] = max(best.get(document, 0.0), factor * rarity[word] * fullness)
        for document, score in best.items():
            found[document] = found.get(document, 0.0) + score
            matched.setdefault(document, set()).add(term)
    hits = [Hit(document, score, frozenset(matched[document])) for document, score in found.items()]
    alike = [hit for hit in hits if len(_outermost(hit.matched - words().common)) >= at_least]
    return sorted(alike, key=lambda hit: (-hit.score, -hit.document))[:limit]


def _concepts(asked: Iterable[str]) -> dict[str, dict[str, float]]:
    """What each word of the question may be called in a text, and how much that counts."""
    whole = _outermost(asked)
    concepts: dict[str, dict[str, float]] = {}
    for term in asked:
        counts = 1.0 if term in whole else PART
        concepts[term] = {term: counts, **dict.fromkeys(words().synonyms.get(term, ()), counts * SYNONYM)}
    return concepts


def _outermost(found: Iterable[str]) -> set[str]:
    """The words that are not part of another one."""
    kept = set(found)
    return {word for word in kept if not any(word != other and word in other for other in kept)}


async def _rarity(kind: str, wanted: set[str], total: int) -> dict[str, float]:
    """How much each known word says: the fewer texts have it, the more."""
    rows = SearchTerm.filter(kind=kind, term__in=sorted(wanted)).using_db(reader())
    counts = await rows.annotate(n=Count("id")).group_by("term").values_list("term", "n")
    return {str(term): math.log(1 + (total - int(n) + 0.5) / (int(n) + 0.5)) for term, n in counts}


def _rarest(concepts: Mapping[str, Mapping[str, float]], rarity: Mapping[str, float]) -> list[str]:
    """The words of the question that say most, in a fixed order so that sums agree everywhere."""
    known = {
        term: max(factor * rarity.get(word, 0.0) for word, factor in variants.items())
        for term, variants in concepts.items()
    }
    return sorted((term for term in known if known[term]), key=lambda term: (-known[term], term))[:ASKED]


async def _places(kind: str, wanted: set[str], mean: float) -> dict[str, list[tuple[int, float]]]:
    """Where each word stands, and how much of that text it makes up (BM25's share, between 0 and K1 + 1)."""
    rows = SearchTerm.filter(kind=kind, term__in=sorted(wanted)).using_db(reader())
    held: Sequence[tuple[str, int, int]] = await rows.values_list("term", "document", "weight")
    ids = sorted({document for _, document, _ in held})
    texts = SearchDocument.filter(kind=kind, document__in=ids).using_db(reader())
    lengths = {int(document): int(length) for document, length in await texts.values_list("document", "length")}
    places: dict[str, list[tuple[int, float]]] = {}
    for term, document, weight in held:
        # A text dropped between the two reads has no length any more.
        if document in lengths:
            spread = K1 * (1 - B + B * lengths[document] / mean)
            places.setdefault(term, []).append((document, weight * (K1 + 1) / (weight + spread)))
    return places

"""One text in, proposals out: read the layout, then let each reader fill its fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from parsing import boilerplate, classify, content, evidence, layout, limits, people, questions, references, talk
from parsing import departments as vocabulary
from parsing.content import Body
from parsing.names import Name
from parsing.normalized_text import NormalizedText
from parsing.types import Found, Parsed, ParsedRecord, Proposal

LONGEST = 65_536
"""Characters read; a longer text is cut there, and the questions say so."""

_SPLIT_CONFIDENCE = 0.75
_TITLE_LENGTH = 60
_TITLE_SHORT = 28
_CLAUSE_ENDS = " \n\t,;。、!?"

Fields = dict[str, Found]
Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One record being read: when the text arrived, the directory's names, and what all its matters share."""

    record: ParsedRecord
    now: datetime
    known: tuple[str, ...]
    shared: Fields


def parse(text: str, now: datetime, *, departments: Iterable[str] = (), insist: bool = False) -> Parsed:
    """Read a forwarded text into proposed cases.

    `now` is when the text arrived (relative dates count from it), `departments` are the names the directory knows.
    Never raises on any text. Thanks, greetings, leave of absence and the like give no case but a question that says
    what was understood; with `insist` (the sender asked to register it) any visible character gives a case (R03).
    """
    known = vocabulary.clean(departments)
    normalized = NormalizedText.of(text[:LONGEST])
    idle = None if insist else talk.kind_of_talk(normalized)
    if idle:
        return Parsed((), tuple(questions.REQUIRED), (talk.question(idle),))
    cases: list[Proposal] = []
    if normalized.flat.strip():
        for record in layout.read(normalized, now):
            cases.extend(_cases(record, now, known))
        if not cases:
            cases.append(_raw(normalized))
    proposals = tuple(cases)
    lacking = questions.missing(proposals) if proposals else tuple(questions.REQUIRED)
    asked = questions.ask(proposals, lacking) + questions.unknown_departments(proposals, known)
    if len(text) > LONGEST:
        asked = ("文本过长，只读取了前一部分，请核对。", *asked)
    return Parsed(proposals, lacking, asked)


def _raw(normalized: NormalizedText) -> Proposal:
    """The whole text as content, when no reader found anything in it."""
    start, end = normalized.trimmed(0, len(normalized.flat))
    return Proposal({"content": Found(normalized.verbatim(start, end), 0.3, normalized.span(start, end))})


def _cases(record: ParsedRecord, now: datetime, known: tuple[str, ...]) -> list[Proposal]:
    located = content.locate(record)
    phones = people.read_phones(record, located)
    names = people.read_name(record, located, phones)
    shared = references.read(record) | _people(record, names, phones)
    _put(shared, "address", people.read_address(record, located))
    body = located
    if located is not None and located.memo:
        identity = [(phone.start, phone.end) for phone, _ in phones]
        identity += [(name.start, name.end) for name in names.values()]
        identity += _standing(record, shared.get("address"))
        identity += [(moment.start, moment.end) for moment in limits.date_lines(record, now)]
        identity += content.signatures(record.normalized.flat, located.start, located.end)
        identity += _heading(record, identity, _standing(record, shared.get("external_no")))
        body = content.without_identity(record, located, identity)
    shared = dict(record.hints) | shared | limits.sender_limit(record, body, now) | classify.flags(record)
    _put(shared, "source", classify.source(record))
    _put(shared, "reported_at", limits.reported_at(record, located, now))
    _put(shared, "collective", classify.collective(record))
    reading = _Reading(record, now, known, shared)
    if body is None or located is None:
        return [Proposal(shared | _classified(reading, [], []))] if shared else []
    parts = content.matters(record.normalized.flat, body.start, body.end)
    if len(parts) == 1:
        return [_case(reading, body, parts[0], (located.start, located.end))]
    unsure = replace(body, confidence=_SPLIT_CONFIDENCE)
    return [_case(reading, unsure, part, part) for part in parts]


def _put(fields: Fields, name: str, found: Found | None) -> None:
    if found is not None:
        fields[name] = found


def _standing(record: ParsedRecord, found: Found | None) -> list[Range]:
    """Flat bounds of a value standing in a memo."""
    at = record.normalized.flat.find(found.value) if found else -1
    return [(at, at + len(found.value))] if found and at >= 0 else []


def _heading(record: ParsedRecord, people: list[Range], number: list[Range]) -> list[Range]:
    """What hands the order over and its number before the people of a memo, with the set phrases between them."""
    first = min(people, default=(0, 0))[0]
    handed = evidence.HANDED_OVER.match(record.normalized.flat, 0, first)
    opening = ([handed.span()] if handed else []) + [span for span in number if span[1] <= first]
    if not opening:
        return []
    return opening + boilerplate.set_phrases(record.normalized.flat, min(opening)[1], first)


def _case(reading: _Reading, body: Body, part: Range, said: Range) -> Proposal:
    """One matter: the shared fields, its own content and title, and what its words (`said`) speak for."""
    record = reading.record
    words, start, end = content.value(record, *part)
    fields = dict(reading.shared)
    if words and end > start:
        fields["content"] = record.found(words, body.confidence, start, end)
        _put(fields, "title", _title(reading, start, end, whole=part[0] == body.start and part[1] == body.end))
    return Proposal(fields | _classified(reading, [part], [said]))


def _title(reading: _Reading, start: int, end: int, *, whole: bool) -> Found | None:
    """The labelled title of an order with one matter, else a short one from the content without personal data."""
    record = reading.record
    labelled = record.of("title")
    if labelled and whole:
        first, last = labelled[0].start, min(labelled[0].end, labelled[0].start + _TITLE_LENGTH)
        return record.found(record.normalized.verbatim(first, last), 0.97, first, last)
    personal = [str(reading.shared[name].value) for name in ("name", "contact", "address") if name in reading.shared]
    bounds = content.headline(record.normalized.flat[start:end], personal, _TITLE_SHORT)
    if bounds is None:
        return None
    first, last = start + bounds[0], start + bounds[1]
    words = boilerplate.without_fillers(record.normalized.verbatim(first, last)).strip(" “”\"'")
    cut = last < end and record.normalized.flat[last] not in _CLAUSE_ENDS
    return record.found(words + "…" if cut else words, 0.5, first, last) if words else None


def _people(record: ParsedRecord, found: dict[str, Name], scored: list[people.Scored]) -> Fields:
    fields = {field: record.found(name.value, name.confidence, name.start, name.end) for field, name in found.items()}
    unit = people.read_unit(record, found)
    if unit:
        fields["is_unit"] = record.found(*unit)
        if unit[0] and unit[1] < 0.6 and "name" in found and "contact" not in found:
            fields["contact"] = record.found(found["name"].value, 0.55, found["name"].start, found["name"].end)
    if scored:
        phone, confidence = scored[0]
        fields["phone"] = record.found(phone.number, confidence, phone.start, phone.end)
        start, end = min(item.start for item, _ in scored), max(item.end for item, _ in scored)
        surest = min(sure for _, sure in scored)
        fields["phones"] = record.found([item.number for item, _ in scored], surest, start, end)
    return fields


def _classified(reading: _Reading, ranges: list[Range], said: list[Range]) -> Fields:
    """What one matter's own words say about kind, category, departments and dates."""
    record = reading.record
    fields: Fields = {}
    titled = ranges + [(entry.start, entry.end) for entry in record.of("title")]
    _put(fields, "kind", classify.kind(record, said + [(entry.start, entry.end) for entry in record.of("title")]))
    _put(fields, "category", classify.category(record, titled))
    _put(fields, "sub_reason", classify.sub_reason(record, titled, fields.get("category")))
    _put(fields, "departments", _departments(reading, titled, fields.get("category")))
    return fields | classify.extras(record, ranges[0] if ranges else None, reading.now)


def _departments(reading: _Reading, ranges: list[Range], category: Found | None) -> Found | None:
    """Labelled departments, else those named in the text, else the usual one of the matter."""
    record, known = reading.record, reading.known
    flat = record.normalized.flat
    mentions = [
        mention
        for entry in record.of("department")
        for mention in vocabulary.labelled(flat, entry.start, entry.end, known)
    ]
    outside = category is not None and category.value == "范围外"
    if not mentions and not outside:
        mentions = [mention for a, b in ranges for mention in vocabulary.mentioned(flat, a, b, known)]
        mentions = mentions or [mention for a, b in ranges for mention in vocabulary.by_matter(flat, a, b, known)][:1]
    unique: dict[str, vocabulary.Mention] = {}
    for mention in mentions:
        unique.setdefault(mention.name, mention)
    if not unique:
        return None
    chosen = list(unique.values())
    first, last = min(item.start for item in chosen), max(item.end for item in chosen)
    return record.found([item.name for item in chosen], min(item.confidence for item in chosen), first, last)

"""Rows pasted from a spreadsheet: the headerless 18-column export, and tables that bring their own header row."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsing import names
from parsing.labels import EXPORT_COLUMNS, FIELD_OF, KIND_PREFIXES, LABELS
from parsing.normalized_text import NormalizedText
from parsing.types import Entry, ParsedRecord
from parsing.validity import looks_like

_FEWEST_CELLS = 6
_FEWEST_BARE_CELLS = 4
_SHORTEST_STORY = 10
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PLACE = re.compile(r"[\u4e00-\u9fff\d]{2,20}(?:街道|社区|小区|乡|镇|村|路|号楼|单元|室)")
_ORDER_NUMBER = re.compile(r"[A-Za-z]{0,8}[-_]?\d[\dA-Za-z_-]{5,30}")
_DISPATCHED = LABELS["reported_at"].index("派发时间")
_RULE = re.compile(r"[\s:|-]+")

Cell = tuple[int, int]
"""Flat bounds of a cell."""


def _rows(flat: str) -> list[list[Cell]]:
    """Tab-separated rows; a cell that opens with a quote may run over several lines until its closing quote."""
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    cursor, size = 0, len(flat)
    unclosed = False
    while cursor <= size:
        if not unclosed and flat.startswith('"', cursor):
            close = re.compile(r'"(?=[\t\n]|$)').search(flat, cursor + 1)
            unclosed = close is None
            if close is not None:
                row.append((cursor + 1, close.start()))
                cursor = close.end()
                if cursor >= size or flat[cursor] == "\n":
                    rows.append(row)
                    row = []
                cursor += 1
                continue
        stop = re.compile(r"[\t\n]").search(flat, cursor)
        end = stop.start() if stop else size
        row.append((cursor, end))
        if stop is None or stop.group() == "\n":
            rows.append(row)
            row = []
        cursor = end + 1
    if row:
        rows.append(row)
    return rows


def _piped(normalized: NormalizedText) -> list[list[Cell]]:
    """Rows of a markdown table, its rule line left out."""
    rows: list[list[Cell]] = []
    offset = 0
    for line in normalized.flat.split("\n"):
        if line.count("|") >= 2 and not _RULE.fullmatch(line):
            cells = [
                (offset + match.start(), offset + match.end()) for match in re.finditer(r"(?<=\|)[^|]*(?=\|)", line)
            ]
            rows.append(cells)
        offset += len(line) + 1
    return rows


def _header(normalized: NormalizedText, row: list[Cell]) -> list[str] | None:
    """The fields of a header row: at least three cells, most of them labels."""
    labels = [normalized.flat[start:end].strip(' *:"').replace(" ", "") for start, end in row]
    listed = sum(label in FIELD_OF for label in labels)
    labels = [_known(label) for label in labels]
    known = sum(label in FIELD_OF for label in labels)
    return labels if listed >= 2 and known >= 3 and known * 3 >= len(labels) * 2 else None


def _known(label: str) -> str:
    """A heading nobody listed under the longest listed label it ends with: 首次来电时间; else as it stands."""
    endings = (label[-length:] for length in range(len(label), 1, -1))
    return next((ending for ending in endings if ending in FIELD_OF), label)


def _record(normalized: NormalizedText, row: list[Cell], labels: list[str]) -> ParsedRecord:
    entries: list[Entry] = []
    first, last = row[0][0], max(row[-1][1], row[0][0])
    for (start, end), label in zip(row, labels, strict=False):
        begin, stop = normalized.trimmed(start, end, ' \t\n"')
        if label in FIELD_OF and stop > begin:
            field, rank = FIELD_OF[label]
            entries.append(Entry(field, label, start - first, begin - first, stop - first, rank))
    return ParsedRecord(normalized.part(first, last), tuple(entries))


def _export_row(normalized: NormalizedText, row: list[Cell]) -> list[Cell] | None:
    """The row aligned to the 18 columns: as it is, or shifted by one when 序号 was not copied."""
    if len(row) == len(EXPORT_COLUMNS) or (
        len(row) > len(EXPORT_COLUMNS) and _blank(normalized, row[len(EXPORT_COLUMNS) :])
    ):
        return row[: len(EXPORT_COLUMNS)]
    if len(row) == len(EXPORT_COLUMNS) - 1:
        first = normalized.flat[slice(*row[0])].strip()
        if len(first) > 5:
            return [(row[0][0], row[0][0]), *row]
        return [*row, (row[-1][1], row[-1][1])]
    return None


def _bare_records(normalized: NormalizedText) -> list[ParsedRecord]:
    """Rows pasted without their header, read by the shape of their cells; empty unless each has a phone and a story."""
    rows = [row for row in _rows(normalized.flat) if not _blank(normalized, row)]
    read = [_bare_record(normalized, row) for row in rows]
    return [record for record in read if record is not None] if all(read) else []


def _bare_record(normalized: NormalizedText, row: list[Cell]) -> ParsedRecord | None:
    if len(row) < _FEWEST_BARE_CELLS:
        return None
    first = row[0][0]
    cells = [normalized.trimmed(start, end, ' \t\n"') for start, end in row]
    words = [normalized.flat[start:end] for start, end in cells]
    story = max(range(len(words)), key=lambda at: len(_HAN.findall(words[at])))
    fields = {story: "content"} if len(_HAN.findall(words[story])) >= _SHORTEST_STORY else {}
    for at, word in enumerate(words):
        for field, shaped in _SHAPES:
            if at not in fields and field not in fields.values() and word and shaped(word):
                fields[at] = field
    if not {"content", "phone"} <= set(fields.values()):
        return None
    entries = (
        Entry(field, "", cells[at][0] - first, cells[at][0] - first, cells[at][1] - first, 0)
        for at, field in sorted(fields.items())
    )
    return ParsedRecord(normalized.part(first, max(row[-1][1], first)), tuple(entries))


def _is_person(word: str) -> bool:
    return names.is_person_token(word) and not _PLACE.fullmatch(word) and word not in KIND_PREFIXES


_SHAPES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("phone", lambda word: looks_like("phone", word)),
    ("reported_at", lambda word: looks_like("reported_at", word)),
    ("kind", lambda word: word in KIND_PREFIXES),
    ("unit_name", names.is_unit_name),
    ("name", _is_person),
    ("address", lambda word: _PLACE.fullmatch(word)),
    ("external_no", lambda word: _ORDER_NUMBER.fullmatch(word)),
)
"""What a cell without a heading is by its shape; the first that fits, each field once a row."""


def _blank(normalized: NormalizedText, cells: list[Cell]) -> bool:
    return not any(normalized.flat[start:end].strip() for start, end in cells)


def _export_record(normalized: NormalizedText, row: list[Cell]) -> ParsedRecord | None:
    aligned = _export_row(normalized, row)
    if aligned is None:
        return None
    entries: list[Entry] = []
    first, last = aligned[0][0], aligned[-1][1]
    for (start, end), field in zip(aligned, EXPORT_COLUMNS, strict=True):
        begin, stop = normalized.trimmed(start, end, ' \t\n"')
        if stop > begin:
            rank = _DISPATCHED if field == "reported_at" else 0
            entries.append(Entry(field, "", start - first, begin - first, stop - first, rank))
    numbered = any(
        entry.field == "external_no" and re.search(r"\d{4}", normalized.flat[first + entry.start : first + entry.end])
        for entry in entries
    )
    return ParsedRecord(normalized.part(first, last), tuple(entries)) if numbered else None


def records(normalized: NormalizedText) -> list[ParsedRecord]:
    """One record per pasted row; empty when the text holds no such rows."""
    if normalized.flat.count("\t") < _FEWEST_CELLS - 1 and normalized.flat.count("|") < _FEWEST_CELLS:
        return []
    found: list[ParsedRecord] = []
    header: list[str] | None = None
    for row in (*_rows(normalized.flat), *_piped(normalized)):
        if len(row) < 3:
            header = None if len(row) > 1 else header
            continue
        labels = _header(normalized, row)
        if labels is not None:
            header = labels
        elif header is not None and abs(len(row) - len(header)) <= 2:
            record = _record(normalized, row, header)
            if record.of("content", "phone", "external_no"):
                found.append(record)
        else:
            exported = _export_record(normalized, row)
            if exported is not None:
                found.append(exported)
    return found or _bare_records(normalized)

"""Who speaks and how to reach them: name, unit, contact, phones, address."""

from __future__ import annotations

import re
from bisect import bisect_right

from parsing import addresses, names, phones
from parsing.content import Body
from parsing.names import Name
from parsing.phones import Phone
from parsing.types import Entry, Found, ParsedRecord

_SOLE_TRADER = re.compile(r"(?:个体工商户|个体户)(?!的?(?:营业)?执照)")
_NO_ADDRESS = re.compile(r"^(?:无|不详|未知|未提供|保密|/|-+|—+)$")
_UNIT_OF_COUNT = re.compile(r"[ ]?(?:元|万|号|件|平|个|㎡)")
_OTHER_NUMBER = re.compile(r"编号|单号|受理号|预约号|订单号|代码|账号|卡号|证号|工号|流水号|合同|订单|快递|受理|金额")
_DIALLED = re.compile(r"1[3-9]\d{9}|0\d{10}|0\d{2,3}-\d{7,8}")
_APART = frozenset(" \n,。;:!/")
_LABELLED_PHONE = 0.96
_UNLABELLED = 60
"""Ranks of evidence from here on are numbers no label names."""

Scored = tuple[Phone, float]


def _own_phones(record: ParsedRecord) -> list[Entry]:
    """Phone labels of the complainant; one right after a named staff member is that person's (R63: two 联系电话)."""
    own: list[Entry] = []
    previous: Entry | None = None
    for entry in record.entries:
        if entry.field == "phone" and entry.end > entry.start:
            staffed = (
                previous is not None and previous.field == "staff" and (own or _same_line(record, previous, entry))
            )
            if not staffed:
                own.append(entry)
        previous = entry
    return own


def _same_line(record: ParsedRecord, staff: Entry, entry: Entry) -> bool:
    apart = "\n" in record.normalized.flat[staff.end : entry.label_start]
    return not apart or staff.label.endswith("工单联系人") or staff.label == "工作单联系人"


def read_phones(record: ParsedRecord, body: Body | None) -> list[Scored]:
    """Every phone of the complainant, the best evidence rule first, each number once."""
    flat = record.normalized.flat
    scored: list[tuple[int, Phone, float]] = []
    for entry in _own_phones(record):
        numbers = phones.under_label(flat, entry.start, entry.end)
        scored.extend((entry.rank, phone, phone.confidence(_LABELLED_PHONE)) for phone in numbers)
    for entry in record.of("name", "contact", "unit_name", "remark"):
        numbers = phones.near_label(flat, entry.start, entry.end)
        if not numbers and entry.field != "remark":
            numbers = phones.all_numbers(flat, entry.start, entry.end)
        scored.extend((40, phone, phone.confidence(0.9)) for phone in numbers)
    if body is not None:
        scored.extend(
            (_UNLABELLED, phone, phone.confidence(0.85)) for phone in phones.near_label(flat, body.start, body.end)
        )
    scored.extend((70, phone, phone.confidence(0.8)) for phone in _loose(record, body))
    if not scored and body is not None and body.memo:
        scored.extend((80, phone, 0.7) for phone in _at_the_edge(flat, body))
    unique: dict[str, tuple[int, Phone, float]] = {}
    for rank, phone, confidence in sorted(scored, key=_order):
        unique.setdefault(phone.number, (rank, phone, confidence))
    chosen = list(unique.values())
    if chosen and chosen[0][0] < _UNLABELLED:
        chosen = [item for item in chosen if item[0] < _UNLABELLED]
    return [(phone, confidence) for _, phone, confidence in chosen]


def _order(item: tuple[int, Phone, float]) -> tuple[int, int]:
    """Labels by their rank, then what no label names in the order of the text."""
    rank, phone, _ = item
    return (rank, 0) if rank < _UNLABELLED else (_UNLABELLED, phone.start)


def _loose(record: ParsedRecord, body: Body | None) -> list[Phone]:
    """Numbers outside labelled content: near a phone word, or beside a name in a memo."""
    flat = record.normalized.flat
    own = (body.start, body.end) if body is not None else (0, 0)
    claimed = [
        (entry.label_start, min(entry.end, own[1]) if entry.start == own[0] else entry.end)
        for entry in record.entries
        if entry.field != "kind_prefix"
    ]
    starts = [start for start, _ in claimed]

    def free(phone: Phone) -> bool:
        at = bisect_right(starts, phone.start) - 1
        if at >= 0 and phone.start < claimed[at][1]:
            return False
        return body is None or body.memo or not body.start <= phone.start < body.end

    found = [phone for phone in phones.all_numbers(flat) if free(phone) and _beside_name(flat, phone)]
    ends = {one.start for one in found}
    previous: Phone | None = None
    for phone in phones.all_numbers(flat):
        if previous is not None and free(phone) and phones.joined(flat, previous, phone):
            found.append(phone)
            ends.add(phone.start)
        previous = phone if phone.start in ends else None
    near = phones.near_label(flat) if body is None or body.memo else []
    return found + [phone for phone in near if free(phone)]


def _at_the_edge(flat: str, body: Body) -> list[Phone]:
    """The one number of a memo shaped like a person's phone: dictated, or apart at the very start or end."""
    numbers = phones.all_numbers(flat, body.start, body.end)
    if len(numbers) != 1 or not _DIALLED.fullmatch(numbers[0].number):
        return []
    first, last = numbers[0].start, numbers[0].end
    opens = not flat[body.start : first].strip() and flat[last : last + 1] in _APART
    closes = not flat[last : body.end].strip(" \n。!.") and flat[first - 1 : first] in _APART
    other = _OTHER_NUMBER.search(flat[max(body.start, first - 8) : first])
    return numbers if (opens or closes or numbers[0].how == "spoken") and not other else []


def _beside_name(flat: str, phone: Phone) -> bool:
    counted = _UNIT_OF_COUNT.match(flat, phone.end) or _OTHER_NUMBER.search(flat[max(0, phone.start - 8) : phone.start])
    if counted or phones.somebody_elses(flat, phone.start):
        return False
    return names.beside(flat, phone.start, phone.end) is not None


def read_name(record: ParsedRecord, body: Body | None, scored: list[Scored]) -> dict[str, Name]:
    """`name` and, for units, `contact`: labelled, beside a phone, or introduced in a memo."""
    flat = record.normalized.flat
    result: dict[str, Name] = {}
    unit = next((entry for entry in record.of("unit_name")), None)
    found_unit = names.under_label(flat, unit.start, unit.end) if unit else None
    people = sorted(record.of("name", "contact"), key=lambda item: (item.field == "contact", item.rank))
    read = [(entry, names.under_label(flat, entry.start, entry.end)) for entry in people]
    labelled = [(entry, name) for entry, name in read if name is not None]
    if found_unit is not None:
        result["name"] = found_unit
        contact = next(
            (
                name
                for entry, name in sorted(labelled, key=lambda pair: pair[0].field != "contact")
                if name.value != found_unit.value
            ),
            None,
        )
        contact = contact or _memo_name(record, body, scored)
        if contact is not None and contact.value != found_unit.value:
            result["contact"] = contact
        return result
    if labelled:
        result["name"] = labelled[0][1]
        if names.is_unit_name(result["name"].value):
            others = [name for _, name in labelled[1:] if name.value != result["name"].value]
            result |= {"contact": others[0]} if others else {}
            return result
        unit_of = (
            (names.own_unit(flat) or names.unit_speaking(flat)) if labelled[0][0].label.endswith("联系人") else None
        )
        return {"name": unit_of, "contact": result["name"]} if unit_of else result
    memo = _memo_name(record, body, scored)
    speaking = names.unit_speaking(flat) if body is None or body.memo else None
    if speaking is not None:
        return {"name": speaking} | ({"contact": memo} if memo else {})
    return {"name": memo} if memo else {}


def _memo_name(record: ParsedRecord, body: Body | None, scored: list[Scored]) -> Name | None:
    flat = record.normalized.flat
    for phone, _ in scored:
        name = names.beside(flat, phone.start, phone.end)
        if name:
            return name
    if (body is not None and body.memo) or not record.of("content"):
        return names.group(flat) or names.introduced(flat)
    outside = flat[: body.start] if body is not None else flat
    return names.introduced(outside)


def read_unit(record: ParsedRecord, found: dict[str, Name]) -> tuple[bool, float, int, int] | None:
    """Whether the complainant is a unit, with the evidence; None when nothing tells."""
    trader = _SOLE_TRADER.search(record.normalized.flat)
    name = found.get("name")
    if name and (names.is_unit_name(name.value) or record.of("unit_name")):
        return True, 0.95, name.start, name.end
    if trader and not re.search(r"[不没非]是$", record.normalized.flat[max(0, trader.start() - 2) : trader.start()]):
        return True, 0.55, *trader.span()
    return (False, 0.8, name.start, name.end) if name else None


def read_address(record: ParsedRecord, body: Body | None) -> Found | None:
    """The labelled address as written, else one a memo states."""
    for entry in sorted(record.of("address"), key=lambda item: item.rank):
        text = record.text(entry)
        cut = re.search(r"[;|\n\t]|,(?=[^,]{0,6}:)", text)
        end = entry.start + cut.start() if cut else entry.end
        start, end = record.normalized.trimmed(entry.start, end, " \t\"'“”,。;{}")
        if end > start and not _NO_ADDRESS.match(record.normalized.flat[start:end]):
            return record.found(record.normalized.flat[start:end], 0.96, start, end)
    if body is not None and body.memo:
        place = addresses.in_memo(record.normalized.flat, 0, len(record.normalized.flat))
    else:
        name = record.of("name")
        place = addresses.owners(record.normalized.flat, name[0].start, name[0].end) if name else None
    if place is None:
        return None
    return record.found(record.normalized.flat[place[0] : place[1]], place[2], place[0], place[1])

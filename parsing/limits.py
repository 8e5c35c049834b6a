"""When it was reported, and what limit the sender set; the sender's limit is kept beside ours."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import datetime

from parsing import boilerplate, dates, evidence, names
from parsing.content import Body
from parsing.labels import LABELS
from parsing.types import Found, ParsedRecord

_DISPATCHED = LABELS["reported_at"].index("接单时间")
"""Ranks from here on in the table of time labels are times of forwarding, weaker evidence rule of the report itself."""


_ARRIVAL = re.compile(
    r"来了|来(?:窗口|大厅|中心)(?!的)|来,(?:替|代|问|说|反映)|来访|来电|来反映|接到|接待|打来|来人|有位|有个|到窗口"
    r"|(?:群众|市民|居民|村民|企业|大[爷妈哥姐])[^,。]{0,6}到[^,。]{0,14}(?:窗口|大厅|中心)反映"
)


_CALLED = re.compile(
    r"[ ]?,?(?:第[\d一二三四五六七八九十]{1,3}次)?(?:来电|致电|来访|来信)(?!主体|人|号码|时间|内容|显示)"
    r"|[ ]?,?(?:市民|群众|居民|村民|企业)?(?P<caller>[\u4e00-\u9fff]{2,4}?)(?:\([^()\n]{0,24}\))?,?"
    r"(?:来电|致电|来访|来信)(?!人|号码|时间|内容)"
    r"|[ ]?,[^。,\n]{2,30}(?:到|来)(?:[^。,\n]{0,12})(?:大厅|窗口|中心)(?:集体)?反映"
)
_TIME_WORD = re.compile(r"(?:来电|来访|反映|投诉|催办|受理|登记)(?:时间|日期)[:是为 ]{0,2}$")
_DATE_LINE = re.compile(r"^[^\n,。;]{6,90}$", re.MULTILINE)
_TEXTS = frozenset({"content", "kind_prefix", "wish"})


def reported_at(record: ParsedRecord, body: Body | None, now: datetime) -> Found | None:
    """The best labelled time; else when the message was sent; else a time of day that opens a memo."""
    flat = record.normalized.flat
    for entry in sorted(record.of("reported_at"), key=lambda item: item.rank):
        moment = next(iter(dates.moments(flat, now, entry.start, entry.end)), None)
        moment = moment or dates.clock_today(flat, now, entry.start, entry.end)
        if moment:
            labelled = 0.97 if entry.rank < _DISPATCHED else 0.85
            return record.found(moment.iso, moment.confidence(labelled), moment.start, moment.end)
    if record.said_at is not None and body is not None and body.end > body.start:
        return record.said_at
    if body is None or not body.memo:
        return None
    return _opening(record, body, now) or _called(record, now) or _dated_line(record, now)


def _called(record: ParsedRecord, now: datetime) -> Found | None:
    """A moment after 来电时间, or one that 来电, 来访 or 到大厅反映 follow at once: 11月23日8时50分第4次来电."""
    flat = record.normalized.flat
    for moment in dates.moments(flat, now):
        if _TIME_WORD.search(flat, max(0, moment.start - 8), moment.start):
            return record.found(moment.iso, moment.confidence(0.85), moment.start, moment.end)
        called = _CALLED.match(flat, moment.end)
        caller = called["caller"] if called else None
        if called and (caller is None or (moment.timed and names.is_person_token(caller))):
            return record.found(moment.iso, moment.confidence(0.8), moment.start, moment.end)
    return None


def date_lines(record: ParsedRecord, now: datetime) -> list[dates.Moment]:
    """Lines that hold a date and at most who signs: the head of a note, the foot of a letter."""
    flat = record.normalized.flat
    claimed = [(entry.label_start, entry.end) for entry in record.entries if entry.field not in _TEXTS]
    found: list[dates.Moment] = []
    for line in _DATE_LINE.finditer(flat):
        if any(start <= line.start() < end for start, end in claimed):
            continue
        moment = next(iter(dates.moments(flat, now, *line.span())), None)
        rest = (flat[line.start() : moment.start] + flat[moment.end : line.end()]).strip() if moment else ""
        if moment and (not rest or names.is_person_token(rest) or names.is_unit_name(rest)):
            found.append(moment)
    return found


def _dated_line(record: ParsedRecord, now: datetime) -> Found | None:
    lines = [moment for moment in date_lines(record, now) if moment.at <= dates.local(now)]
    if not lines:
        return None
    return record.found(lines[-1].iso, lines[-1].confidence(0.8), lines[-1].start, lines[-1].end)


def _opening(record: ParsedRecord, body: Body, now: datetime) -> Found | None:
    """The time a memo opens with, when the words after it speak of somebody coming or calling."""
    flat = record.normalized.flat
    start = flat.rfind("\n", 0, body.start) + 1 if body.start else 0
    end = min(len(flat), start + 24)
    dated = [moment for moment in dates.moments(flat, now, start, end) if moment.start - start <= 12]
    opening = dated[0] if dated else dates.clock_today(flat, now, start, min(end, start + 14))
    if opening is None or not _ARRIVAL.search(flat[opening.end : opening.end + 30].partition("。")[0]):
        return None
    return record.found(opening.iso, opening.confidence(0.82), opening.start, opening.end)


def _deadline(record: ParsedRecord, moment: dates.Moment, labelled: float) -> Found:
    """A limit that names only a day lasts until the end of that day."""
    at = moment.at if moment.timed else moment.at.replace(hour=23, minute=59)
    return record.found(at.isoformat(), moment.confidence(labelled), moment.start, moment.end)


def sender_limit(record: ParsedRecord, body: Body | None, now: datetime) -> dict[str, Found]:
    """external_deadline (a date) and external_limit (the words): labels, the sender's wishes, 请于3日内回复."""
    flat = record.normalized.flat
    found: dict[str, Found] = {}
    for entry in record.of("limit"):
        moment = next(iter(dates.moments(flat, now, entry.start, entry.end, future=True)), None)
        if moment and "external_deadline" not in found:
            found["external_deadline"] = _deadline(record, moment, 0.97)
        words = evidence.LIMIT.search(flat, entry.start, entry.end)
        if words and "external_limit" not in found:
            found["external_limit"] = record.found(words.group(), 0.95, *words.span())
        elif moment is None and words is None:
            found.setdefault(
                "external_limit",
                record.found(flat[entry.start : entry.end][:60], 0.8, entry.start, min(entry.end, entry.start + 60)),
            )
    for entry in record.of("wish", "handling"):
        for moment in dates.moments(flat, now, entry.start, entry.end, future=True):
            if body is not None and entry.start >= body.end and evidence.DEADLINE_AFTER.match(flat, moment.end):
                found.setdefault("external_deadline", _deadline(record, moment, 0.85))
        words = evidence.LIMIT.search(flat, entry.start, entry.end)
        if words and body is not None and entry.start >= body.end:
            found.setdefault("external_limit", record.found(words.group(), 0.85, *words.span()))
    for moment in dates.moments(flat, now, future=True):
        asked = evidence.DEADLINE_BEFORE.search(flat[max(0, moment.start - 14) : moment.start])
        if asked and evidence.DEADLINE_AFTER.match(flat, moment.end):
            found.setdefault("external_deadline", _deadline(record, moment, 0.9))
    phrases = boilerplate.set_phrases(flat, body.start, body.end) if body is not None else []
    starts = [start for start, _ in phrases]
    for match in evidence.LIMIT_SENTENCE.finditer(flat):
        at = bisect_right(starts, match.start("limit")) - 1
        phrased = at >= 0 and match.start("limit") < phrases[at][1]
        own_line = not flat[max(0, match.start() - 30) : match.start()].rpartition("\n")[2].strip(" (")
        outside = body is None or not body.start <= match.start() < body.end
        if own_line or outside or phrased:
            found.setdefault("external_limit", record.found(match["limit"], 0.85, *match.span("limit")))
    return found

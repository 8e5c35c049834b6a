"""Weigh the evidence tables against a stretch of text: category, kind, channel, flags, counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from parsing import dates, evidence
from parsing.types import Found, ParsedRecord
from parsing.words import EvidenceRule

CATEGORIES = ("一般", "办不了", "很难办", "不给办", "复杂", "范围外", "未进驻")
_LEAST = 1.0
_REASON_OF = {"不给办": "不给办", "很难办": "很难办", "办不了": "办不了"}

Range = tuple[int, int]


def weigh(
    record: ParsedRecord, ranges: Iterable[Range], table: tuple[EvidenceRule, ...], ceiling: float
) -> Found | None:
    """The heaviest value of a table; its confidence grows with its lead over the runner-up, up to `ceiling`."""
    weights: dict[str, float] = {}
    spans: dict[str, Range] = {}
    for start, end in ranges:
        for rule in table:
            match = rule.pattern.search(record.normalized.flat, start, end)
            if match and match.end() > match.start():
                weights[rule.value] = weights.get(rule.value, 0) + rule.weight
                spans.setdefault(rule.value, match.span())
    if not weights:
        return None
    ranking = sorted(weights.items(), key=lambda item: -item[1])
    best, weight = ranking[0]
    second = ranking[1][1] if len(ranking) > 1 else 0.0
    if weight < _LEAST:
        return None
    confidence = min(ceiling, 0.45 + 0.1 * weight + 0.1 * (weight - second))
    return record.found(best, max(0.35, confidence), *spans[best])


def kind(record: ParsedRecord, ranges: list[Range]) -> Found | None:
    """诉求性质 (R02): labelled, the prefix of the line, or words of the content."""
    for entry in sorted(record.of("kind"), key=lambda item: item.rank):
        text = record.text(entry)[:40]
        hits = [(text.find(word), word, value) for word, value in evidence.KIND_WORDS if word in text]
        if hits:
            at, word, value = min(hits, key=lambda hit: hit[0])
            return record.found(value, 0.97, entry.start + at, entry.start + at + len(word))
    for entry in record.of("kind_prefix"):
        for word, value in evidence.KIND_WORDS:
            if word in entry.label:
                at = record.normalized.flat.find(word, entry.label_start, entry.start)
                return record.found(value, 0.95, at, at + len(word)) if at >= 0 else None
    return _kind_of_label(record) or weigh(record, ranges, evidence.KIND, 0.65)


def _kind_of_label(record: ParsedRecord) -> Found | None:
    """What the labels themselves call the order: 举报内容, 投诉人."""
    for entry in record.of("content", "name", "unit_name", "reported_at"):
        for word, value in evidence.KIND_WORDS:
            at = record.normalized.flat.find(word, entry.label_start, entry.start) if word in entry.label else -1
            if at >= 0:
                return record.found(value, 0.85, at, at + len(word))
    return None


def category(record: ParsedRecord, ranges: list[Range]) -> Found | None:
    """办理分类 (第六条): labelled, else weighed; only ever a proposal for the window's 初步分类."""
    for entry in record.of("category", "kind"):
        text = record.text(entry)[:40]
        for value in CATEGORIES:
            at = text.find(value)
            if (
                at >= 0
                and (value != "一般" or entry.field == "category")
                and (value != "复杂" or entry.field == "category")
            ):
                return record.found(value, 0.95, entry.start + at, entry.start + at + len(value))
    return weigh(record, ranges, evidence.CATEGORY, 0.85)


def sub_reason(record: ParsedRecord, ranges: list[Range], chosen: Found | None) -> Found | None:
    """The sub-reason of R30, only one that belongs to the chosen category."""
    if chosen is None or chosen.value not in _REASON_OF:
        return None
    table = tuple(row for row in evidence.SUB_REASON if chosen.value in row.source)
    return weigh(record, ranges, table, 0.7)


def source(record: ParsedRecord) -> Found | None:
    """The channel (R26): labelled, told by a heading, or inferred from the labels and the manner of the memo."""
    for entry in record.of("source"):
        found = _channel(record, entry.start, min(entry.end, entry.start + 60), 0.96)
        if found:
            return found
    if "source" in record.hints:
        return record.hints["source"]
    flat = record.normalized.flat
    first_line = flat.find("\n") if 0 < flat.find("\n") <= 40 else 0
    if first_line and (not record.entries or record.entries[0].label_start >= first_line):
        found = _channel(record, 0, first_line, 0.8)
        if found:
            return found
    heading = evidence.HEADING.match(flat)
    told = _channel(record, *heading.span(), 0.8) if heading else None
    if told:
        return told
    for pattern, value, confidence in _MANNERS:
        match = pattern.search(flat)
        if match:
            return record.found(value, confidence, *match.span())
    return None


_MANNERS: tuple[tuple[re.Pattern[str], str, float], ...] = (
    (re.compile(r"万人助万企"), "万人助万企窗口", 0.85),
    (re.compile(r"12345"), "12345热线", 0.8),
    (
        re.compile(
            r"(?:^|\n|[【\[ ])(?:来电(?:人|时间|号码|显示)|热线)|坐席|话务员"
            r"|第.{1,2}次来电|再次来电"
        ),
        "12345热线",
        0.75,
    ),
    (re.compile(r"[市区县]长信箱|书记信箱|领导信箱"), "上级·其他平台转办", 0.8),
    (re.compile(r"写信人|写信时间|收信时间|来信主题|举报信|此\s{0,40}致\s{0,40}敬\s{0,4}礼"), "来信", 0.75),
    (re.compile(r"工单编号|工单号|办件编号|原工单|主叫号码|(?:派单|下派)时间"), "12345热线", 0.7),
    (
        re.compile(
            r"来了一?[个位]|来(?:到)?窗口反映|来访|到[^,。\n]{0,14}(?:窗口|大厅)反映|来窗口|窗口来人|到大厅(?:集体)?反映|刚才来了|现场反映|接待(?:了|一?[位名个])"
        ),
        "窗口",
        0.75,
    ),
    (re.compile(r"(?:^|\n)[^,。\n]{0,8}来信(?:[:,]|反映)|来信人"), "来信", 0.75),
    (re.compile(r"企业名称(?=[】\] :])[\s\S]{0,120}?单位联系人"), "万人助万企窗口", 0.55),
    (re.compile(r"你们窗口|咱们窗口"), "窗口", 0.5),
)


def _channel(record: ParsedRecord, start: int, end: int, confidence: float) -> Found | None:
    for rule in evidence.CHANNEL_NAMES:
        match = rule.pattern.search(record.normalized.flat, start, end)
        if match:
            return record.found(rule.value, confidence, *match.span())
    return None


def _said(record: ParsedRecord, confidence: float, start: int, end: int) -> Found:
    return record.found(value=True, confidence=confidence, start=start, end=end)


def flags(record: ParsedRecord) -> dict[str, Found]:
    """anonymous, confidential, no_reply, reply_wanted, staff_complaint, urgent, multi_level: value true where said."""
    found: dict[str, Found] = {}
    flat = record.normalized.flat
    for rule in evidence.FLAGS:
        match = rule.pattern.search(flat)
        if match:
            found[rule.value] = _said(record, rule.weight, *match.span())
    for entry in record.of("anonymous", "confidential", "reply"):
        answer = record.text(entry).strip()[:6]
        name = {"reply": "no_reply"}.get(entry.field, entry.field)
        yes = answer.startswith(("是", "需", "要", "匿名", "保密", "true", "Y", "y"))
        no = answer.startswith(("否", "不", "无", "非", "false", "N", "n"))
        if entry.field == "reply":
            yes, no = no, yes
        if yes or no:
            found.pop(name, None)
            if yes:
                found[name] = _said(record, 0.96, entry.start, entry.end)
    if "no_reply" in found:
        found.pop("reply_wanted", None)
    return found


def urging(record: ParsedRecord, original: tuple[str, Range] | None) -> Found | None:
    """催单: how often and about which order, as far as the text says."""
    match = evidence.URGING.search(record.normalized.flat)
    if match is None and original is None:
        return None
    counted = evidence.COUNT.search(record.normalized.flat)
    value: dict[str, int | str] = {}
    if counted:
        value["count"] = dates.number(counted["nth"] or counted["times"]) or 1
    if original:
        value["refers_to"] = original[0]
    span = match.span() if match else original[1] if original else (0, 1)
    return record.found(value or True, 0.9 if match and original else 0.75, *span)


def collective(record: ParsedRecord) -> Found | None:
    """How many people stand behind the order, when it says 等37人 and the like."""
    match = evidence.COLLECTIVE.search(record.normalized.flat)
    if match is None:
        return None
    count = int(match["n"] or match["m"] or match["homes"])
    return record.found(count, 0.9, *match.span()) if count >= 2 else None


def extras(record: ParsedRecord, body: Range | None, now: datetime) -> dict[str, Found]:
    """promised (an unrecorded promise), key_date (a date the matter must not miss), event_at (when it happened)."""
    if body is None:
        return {}
    found: dict[str, Found] = {}
    flat = record.normalized.flat
    promise = evidence.PROMISE.search(flat, *body)
    if promise:
        found["promised"] = record.found(promise["text"], 0.6, *promise.span("text"))
    for moment in dates.moments(flat, now, *body, future=True):
        asked = evidence.DEADLINE_AFTER.match(flat, moment.end)
        if not asked and evidence.KEY_DATE_TAIL.match(flat, moment.end) and moment.at > dates.local(now):
            found["key_date"] = record.found(moment.at.date().isoformat(), 0.6, moment.start, moment.end)
            break
    past = [moment for moment in dates.moments(flat, now, *body) if moment.at <= dates.local(now)]
    if past:
        found["event_at"] = record.found(past[0].iso, past[0].confidence(0.7), past[0].start, past[0].end)
    return found

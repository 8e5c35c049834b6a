"""Where the content of a record lies, and into how many matters it falls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsing import boilerplate, departments, evidence, names, phones
from parsing.types import Entry, ParsedRecord
from parsing.words import WORDS

_HAN = re.compile(r"[\u4e00-\u9fff]")
_ITEM = re.compile(
    r"(?:(?<=^)|(?<=[\n;。:,\s]))(?:(?P<n>\d{1,2})[、.)](?!\d(?!\d?月))|[(]"
    r"(?P<p>\d{1,2})[)]|(?P<c>[①②③④⑤⑥⑦⑧⑨])|(?:第|其)(?P<o>[一二三四五六七八九])[,、:]"
    r"|(?P<h>[一二三四五六七八九])(?:、|是(?=[^否的])))[ ]?"
)
_TURN = re.compile(
    r"(?:[。;\n][ ]*)(?:另外?|此外|同时)?,?[ ]?(?:还想?反映|另外?还?反映"
    r"|此外还?反映|同时还?反映|另一件事|第二件事|还有一件事|另有一事)[:,]?"
)
_DEMAND = re.compile(r"^(?:要求|请求?|希望|建议(?!.*窗口没)|尽快|退还|赔偿|道歉|明确|说明)")
_STEP = re.compile(
    r"^(?:第[一二三四五六七八九十\d]{1,2}[次回趟]|头一[次回]|首次|再次|又|然后|接着|最后|[^,。;\n]{0,6}?(?:20\d{2}年)?\d{1,2}月)"
)
_ONE_MATTER = re.compile(
    r"要求|希望|请求|理由|原因|材料|建议|步骤|经过|过程|流程|咨询|请问|想问|关于[^。;\n]{4,40}的(?:问题|事|情况|诉求)\s*$"
)
"""Words before a numbered list that make its items parts of one matter."""
_INTRODUCTION = re.compile(
    r"(?P<who>[^。;\n]{0,40}?)(?:来电|来访|来信|致电|(?:窗口|大厅|中心))?,?(?:反映|诉求)(?:称|说|的是|一下)?[,: ]{0,2}"
    r"(?![\s,:人时类的]|事项|情况|过[了,多几\d])"
)
_ANYBODY = re.compile(
    r"[\s,:;]*(?:匿名)?(?:[有一][位名个]?)?(?:匿名|市民|群众|居民|村民|业主|网友|企业|来电人|诉求人)?[\s,:]*"
)
_EDGE = re.compile(r"(?:[^\w\n“\"'《「【\[(]|\n)+")
_LEAD = 16
_SHORTEST = 8
_SHORTEST_TURN = 6
_STORY = 16
_SIGNED_LINES = 4
_SIGNERS = 8
_SIGNING = re.compile(
    r"业主代表|村民代表|商户代表|职工代表|代表|联系人|联系方式|联系电话|电话|手机|写信人|反映人|投诉人|举报人|申请人|署名|落款"
    r"|一名[\u4e00-\u9fff]{2,6}|[一二〇○零三四五六七八九十]{2,4}年|[一二三四五六七八九十]{1,3}[月日]|[年月日号]"
)
_HANGING = re.compile(r"(?:【[^【】]{2,6}】|(?:要求|希望|诉求目的|诉求)[:])\s*\Z")
"""A label whose value was taken out as a set phrase."""
_TITLE_WITHIN = 1500
_TITLE_LEAD = re.compile(
    r"(?:(?:市民|群众|来电人|诉求人|该市民|[\u4e00-\u9fff](?:女士|先生))?(?:来电|来访|致电)?(?:反映|称|咨询|投诉|表示|说|举报)"
    r"|我要(?:举报|投诉)|关于|本人|我们|我|就是|其|在|到|去|今年|去年|昨天|前天|今天|上午|下午|\d{1,2}月\d{1,2}[日号]?"
    r"|[\u4e00-\u9fff]{2,8}(?:街道|乡|镇|社区)?(?:便民服务中心|政务服务中心|政务大厅|便民服务大厅)(?=办理|申请|补办|办)"
    r"|\d{1,2}[.、])+"
)
_NO_TITLE = re.compile(
    r"尊敬的|领导|您?你?好|喂|我是|我叫|我姓|我想(?:替|反映|问|咨询)|我爸|我妈|刚才|刚来|还是上|[^,]{0,16}(?:同志|负责同志|中心|老师)$"
    r"|(?:联系)?电话|来了个|家住|家在|地址|第?\d+次来电|麻烦|请问|有个事|[^,]{0,20}(?:会计|老板|业主|住户|居民|村民)$"
)
_MATTER = re.compile("|".join(map(re.escape, WORDS.title_words)))
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_HAN_NUMBERS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Body:
    """The content at flat offsets. `memo`: nobody labelled it, so names and numbers stand inside it."""

    start: int
    end: int
    confidence: float
    memo: bool


def _weight(text: str) -> int:
    return len(_HAN.findall(text))


def _gaps(record: ParsedRecord) -> list[tuple[int, int]]:
    """The stretches of the record no label claims."""
    gaps: list[tuple[int, int]] = []
    cursor = 0
    for entry in sorted(record.entries, key=lambda item: item.label_start):
        if entry.label_start > cursor:
            gaps.append((cursor, entry.label_start))
        cursor = max(cursor, entry.end)
    gaps.append((cursor, len(record.normalized.flat)))
    return gaps


def _with_wish(record: ParsedRecord, entry: Entry) -> int:
    """The end of the content together with the wish that directly follows it."""
    end = entry.end
    for wish in record.of("wish"):
        if wish.label_start >= end and not record.normalized.flat[end : wish.label_start].strip():
            end = wish.end
    return end


def _with_neighbours(record: ParsedRecord, entry: Entry) -> tuple[int, int]:
    """The bounds of the content with the wish after it and with other long contents that directly touch it."""
    flat = record.normalized.flat
    start, end = entry.start, _with_wish(record, entry)
    for other in record.of("content"):
        if _weight(record.text(other)) < _STORY:
            continue
        if other.end <= entry.label_start and not flat[other.end : entry.label_start].strip(" \n,;。"):
            start = min(start, other.start)
        elif other.label_start >= end and not flat[end : other.label_start].strip(" \n,;。"):
            end = _with_wish(record, other)
    return start, end


def _unsigned(flat: str, start: int, end: int) -> int:
    """The end of a content before a signature: a last sentence or line that is only a name and a phone."""
    floor = max(start, end - 40)
    tail = floor + max(flat.rfind("。", floor, end - 1), flat.rfind("\n", floor, end - 1)) - floor + 1
    numbers = phones.all_numbers(flat, tail, end) if tail > floor else []
    if len(numbers) != 1 or not names.beside(flat, numbers[0].start, numbers[0].end):
        return end
    return tail if _weight(_bare(flat[tail:end])) <= 4 else end


def _story_before(record: ParsedRecord, entry: Entry) -> Body | None:
    """The running text right before a content label that only states its wish: …没有答复，诉求：尽快批复。"""
    if "\n" in record.normalized.flat[entry.start : entry.end] or _weight(record.text(entry)) >= _STORY:
        return None
    flat = record.normalized.flat
    start = next((start for start, end in _gaps(record) if end == entry.label_start), entry.label_start)
    if _weight(flat[start : entry.label_start]) < max(_STORY, 2 * _weight(record.text(entry))):
        return None
    start, end = record.normalized.trimmed(start, entry.end, " \t\n;,|")
    return Body(start, end, 0.8, memo=True)


def locate(record: ParsedRecord) -> Body | None:
    """The labelled content, else what follows 投诉：, else the longest stretch without labels."""
    labelled = record.of("content")
    if labelled:
        entry = max(labelled, key=lambda item: (_weight(record.text(item)), -item.rank))
        story = _story_before(record, entry)
        if story is not None:
            return story
        start, end = _with_neighbours(record, entry)
        return Body(start, _unsigned(record.normalized.flat, start, end), 0.97, memo=False)
    prefixed = record.of("kind_prefix")
    if prefixed:
        return Body(prefixed[0].start, prefixed[0].end, 0.9, memo=True)
    if any(entry.field == "title" for entry in record.entries) and not any(
        _weight(record.normalized.flat[a:b]) > 6 for a, b in _gaps(record)
    ):
        entry = record.of("title")[0] if record.of("title") else record.entries[0]
        return Body(entry.start, entry.end, 0.7, memo=False) if entry.end > entry.start else None
    gaps = [gap for gap in _gaps(record) if gap[1] > gap[0]]
    if not gaps:
        return None
    start, end = max(gaps, key=lambda gap: _weight(record.normalized.flat[gap[0] : gap[1]]))
    start, end = record.normalized.trimmed(start, end, " \t\n;,|")
    return Body(start, end, 0.85 if not record.entries else 0.8, memo=True) if end > start else None


def _outermost(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending spans without those that lie inside another one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def without_identity(record: ParsedRecord, body: Body, identity: list[tuple[int, int]]) -> Body:
    """A memo's content without the name, phone and address it opens or closes with; in the middle they stay."""
    flat = record.normalized.flat
    start, end = body.start, body.end
    inside = sorted(span for span in set(identity) if span[0] >= start and span[1] <= end)
    inside = _outermost(inside)
    while inside and not _weight(_bare(flat[inside[-1][1] : end])):
        end = _step_back(flat, start, inside.pop()[0])
    if inside:
        cut = inside[0][1]
        for span in inside[1:]:
            if span[0] - cut <= 8:
                cut = span[1]
        lead = len(_HAN.findall(flat[start : inside[0][0]]))
        if lead <= _LEAD and not _tells(flat, start, inside[0][0]) and _weight(flat[cut:end]) >= _SHORTEST:
            start = cut
    if start > body.start:
        start = _edge(flat, start, end)
    start = _introduced(flat, start, end, identity)
    if end < body.end:
        _, end = record.normalized.trimmed(start, end, " \t\n,;、:(")
    return Body(start, end, body.confidence, memo=body.memo) if _weight(flat[start:end]) >= 4 else body


def _tells(flat: str, start: int, end: int) -> bool:
    """Whether the words before the identity already name the matter, so that they are no mere introduction."""
    return bool(departments.by_matter(flat, start, end, ())) or any(
        rule.pattern.search(flat, start, end) for rule in evidence.CATEGORY
    )


def _edge(flat: str, start: int, end: int) -> int:
    """Past the punctuation and signs that parted the identity from what it says."""
    junk = _EDGE.match(flat, start, end)
    past = junk.end() if junk else start
    return past + 1 if flat[past : past + 1] in (")", "】", "]") else past


def _introduced(flat: str, start: int, end: int, identity: list[tuple[int, int]]) -> int:
    """Past 反映, alone or after words that name who reports: 群众测甲一到窗口反映."""
    opening = _INTRODUCTION.match(flat, start, min(end, start + 60))
    if opening is None or _weight(flat[opening.end() : end]) < _SHORTEST:
        return start
    who = flat[start : opening.end("who")]
    named = any(start <= first < opening.end() or last == start for first, last in identity) and "次" not in who
    return opening.end() if named or _ANYBODY.fullmatch(who) else start


def _bare(text: str) -> str:
    return re.sub(r"[\s,;。、:!()]|电话|手机|联系方式|联系人|姓名|地址|住", "", text)


def _step_back(flat: str, start: int, end: int) -> int:
    """Before the words that only introduce what was cut: 住, 电话, 联系人."""
    introduced = re.search(
        r"(?:[\s,;、:(]|家?住在?|电话|手机|联系方式|联系人|联系|姓名|落款|署名|我叫|我的|我"
        r"|地址)+$",
        flat[max(start, end - 16) : end],
    )
    return end - len(introduced.group()) if introduced else end


def value(record: ParsedRecord, start: int, end: int) -> tuple[str, int, int]:
    """The verbatim content without set phrases, and the flat bounds of what is left."""
    normalized = record.normalized
    start, end = boilerplate.unquoted(normalized.flat, *normalized.trimmed(start, end))
    ranges = boilerplate.set_phrases(normalized.flat, start, end)
    while ranges and not normalized.flat[start : ranges[0][0]].strip():
        start = max(start, ranges.pop(0)[1])
    while ranges and not normalized.flat[ranges[-1][1] : end].strip():
        end = ranges.pop()[0]
    hanging = _HANGING.search(normalized.flat, max(start, end - 12), end) if end > start else None
    end = hanging.start() if hanging else end
    start, end = boilerplate.unquoted(normalized.flat, *normalized.trimmed(start, end))
    pieces: list[str] = []
    cursor = start
    for cut_start, cut_end in ranges:
        if cut_start >= cursor:
            pieces.append(normalized.verbatim(cursor, cut_start))
            cursor = cut_end
    pieces.append(normalized.verbatim(cursor, end) if end > cursor else "")
    return "".join(pieces).strip(), start, end


def _ordinal(match: re.Match[str]) -> int:
    if match["c"]:
        return _CIRCLED.index(match["c"]) + 1
    if match["h"] or match["o"]:
        return _HAN_NUMBERS.index(match["h"] or match["o"]) + 1
    return int(match["n"] or match["p"])


def matters(flat: str, start: int, end: int) -> list[tuple[int, int]]:
    """The separate matters in a content: a numbered list it consists of, or a turn such as 另外反映; else itself."""
    items: list[re.Match[str]] = []
    for match in _ITEM.finditer(flat, start, end):
        if _ordinal(match) == len(items) + 1:
            items.append(match)
    if len(items) >= 2 and _weight(flat[start : items[0].start()]) <= _LEAD:
        bounds = [*(item.end() for item in items), end]
        starts = [item.start() for item in items[1:]] + [end]
        parts = [_tidy(flat, a, b) for a, b in zip(bounds, starts, strict=False)]
        texts = [flat[a:b] for a, b in parts]
        distinct = all(_weight(text) >= _SHORTEST for text in texts) and not any(
            all(part.match(text) for text in texts) for part in (_DEMAND, _STEP)
        )
        lead = flat[start : items[0].start()]
        if distinct and not _ONE_MATTER.search(lead):
            return parts
    turn = _TURN.search(flat, start, end)
    if turn and _weight(flat[start : turn.start()]) >= _SHORTEST_TURN and _weight(flat[turn.end() : end]) >= _SHORTEST:
        return [_tidy(flat, start, turn.start() + 1), _tidy(flat, turn.start() + 1, end)]
    return [(start, end)]


def _tidy(flat: str, start: int, end: int) -> tuple[int, int]:
    while start < end and flat[start] in " \t\n,;、":
        start += 1
    while end > start and flat[end - 1] in " \t\n,;、":
        end -= 1
    return start, end


def signatures(flat: str, start: int, end: int) -> list[tuple[int, int]]:
    """Last lines that hold only who signs: names, phones, 业主代表, a date."""
    found: list[tuple[int, int]] = []
    stop = end
    while (line := flat.rfind("\n", start, stop)) >= start and len(found) < _SIGNED_LINES:
        written = flat[line + 1 : stop]
        for phone in reversed(phones.all_numbers(written)):
            written = written[: phone.start] + " " + written[phone.end :]
        tokens = re.findall(r"[\u4e00-\u9fff]+", _SIGNING.sub(" ", written))
        signed = written != flat[line + 1 : stop] or _SIGNING.search(written) or not written.strip()
        if not signed or not all(names.is_person_token(token) for token in tokens):
            break
        if len(tokens) > _SIGNERS:
            break
        first, last = line + 1, stop
        if flat[first:last].strip():
            found.insert(0, (first, last))
        stop = line
    return found


def headline(text: str, forbidden: list[str], limit: int = 20) -> tuple[int, int] | None:
    """Bounds in `text` of a short title: the first of its clauses that tell most of the matter, without personal
    data, greetings and the words by which somebody introduces himself."""
    best: tuple[float, int, int] | None = None
    for match in re.finditer(r"[^\s,，。;；!！?？、:：]{4,}", text[:_TITLE_WITHIN]):
        clause = match.group()
        personal = re.search(r"\d{5,}|[零〇一二三四五六七八九]{7,}", clause) or any(
            word in clause for word in forbidden if word
        )
        if _weight(clause) < 6 or personal:
            continue
        lead = _TITLE_LEAD.match(clause)
        start = match.start() + (lead.end() if lead and _weight(clause[lead.end() :]) >= 6 else 0)
        telling = bool(departments.by_matter(text, start, match.end(), ())) * 2.0 + bool(
            _MATTER.search(text, start, match.end())
        )
        telling -= 2.5 * bool(_NO_TITLE.match(text, start, match.end()))
        if best is None or telling > best[0]:
            best = (telling, start, match.end())
    if best is None:
        return None
    _, start, end = best
    if end - start > limit:
        word = _MATTER.search(text, start + limit - 4, end)
        end = word.end() if word and word.end() - start <= limit + 4 else start + limit
    return start, end

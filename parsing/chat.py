"""Forwarded chats: lines that say who spoke and when, and the chatter between the lines that matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from parsing import dates
from parsing.labels import FIELD_OF, LABELS
from parsing.normalized_text import NormalizedText
from parsing.types import Found

_WHEN = (
    r"(?:(?:20\d{2}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?|今天|昨天|前天|(?:星期|周)[一二三四五六日天])?[ ]{0,2}"
    r"(?:凌晨|早上|上午|中午|下午|晚上)?[ ]?\d{1,2}:\d{2}(?::\d{2})?"
)
_LINE = re.compile(r"^[^\n]{4,90}$", re.MULTILINE)
_HEADER = re.compile(
    rf"[ \t]*(?:(?P<who>[^\t:|]{{1,40}}?)(?P<colon>:)?[ ]{{1,6}}(?P<when>{_WHEN})|"
    rf"(?P<when2>{_WHEN})[ ]{{1,6}}(?P<who2>[^\t:|]{{1,40}}?))[ \t]*:?"
)
_DIVIDER = re.compile(r"[ \t]*(?:[-—–=_]{2,20}[^\n]{0,40}?[-—–=_]{2,20}|群聊|[^\n]{1,20}的聊天记录)[ \t]*")
_TOKENS = re.compile(r"[\[【][^\]】\n]{1,12}[\]】]|@[^\s@]{1,20}|[^\w@\[【]+|[@\[【]")
_CHATTER = re.compile(
    r"(?:收到|好的?|嗯+|哦|行|可以|是的?|对|不是|谢谢|辛苦了?|麻烦(?:尽快|了"
    r"|处理)?|尽快(?:处理|办理)?|在吗|请(?:查收|处理|核实|协助)|OK|ok|已转"
    r"|马上(?:处理|办|联系|核实)?|这就办?|稍等|没问题|知道了|明白|了解|已?(?:派单|登记|安排|联系)"
    r"|(?:我)?(?:明天|一会儿?|马上|今天)?(?:登记|处理|安排|派单|转过去)|你好|您好|在吗|请(?:说|讲)"
    r"|我?想?(?:反映|咨询|问)(?:个|一个|一下)?(?:事儿?|问题|情况)?|我?(?:联系|核实|跟进|问)一下|"
    r"是咱们的吗|这个归谁|谁负责|看一下|帮忙|处理一下|转发|各位|领导|同志|呢|吗|啊|吧|了|的|哈){1,6}"
)

_ASIDE = re.compile(
    r"(?:还请|请|麻烦)?(?:领导|你们|您)?(?:给|帮忙?|多)?(?:看看|看一下|关照|费心|重视)(?:一?下)?,?(?:[\u4e00-\u9fff]{0,6}(?:困难|不容易|可怜|着急|辛苦|多谢|谢谢))?$"
)
_ASKS = re.compile(
    r"[?？]\s*$|贵姓|怎么称呼|留[个下一]{1,2}?电话|哪里的|请(?:说|讲)|您好|登记|收到|派单|保持电话畅通|为您|联系您|记录(?:了|下来)?(?:[,。!]|$)|稍等|转给"
)
_STAFF = re.compile(r"坐席|话务|客服|接线|工作人员|热线|值班|窗口|政务|中心|12345")
_SPOKEN = re.compile(
    r"^[ \t]*(?P<who>坐席员?|话务员|客服|接线员|工作人员|窗口|热线|值班员|市民|群众|来电人|诉求人|客户|用户|村民|居民)"
    r"[ \t]*:[ \t]*",
    re.MULTILINE,
)
"""A line of a transcript of a call: who speaks, then the words."""

_SPEAKER = re.compile(r"[ \t]*:?[ \t]*\n[ \t]*(?P<speaker>[^\n:,。]{2,20}):[ ]*(?=\S)")
_PART_OF_DATE = re.compile(r"[\d\s:/.年月日号周星期上中下午早晚一二三四五六天-]+")
_TIME_LABELS = tuple(label for field in ("reported_at", "limit") for label in LABELS[field])


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: who said it (a colleague, never the complainant), when, and its flat range without the header."""

    who: str
    who_span: tuple[int, int]
    said_at: Found | None
    header_start: int
    start: int
    end: int


def turns(normalized: NormalizedText, now: datetime) -> list[Turn]:
    """The messages of a forwarded chat, empty when the text is none."""
    flat = normalized.flat
    lines = (_HEADER.fullmatch(flat, *line.span()) for line in _LINE.finditer(flat))
    headers = [match for match in lines if match and _is_header(match)]
    if sum(bool(match["colon"]) for match in headers) < 2:
        headers = [match for match in headers if not match["colon"]]
    dated = [match for match in headers if re.search(r"[-/.月天周期]", match["when"] or match["when2"])]
    if not headers or (not dated and len(headers) < 2):
        return []
    grouped = _names_group(flat, headers)
    found: list[Turn] = []
    for index, match in enumerate(headers):
        end = headers[index + 1].start() if index + 1 < len(headers) else len(flat)
        group = "who" if match["who"] else "who2"
        when = match.span("when" if match["who"] else "when2")
        moment = next(iter(dates.moments(flat, now, *when)), None) or dates.clock_today(flat, now, *when)
        said_at = Found(moment.iso, 0.7, normalized.span(moment.start, moment.end)) if moment else None
        who, who_span, begin = match[group].strip(), match.span(group), match.end()
        speaker = _SPEAKER.match(flat, begin, end) if grouped else None
        if speaker:
            who, who_span, begin = speaker["speaker"], speaker.span("speaker"), speaker.end()
        found.append(Turn(who, who_span, said_at, match.start(), begin, end))
    return found


def _names_group(flat: str, headers: list[re.Match[str]]) -> bool:
    """Whether every header names the same group and the senders stand before a colon in the lines under it."""
    names = {(match["who"] or match["who2"]).strip() for match in headers}
    return len(headers) >= 2 and len(names) == 1 and all(_SPEAKER.match(flat, match.end()) for match in headers)


def transcript(normalized: NormalizedText) -> list[Turn]:
    """The turns of a written-down call: at least three, some of them the staff's and some the caller's."""
    marks = list(_SPOKEN.finditer(normalized.flat))
    staffed = [bool(_STAFF.search(mark["who"])) for mark in marks]
    if len(marks) < 3 or all(staffed) or not any(staffed):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(normalized.flat)]
    return [
        Turn(mark["who"], mark.span("who"), None, mark.start(), mark.end(), end)
        for mark, end in zip(marks, ends, strict=True)
    ]


def teller(spoken: list[Turn]) -> str:
    """Who tells the story: the one with most words, of the staff only when nobody else speaks."""
    told: dict[str, int] = {}
    for turn in spoken:
        told[turn.who] = told.get(turn.who, 0) + turn.end - turn.start
    return max(told, key=lambda who: (not _STAFF.fullmatch(who), told[who]))


def staffs_own(normalized: NormalizedText, telling: str, turn: Turn) -> bool:
    """Whether a turn only serves the talk of somebody else: a short question, greeting or promise to register."""
    words = normalized.flat[turn.start : min(turn.end, turn.start + 200)].strip()
    return turn.who != telling and len(words) <= 60 and bool(_ASKS.search(words))


def _is_header(match: re.Match[str]) -> bool:
    """Whether the words before a time are a sender: no label, no part of a date, no sentence."""
    who = (match["who"] or match["who2"] or "").strip(" :")
    bare = re.sub(r"[\s=【】\[\]\"'*]", "", who)
    labelled = any(bare.endswith(label) or bare.startswith(label) for label in _TIME_LABELS) or bare in FIELD_OF
    return bool(bare) and not labelled and not _PART_OF_DATE.fullmatch(who) and not re.search(r"[,。;!?、=]", who)


def is_chatter(words: str) -> bool:
    """Whether a message only acknowledges, greets or asks around."""
    bare = _TOKENS.sub("", words)
    return not bare or bool(_ASIDE.match(bare)) or (len(bare) <= 24 and bool(_CHATTER.fullmatch(bare)))


def dividers(normalized: NormalizedText) -> list[tuple[int, int]]:
    """Lines that only draw a rule or name the chat."""
    lines = (line.span() for line in _LINE.finditer(normalized.flat))
    return [span for span in lines if _DIVIDER.fullmatch(normalized.flat, *span)]

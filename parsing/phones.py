"""Telephone numbers: how they are written, and when a number may be taken for one.

A number is a phone only under a phone label, within six characters of one, or beside a name in a memo; ticket numbers,
amounts and credit codes are never phones. The shape 1[3-9]… only raises the confidence, it is not required.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SIGNS = {
    **{str(digit): str(digit) for digit in range(10)},
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
}
SIGNS |= dict(zip("壹贰叁肆伍陆柒捌玖①②③④⑤⑥⑦⑧⑨", "123456789" * 2, strict=True))
SIGNS |= {"〇": "0", "○": "0", "洞": "0", "幺": "1", "两": "2", "o": "0", "O": "0", "l": "1", "I": "1"}
"""Every sign people, speech recognition and OCR write for a digit."""

_GUESSED = frozenset("oOlI")
_SIGN = f"[{''.join(SIGNS)}]"
_EXTENSION = r"(?:[ ]?(?:转|分机|-|#|ext\.?)[ ]?(?P<ext>\d{1,5})(?!\d)(?:号?分机)?)?"
NUMBER = re.compile(
    r"(?<![\dA-Za-z])(?<![A-Za-z\d]-)(?:"
    r"(?P<plain>\d{11})(?!\d)"
    r"|(?P<dotted>1[3-9]\d[.·]\d{4}[.·]\d{4})(?!\d)"
    r"|\(?(?P<area>0\d{2,3})(?:\)[ ]?|[ ]?-[ ]?|[ ](?!\d{4}[ -]\d))(?P<local>\d{7,8}|\d{3,4}[ -]\d{4})(?!\d)"
    + _EXTENSION
    + r"|(?P<country>\+?86[ -]?)(?P<abroad>1\d{10})(?!\d)"
    r")"
    rf"|(?<![A-Za-z\d])(?P<signs>{_SIGN}(?:[ -]?{_SIGN}){{10}})(?![A-Za-z\d]|[ -]?\d|[零〇幺一二两三四五六七八九])"
)
_LOCAL = re.compile(r"(?<![\dA-Za-z])(?P<main>\d{7,8}|0\d{9,11})(?!\d)" + _EXTENSION)

PHONE_WORD = re.compile(
    r"电话|手机|(?<![证牌卡账])号码|这个号|就打我|留的|联系方式|座机|固话|来电号码|来电显示|联系号码|致电|打不通[请再就]?打|备用|[📞☎📱]|(?i:\btel\b|\bphone\b|\bmobile\b)"
)
_FOREIGN = re.compile(
    r"(?:窗口|服务|咨询|办公|投诉|监督|客服|大厅|科室|部门|对方|物业|热线|举报|中心|技术|科长|主任|单位|公司|局里?)的?(?:联系)?$"
)
_NUMBERED = re.compile(
    r"(?:编号|单号|受理号|预约号|订单号|代码|账号|卡号|证号|工号|业务号|流水号|合同号|尾号|金额|证|码)[:是为 ]{0,2}$"
)
_JOIN = re.compile(
    r"[ \t]*\([\u4e00-\u9fff]{0,6}[: ]{0,2}|[ \t]*(?:\([^()\n]{0,8}\))?[ \t]*(?:[/、,;和及&|\n]|或者?|还有)[ \t]*"
    r"(?:\([^()\n]{0,8}\))?[ \t]*(?:[\u4e00-\u9fff·]{2,4})?[ :]*"
)
_REACH = 6


@dataclass(frozen=True, slots=True)
class Phone:
    """A written number: flat offsets, the number in digits (area-local-extension for landlines), how it was written."""

    start: int
    end: int
    number: str
    how: str

    def confidence(self, labelled: float) -> float:
        """`labelled` for clean digits, less for speech, at most 0.6 where a letter was read as a digit."""
        if self.how == "repaired":
            return min(0.55, labelled)
        if self.how == "spoken":
            return min(0.8, labelled)
        if re.fullmatch(r"1[3-9]\d{9}", self.number):
            return min(0.98, labelled + 0.02)
        return labelled


def _phone(match: re.Match[str]) -> Phone:
    groups = match.groupdict()
    if groups["plain"]:
        return Phone(match.start("plain"), match.end("plain"), groups["plain"], "digits")
    if groups["dotted"]:
        return Phone(match.start(), match.end(), re.sub(r"\D", "", groups["dotted"]), "digits")
    if groups["abroad"]:
        return Phone(match.start("abroad"), match.end("abroad"), groups["abroad"], "digits")
    if groups["area"]:
        local = re.sub(r"\D", "", groups["local"])
        number = "-".join(part for part in (groups["area"], local, groups["ext"]) if part)
        return Phone(match.start(), match.end(), number, "digits")
    written = groups["signs"]
    number = "".join(SIGNS[sign] for sign in written if sign in SIGNS)
    plain = number == re.sub(r"[ -]", "", written)
    how = "repaired" if _GUESSED & set(written) else "digits" if plain else "spoken"
    return Phone(match.start(), match.end(), number, how)


def all_numbers(flat: str, start: int = 0, end: int | None = None) -> list[Phone]:
    """Everything shaped like a phone, whatever it is."""
    return [_phone(match) for match in NUMBER.finditer(flat, start, len(flat) if end is None else end)]


def under_label(flat: str, start: int, end: int) -> list[Phone]:
    """The numbers in the value of a phone label; there a local number without area code is one too."""
    numbers = [
        phone
        for phone in all_numbers(flat, start, end)
        if not _NUMBERED.search(flat[max(start, phone.start - 8) : phone.start])
    ]
    if numbers:
        return numbers
    local = _LOCAL.match(flat, start, end)
    if local is None:
        return []
    number = "-".join(part for part in (local["main"], local["ext"]) if part)
    return [Phone(local.start(), local.end(), number, "local")]


def somebody_elses(flat: str, start: int) -> bool:
    """Whether the number at `start` is introduced as an office's own: 服务电话, 窗口电话."""
    window = flat[max(0, start - 16) : start]
    words = list(PHONE_WORD.finditer(window))
    return (
        bool(words) and len(window) - words[-1].end() <= _REACH and bool(_FOREIGN.search(window[: words[-1].start()]))
    )


def joined(flat: str, before: Phone, phone: Phone) -> bool:
    """Whether a number directly continues the list that `before` stands in: 138…（爱人159…）."""
    return before.end <= phone.start and bool(_JOIN.fullmatch(flat, before.end, phone.start))


def near_label(flat: str, start: int = 0, end: int | None = None) -> list[Phone]:
    """Numbers in running text that stand within six characters of a phone word, and those listed right after one."""
    accepted: list[Phone] = []
    for phone in all_numbers(flat, start, end):
        window = flat[max(start, phone.start - 16) : phone.start]
        words = list(PHONE_WORD.finditer(window))
        listed = accepted and _JOIN.fullmatch(flat, accepted[-1].end, phone.start)
        if listed:
            accepted.append(phone)
            continue
        if not words or len(window) - words[-1].end() > _REACH or _NUMBERED.search(window):
            continue
        if not _FOREIGN.search(window[: words[-1].start()]):
            accepted.append(phone)
    return accepted

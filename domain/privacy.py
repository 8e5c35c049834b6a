"""Masking and the detector of personal data; what leaves the one-to-one chat passes through here.

Group messages show 测某, 尾号0001, 某机械企业 and an address down to the 街道 or 乡镇. Free text is scrubbed by the
same detector that the gates ask, so a scrubbed text never leaks by its own measure; when in doubt nothing is shown.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache

from parsing.names import UNIT_SUFFIX, is_unit_name
from parsing.normalized_text import NormalizedText
from parsing.phones import NUMBER, PHONE_WORD

HIDDEN = "***"
"""What replaces a value that has no telling mask."""

_HAN = "\u4e00-\u9fff"
_INDUSTRIES = re.compile(
    "机械|食品|餐饮|物流|运输|建材|建筑|装饰|科技|商贸|贸易|农业|种植|养殖|药业|医药|"
    "医疗|化工|纺织|服装|电子|电气|能源|环保|矿业|煤业|钢铁|汽车|房地产|物业|教育|培训|"
    "旅游|酒店|文化|传媒|广告|印刷|家具|金属|塑料|陶瓷|园林|劳务|人力|保险|金融|网络|"
    "信息|百货|超市|加油"
)
_REGION = re.compile(rf"^[{_HAN}]{{2,8}}?(?:省|市|县|区|镇|乡)(?=[{_HAN}]{{4}})")
_LEGAL_FORM = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|集团|公司)$")
_TOWN = re.compile(rf"^[{_HAN}]*?(?:街道(?:办事处)?|(?<!乡)镇|(?<!城)乡(?!镇))")
_COUNTY = re.compile(rf"^[{_HAN}]*(?:[市省县]|(?<![小社园库])区)(?=[{_HAN}]|$)")


def _mask_person(name: str) -> str:
    bare = name.strip()
    return f"{bare[0]}某" if bare else ""


def mask_name(name: str, *, is_unit: bool = False) -> str:
    """测甲一 → 测某; several people each; 示例市虚构机械有限公司 → 某机械企业; an empty name stays empty."""
    bare = name.strip()
    if not bare:
        return ""
    if re.fullmatch(rf"某[{_HAN}]{{0,3}}企业", bare):
        return bare
    if is_unit or is_unit_name(bare):
        industry = _INDUSTRIES.search(bare)
        return f"某{industry.group() if industry else ''}企业"
    return "、".join(_mask_person(part) for part in re.split(r"[、,，/;；]", bare) if part.strip())


def tail(phone: str) -> str:
    """尾号0001: the last four digits of the number, its extension left out; empty for fewer than seven digits."""
    digits = _main_digits(phone)
    return f"尾号{digits[-4:]}" if len(digits) >= 7 else ""


def _main_digits(phone: str) -> str:
    """The digits without the extension of 0375-0001234-801."""
    landline = re.match(r"\s*\(?(0\d{2,3})\)?[ -](\d{7,8})", phone)
    return landline[1] + landline[2] if landline else re.sub(r"\D", "", phone)


def mask_phone(phone: str) -> str:
    """000****0001 for a mobile, 0375-****34 for a landline, *** for what is no full number."""
    if "*" in phone:
        return phone.strip()
    landline = re.match(r"\s*\(?(0\d{2,3})\)?[ -](\d{7,8})(?!\d)", phone)
    if landline:
        return f"{landline[1]}-****{landline[2][-2:]}"
    digits = re.sub(r"\D", "", phone)
    if not digits:
        return ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else HIDDEN


def mask_address(address: str) -> str:
    """Down to the 街道 or 乡镇; without one to the district; *** when neither can be told, empty for nothing."""
    bare = re.sub(r"\s", "", address)
    if not bare:
        return ""
    for level in (_TOWN, _COUNTY):
        match = level.match(bare)
        if match and len(match.group()) <= 24:
            return match.group()
    return HIDDEN


@dataclass(frozen=True, slots=True)
class Leak:
    """Personal data at offsets of the original text: its kind in Chinese and what may stand there instead."""

    start: int
    end: int
    kind: str
    replacement: str


#: A digit in any writing people choose for a number they want to be read.
_DIGIT = "0-9零〇一二三四五六七八九十壹贰叁肆伍陆柒捌玖幺⓪①-⑨⓿❶-❾➀-➈➊-➒"
_PATTERNS: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("身份证号", re.compile(r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{15})(?![\dA-Za-z])"), "[证件号]"),
    ("身份证号", re.compile(r"(?<!\d)\d{6}[ -]\d{8}[ -]\d{3}[\dXx](?!\d)"), "[证件号]"),
    ("信用代码", re.compile(r"(?<![\dA-Za-z])(?=[A-Z]*\d)[0-9A-Z]{18}(?![\dA-Za-z])"), "[证件号]"),
    ("证件号", re.compile(r"(?:护照|通行证|军官证|残疾证|社保卡)号?[是为: ]{0,2}[A-Za-z]{0,2}\d{6,18}"), "[证件号]"),
    ("银行卡号", re.compile(r"(?<![\dA-Za-z-])\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)"), "[卡号]"),
    ("银行卡号", re.compile(r"(?<![\dA-Za-z])\d{12,30}(?!\d)"), "[号码]"),
    ("电话", NUMBER, "[电话]"),
    ("电话", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "[电话]"),
    ("电话", re.compile(rf"(?:{PHONE_WORD.pattern})[^\d\n]{{0,6}}\d{{7,12}}(?!\d)"), "[电话]"),
    (
        "电话",
        re.compile(
            rf"(?<![{_DIGIT}])[1一壹幺①❶➀➊][ .·_,、\-]{{0,2}}[3-9三四五六七八九叁肆伍陆柒捌玖③-⑨❸-❾➂-➈➌-➒]"
            rf"(?:[ .·_,、\-]{{0,2}}[{_DIGIT}]){{9}}(?![{_DIGIT}])"
        ),
        "[电话]",
    ),
    ("邮箱", re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"), "[邮箱]"),
    ("账号", re.compile(r"(?:微信号?|QQ号?|qq号?|支付宝(?:账号)?)[是为: ]{0,2}[A-Za-z0-9_-]{5,30}"), "[账号]"),
    (
        "车牌",
        re.compile(
            r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][ ]?[A-HJ-NP-Z][ ·.-]?"
            r"(?=[A-Z]{0,5}\d)[A-HJ-NP-Z0-9]{5,6}(?![A-Za-z0-9])"
        ),
        "[车牌]",
    ),
    (
        "门牌",
        re.compile(
            r"(?:(?<=[路街巷道弄里村庄园苑寨屯])[ ]?[0-9〇零一二三四五六七八九十百]{1,6}号(?:院|楼)?(?!线|窗|机|厅|柜)"
            r"|[0-9〇零一二三四五六七八九十]{1,4}[ ]?(?:号楼|号院|栋|幢|单元)|(?<!\d)\d{3,4}室)"
            r"(?:[ ]?[0-9〇零一二三四五六七八九十]{1,4}[ ]?(?:号楼|栋|幢|单元|层|楼|室|号|户))*"
        ),
        "[门牌]",
    ),
    (
        "姓名",
        re.compile(
            rf"(?<=我叫)(?!某人|[{_HAN}]某)[{_HAN}]{{2,3}}|(?<=姓名[:是为])"
            rf"(?!某人|[{_HAN}]某)[{_HAN}]{{2,4}}"
        ),
        "某人",
    ),
)
"""(kind, pattern on the levelled text, replacement). Long digit runs go too: hiding a number too many harms nobody."""


Words = tuple[tuple[str, str], ...]


@lru_cache(maxsize=16)
def _known_words(known: tuple[str, ...]) -> Words:
    """(word, mask) for every known name worth looking for; a company also by the core of its name.

    The texts of one case are looked at one after another: its words are kept that long.
    """
    words: dict[str, str] = {}
    for name in known:
        flat = NormalizedText.of(name).flat
        parts = [flat.strip(), *re.split(r"[、,/;\s]+", flat.strip())]
        for bare in filter(None, parts):
            unit = is_unit_name(bare)
            mask = mask_name(bare, is_unit=unit)
            words.setdefault(bare, mask)
            core = _LEGAL_FORM.sub("", _REGION.sub("", bare)) if unit and UNIT_SUFFIX.search(bare) else ""
            if len(core) >= 3 and core not in mask:
                words.setdefault(core, mask)
    telling = [
        (word, mask) for word, mask in words.items() if len(word) >= 2 and word != mask and re.search(r"\w", word)
    ]
    safe = [(word, mask if not any(other in mask for other, _ in telling) else HIDDEN) for word, mask in telling]
    return tuple(sorted(safe, key=lambda pair: -len(pair[0])))


def _known_pattern(words: Words, flat: str) -> re.Pattern[str] | None:
    """One pattern for all known words, small gaps between Han characters allowed; None where none stands in the text.

    Most texts name nobody, and making a pattern costs more than all the others look for.
    """
    close = flat.replace(" ", "")
    if not any(word.replace(" ", "") in close for word, _ in words):
        return None
    spaced = (r"[ ]?".join(map(re.escape, word)) if len(word) <= 6 else re.escape(word) for word, _ in words)
    return re.compile("|".join(spaced))


def _find(text: str, words: Words, kinds: Container[str] | None = None) -> list[Leak]:
    """Every leak (of these kinds and of the known words), ascending and disjoint; the earlier, then the longer wins."""
    normalized = NormalizedText.of(text)
    if not normalized.flat:
        return []
    names = [word for word, _ in words]
    found: list[Leak] = []
    for kind, shape, replacement in _PATTERNS:
        if kinds is not None and kind not in kinds:
            continue
        mask = HIDDEN if any(name in replacement for name in names) else replacement
        for match in shape.finditer(normalized.flat):
            if match.end() > match.start():
                found.append(Leak(*normalized.span(*match.span()), kind, mask))
    masks = dict(words)
    pattern = _known_pattern(words, normalized.flat)
    for match in pattern.finditer(normalized.flat) if pattern else ():
        mask = masks.get(match.group()) or masks.get(match.group().replace(" ", ""), HIDDEN)
        found.append(Leak(*normalized.span(*match.span()), "姓名或单位名称", mask))
    found.sort(key=lambda leak: (leak.start, -leak.end))
    disjoint: list[Leak] = []
    for leak in found:
        if not disjoint or leak.start >= disjoint[-1].end:
            disjoint.append(leak)
    return disjoint


_ROUNDS = 4
"""Replacing may join what stood apart; after so many rounds the text is given up."""


#: What a person is reached or identified by: one-to-one too it is given for a purpose only, and written down.
NUMBERS = frozenset({"身份证号", "信用代码", "证件号", "银行卡号", "电话", "邮箱", "账号"})


def without_numbers(text: str, known: Iterable[str]) -> str:
    """The text for somebody who works on the matter: no number, no known name in it, places and events stay."""
    return scrub(text, known, NUMBERS)


def numbers_in(text: str) -> list[str]:
    """The numbers `without_numbers` takes out, as they stand in the text, each once."""
    found = _find(text, (), NUMBERS)
    return list(dict.fromkeys(text[leak.start : leak.end] for leak in found))


def scrub(text: str, known: Iterable[str], kinds: Container[str] | None = None) -> str:
    """The text with every detected phone, number, plate, house number and known name replaced.

    A text without leaks comes back unchanged. Of one that cannot be cleaned as a whole the sentences that can be
    stay, the others become ***.
    """
    known = tuple(known)
    clean = _scrub(text, known, kinds)
    if clean != HIDDEN or len(parts := _SENTENCES.split(text)) < 2:
        return clean
    clean = "".join(_scrub(part, known, kinds) for part in parts)
    return clean if not _find(clean, _known_words(known), kinds) else HIDDEN


_SENTENCES = re.compile(r"(?<=[。！？；!?;\n])")


def _scrub(text: str, known: tuple[str, ...], kinds: Container[str] | None) -> str:
    words = _known_words(known)
    for _ in range(_ROUNDS):
        found = _find(text, words, kinds)
        if not found:
            return text
        pieces: list[str] = []
        cursor = 0
        for leak in found:
            pieces += [text[cursor : leak.start], leak.replacement]
            cursor = leak.end
        text = "".join([*pieces, text[cursor:]])
    return text if not _find(text, words, kinds) else HIDDEN


def leaks(text: str, known: Iterable[str]) -> list[str]:
    """The kinds of personal data found, each once, in the order of the text; empty means it may be shown."""
    return list(dict.fromkeys(leak.kind for leak in _find(text, _known_words(tuple(known)))))


_DOUBT = re.compile(
    r"\d{5,}|[零〇一二三四五六七八九]{5,}|姓名|名叫|我叫|身份证|家住|住址|住在"
    r"|微信|QQ|银行卡|病历|诊断|未成年|艾滋|残疾"
    rf"|[{_HAN}](?:先生|女士|师傅|老师)|(?:代表|业主|村民|居民|工作人员|法人"
    rf"|老板|经理)[{_HAN}]{{2,3}}(?=[,、。\s(]|反映|来电|投诉|咨询|$)"
)


def masked_title(text: str, known: Iterable[str], limit: int = 20) -> str:
    """A title for a group card, at most `limit` characters; empty when anything in it might still point to a person."""
    known = tuple(known)
    line = " ".join(text.split())
    clean = scrub(line, known)
    if (
        not clean
        or clean == HIDDEN
        or clean.count("[") + clean.count(HIDDEN) > 1
        or _DOUBT.search(NormalizedText.of(clean).flat)
    ):
        return ""
    if len(clean) <= limit:
        return clean
    cut = re.sub(r"\[[^\]]*$", "", clean[: max(0, limit - 1)]) + "…"
    return cut if len(cut) > 1 and not leaks(cut, known) else ""

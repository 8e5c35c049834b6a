"""The numbers other systems gave to an order; the hotline's own number is the key against double registration."""

from __future__ import annotations

import re

ORDER = re.compile(
    r"(?<![A-Za-z\d_-])(?=[A-Za-z_-]{0,12}[A-Za-z\d_-]{0,20}\d{3})[A-Za-z\d]{1,20}(?:[-_](?:[A-Za-z\d]{1,20}|[\u4e00-\u9fff]{1,2}(?=[-_]))){1,7}|"
    r"[A-Za-z]{1,6}[-_]?\d[\dA-Za-z_-]{4,40}|\d{2,8}(?:-\d{2,14}){2,4}|\d{8,30}|[A-Za-z]{2,6}"
    r"(?:-[A-Za-z\d]{1,12}){1,5}|[\u4e00-\u9fff]{0,6}[〔\[(]20\d{2}[〕\])]"
    r"(?:第)?\d{1,6}号"
)
LETTER_NUMBER = re.compile(
    r"(?:转办单|交办单|督办单|工作单|转办函|[\u4e00-\u9fff]{1,6})[〔\[(]20\d{2}[〕\])](?:第)?\d{1,6}号"
)
LOOSE = re.compile(r"(?<![A-Za-z\d])[A-Z]{2,6}[-_]?20\d{6,14}(?:[-_]\d{2,14}){0,3}(?![-_]?\d)")
ORIGINAL = re.compile(
    r"(?:原|之前的?|上次的?|前次|催办?的?)(?:12345)?(?:热线)?(?:工单|办件|单子|单号"
    r"|编号)(?:编号|号)?[:是为 ]{0,2}(?P<no>[A-Za-z]{0,6}[-_]?\d{6,24})"
)
GLUED = re.compile(
    r"(?:(?:主题|标题)[ ]?[【\[(]|[【\[(](?:[\u4e00-\u9fff]{0,4}(?:编号|单号))|工单编号|工单号|办件编号|流水号"
    r"|工单)[:是为 ]{0,2}"
    r"(?P<no>[A-Za-z\d]{1,12}(?:[-_]\d{1,16}){1,5}|[A-Za-z]{0,6}[-_]?\d{8,24})"
)


def in_value(flat: str, start: int, end: int) -> tuple[int, int] | None:
    """Flat offsets of the number in a labelled value: a known shape, else the first token with a digit in it."""
    match = ORDER.search(flat, start, min(end, start + 80))
    if match is None:
        match = re.compile(r"[^\s,;。|\"'()]{2,40}").match(flat, start, end)
        if match is None or not re.search(r"\d", match.group()):
            return None
    return match.span()

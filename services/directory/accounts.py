"""Whether what stands in the file can be an account at all: spreadsheets spoil them, people write names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from services.files.cells import Formula, Number

#: What both platforms allow in a userid.
_ACCOUNT = re.compile(r"[A-Za-z0-9_@.-]{1,64}")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?[eE]\+\d+|\d+\.\d+[eE]\d+")
#: A spreadsheet keeps fifteen digits of a number and shows no more than eleven.
_KEPT, _SHOWN = 15, 11
_TEXT = "请把这一列的格式设为“文本”，再照管理后台重新填写"


def account_fault(cell: str) -> str | None:
    """What is wrong with an account and what to do, None when it looks like one."""
    return next((told for looks_wrong, told in _FAULTS if looks_wrong(cell)), None)


def _numeric(cell: str) -> bool:
    return isinstance(cell, Number) and (len(cell) > _SHOWN or not cell.isdigit())


def _rounded(cell: str) -> bool:
    lost = cell[_KEPT:]
    return cell.isascii() and cell.isdigit() and cell[0] != "0" and len(lost) > 2 and not lost.strip("0")


def _invisible(cell: str) -> bool:
    return any(unicodedata.category(sign) in {"Cf", "Cc", "Co", "Cn"} for sign in cell if not sign.isspace())


def _full_width(cell: str) -> bool:
    return any(unicodedata.east_asian_width(sign) == "F" for sign in cell)


def _ideographs(cell: str) -> bool:
    return any(unicodedata.east_asian_width(sign) == "W" for sign in cell)


#: In this order: what explains most comes first.
_FAULTS = (
    (lambda cell: isinstance(cell, Formula), f"是公式算出来的。{_TEXT}"),
    (lambda cell: cell.startswith(("=", "＝")), "前面有等号，是公式的写法。请去掉等号和引号，只留账号"),
    (_SCIENTIFIC.fullmatch, f"被表格改成了科学记数法，原来的号码已经看不出来。{_TEXT}"),
    (_numeric, f"是按数值存的，开头的 0 和后面的几位可能已经丢失。{_TEXT}"),
    (_rounded, f"末尾的几位被表格改成了 0。{_TEXT}"),
    (_full_width, "里有全角字符。请用半角的字母和数字"),
    (_ideographs, "里有汉字，不是账号。请填管理后台里的 userid，不是姓名"),
    (_invisible, "里有看不见的字符。请删去整格，从管理后台重新复制，或者手工输入"),
    (lambda cell: any(sign.isspace() for sign in cell), "里有空格。账号里不能有空格，请删去"),
    (
        lambda cell: not _ACCOUNT.fullmatch(cell),
        "不像账号。账号只有字母、数字和 _ - @ . 这几种符号，最多 64 个；请照管理后台里的 userid 填写",
    ),
)


def lost_zero(accounts: Iterable[str]) -> set[str]:
    """Which accounts of a column lost their leading zero: one or two digits shorter than those that begin with it."""
    numbers = {account for account in accounts if account.isascii() and account.isdigit()}
    lengths = {len(number) for number in numbers if number.startswith("0")}
    return {
        number
        for number in numbers
        if not number.startswith("0")
        and len(number) not in lengths
        and not lengths.isdisjoint({len(number) + 1, len(number) + 2})
    }


LOST_ZERO = f"像是丢了开头的 0：同一列里别的号码以 0 开头，比它长。{_TEXT}"

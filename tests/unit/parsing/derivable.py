"""When a value counts as read from the text: equal after levelling width, spaces, digit signs and separators."""

import unicodedata

_DIGITS = str.maketrans("零〇○洞一幺二两三四五六七八九壹贰叁肆伍陆柒捌玖", "000011223456789123456789")
_LETTERS = str.maketrans({"o": "0", "O": "0", "l": "1", "I": "1"})


def _plain(text: str) -> str:
    levelled = "".join(unicodedata.normalize("NFKC", char) for char in text)
    return "".join(
        char for char in levelled if not char.isspace() and unicodedata.category(char) != "Cf" and char != "*"
    )


def same_words(value: str, written: str) -> bool:
    """Names, numbers and addresses: the same characters."""
    return _plain(value) == _plain(written)


def _figures(text: str) -> str:
    return "".join(char for char in _plain(text).translate(_LETTERS).translate(_DIGITS) if char.isdigit())


def same_digits(value: str, written: str) -> bool:
    """Phones: the same digits in the same order, whatever signs they were written with."""
    return _figures(value) == _figures(written)


def has_digits(value: str, written: str) -> bool:
    """One of several phones: its digits stand together somewhere in what was written."""
    return _figures(value) in _figures(written)

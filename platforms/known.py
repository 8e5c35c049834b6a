"""Every chat platform by name: what people call it, and how the directory file writes its accounts.

Nothing here loads a platform: `main.BUILDERS` does, by the same names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """`title` for sentences, `column` for the head of the directory file.

    `ignores_case`: the platform takes an account in any capitals, so it is kept in lower case; others are sent to as
    they are spelled.
    """

    title: str
    column: str
    ignores_case: bool = False


#: In the order of the directory file's columns; who has several accounts is spoken to through the first.
KNOWN: dict[str, Known] = {
    "wecom": Known("企业微信", "企业微信账号", ignores_case=True),
    "dingtalk": Known("钉钉", "钉钉账号"),
}

"""Draw the neutral shapes as WeCom's: pure functions, always within the limits WeCom states.

Limits are characters unless said otherwise. Pages: application cards 90236, group-bot cards 101032, webhook 91770.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platforms.contract import Button, Card, Link, Rejected, Text, Tone
from platforms.shared.limits import CUT_HINT, cut_bytes
from platforms.shared.words import inert

APP_TEXT_BYTES = 2048
BOT_TEXT_BYTES = 20480
WEBHOOK_TEXT_BYTES = 4096
KEY_BYTES = 1024
URL_BYTES = 2048
NOWHERE = "https://work.weixin.qq.com"

_TASK_ID = re.compile(r"[0-9A-Za-z_@-]{1,128}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ACCOUNT = re.compile(r"[0-9A-Za-z_.@-]{1,64}")
"""What a userid is made of (page 90195)."""
_SOURCE_COLOUR: Mapping[Tone, int] = {Tone.PLAIN: 0, Tone.PRIMARY: 3, Tone.DANGER: 2}
_BUTTON_STYLE: Mapping[Tone, int] = {Tone.PLAIN: 2, Tone.PRIMARY: 1, Tone.DANGER: 3}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much fits where, for one kind of channel."""

    source: int
    title: int
    desc: int
    body: int
    value: int
    jump_title: int
    buttons: int
    facts: int = 6
    keyname: int = 5
    caption: int = 10
    jumps: int = 3


APP = Limits(source=20, title=36, desc=44, body=160, value=30, jump_title=18, buttons=6)
BOT = Limits(source=13, title=26, desc=30, body=112, value=26, jump_title=13, buttons=6)
WEBHOOK = Limits(source=13, title=26, desc=30, body=112, value=26, jump_title=13, buttons=0)


def template_card(card: Card, limits: Limits, *, task_id: str = "", public_url: str = "") -> dict[str, Any]:
    """The `template_card` object: button_interaction when the card has buttons and the channel takes them, else
    text_notice, which leads to the first link, `public_url` or the WeCom site.

    `task_id` is left out when empty (updates of application cards, webhooks). On a channel without buttons their
    captions are named in the text. Raises `Rejected` for a card that is a programming error: more than six buttons,
    a repeated, empty or over-long button key, an empty caption, a malformed task id.
    """
    if task_id and not _TASK_ID.fullmatch(task_id):
        raise Rejected("task_id", "消息编号不合法")
    links = [link for link in card.links if _is_url(link.url)]
    interactive = bool(card.buttons) and limits.buttons > 0
    side_links = links[:2] if interactive else []
    facts, overflow = _facts(card.facts, limits, limits.facts - len(side_links))
    tail = "可办：" + "、".join(button.caption for button in card.buttons) if card.buttons and not interactive else ""
    drawn: dict[str, Any] = {
        "card_type": "button_interaction" if interactive else "text_notice",
        "main_title": _titles(card, limits),
        "card_action": {"type": 1, "url": _landing(links, public_url)},
    }
    optional = {
        "source": _source(card, limits),
        "sub_title_text": _body([card.body, *overflow], tail, limits.body),
        "horizontal_content_list": facts + [_link_row(link, limits) for link in side_links],
        "task_id": task_id,
    }
    if interactive:
        optional["button_list"] = _buttons(card.buttons, limits)
    else:
        optional["jump_list"] = [_jump(link, limits) for link in links[: limits.jumps]]
    return drawn | {name: value for name, value in optional.items() if value}


def markdown(text: Text, limit: int, *, mention: bool = False) -> str:
    """The Markdown of a text within `limit` bytes, cut with a hint; `mention` adds `<@account>` for each mention."""
    known = [who.account for who in text.mentions if _ACCOUNT.fullmatch(who.account)]
    names = " ".join(f"<@{account}>" for account in known) if mention else ""
    content = inert(text.content).strip() or "（无内容）"
    return cut_bytes(f"{names}\n{content}" if names else content, limit, f"\n{CUT_HINT}")


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, ending in … when something was cut."""
    line = " ".join(inert(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _titles(card: Card, limits: Limits) -> dict[str, str]:
    title = shorten(card.title, limits.title)
    desc = shorten(card.subtitle, limits.desc)
    if not title:
        return {"title": shorten(card.subtitle, limits.title) or "通知"}
    return {"title": title, "desc": desc} if desc else {"title": title}


def _source(card: Card, limits: Limits) -> dict[str, Any]:
    desc = shorten(card.source, limits.source)
    return {"desc": desc, "desc_color": _SOURCE_COLOUR[card.tone]} if desc else {}


def _facts(facts: Sequence[tuple[str, str]], limits: Limits, places: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows that fit, and the rest as lines for the body (also a fact without a label)."""
    rows: list[dict[str, Any]] = []
    lines: list[str] = []
    for label, value in facts:
        name, content = shorten(label, limits.keyname), shorten(value, limits.value)
        if name and len(rows) < places:
            rows.append({"keyname": name, "value": content or "—"})
        elif content:
            lines.append(f"{label}：{value}" if name else value)
    return rows, lines


def _body(parts: Sequence[str], tail: str, limit: int) -> str:
    cleaned = [inert(part).strip() for part in parts]
    text = "\n".join(part for part in cleaned if part)
    ending = shorten(tail, limit)
    room = limit - len(ending) - 1 if ending else limit
    if room <= 0:
        return ending
    if len(text) > room:
        text = text[: room - 1].rstrip() + "…"
    return "\n".join(part for part in (text, ending) if part)


def _buttons(buttons: Sequence[Button], limits: Limits) -> list[dict[str, Any]]:
    if len(buttons) > limits.buttons:
        raise Rejected("buttons", f"卡片最多 {limits.buttons} 个按钮")
    keys = {button.key for button in buttons}
    if len(keys) != len(buttons):
        raise Rejected("button_key", "按钮 key 重复")
    return [_button(button, limits) for button in buttons]


def _button(button: Button, limits: Limits) -> dict[str, Any]:
    caption = shorten(button.caption, limits.caption)
    if not caption or _CONTROL.search(button.key) or not 1 <= len(button.key.encode()) <= KEY_BYTES:
        raise Rejected("button", "按钮没有文字，或 key 为空、太长或含控制字符")
    return {"text": caption, "style": _BUTTON_STYLE[button.tone], "key": button.key}


def _is_url(url: str) -> bool:
    if re.search(r"\s", url) or _CONTROL.search(url) or not url.startswith(("http://", "https://")):
        return False
    return len(url.encode()) <= URL_BYTES


def _landing(links: Sequence[Link], public_url: str) -> str:
    if links:
        return links[0].url
    return public_url if _is_url(public_url) else NOWHERE


def _link_row(link: Link, limits: Limits) -> dict[str, Any]:
    return {"type": 1, "keyname": "链接", "value": shorten(link.caption, limits.value) or "打开", "url": link.url}


def _jump(link: Link, limits: Limits) -> dict[str, Any]:
    return {"type": 1, "title": shorten(link.caption, limits.jump_title) or "打开", "url": link.url}

"""Draw the neutral shapes as DingTalk's: pure functions, always within the limits stated.

Pages: create-and-deliver-cards (a value is at most 1 KB; longer Markdown is seen to work in the built-in template),
the-robot-sends-a-group-message (15,000 bytes), robot-message-type (the Markdown DingTalk knows: a line ends with two
spaces). All markup is drawn here; what people wrote is words (`platforms.shared.words`) and cannot begin any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from platforms.contract import Button, Card, Link, Mention, Rejected, Text, Tone
from platforms.shared.limits import CUT_HINT, cut_bytes
from platforms.shared.words import inert

VALUE_BYTES = 1024
BUILT_IN_BYTES = 3072
MESSAGE_BYTES = 14_000
URL_BYTES = 900
KEY_BYTES = 1024
TITLE_CHARS = 60
FACT_CHARS = 200
CAPTION_CHARS = 20
COMMAND_BYTES = 500
MOST_BUTTONS = 6
MOST_MENTIONS = 50
BUILT_IN_TEMPLATE = "1366a1eb-bc54-4859-ac88-517c56a9acb1.schema"

_LINE = "  \n"
_HINT_ROOM = len((_LINE + CUT_HINT).encode())
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_ACCOUNT = re.compile(r"[^\s@<>\[\]()*`#\\]{1,64}")
_MAY_NOT_BE_IN_LINK = re.compile(r"[\s()<>\"]")
_OWN_COLOUR: Mapping[Tone, str] = {Tone.PLAIN: "gray", Tone.PRIMARY: "blue", Tone.DANGER: "red"}
_BUILT_IN_COLOUR: Mapping[Tone, str] = {Tone.PLAIN: "gray", Tone.PRIMARY: "blue", Tone.DANGER: "gray"}
#: ActionCards with vertical buttons exist for these numbers; further buttons are named in the text.
_MOST_ACTIONS = 5


def own_variables(card: Card, *, place: str) -> dict[str, str]:
    """The variables of our own template: every one a string of at most 1 KB, always all of them.

    `title subtitle source body facts links` are words (the last two Markdown), `notice` is "true" for a card without
    buttons, `tone` is plain, primary or danger, `buttons` a JSON list of {text, color, id, key}. `place`
    begins every button's id. Every part of a button is flat: the builder binds only fields of the first level.
    """
    values = {
        "title": title_of(card),
        "subtitle": safe(card.subtitle),
        "source": safe(card.source),
        "body": safe(card.body),
    }
    values = {name: cut_bytes(value, VALUE_BYTES) for name, value in values.items()}
    values |= {"facts": _whole_lines(_facts(card), VALUE_BYTES), "links": _whole_lines(_links(card), VALUE_BYTES)}
    buttons = _json(_buttons(card.buttons, _OWN_COLOUR, place))
    _require_room(buttons, VALUE_BYTES)
    return values | {"notice": _flag(on=not card.buttons), "tone": str(card.tone), "buttons": buttons}


def built_in_variables(card: Card, *, place: str) -> dict[str, str]:
    """The variables of the template built into the official SDK: markdown, tips, title, logo, sys_full_json_obj."""
    title = title_of(card)
    subtitle = f"**{safe(card.subtitle)}**" if card.subtitle and card.title else ""
    links = _whole_lines(_links(card), VALUE_BYTES)
    text = _with_tail([subtitle, _LINE.join(_facts(card)), safe(card.body)], [links], BUILT_IN_BYTES) or title
    buttons = [_calling_back(button) for button in _buttons(card.buttons, _BUILT_IN_COLOUR, place)]
    full = _json({"msgButtons": buttons})
    _require_room(full, BUILT_IN_BYTES)
    tips = cut_bytes(safe(card.source), VALUE_BYTES)
    return {"markdown": text, "tips": tips, "title": title, "logo": "", "sys_full_json_obj": full}


def action_card(card: Card) -> tuple[str, dict[str, str]]:
    """(msgKey, msgParam) of a card without a template: a press makes the presser say the button's command.

    A button without a command, like those beyond the fifth, is named in the text.
    """
    _buttons(card.buttons, _OWN_COLOUR, "")
    pressable = [button for button in card.buttons if _command(button)]
    actions, named = pressable[:_MOST_ACTIONS], [button for button in card.buttons if not _command(button)]
    lines = [f"可发送：{_command(button)}（{_caption(button)}）" for button in pressable[_MOST_ACTIONS:]]
    if named:
        lines.append("可办：" + "、".join(_caption(button) for button in named))
    title = title_of(card)
    parts = [f"### {title}", safe(card.subtitle) if card.title else "", safe(card.source), _LINE.join(_facts(card))]
    tail = [_whole_lines(_links(card), VALUE_BYTES), _LINE.join(lines)]
    text = _with_tail([*parts, safe(card.body)], tail, MESSAGE_BYTES // 2)
    param = {"title": title, "text": text}
    if not actions:
        return "sampleMarkdown", param
    if len(actions) == 1:
        return "sampleActionCard", param | {"singleTitle": _caption(actions[0]), "singleURL": _dtmd(actions[0])}
    for number, button in enumerate(actions, 1):
        param |= {f"actionTitle{number}": _caption(button), f"actionURL{number}": _dtmd(button)}
    return f"sampleActionCard{len(actions)}", param


def markdown(text: Text) -> tuple[str, dict[str, str]]:
    """(msgKey, msgParam) of a text. The title is what a phone's notification shows."""
    content = body_of(text)
    return "sampleMarkdown", {"title": _first_line(content), "text": content}


def session_markdown(text: Text) -> dict[str, Any]:
    """A text for a session webhook; who is mentioned must also be named in it by account."""
    called = _callable(text.mentions)
    names = " ".join(f"@{who.account}" for who in called)
    content = body_of(text)
    body = {"title": _first_line(content), "text": f"{names}{_LINE}{content}" if names else content}
    at = {"atUserIds": [who.account for who in called], "isAtAll": False}
    return {"msgtype": "markdown", "markdown": body, "at": at}


def title_of(card: Card) -> str:
    """The one line that also stands in the list of conversations and in the phone's notification."""
    return shorten(card.title, TITLE_CHARS) or shorten(card.subtitle, TITLE_CHARS) or "通知"


def as_card(text: Text) -> Card:
    """A text as a card without buttons: the only way to mention somebody where nobody has just spoken."""
    content = text.content.strip()
    first = content.splitlines()[0] if content else ""
    return Card(title=shorten(first, TITLE_CHARS) or "通知", body=content, mentions=text.mentions)


def at_users(mentions: Sequence[Mention]) -> dict[str, str]:
    """Whom a card calls: account → name."""
    return {who.account: shorten(who.name, TITLE_CHARS) or who.account for who in _callable(mentions)}


def _callable(mentions: Sequence[Mention]) -> list[Mention]:
    return [who for who in mentions if _ACCOUNT.fullmatch(who.account)][:MOST_MENTIONS]


def body_of(text: Text) -> str:
    """The Markdown of a text within a message's limit."""
    content = inert(text.content).strip() or "（无内容）"
    return cut_bytes(_breaks(content), MESSAGE_BYTES // 2)


def safe(text: str) -> str:
    """What people wrote, unable to act."""
    return _breaks(inert(text).strip())


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, ending in … when something was cut."""
    line = " ".join(inert(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _breaks(text: str) -> str:
    """DingTalk's Markdown ends a line with two spaces."""
    return _LINE.join(line.rstrip() for line in text.splitlines())


def _first_line(content: str) -> str:
    return shorten(content.strip().partition("\n")[0], TITLE_CHARS) or "通知"


def _facts(card: Card) -> list[str]:
    """One line each; a long one is cut, so that it does not push out the body."""
    rows = [(shorten(label, TITLE_CHARS), shorten(value, FACT_CHARS)) for label, value in card.facts]
    return [f"**{label}**：{value or '—'}" if label else value for label, value in rows if label or value]


def _links(card: Card) -> list[str]:
    return [f"[{_link_words(link)}]({link.url})" for link in card.links if _is_url(link.url)]


def _whole_lines(lines: Sequence[str], limit: int) -> str:
    """As many whole lines as fit (half a link leads nowhere), ending in a hint when some did not."""
    taken = list(lines)
    while taken and len(_LINE.join(taken).encode()) > limit - (0 if len(taken) == len(lines) else _HINT_ROOM):
        taken.pop()
    return _LINE.join(taken if len(taken) == len(lines) else [*taken, CUT_HINT])


def _link_words(link: Link) -> str:
    return re.sub(r"[\[\]()]", "", shorten(link.caption, TITLE_CHARS)) or "打开"


def _is_url(url: str) -> bool:
    clean = not _MAY_NOT_BE_IN_LINK.search(url) and not _CONTROL.search(url)
    return clean and url.startswith(("http://", "https://")) and len(url.encode()) <= URL_BYTES


def _buttons(buttons: Sequence[Button], colours: Mapping[Tone, str], place: str) -> list[dict[str, Any]]:
    if len(buttons) > MOST_BUTTONS:
        raise Rejected("buttons", f"卡片最多 {MOST_BUTTONS} 个按钮")
    if len({button.key for button in buttons}) != len(buttons):
        raise Rejected("button_key", "按钮 key 重复")
    return [_button(button, colours, f"{place}{number}") for number, button in enumerate(buttons)]


def _button(button: Button, colours: Mapping[Tone, str], name: str) -> dict[str, Any]:
    if not _caption(button) or _CONTROL.search(button.key) or not 1 <= len(button.key.encode()) <= KEY_BYTES:
        raise Rejected("button", "按钮没有文字，或 key 为空、太长或含控制字符")
    return {"text": _caption(button), "color": colours[button.tone], "id": name, "key": button.key}


def _calling_back(button: Mapping[str, Any]) -> dict[str, Any]:
    """A button of the built-in template: what it sends back stands in its `params`."""
    rest = {name: value for name, value in button.items() if name != "key"}
    return {**rest, "params": {"key": button["key"]}, "request": True}


def _caption(button: Button) -> str:
    return shorten(button.caption, CAPTION_CHARS)


def _command(button: Button) -> str:
    command = " ".join(_CONTROL.sub("", button.command).split())
    return command if len(command.encode()) <= COMMAND_BYTES else ""


def _dtmd(button: Button) -> str:
    """A link that makes its reader say the command to the robot; the host must be in lower case."""
    return f"dtmd://dingtalkclient/sendMessage?content={quote_plus(_command(button))}"


def _with_tail(parts: Sequence[str], tail: Sequence[str], limit: int) -> str:
    """The parts as paragraphs, cut so that the tail is whole."""
    ending = "\n\n".join(part for part in tail if part)
    ending = cut_bytes(ending, limit // 2)
    head = "\n\n".join(part for part in parts if part)
    room = limit - len(ending.encode()) - 2
    return "\n\n".join(part for part in (cut_bytes(head, room), ending) if part)


def _require_room(buttons: str, limit: int) -> None:
    if len(buttons.encode()) > limit:
        raise Rejected("buttons", "按钮的 key 合起来太长")


def _flag(*, on: bool) -> str:
    return "true" if on else "false"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

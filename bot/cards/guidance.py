"""指导案例 in a chat: the list, the whole text in the order of the form, and the news for writers and reviewers.

What is drawn here holds no personal data: the detector refused it when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot import guidance_texts
from domain.guidance import FIELDS, REQUIRED, Act, Guidance, GuidanceState
from domain.ledger import format_moment
from domain.office_hours import TZ
from domain.view import View
from platforms.contract import Card

#: Characters of a page: with its footer it fits the smallest text message (2048 bytes of UTF-8).
PAGE = 600


def _title(guidance: Guidance) -> str:
    return guidance.title or guidance_texts.UNTITLED


def listing(found: Sequence[Any], words: str) -> str:
    """List what a search found (`GuidanceCard`), or what was published last when there were no words."""
    head = guidance_texts.FOUND.format(count=len(found), words=words) if words else guidance_texts.LATEST
    lines = [guidance_texts.LINE.format(no=card.no, title=_title(card.guidance)) for card in found]
    return "\n".join([head, *lines, guidance_texts.OPEN.format(no=found[0].no)])


def in_hand(cards: Sequence[Any]) -> str:
    """What is not published yet and the reader's to write or to review."""
    lines = [
        guidance_texts.HAND_LINE.format(no=card.no, title=_title(card.guidance), state=card.state.value)
        for card in cards
    ]
    return "\n".join([guidance_texts.IN_HAND, *lines])


def page(card: Any, number: int = 1) -> str:
    """One page of the whole text, short enough for every channel, with the command for the next one."""
    pages = _pages(_text(card))
    number = min(max(number, 1), len(pages))
    more = [guidance_texts.MORE.format(page=number, pages=len(pages), no=card.no, next=number + 1)]
    return "\n".join([pages[number - 1], *(more if number < len(pages) else [])])


def _pages(text: str) -> list[str]:
    """The text in pieces of at most PAGE characters, cut between lines where lines are short enough."""
    lines = [line[start : start + PAGE] for line in text.split("\n") for start in range(0, max(len(line), 1), PAGE)]
    pages = [lines[0]]
    for line in lines[1:]:
        if len(pages[-1]) + 1 + len(line) <= PAGE:
            pages[-1] += f"\n{line}"
        else:
            pages.append(line)
    return pages


def _text(card: Any) -> str:
    """The whole text: title, the parts of the form, who published it and when; for insiders also its history."""
    guidance: Guidance = card.guidance
    state = "" if guidance.state is GuidanceState.PUBLISHED else f"（{guidance.state.value}）"
    lines = [f"【{guidance.no} {_title(guidance)}】{state}"]
    for name, label in FIELDS.items():
        text = guidance.text(name) or (guidance_texts.EMPTY_PART if name in REQUIRED else "")
        if name != "title" and text:
            drafted = guidance_texts.MACHINE if name in guidance.machine else ""
            lines.append(f"【{label}】{drafted}\n{text}")
    if card.published_at is not None and guidance.state is GuidanceState.PUBLISHED:
        day = card.published_at.astimezone(TZ).date().isoformat()
        said = guidance_texts.BYLINE.format(publisher=card.publisher, jointly=jointly(guidance), date=day)
        lines.append(said)
    if card.source_no:
        lines.append(guidance_texts.SOURCE_CASE.format(no=card.source_no))
    if card.history:
        lines.append(guidance_texts.HISTORY)
        lines += [
            f"- {format_moment(act.at)} {act.role} {act.act}{'：' if act.reason else ''}{act.reason}"
            for act in card.history
        ]
    return "\n".join(lines)


def jointly(guidance: Guidance) -> str:
    """联合单位 in brackets, or nothing."""
    return guidance_texts.JOINTLY.format(bodies="、".join(guidance.bodies)) if guidance.bodies else ""


def missing(guidance: Guidance) -> str:
    """What is to be written before 报审, or that all is there."""
    empty = [FIELDS[name] for name in REQUIRED if not guidance.text(name).strip()]
    if empty:
        return guidance_texts.MISSING.format(fields="、".join(empty))
    return guidance_texts.READY.format(no=guidance.no)


def news(view: View) -> Card:
    """One-to-one: what happened to a guidance case and what the reader can do. Drawn from the message's own facts."""
    facts = view.facts
    act, no = str(facts["act"]), str(facts["no"])
    body = [guidance_texts.NEWS[act].format(**facts), guidance_texts.HOW[act].format(no=no)]
    if act == Act.SUBMIT and facts.get("reason"):
        body.insert(1, guidance_texts.KNOWINGLY.format(reason=facts["reason"]))
    if facts.get("vacant"):
        body.insert(0, guidance_texts.VACANT.format(role=facts["vacant"]))
    return Card(
        title=f"{no} {act}",
        subtitle=str(facts["title"]) or guidance_texts.UNTITLED,
        source=guidance_texts.SOURCE,
        facts=(("所属中心", str(facts["centre"])),),
        body="\n".join(body),
    )

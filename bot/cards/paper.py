"""A paper as a file message: drawn when it is sent, from the case and its history."""

from __future__ import annotations

from domain.view import View
from papers.text.catalogue import Folder, paper_named
from platforms.contract import File, Message

#: Message names that begin so carry the paper's name behind it.
PREFIX = "paper:"


def draw(kind: str, view: View) -> Message | None:
    """The paper `kind` names; nothing when the case has no such paper (any more)."""
    # The XML library behind it costs a fifth of the bot's memory: only who prints pays for it.
    from papers.drawing.paper import draw as draw_docx

    case, centre = view.case, view.centre
    if case is None or centre is None:
        return None
    name = kind.removeprefix(PREFIX)
    paper = paper_named(Folder(case, view.events, centre, view.bench), name)
    return File(f"{case.no}-{name}.docx", draw_docx(paper)) if paper is not None else None

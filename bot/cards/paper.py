"""A paper as a file message: drawn when it is sent, from the case and its history."""

from __future__ import annotations

from domain.messages import MessageKind
from domain.view import View
from papers.text.catalogue import Folder, paper_named
from platforms.contract import File, Message


def draw(kind: MessageKind, view: View) -> Message | None:
    """The paper `kind` is; nothing when the case has no such paper (any more)."""
    # The XML library behind it costs a fifth of the bot's memory: only who prints pays for it.
    from papers.drawing.paper import draw as draw_docx

    case, centre = view.case, view.centre
    if case is None or centre is None or kind.paper is None:
        return None
    paper = paper_named(Folder(case, view.events, centre, view.context), kind.paper)
    return File(f"{case.no}-{kind.paper}.docx", draw_docx(paper)) if paper is not None else None

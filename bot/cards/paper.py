"""A paper as a file message: as its act issued it, else from the case and its history when it is sent."""

from __future__ import annotations

from bot import texts
from domain.messages import MessageKind
from domain.view import View
from domain.waiting import awaiting_release
from papers.text.catalogue import Folder, paper_named
from papers.text.issued import RELEASED_AS, newest
from papers.text.shapes import Letter
from platforms.contract import File, Message


def drafts_in_full(view: View) -> Message | None:
    """What waits for the lead's signature, word for word, of every case that falls together.

    Nothing of what is signed or set aside.
    """
    from papers.drawing.letter import draw_letters

    if view.centre is None:
        return None
    letters: list[Letter] = []
    what: dict[str, None] = {}
    for case, events in zip(view.cases, (view.events, *view.histories), strict=True):
        folder = Folder(case, events, view.centre, view.context)
        for release in awaiting_release(case, view.context):
            paper = paper_named(folder, RELEASED_AS[release])
            if isinstance(paper, Letter):
                letters.append(paper)
                what[release.value] = None
    return File(texts.DRAFTS_FILE.format(what="、".join(what)), draw_letters(letters)) if letters else None


def draw(kind: MessageKind, view: View) -> Message | None:
    """The paper `kind` is; nothing when the case has no such paper (any more)."""
    # The XML library behind it costs a fifth of the bot's memory: only who prints pays for it.
    from papers.drawing.paper import draw as draw_docx

    case, centre = view.case, view.centre
    if case is None or centre is None or kind.paper is None:
        return None
    folder = Folder(case, view.events, centre, view.context)
    paper = newest(folder, int(view.facts.get("seq", 0)), kind.paper) or paper_named(folder, kind.paper)
    return File(f"{case.no}-{kind.paper}.docx", draw_docx(paper)) if paper is not None else None

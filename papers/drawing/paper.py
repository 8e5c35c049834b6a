"""Every paper of `papers.text` as a .docx: one drawing per family."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from papers.drawing.form import draw_form
from papers.drawing.letter import draw_letter
from papers.drawing.work_order import draw_work_order
from papers.text.shapes import Form, Letter, Paper, WorkOrder

DRAWINGS: Mapping[type, Callable[[Any], bytes]] = {
    WorkOrder: draw_work_order,
    Letter: draw_letter,
    Form: draw_form,
}


def draw(paper: Paper) -> bytes:
    """The paper as the bytes of a .docx; equal papers give equal bytes. Raises KeyError for an unknown class."""
    return DRAWINGS[type(paper)](paper)

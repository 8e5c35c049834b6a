"""Every paper of `domain.papers` as a .docx: one drawing per family, chosen by the paper's class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from documents.form import draw_form
from documents.letter import draw_letter
from documents.work_order import draw_work_order
from domain import papers as p

DRAWINGS: Mapping[type, Callable[[Any], bytes]] = {
    p.WorkOrder: draw_work_order,
    p.ReferralLetter: draw_letter,
    p.TransferLetter: draw_letter,
    p.TransferNotice: draw_letter,
    p.CannotDoAnswer: draw_letter,
    p.RedoNotice: draw_letter,
    p.Circular: draw_letter,
    p.GovernmentReport: draw_letter,
    p.DisciplineCopy: draw_letter,
    p.GuidanceCase: draw_letter,
    p.MonthlyReport: draw_letter,
    p.SupervisionForm: draw_form,
    p.ExtensionForm: draw_form,
    p.DeclineRuling: draw_form,
    p.SuspensionNotice: draw_form,
    p.ResumptionNotice: draw_form,
}


def draw(paper: p.Paper) -> bytes:
    """The paper as the bytes of a .docx; equal papers give equal bytes. Raises KeyError for an unknown class."""
    return DRAWINGS[type(paper)](paper)

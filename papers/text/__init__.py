"""Papers of the office as plain text, pure: from a case to what stands on the page.

Every function takes the case, the centre's particulars and the decision context. `number` is the serial the office
gives (empty: left open); `masked` chooses the copy without personal data where both copies exist. Papers of 第九条
that leave the centre, the 督办单 and the 指导案例 have no other copy.
"""

from domain.monthly import Breakdown, MonthNumbers
from domain.papers import CentrePaper, PaperName
from papers.text.guidance import Lesson, guidance_case
from papers.text.letters import cannot_do_answer, redo_notice, referral_letter, transfer_letter, transfer_notice
from papers.text.monthly import MonthWords, monthly_report
from papers.text.requests import (
    Decline,
    Extension,
    Resumption,
    Suspension,
    Verdict,
    decline_ruling,
    extension_form,
    resumption_notice,
    suspension_notice,
)
from papers.text.shapes import (
    DRAFT,
    WORK_ORDER_LABELS,
    WORK_ORDER_TITLE,
    Form,
    Letter,
    Paper,
    Paragraph,
    WorkOrder,
)
from papers.text.supervision import circular, discipline_copy, government_report, supervision_form
from papers.text.work_order import work_order

__all__ = [
    "DRAFT",
    "WORK_ORDER_LABELS",
    "WORK_ORDER_TITLE",
    "Breakdown",
    "CentrePaper",
    "Decline",
    "Extension",
    "Form",
    "Lesson",
    "Letter",
    "MonthNumbers",
    "MonthWords",
    "Paper",
    "PaperName",
    "Paragraph",
    "Resumption",
    "Suspension",
    "Verdict",
    "WorkOrder",
    "cannot_do_answer",
    "circular",
    "decline_ruling",
    "discipline_copy",
    "extension_form",
    "government_report",
    "guidance_case",
    "monthly_report",
    "redo_notice",
    "referral_letter",
    "resumption_notice",
    "supervision_form",
    "suspension_notice",
    "transfer_letter",
    "transfer_notice",
    "work_order",
]

"""工作单 (annex 2): what the window fills in and the department receives (第五条、第七条)."""

from __future__ import annotations

from domain.case import Case
from domain.ledger import NOT_A_UNIT, LedgerLine
from domain.ledger import row as ledger_row
from domain.ledger_form import HEADERS
from domain.papers import CentrePaper
from domain.privacy import mask_address, mask_name, mask_phone, scrub
from domain.rules import DecisionContext
from papers.text.shapes import WorkOrder
from papers.text.words import case_limits, moment_words, telling, without_phones

DEPARTMENT_COPY = "承办部门联"
CENTRE_COPY = "管理机构留存联（含个人信息，注意保密）"
CONFIDENTIAL = "诉求人要求保密，不得向被反映人泄露"


def work_order(
    case: Case, centre: CentrePaper, context: DecisionContext, *, number: str = "", masked: bool = False
) -> WorkOrder:
    """The twelve cells. `masked` is the department's copy: no phone number of the complainant, neither in its cell nor
    in the text; of a confidential case nothing that tells who complained (第五条“个人信息”, 保密).
    """
    private = case.private
    hidden = masked and case.confidential
    phones = private.phones or ((private.phone,) if private.phone else ())
    phone = "\n".join(mask_phone(phone) if masked else phone for phone in phones)
    name = "匿名" if case.anonymous and not private.name else private.name
    contact = (private.contact or "") if private.is_unit else NOT_A_UNIT
    return WorkOrder(
        number=number or case.no,
        name=mask_name(name, is_unit=private.is_unit) if hidden and private.name else name,
        contact=mask_name(contact) if hidden and private.is_unit else contact,
        phone="匿名" if case.anonymous and not phone else phone,
        reported_at=moment_words(case.reported_at),
        kind=_kind(case),
        address=mask_address(private.address) if hidden else private.address,
        content=_content(case, masked, hidden),
        departments=case.departments,
        limit=case_limits(case, context),
        officer=centre.officer,
        officer_phone=centre.officer_phone,
        remarks=_remarks(case, context, masked, hidden),
        copy=DEPARTMENT_COPY if masked else CENTRE_COPY,
    )


def _kind(case: Case) -> str:
    return "／".join(name for name in (case.kind, case.category.value if case.category else "") if name)


def _content(case: Case, masked: bool, hidden: bool) -> str:
    """The whole complaint and what was added later: the form is the place for all of it (第五条“详尽、准确”)."""
    private = case.private
    text = "\n".join([private.content, *(f"补充：{note}" for note in private.notes)])
    if hidden:
        return scrub(text, telling(case))
    return without_phones(text, case) if masked else text


def _remarks(case: Case, context: DecisionContext, masked: bool, hidden: bool) -> str:
    """The ledger's remarks, so both forms say the same (annex 3, note 3), behind the duty to keep silent."""
    line = LedgerLine(1, case, context.now, masked, context.calendar.days_late)
    remarks = dict(zip(HEADERS, ledger_row(line), strict=True))["备注"]
    text = f"{CONFIDENTIAL}｜{remarks}" if case.confidential else remarks
    return scrub(text, telling(case)) if hidden else text

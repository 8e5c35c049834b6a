"""The papers as plain text in its places: what the drawings in `documents/` put on A4, one frozen class per paper.

Three families: `WorkOrder` (annex 2), `Letter` (flowing text under a title), `Form` (a table to fill in and sign).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: Stands on every page: seal, red head and, where it is empty, the number come from the office.
DRAFT = "（草稿，用印后生效）"
#: A place to sign by hand.
SIGN = "签　字：\n　　年　　月　　日"


#: What the papers rest on where a rule set names nothing else: 平政数〔2022〕51号 and its annex 1.
MECHANISM = "《平顶山市政务服务中心、便民服务中心“有诉即办”诉求响应工作机制（试行）》"
NOTICE = "《平顶山市政务服务和大数据管理局关于全面开展政务服务“有诉即办”诉求响应工作的通知》（平政数〔2022〕51号）"


@dataclass(frozen=True, slots=True)
class CentrePaper:
    """What a paper needs to know of its centre; level (同级) is that of the centre, not of the department.

    `code` is the 代字 of its document numbers (示政服 in 示政服函〔2026〕7号). `mechanism` and `notice` are
    the titles of the 工作机制 and of the 通知 the papers rest on, as the centre's own superiors issued them.
    """

    name: str
    government: str
    discipline: str
    bureau: str
    officer: str
    officer_phone: str
    code: str
    mechanism: str = MECHANISM
    notice: str = NOTICE


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """工作单 (annex 2): the twelve cells in the form's order. There are two 联系电话, of different people."""

    number: str
    name: str
    contact: str
    phone: str
    reported_at: str
    kind: str
    address: str
    content: str
    departments: str
    limit: str
    officer: str
    officer_phone: str
    remarks: str
    copy: str

    @property
    def values(self) -> tuple[str, ...]:
        """The cells in the order of `WORK_ORDER_LABELS`."""
        return (
            self.name, self.contact, self.phone, self.reported_at, self.kind, self.address,
            self.content, self.departments, self.limit, self.officer, self.officer_phone, self.remarks,
        )  # fmt: skip


#: Byte for byte as issued: 平政数〔2022〕51号 附件2.
WORK_ORDER_LABELS: tuple[str, ...] = (
    "姓名或单位名称",
    "单位联系人",
    "联系电话",
    "诉求反映时间",
    "诉求反映类别",
    "联系地址",
    "诉求主要内容",
    "政务服务责任部门及牵头部门",
    "完成时限",
    "工作单联系人",
    "联系电话",
    "备注",
)
WORK_ORDER_TITLE: tuple[str, str] = ("政务服务中心、便民服务中心", "“有诉即办”问题工作单")


class Rank(StrEnum):
    """How a paragraph is set: “一、” in 黑体, “（一）” in 楷体, the rest in 仿宋 (GB/T 9704)."""

    BODY = "body"
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; line breaks inside `text` begin further paragraphs of the same rank."""

    text: str
    rank: Rank = Rank.BODY


@dataclass(frozen=True, slots=True)
class Table:
    """A table inside a letter: header cells and rows of as many; `widths` are millimetres and sum up to 156."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Flowing text. Empty parts are left out; `signer` is the 签发人 line of a 上行文, None where there is none."""

    title: str
    number: str
    addressee: str
    body: tuple[Paragraph | Table, ...]
    signature: str
    day: str
    attachments: tuple[str, ...] = ()
    note: str = ""
    signer: str | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferralLetter(Letter):
    """函转函 (第七条; 通知第三条（一）)."""


@dataclass(frozen=True, slots=True)
class TransferLetter(Letter):
    """转交函: a matter outside government services (第六条)."""


@dataclass(frozen=True, slots=True)
class TransferNotice(Letter):
    """告知书 to the complainant: where the matter went (第六条)."""


@dataclass(frozen=True, slots=True)
class Circular(Letter):
    """通报 (第九条); no personal data."""


@dataclass(frozen=True, slots=True)
class GovernmentReport(Letter):
    """报告 to the government of the same level (第九条); no personal data."""


@dataclass(frozen=True, slots=True)
class DisciplineCopy(Letter):
    """抄送函 to the 纪委监委 of the same level (第九条); no personal data."""


@dataclass(frozen=True, slots=True)
class CannotDoAnswer(Letter):
    """“办不了”答复 with reason and basis (第八条)."""


@dataclass(frozen=True, slots=True)
class RedoNotice(Letter):
    """退回重办通知 (第十条)."""


@dataclass(frozen=True, slots=True)
class GuidanceCase(Letter):
    """政务服务指导案例 (第十一条); no personal data."""


@dataclass(frozen=True, slots=True)
class MonthlyReport(Letter):
    """月报: the indicators with what they leave out."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A labelled field of a form; `tall` asks for room to write by hand."""

    label: str
    value: str
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A one-page internal form: rows of one or two cells, then notes. No 文种, so no red head."""

    title: str
    number: str
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SupervisionForm(Form):
    """督办单 (第九条; 通知第二条)."""


@dataclass(frozen=True, slots=True)
class ExtensionForm(Form):
    """延期审批单 (第七条、第八条)."""


@dataclass(frozen=True, slots=True)
class DeclineRuling(Form):
    """退单裁定 (第七条)."""


@dataclass(frozen=True, slots=True)
class SuspensionNotice(Form):
    """中止通知: the clock waits for what the department cannot provide itself (第八条)."""


@dataclass(frozen=True, slots=True)
class ResumptionNotice(Form):
    """恢复通知: the clock runs again (第八条)."""


Paper = WorkOrder | Letter | Form

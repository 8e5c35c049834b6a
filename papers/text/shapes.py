"""The papers as plain text in its places: what the drawings put on A4, one frozen class per family.

`WorkOrder` (annex 2), `Letter` (flowing text under a title), `Form` (a table to fill in and sign); `genre` says which
letter or form it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.papers import PaperName

#: Stands on every page: seal, red head and, where it is empty, the number come from the office.
DRAFT = "（草稿，用印后生效）"
#: Stands there instead on every later print of what was issued.
COPY = "（副本，与{day}制发的一致）"
#: A place to sign by hand.
SIGN = "签　字：\n　　年　　月　　日"


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
class Chart:
    """A picture of a table's numbers: a group of columns for each name, one column for each series."""

    title: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """Flowing text. Empty parts are left out; `signer` is the 签发人 line of a 上行文, None where there is none."""

    genre: PaperName
    title: str
    number: str
    addressee: str
    body: tuple[Paragraph | Table | Chart, ...]
    signature: str
    day: str
    attachments: tuple[str, ...] = ()
    note: str = ""
    signer: str | None = None
    copies: tuple[str, ...] = ()
    mark: str = DRAFT


@dataclass(frozen=True, slots=True)
class Cell:
    """A labelled field of a form; `tall` asks for room to write by hand."""

    label: str
    value: str
    tall: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A one-page internal form: rows of one or two cells, then notes. No 文种, so no red head."""

    genre: PaperName
    title: str
    number: str
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    mark: str = DRAFT


#: What is issued once by an act; the 工作单 always shows the case as it stands.
Issuable = Letter | Form
Paper = WorkOrder | Issuable

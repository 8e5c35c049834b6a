"""What the mechanism itself must know of papers: their names, and the particulars of the centre that issues them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


class PaperName(StrEnum):
    """The kinds of paper as the office calls them."""

    WORK_ORDER = "工作单"  # annex 2
    DEPARTMENT_COPY = "工作单（部门联）"  # annex 2, without the complainant's number
    REFERRAL = "函转函"  # 第七条; 通知第三条（一）
    TRANSFER = "转交函"  # 第六条: outside government services
    TRANSFER_NOTICE = "告知书"  # 第六条: tells the complainant where the matter went
    DECLINE = "退单裁定书"  # 第七条
    EXTENSION = "延期审批单"  # 第七条、第八条
    SUSPENSION = "中止通知"  # 第八条: the clock waits for what the department cannot provide itself
    RESUMPTION = "恢复通知"  # 第八条: the clock runs again
    SUPERVISION = "督办单"  # 第九条; 通知第二条
    CIRCULAR = "通报"  # 第九条; no personal data
    REPORT = "报告"  # 第九条: to the government of the same level; no personal data
    COPY = "抄送函"  # 第九条: to the 纪委监委 of the same level; no personal data
    CANNOT = "办不了答复"  # 第八条: with reason and basis
    REDO = "退回重办通知"  # 第十条
    GUIDANCE = "指导案例"  # 第十一条; no personal data
    MONTH = "月报"  # the indicators with what they leave out


#: Papers a case may have, in the order they are offered; rule sets name them. The others are of no single case.
CASE_PAPERS = tuple(name for name in PaperName if name not in (PaperName.GUIDANCE, PaperName.MONTH))

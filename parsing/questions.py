"""The one follow-up card: what is missing and what a person must confirm, in Chinese, without personal data."""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsing.types import Proposal

REQUIRED: dict[str, str] = {
    "name": "姓名或单位名称",
    "phone": "联系电话",
    "address": "联系地址",
    "reported_at": "诉求反映时间",
    "kind": "诉求反映类别",
    "content": "诉求主要内容",
}
"""The fields of the 工作单 (annex 2) the parser asks for, and what the form calls them."""

_EXCUSED = {"name": "anonymous", "phone": "anonymous"}
_UNSURE = 0.6


def missing(cases: Iterable[Proposal]) -> tuple[str, ...]:
    """Required fields some case lacks; an anonymous case owes neither name nor phone."""
    lacking = {
        field
        for case in cases
        for field in REQUIRED
        if field not in case.fields and _EXCUSED.get(field) not in case.fields
    }
    return tuple(field for field in REQUIRED if field in lacking)


def ask(cases: tuple[Proposal, ...], lacking: tuple[str, ...]) -> tuple[str, ...]:
    """The questions, most important first; at most one per doubt however many cases share it."""
    questions: list[str] = []
    if len(cases) > 1:
        questions.append(f"文本中有{len(cases)}件诉求，已拆成{len(cases)}件，请确认是否分开登记。")
    if lacking:
        questions.append("请补充：" + "、".join(REQUIRED[field] for field in lacking) + "。")
    for case in cases:
        questions.extend(_doubts(case))
    return tuple(dict.fromkeys(questions))


def unknown_departments(cases: Iterable[Proposal], known: tuple[str, ...]) -> tuple[str, ...]:
    """A question about bodies the text names and the directory does not know; none where no directory was given."""
    if not known:
        return ()
    named = [name for case in cases if "departments" in case.fields for name in case.fields["departments"].value]
    strange = [name for name in dict.fromkeys(named) if name not in known]
    return (f"文中提到{'、'.join(strange)}，名册里没有，请确认由哪个部门承办。",) if strange else ()


def _doubts(case: Proposal) -> list[str]:
    fields = case.fields
    doubts: list[str] = []
    phone, name, limit = fields.get("phone"), fields.get("name"), fields.get("external_limit")
    if phone and phone.confidence <= _UNSURE:
        doubts.append(f"尾号{phone.value[-4:]}的电话由字母或口述还原，请核对号码。")
    if name and re.search(r"先生|女士|师傅|某$|^姓", name.value):
        doubts.append("诉求人未提供全名，请确认能否补全。")
    if (
        limit
        and "external_deadline" not in fields
        and re.search(r"\d|[一二三四五六七八九十]", limit.value)
        and re.search(r"(?<!工作)(?<!自然)[日天]", limit.value)
    ):
        doubts.append(f"来件要求“{limit.value}”，请确认按工作日还是自然日计算。")
    unit = fields.get("is_unit")
    if unit and unit.value and unit.confidence <= _UNSURE:
        doubts.append("诉求人似为个体工商户，请确认是否按单位登记。")
    if "collective" in fields:
        doubts.append("属群体诉求，请补充人员名单并确认代表（不超过5人）。")
    if "attachments" in fields:
        doubts.append("附件（图片等）未识别，请人工查看。")
    departments = fields.get("departments")
    if departments and len(departments.value) > 1:
        doubts.append("涉及多个部门，请明确牵头部门。")
    return doubts

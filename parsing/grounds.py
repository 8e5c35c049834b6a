"""Tell whether a short text shows by itself that it is a complaint; what shows nothing is asked about first (第五条).

A long text is taken as it is, unless it opens like a memo among colleagues. Abstaining costs the clerk one word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from parsing.normalized_text import NormalizedText
from parsing.types import Found, Parsed

_SHORT = 60
_MEMO_LONGEST = 400
#: Fields nobody writes into small talk; a category of its own counts unless it only says “not ours”.
_TELLING = (
    "name",
    "phone",
    "address",
    "external_no",
    "kind",
    "departments",
    "urging",
    "anonymous",
    "confidential",
    "collective",
    "external_deadline",
)
_IDENTITY = ("name", "phone", "external_no")
_OUTSIDE = "范围外"
_MEMO = re.compile(
    r"^[ ]*(?:@所有人|(?:关于.{0,30}的)?(?:紧急|工作|会议|培训|温馨)?(?:通知|提醒|提示)[:,]|转发[:,]"
    r"|(?:各位|各)(?:同事|同志|领导|窗口|科室|单位|负责人|工作人员)[,:、]|请?大家)"
)
_MATTER = re.compile(
    r"投诉|反映|举报|咨询|建议|求助|诉求|群众|市民|居民|村民|老人|老百姓|大爷|大妈|业主|商户|企业|公司"
    r"|没人|没有人|无人|不给|不让|不办|不予|不受理|态度|收费|推诿|踢皮球|来回|跑了|排队|排了|轮不到|取号|叫号|自助机"
    r"|材料|证明|[\u4e00-\u9fff]证|执照|许可|审批|过户|户口|落户|社保|医保|公积金|低保|养老|退休|补贴|到账|缴费|报销"
    r"|不合理|太贵|太慢|怎么办|办不|办了|哪里办|需要带|至今|没(?:办|结果|答复|回复|消息|到)|未(?:办|果|答复|到)"
    r"|表扬|锦旗|耐心|工作人员|办事|大厅|政务|便民|窗口(?:[没不说让以态工办要只]|人员)|号窗口|谁管|没法|希望|要求|请求"
    r"|帮[^,。]{0,4}[问查]|催单|工单"
)


def shows_a_matter(text: str, parsed: Parsed) -> bool:
    """Whether a text with these proposals is a complaint by its own words, and needs no asking."""
    flat = NormalizedText.of(text).flat.strip()
    found = [proposal.fields for proposal in parsed.cases]
    if _MEMO.match(flat) and len(flat) <= _MEMO_LONGEST:
        return any(_has(fields, _IDENTITY) for fields in found)
    if len(flat) > _SHORT:
        return bool(found)
    return any(_has(fields, _TELLING) or _classified(fields) for fields in found) or bool(
        found and _MATTER.search(flat)
    )


def _has(fields: Mapping[str, Found], names: tuple[str, ...]) -> bool:
    return any(name in fields and fields[name].value for name in names)


def _classified(fields: Mapping[str, Found]) -> bool:
    return "category" in fields and fields["category"].value != _OUTSIDE

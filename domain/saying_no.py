"""Whether the words of an answer say that it cannot be done (第八条“办不了”), and whether they name a basis.

A no is looked for clause by clause. What was denied (“不存在办不了”), or was said by others, was so before or would be
so only if (“原先办不了，现已办成”), is no no of ours when the answer says elsewhere that it is done.
"""

from __future__ import annotations

import re

_FOR_WHOM = "(?:(?:为|给|帮|替)?(?:其|您|你|他们?|她们?|诉求人|申请人|当事人|该企业|该单位|贵单位))?"
_REFUSES = re.compile(
    f"(?:不能|无法|没法|没有?办法|不可以)(?:再|继续)?{_FOR_WHOM}(?:给予?|予以|再|继续)?(?:办|受理|解决)"
    "|办不了|办不成|办不下来|办理不了|解决不了"
    "|不予(?:以)?(?:办理|受理|支持|批准|核准|许可|登记|认定|通过|发放|补办|解决)"
    "|不(?:符合|具备|满足)[^，,。；;！!？?\\n]{0,12}(?:条件|政策|资格)"
)
_CLAUSE = re.compile("[，,。；;！!？?\\n]")
#: Right before it, or around it, the no is denied.
_DENIED = re.compile(
    '(?:并非|并?不是|不存在|不会|不再|不应|不得|未曾|从未|并未|没有)(?:因|出现|发生|存在|任何|说过?|再|属于|所谓|以|“|"|「)*$'
)
_REMOVED = re.compile("避免|防止|杜绝|解决|消除|化解|破解|纠正|整改|克服|打通")
_AS_MATTER = re.compile("^[^，,。；;]{0,4}的?(?:问题|情况|情形|现象|难题|困难|事项)")
#: What was, what others said, what would be.
_NOT_NOW = re.compile(
    "原先|原来|原本|之前|此前|先前|以前|过去|曾|当初|当时|前期|早前|起初|起先|一度|上次|首次|第一次|那时|前几次|一开始"
    "|反映|投诉|举报|声称|所称|所说|口头|说|称|误认为|误以为|误"
    "|如果?|若|倘若|一旦|否则|逾期"
)
_QUOTES = (("“", "”"), ("‘", "’"), ("「", "」"), ("『", "』"), ('"', '"'))
#: It is done, or will be.
_DONE = re.compile(
    "办成|办结|办好|办妥|办完|办了下来|办下来|办理完(?:毕|成)|办理(?:成功|到位|妥当)|(?:得到|圆满|妥善|全部|已经?|现已?)解决|解决了|解决完毕"
    "|(?:已经?|现已?|现在|当场|当日|当天|今日|予以|可以|能够|正式|重新|随即|立即|均)[^，,。；;！!？?（）()\\n未没无不]{0,12}?"
    "(?:补?办理?|受理|发放|领取|补发|登记|批准|核准|审批|通过|恢复|退还|到账|出证|取证|拿到|完成|落实)"
)
_NOT_DONE = re.compile("(?:未|没有?|尚未|还没|无法|不能|不予|没法|暂不|难以|不可以|才|方)[^，,。；;]{0,3}$")
_GROUNDED = re.compile("依据|根据|按照|依照|《|第[一二三四五六七八九十百零〇0-9]+条")
#: A basis that names nothing.
_VAGUE = re.compile(
    "(?:有关|相关|国家|上级|现行|现有|目前|当前|依据|根据|按照|法律|法规|政策|规定|文件|要求|精神|制度|规章|等|的|及|和|、|，|,|。|\\s)*"
)


def says_no(text: str) -> bool:
    """Whether the answer says that it cannot be done."""
    return any(not _explained_away(text, match) for match in _REFUSES.finditer(text))


def says_done(text: str) -> bool:
    """Whether the answer says that it was done, or is being done."""
    refused = [match.span() for match in _REFUSES.finditer(text)]
    return any(
        not any(start < match.end() and match.start() < end for start, end in refused)
        and not _NOT_DONE.search(text[: match.start()])
        for match in _DONE.finditer(text)
    )


def grounded(text: str) -> bool:
    """Whether the answer names what its no rests on."""
    return _GROUNDED.search(text) is not None


def names_nothing(basis: str) -> bool:
    """Whether a basis is only words like 有关规定, by which nobody could look it up."""
    return _VAGUE.fullmatch(basis) is not None


def _explained_away(text: str, match: re.Match[str]) -> bool:
    before = _CLAUSE.split(text[: match.start()])[-1]
    after = text[match.end() :]
    if _DENIED.search(before) or (_REMOVED.search(before) and _AS_MATTER.search(after)):
        return True
    aside = _NOT_NOW.search(before) or _quoted(text, match)
    return bool(aside) and says_done(text)


def _quoted(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    for opening, closing in _QUOTES:
        if opening == closing:
            if before.count(opening) % 2 and closing in after:
                return True
        elif before.rfind(opening) > before.rfind(closing) and closing in after:
            return True
    return False

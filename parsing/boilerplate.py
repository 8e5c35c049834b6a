"""The set phrases hotlines add around what the citizen said; taken out of the content, kept in the raw text."""

from __future__ import annotations

import re

_ANYWHERE = (
    r"请(?:相关|有关|贵|你|承办|各)?(?:职能|责任|主管|承办)?(?:部门|单位"
    r"|科室)[^。\n]{0,16}(?:核实|处理|处置|办理|回复|答复|跟进)[^。;\n]{0,12}"
    r"(?:[。!;]|$)",
    r"请贵(?:单位|部门|局)务必按照处置时限进行处置[^\n]{0,60}?(?:回复|退回)[。!]?",
    r"[(]?(?:市民|来电人|诉求人)?(?:个人)?信息(?:需要|需|请|要求)?保密"
    r"(?:[,、;][ ]?(?:无需|不需要?|无须|不用)(?:回复|回访))?[)。]?",
    r"[(](?:信息保密|无需回复|无需回访|需回复)(?:[,、;][^()\n]{0,12})?[)]",
    r"市民信息需要保密[。,]?",
    r"请(?:尽快|及时|予以|依法|速)?(?:核实|查证)[并后]?(?:及时|尽快|妥善)?"
    r"(?:处理|办理|处置|答复|回复)(?:回复|反馈)?[。!]?",
    r"尊敬的[^\n,。:]{0,24}(?:[:,]|\n)|此[ \n]{0,40}致[ \n]{0,40}敬[ \n]{0,4}礼[!。]?|发自我的[^\n]{0,12}"
    r"|-{2,20}[ ]?原始邮件[ ]?-{2,20}|(?:^|(?<=\n))[ \t]{0,12}(?:您好|你好|领导好)[!,。:]?[ ]{0,9}(?=\n)",
    r"【微治】|【热线】|【转办】",
    r"[\[【](?:图片|照片|文件|语音|视频|附件|转发)\d{0,3}[\]】]",
    r"(?:请|务必|须)[^。;\n]{0,6}于?[ ]?[\d一二三四五六七八九十]{1,3}[ ]?个?"
    r"(?:工作日|日|天|小时)(?:之?内)?(?:回复|答复|反馈|办结"
    r"|处理)[^。\n]{0,8}[。!]?",
    r"(?<![A-Za-z0-9._-])@[^\s@,。]{1,20}",
    r"请(?:务必|[\u4e00-\u9fff]{1,8}[局委办心会门位所])?(?:务必)?[于在]?[ ]?"
    r"(?:20\d{2}年)?\d{1,2}月\d{1,2}[日号][^。;\n]{0,8}前[^。;\n]{0,6}"
    r"(?:回复|答复|反馈|办结|处理)[^。;\n]{0,6}[。!]?",
)
_AT_START = (
    r"\s{0,9}(?:诉求内容|反映内容|反映问题|主要诉求|诉求|问题|内容|事由)[ ]{1,3}(?=[^\s])",
    r"\s{0,9}(?:匿名)?(?:市民|群众|居民|村民|企业|网民)(?:来电|来访|来信|致电)[ ]?[:](?=\S)",
    r"[\s\"'“”]*(?:转发|转|Fw|FW|Fwd|转办)[:]",
    r"\s{0,9}(?:市民|群众|来电人|诉求人|企业|网民|来访人|反映人)?(?:来电|来访"
    r"|来信|致电)?(?:反映|咨询|投诉|建议|求助|举报|表示|诉求)[ ]?[:](?=\S)",
    r"\s{0,9}(?:市民|群众|来电人|诉求人|企业|网民|(?=反映,|投诉,))(?:来电|来访|来信)?(?:反映|咨询|投诉|求助)[, ]{1,2}",
)
ANYWHERE = re.compile("|".join(f"(?:{pattern})" for pattern in _ANYWHERE))
AT_START = re.compile("|".join(f"(?:{pattern})" for pattern in _AT_START))
FORWARD_PREFIX = re.compile(
    r"^[ \t]{0,9}(?:[\[【(]?(?:转发|转)[\]】)]?[ ]?:|[\[【](?:转发|转)[\]】]|"
    r"(?:Fw|FW|Fwd|fwd)[ ]?:)[ \t]*",
    re.MULTILINE,
)
_FILLER = re.compile(
    r"(?:^|(?<=[\s,。、]))(?:嗯+|呃+|额|啊对|那个就是|就是说|那个|就是|然后|那么)(?=[\s,。、]|$)[\s,。、]*"
)
_QUOTES = (("“", "”"), ('"', '"'), ("「", "」"), ("'", "'"), ("‘", "’"))


def set_phrases(flat: str, start: int, end: int) -> list[tuple[int, int]]:
    """Flat ranges of boilerplate inside `start:end`, ascending and disjoint."""
    ranges: list[tuple[int, int]] = []
    head = AT_START.match(flat, start, end)
    while head and head.end() > head.start():
        ranges.append(head.span())
        head = AT_START.match(flat, head.end(), end)
    cursor = ranges[-1][1] if ranges else start
    ranges.extend(match.span() for match in ANYWHERE.finditer(flat, cursor, end) if match.end() > match.start())
    return ranges


def unquoted(flat: str, start: int, end: int) -> tuple[int, int]:
    """Step inside one pair of quotes that wraps the whole slice."""
    for opening, closing in _QUOTES:
        wrapped = end - start > 2 and flat[start] == opening and flat[end - 1] == closing
        if wrapped and closing not in flat[start + 1 : end - 1]:
            return start + 1, end - 1
    return start, end


def without_fillers(text: str) -> str:
    """Spoken fillers removed; for titles and summaries only."""
    return _FILLER.sub("", text)

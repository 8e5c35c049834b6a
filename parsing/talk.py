"""Tell a sentence that is no complaint: thanks, greetings, leave of absence, acknowledgements, signs.

Only what shows itself as such is held back; whatever names a matter, a number or a grievance is a complaint (第五条).
"""

from __future__ import annotations

import re

from parsing import departments, evidence, phones
from parsing.normalized_text import NormalizedText
from parsing.words import WORDS

_LONGEST = 60
_LONGEST_AMONG_COLLEAGUES = 160
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "请假、值班一类的工作安排",
        re.compile(
            r"请(?:个|半天|一天|两天)?(?:事|病|年|产)?假|休假|调休|换班|替班|值班|加班|出差|[开去]会|培训|到岗|我不在单位|帮我顶"
        ),
    ),
    (
        "要撤销或操作什么",
        re.compile(r"^(?:请)?(?:撤销|取消|撤回|删除|作废|修改)|刚才(?:的|那)[^,。]{0,6}(?:确认|登记|错|不算)"),
    ),
    ("在问怎么使用", re.compile(r"怎么(?:用|使|操作|发)|你是(?:谁|机器人)|你(?:会|能)(?:干|做)|使用说明")),
    ("感谢", re.compile(r"谢谢|多谢|感谢|辛苦|麻烦您了|费心")),
    (
        "寒暄",
        re.compile(
            r"^(?:大家|各位|领导|老师)?(?:您好|你好|早上好|上午好|中午好|下午好|晚上好|早|在吗|在不在|周末愉快|节日快乐|新年好)"
        ),
    ),
    (
        "回应",
        re.compile(
            r"^(?:收到|好的?|嗯+|哦|行|可以|明白|知道了?|了解|没问题|OK|ok|是的?|对|哈+|测试)(?=[^\u4e00-\u9fffA-Za-z\d]|[了的啊呢哈]|$|谢|我)"
        ),
    ),
    ("闲谈", re.compile(r"吃(?:饭|了吗|什么)|下班(?:一起|了吗)|天气|几点开会|快递到了")),
)
_GRIEVED = re.compile(
    r"投诉|反映|举报|咨询(?!台)|建议|求助|诉求|没人|不给|不让|不办|态度|收费|推诿|催|材料|工单|编号|怎么办|办不|哪里办|需要带|至今|市民|群众来|来电|没(?:办|结果|答复|回复|消息)|未(?:办|果|答复)|表扬|锦旗|耐心|热心|工作人员|窗口(?!值班)|希望|没法|[\u4e00-\u9fff]:"
)
_WANTS = re.compile(
    r"投诉|反映|举报|咨询|求助|诉求|表扬|没人|不给|不让|不办|不行|不了|态度|推诿|催|材料|工单|怎么办|至今|还没|还是没|群众来|来电"
    r"|没(?:有)?(?:办|结果|答复|回复|消息|解决|到账)|未(?:办|果|答复)|但是?|不过|可是|就是|希望|建议|要求|才(?:办|给)|跑了|来回|收费|红包|塞|难"
)
"""Words that ask for something or find fault, also among thanks."""
_SIGN = re.compile(r"[\u4e00-\u9fffA-Za-z\d]")
_TITLE = re.compile("|".join(map(re.escape, (word for word in WORDS.title_words if word not in ("大厅", "窗口")))))


def kind_of_talk(normalized: NormalizedText) -> str | None:
    """What a text is that holds no complaint, in words for the one who sent it; None when it may be one."""
    flat = normalized.flat.strip()
    if not _SIGN.search(flat):
        return "只有表情或符号" if flat else None
    if len(flat) <= _LONGEST_AMONG_COLLEAGUES and not _WANTS.search(flat) and not phones.all_numbers(flat):
        among = next((rule.value for rule in evidence.TALK if rule.pattern.search(flat)), None)
        if among:
            return among
    if len(flat) > _LONGEST or _GRIEVED.search(flat) or _TITLE.search(flat) or phones.all_numbers(flat):
        return None
    if departments.by_matter(flat, 0, len(flat), ()) or any(row.pattern.search(flat) for row in evidence.CATEGORY):
        return None
    return next((name for name, pattern in _KINDS if pattern.search(flat)), None)


#: What says that something was heard or will be done, and nothing of what was done.
_HEARD_ONLY = re.compile(
    r"(?:收到|已?收悉|已阅|已读|好的?|嗯+|哦|行|可以|明白|知道了?|了解|没问题|[Oo][Kk]|是的?|对|谢谢|多谢|感谢|辛苦|您好|你好|领导|老师"
    r"|同志|我们?|这就|马上|立即|立刻|尽快|抓紧|正在|会|去|安排|落实|处理|办理|核实|跟进|联系|研究|回复|答复|中|一下|再|[了啊呢哈吧的您你\d]|\W|_)+"
)


def only_heard(text: str) -> bool:
    """Whether words that should be a result only say that the asker was heard: “收到”, “好的，马上办理”, “👍”."""
    return _HEARD_ONLY.fullmatch(NormalizedText.of(text).flat.strip()) is not None


def idle(text: str) -> str | None:
    """`kind_of_talk` of a text as it was typed."""
    return kind_of_talk(NormalizedText.of(text))


def question(kind: str) -> str:
    """What to ask back: what was understood, and what would make it a complaint."""
    return f"这段文字像是{kind}，没有读到要反映的事，未登记。如确是诉求，请补写是什么事、在哪个部门或窗口、怎样联系。"

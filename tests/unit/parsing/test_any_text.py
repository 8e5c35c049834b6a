"""Whatever arrives: the parser answers, quickly, and points only at what is there."""

import time
from datetime import datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing import Parsed, parse
from tests.unit.parsing import samples
from tests.unit.parsing.derivable import has_digits, same_digits, same_words
from tests.unit.parsing.variants import variants

PIECES = st.sampled_from(
    [
        "姓名", "电话", "联系电话", "诉求内容", "工单编号", "反映时间", "联系地址", "企业名称", "单位联系人", "：",
        ":", "=", "【", "】", "[", "]", "(", ")", "（", "）", "\n", "\r\n", "\t", "|", "“", "”", '"', "测甲一",
        "测先生", "00012340001", "000-1234002", "零零零一二三四零零零六", "oo13", "000", "1234", "2026-11-20",
        "2026年2月30日", "11/20", "17:52", "昨天下午", "3点半", "99:99", "上午", "25点", "1、", "2、", "(1)",
        "一是", "另外反映", "投诉：", "催单", "原工单", "第3次来电", "等37人", "匿名", "信息保密", "[图片]",
        "转：", ">", "**", "#", "\u200b", "\ufeff", "\u3000", "\x00", chr(0xD800), "〔2026〕第0155号",
        "示例区示例街道", "1号楼", "住", "我叫",
        "5个工作日", "请于3日内回复", "{", "}", ",", "，", "。", "；",
        "正文：", "【留言内容】", "坐席：", "市民：", "此致\n敬礼", "壹叁捌", "①", "我姓测，测甲一", "代表",
        "2026年11月12日",
        "尊敬的", "-----原始邮件-----", "主题[", "回复内容：", "我公司（", "有限公司", "区局说", "窗口让", "承诺7日",
        ";", "说一周内给答复", "12月5日前", "0000-00-00", "20269999", "9999年99月",
    ]
)  # fmt: skip
SAMPLE = st.sampled_from(list(samples.ALL.values()))


@st.composite
def mangled(draw):
    """A sample with a slice cut out, doubled or filled with something else."""
    text = draw(SAMPLE)
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 30)))
    return text[:start] + draw(st.one_of(st.just(""), st.lists(PIECES, max_size=4).map("".join), SAMPLE)) + text[end:]


ANY = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(PIECES, max_size=30).map("\n".join),
    mangled(),
)


def check(text: str, parsed: Parsed) -> None:
    """Every promise about values and spans."""
    visible = any(char.isprintable() and not char.isspace() for char in text)
    assert bool(parsed.cases) or not visible or len(parsed.questions) == 1
    for case in parsed.cases:
        for name, found in case.fields.items():
            start, end = found.span
            assert 0 <= start < end <= len(text), name
            assert 0 <= found.confidence <= 1
            written = text[start:end]
            if name in ("name", "contact", "external_no", "address"):
                assert same_words(found.value, written), (name, found.value, written)
            if name == "phone":
                assert same_digits(found.value, written), (found.value, written)
            if name == "phones":
                assert all(has_digits(number, written) for number in found.value), (found.value, written)
            if name in ("reported_at", "external_deadline", "event_at"):
                assert datetime.fromisoformat(found.value).utcoffset().total_seconds() == 8 * 3600


@settings(max_examples=500, deadline=None)
@given(ANY)
def test_no_text_breaks_the_parser_and_every_value_is_in_the_text(text):
    check(text, parse(text, samples.NOW))
    visible = any(char.isprintable() and not char.isspace() for char in text)
    assert not visible or not text.strip() or parse(text, samples.NOW, insist=True).cases


@pytest.mark.parametrize("variant", [pytest.param(item, id=str(i)) for i, item in enumerate(variants()[::4])])
def test_every_value_of_a_variant_is_in_its_text(variant):
    check(variant.text, parse(variant.text, samples.NOW))


@settings(max_examples=100, deadline=None)
@given(st.datetimes(), st.sampled_from(["昨天下午3点", "11/20", "2月29日", "上周五", "99天前", "12月31日前"]))
def test_no_moment_of_arrival_breaks_the_parser(now, words):
    parse(f"反映时间：{words}\n内容：窗口不受理我的退休申请，{words}去的", now)


HEAVY = {
    "one letter": "a" * 65536,
    "one digit": "0" * 65536,
    "one Han digit": "零" * 65536,
    "one Han": "测" * 65536,
    "colons": ":" * 65536,
    "tabs": "\t" * 65536,
    "bars": "|" * 65536,
    "lines": "\n" * 65536,
    "spaces": " " * 65535 + "x",
    "brackets": "【" * 32768 + "】" * 32768,
    "parentheses": "(" * 32768 + ")" * 32768,
    "labels": "姓名:" * 21845,
    "labels on lines": "姓名:\n" * 16384,
    "bare label lines": "姓名\n" * 21845,
    "content labels": "内容：电话：" * 10922,
    "phones": "电话00012340001、" * 4681,
    "dates": "2026-11-20 09:14 " * 3855,
    "han dates": "十一月二十日上午十点" * 6553,
    "items": "".join(f"{i}、测测测测测测测测。" for i in range(5000)),
    "quotes": '"' * 65536,
    "chat": "测甲 11/20 17:52\n收到\n" * 3640,
    "orders": "工单编号：A1234567\n内容：窗口不受理申请\n" * 2340,
    "evidence": "窗口工作人员材料不" * 7281,
    "markdown": "**" * 32768,
    "quoted cells": '\t"a' * 21845,
    "rows": ("1\t" * 18 + "\n") * 1770,
    "memo": "测甲一 00012340001 窗口不受理我的退休申请要求尽快\n" * 2000,
    "dashes": "-" * 65535 + "x",
    "dash lines": ("-" * 80 + "x\n") * 800,
    "blanks then lines": (" " * 200 + "\n") * 326,
    "digits and dashes": "0-" * 32768,
    "commas": "，" * 65536,
    "ats": "@" * 65536,
    "open quotes": "“" * 65536,
    "limits": "请于3日内" * 13107,
    "letters at": "a.b@" * 16384,
    "wide gaps": "姓 " * 32768,
    "bodies": "窗口说局让" * 13107,
    "bodies with commas": "窗口说，局让" * 10922,
    "waiting": "等了等了十个月" * 9362,
    "compound labels": "【件编号】" * 13107,
    "wide labels": "  件内容：" * 10922,
    "call": "坐席：您好\n市民：我姓测，测甲一\n" * 3276,
    "date lines": "2026年11月12日\n" * 5957,
    "signatures": "业主代表测甲一 00012340001\n" * 3276,
    "letters": "此致\n敬礼\n尊敬的" * 6553,
    "dotted": "138.0000." * 7281,
    "hyphened": "A1-2_" * 13107,
    "our unit": "我公司（" * 16384,
    "promises": "承诺7日" * 13107,
    "capitals": "壹" * 65536,
    "nights": "公司主管" * 16384,
    "labels between spaces": "姓名 测甲一 " * 9362,
    "spoken names": "我叫王我是王的王" * 8192,
    "surnames": "姓王，" * 21845,
    "bare rows": "测甲一\t13700000001\t窗口不受理我的退休申请要求尽快\t投诉\n" * 2000,
    "many cells": "测甲一\t" * 16384,
    "group lines": "企业群 11-22 09:12\n测总：窗口不受理\n" * 2800,
    "firsts": "第一，测测测测测测测测。" * 5461,
    "signed units": "我公司\n示例有限公司\n" * 5461,
    "spaces before a date": (" " * 80 + "2026年11月12日\n") * 700,
}


#: As long as the heavy ones, and nothing special about it.
ORDINARY = ((samples.S01 + "\n") * 400)[:65536]
FEW = 8


def seconds(text: str) -> float:
    """Processor time of one parse with a large directory."""
    began = time.process_time()
    parse(text, samples.NOW, departments=[f"示例区第{i}局" for i in range(200)])
    return time.process_time() - began


@cache
def ordinary(attempt: int) -> float:
    """Processor time of an ordinary text, measured once for all and again for whoever doubts it."""
    return seconds(ORDINARY)


@pytest.mark.parametrize("name", HEAVY)
def test_a_pathological_text_costs_no_more_than_a_few_ordinary_ones(name):
    text = HEAVY[name][:65536]
    # Of the same length: growth that is not linear would cost hundreds of them, on any machine, however busy.
    assert any(seconds(text) < FEW * ordinary(attempt) for attempt in range(3))
    check(text, parse(text, samples.NOW))


def test_a_text_beyond_the_limit_is_read_in_part_and_says_so():
    parsed = parse(samples.S01 + "x" * 70_000, samples.NOW)
    assert parsed.cases[0].fields["name"].value == "测甲一"
    assert parsed.questions[0] == "文本过长，只读取了前一部分，请核对。"


def test_an_empty_text_gives_no_case_and_asks_for_everything():
    parsed = parse(" \n\u200b", samples.NOW)
    assert parsed.cases == ()
    assert parsed.missing == ("name", "phone", "address", "reported_at", "kind", "content")

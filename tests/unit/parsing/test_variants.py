"""Hundreds of layouts of the same five facts: each must be found, and no figure of the content taken for a phone."""

import unicodedata
from collections import Counter

import pytest

from parsing import parse
from tests.unit.parsing.samples import NOW
from tests.unit.parsing.variants import NAMES, Variant, variants

FACTS = ("external_no", "reported_at", "name", "phone", "content")
LEAST_RECALL = 0.98


def level(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", char) for char in text if unicodedata.category(char) != "Cf")


def found_in(variant: Variant) -> set[str]:
    """The facts read as they were written."""
    parsed = parse(variant.text, NOW)
    values = {name: str(found.value) for name, found in parsed.cases[0].fields.items()} if parsed.cases else {}
    hits = {name for name in ("external_no", "name", "phone") if values.get(name) == getattr(variant, name)}
    hits |= {"reported_at"} if values.get("reported_at", "").startswith(variant.reported_at) else set()
    return hits | ({"content"} if level(values.get("content", "")) == level(variant.content) else set())


def test_the_crop_is_large_and_the_same_every_time():
    assert len(variants()) >= 400
    assert variants() == variants()


def test_every_fact_is_recalled():
    crop = variants()
    hits = Counter(fact for variant in crop for fact in found_in(variant))
    recall = {fact: hits[fact] / len(crop) for fact in FACTS}
    assert min(recall.values()) >= LEAST_RECALL, recall


def test_no_figure_of_a_content_is_taken_for_a_phone():
    for variant in variants():
        for case in parse(variant.text, NOW).cases:
            phones = case.fields["phones"].value if "phones" in case.fields else []
            assert phones == [variant.phone], variant.layout


MEMOS = (
    "{name} {phone} 说{content}",
    "上午来了个大姐 {name} {phone} {content}",
    "{content} {name}，{phone}",
    "群众{name}来电反映：{content}联系电话{phone}。",
    "联系人{name} 电话 {phone} {content}",
    "我叫{name}，电话是{phone}。{content}",
    "{name}（{phone}）来电投诉：{content}",
    "{name}\n{phone}\n{content}",
)
MATTERS = (
    "老宅确权90年代的档案找不到 跑了4趟 收了280元",
    "营业执照材料齐了窗口还让改天再来，订单号12345678901",
    "受理号0401202611000031一直没结果，10月15日交的材料",
)
MEMO_PHONES = ("00012340031", "13800000032", "000 1234 0033", "零零零一二三四零零三四", "0375-0001035")


@pytest.mark.parametrize("memo", MEMOS)
@pytest.mark.parametrize("phone", MEMO_PHONES)
def test_a_memo_gives_its_name_phone_and_matter(memo, phone):
    digits = {"000 1234 0033": "00012340033", "零零零一二三四零零三四": "00012340034"}.get(phone, phone)
    for name in NAMES[:3]:
        for matter in MATTERS:
            text = memo.format(name=name, phone=phone, content=matter)
            case = parse(text, NOW).cases[0].fields
            assert case["phones"].value == [digits], text
            assert case["name"].value == name, text
            assert matter[:12] in case["content"].value, text

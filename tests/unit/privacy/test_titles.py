"""What a group may show of a complaint is built of known words: nothing that stands in the text gets there."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fold import fold
from domain.privacy import leaks, numbers_in, scrub, without_numbers
from parsing.titles import LONGEST, PLAIN, title_of
from parsing.words import WORDS, BadWords, read
from tests.kit.cases import Story

TOLD = [
    ("我是开超市的，营业执照变更等了一个月还没下来", "营业执照：没有按期办结"),
    ("领导你看一下", PLAIN),
    ("市民郑伟民再次来电催办老宅确权", "老宅确权"),
    ("王庄村胡明静家的宅基地确权一直拖着", "宅基地确权：没有按期办结"),
    ("李建设大爷说189.1907.4833打不通，退休手续被退了回来", "退休手续：电话打不通、多次退件"),
    ("请联系壹捌玖壹玖零柒肆捌叁叁，医保报销未到账", "医保报销：没有到账"),
    ("联系①⑧⑨①⑨⓪⑦④⑧③③，农机补贴没发", "农机补贴：没有到账"),
    ("[领补贴](http://e.cn)<@all>", PLAIN),
    ("想问一下落户需要什么材料", "落户：政策咨询"),
]


@pytest.mark.parametrize(("text", "title"), TOLD)
def test_a_title_says_the_matter_and_what_goes_wrong(text: str, title: str):
    assert title_of(text) == title


def test_without_a_known_business_the_departments_is_named():
    assert title_of("态度恶劣", ["人社局"]) == "人社局业务：服务态度"


_WORDS = {
    *(word for words, _ in WORDS.matters for word in words),
    *WORDS.businesses, *WORDS.troubles, PLAIN,
}  # fmt: skip


@given(st.text(alphabet="张王李伟民0189①壹.，我叫退休手续态度恶劣[]()<@>\n", max_size=60))
def test_whatever_is_written_only_known_words_come_out(text: str):
    title = title_of(text)
    assert 0 < len(title) <= LONGEST
    assert set(re.split("[：、]", title)) <= _WORDS


def test_a_title_an_older_release_cut_from_the_text_is_not_shown():
    old = Story(
        fields={"title": "王庄村胡明静家老宅确权"}, private={"content": "王庄村胡明静家老宅确权没结果", "raw": ""}
    )
    assert old.case.title == "王庄村胡明静家老宅确权", "the record stays as it is"
    assert old.case.matter == "老宅确权：没有按期办结"
    assert old.case.heading == "老宅确权：没有按期办结（投诉）"
    assert "胡明静" not in old.case.heading


def test_a_title_built_at_registration_stays_what_it_was():
    case = Story(fields={"title": "退休手续", "title_by": "words"}).case
    assert (case.matter, fold(Story(fields={"title": "退休手续", "title_by": "words"}).events).matter) == (
        "退休手续",
    ) * 2


@pytest.mark.parametrize(
    "written",
    ["00012340001", "189.1907.4833", "189 1907 4833", "一八九一九〇七四八三三", "壹捌玖壹玖零柒肆捌叁叁", "①⑧⑨①⑨⓪⑦④⑧③③",
     "410402199001011234"],
)  # fmt: skip
def test_no_number_of_the_text_is_read_outside_the_centre(written: str):
    text = f"本人号码{written}，家住虚构路，退休手续没办"
    shown = without_numbers(text, ())
    assert written not in shown
    assert "退休手续没办" in shown
    assert written in numbers_in(text)[0]


def test_dates_and_amounts_are_no_numbers():
    text = "2026.11.23至2027年1月1日，第一三八号文件，一百三十八元，编号YS20261123-0007"
    assert without_numbers(text, ()) == text


def test_who_says_their_name_leaves_the_matter_readable():
    """“我叫测密，电话…，反映…” reached the department as ***."""
    said = scrub("我叫测密，电话00012340009，反映社保转移材料交齐仍不办理。", ("测密", "00012340009"))
    assert "社保转移材料交齐仍不办理" in said
    assert leaks(said, ("测密", "00012340009")) == []


def test_a_word_too_long_for_a_title_is_named_with_its_place():
    text = json.dumps({**json.loads(_file()), "businesses": ["一二三四五六七八九十"]}, ensure_ascii=False)
    with pytest.raises(BadWords, match="businesses"):
        read(text)


def _file() -> str:
    from importlib import resources

    return resources.files("shipped").joinpath("words.json").read_text(encoding="utf-8")

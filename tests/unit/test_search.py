"""How Chinese text is cut into words that can be looked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from services.guidance.search import fingerprint, terms, words

ROOT = Path(__file__).parents[2]


def test_long_words_also_count_as_the_shorter_ones_in_them():
    assert {"不动产登记证", "不动产", "登记证"} <= set(terms("补办不动产登记证"))


def test_the_words_of_the_table_are_known_whole():
    for word in words().synonyms:
        assert word in terms(f"咨询{word}怎么处理"), word


@pytest.mark.parametrize("text", ["营业执照 ＯＣＲ ２０２６", "营业执照OCR2026", "营业执照，ocr 2026。"])
def test_width_case_and_punctuation_do_not_matter(text: str):
    assert "营业执照" in terms(text)
    assert "ocr" in "".join(terms(text))


@pytest.mark.parametrize(
    "text", ["", "  \n", "，。！？", "的了在是", "我们已经进行", "A", "😀😀", "\u0000", "12345678901" * 9]
)
def test_what_says_nothing_has_no_words(text: str):
    assert not terms(text)


def test_repeated_words_are_counted():
    assert terms("退休 退休手续 退休")["退休"] == 3


def test_synonyms_go_both_ways_and_no_word_is_its_own():
    table = words().synonyms
    assert all(word in table[other] for word, others in table.items() for other in others)
    assert all(word not in others for word, others in table.items())


def test_the_word_table_has_no_group_of_one_and_no_word_twice():
    table = json.loads((ROOT / "shipped" / "synonyms.json").read_text(encoding="utf-8"))
    grouped = [word for group in table["groups"] for word in group]
    assert all(len(group) > 1 for group in table["groups"])
    assert len(grouped) == len(set(grouped))
    assert not set(grouped) & set(table["function_words"])


def test_the_fingerprint_names_the_segmenter_and_stays_the_same():
    assert fingerprint() == fingerprint()
    assert fingerprint().startswith("rjieba ")


def test_a_server_nobody_asks_does_not_load_the_dictionary():
    code = "import sys, bot.dispatcher, main; sys.exit('rjieba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0

"""The words file: what a clerk adds works, what is wrong in it is said in Chinese."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from parsing.words import BadWords, read

ROOT = Path(__file__).parents[3]
FILE = ROOT / "shipped" / "words.json"


def changed(change) -> str:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    change(document)
    return json.dumps(document, ensure_ascii=False)


def parsed_with(folder: Path, text: str) -> dict[str, object]:
    """The first case read by a copy of the parser beside a words file of its own."""
    script = (
        "import sys, json; from datetime import datetime; from parsing import parse; "
        "print(json.dumps(parse(sys.argv[1], datetime(2026, 11, 23, 11)).as_json()['cases'][0]))"
    )
    done = subprocess.run([sys.executable, "-c", script, text], cwd=folder, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_words_added_to_a_copy_of_the_file_work(tmp_path):
    shutil.copytree(ROOT / "parsing", tmp_path / "parsing")
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "__init__.py").write_text("")
    copy = tmp_path / "shipped" / "words.json"
    text = "事项原委：证照窗口把俺晾在那儿，找甲乙丙办公室也白搭"
    shutil.copy(FILE, copy)
    assert parsed_with(tmp_path, text).get("category") is None

    def add(document):
        document["phrases"]["category"]["不给办"].append("晾在那儿")
        document["labels"]["content"].append("事项原委")
        document["departments"]["甲乙丙服务中心"] = ["甲乙丙办公室"]

    copy.write_text(changed(add), encoding="utf-8")
    case = parsed_with(tmp_path, text)
    assert case["category"]["value"] == "不给办"
    assert case["content"]["value"].startswith("证照窗口")
    assert case["departments"]["value"] == ["甲乙丙服务中心"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.pop("labels"), "labels：缺这一项"),
        (lambda d: d["labels"].update(name="姓名"), "labels.name：应当是方括号里的一组词"),
        (lambda d: d["phrases"]["category"]["不给办"].append(""), "phrases.category.不给办 第"),
        (lambda d: d["phrases"].update(other={}), "phrases.other：只能是"),
        (lambda d: d["patterns"]["category"][0].update(pattern="(没"), "不是合法的正则表达式"),
        (lambda d: d["patterns"]["category"][0].update(pattern="没?"), "不能匹配空文字"),
        (lambda d: d["patterns"]["category"][0].update(weight="重"), "weight 应当是"),
        (lambda d: d["matters"].append({"words": [], "department": "区局"}), "words 至少要有一个词"),
    ],
)
def test_a_slip_is_said_with_its_place(change, said):
    with pytest.raises(BadWords) as caught:
        read(changed(change))
    assert said in str(caught.value)


def test_a_comma_too_many_is_said_with_its_line():
    with pytest.raises(BadWords, match="第 2 行"):
        read('{\n,"labels": {}}')

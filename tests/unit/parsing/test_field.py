"""Texts from the field: the forty and the twelve, and a further variation of each kind that was mended."""

from pathlib import Path

import pytest

from parsing import parse
from tests.unit.parsing.samples import NOW
from tests.unit.parsing.score import score
from tests.unit.parsing.test_any_text import check

FIELD = Path(__file__).parent / "field"
LEAST = 0.93


def values(text: str, **options) -> list[dict[str, object]]:
    return [{name: found.value for name, found in case.fields.items()} for case in parse(text, NOW, **options).cases]


def one(text: str) -> dict[str, object]:
    (case,) = values(text)
    return case


@pytest.mark.parametrize("folder", [FIELD, FIELD / "holdout", FIELD / "second"], ids=["forty", "twelve", "six"])
def test_nearly_every_fact_is_read_none_invented_and_no_complaint_destroyed(folder):
    result = score(folder)
    assert sum(result.wanted.values()) > 30
    assert result.share >= LEAST, result.missed
    assert result.destroyed == []
    assert result.invented == []


@pytest.mark.parametrize("path", sorted(FIELD.rglob("*.txt")), ids=lambda path: path.stem)
def test_every_value_of_a_field_text_is_in_it(path):
    text = path.read_text(encoding="utf-8")
    check(text, parse(text, NOW))


def test_a_label_nobody_listed_is_read_by_its_ending():
    case = one("【工单受理单号】AB-2026-0099  【市民联系电话】13600000401  【投诉件详情】残疾证换领等了四个月没有结果")
    assert (case["external_no"], case["phone"]) == ("AB-2026-0099", "13600000401")
    assert case["content"] == "残疾证换领等了四个月没有结果"


def test_a_published_reply_is_no_part_of_the_complaint():
    case = one(
        "写信人：测甲一\n正文：低保申请交了半年没有结果\n答复单位：区民政局\n答复时间：2026-11-20\n答复内容：正在核查。"
    )
    assert case["content"] == "低保申请交了半年没有结果"
    assert case["name"] == "测甲一"
    assert "reported_at" not in case


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("139.0000.0402", "13900000402"),
        ("139 0000 0402", "13900000402"),
        ("壹叁玖零零零零零肆零贰", "13900000402"),
        ("①③⑨零零零零零④零②", "13900000402"),
        ("１３９０００００４０２", "13900000402"),
        ("(0375) 0004021", "0375-0004021"),
    ],
)
def test_a_phone_is_read_however_it_is_written(written, number):
    assert one(f"姓名：测甲一\n电话：{written}\n内容：户口迁移被退回两次没有说明原因")["phone"] == number


def test_a_letter_ends_before_its_signature_and_is_dated_by_it():
    case = one(
        "尊敬的主任：\n您好！\n我家的宅基地确权档案找不到，请帮忙查一查。\n此致\n敬礼\n"
        "测甲一 13600000403\n2026年11月12日"
    )
    assert case["content"] == "我家的宅基地确权档案找不到，请帮忙查一查。"
    assert str(case["reported_at"]).startswith("2026-11-12")
    assert (case["source"], case["name"]) == ("来信", "测甲一")


def test_the_staffs_questions_are_cut_out_of_a_written_down_call():
    case = one(
        "话务员：您好，请讲。\n来电人：我要换社保卡，窗口说机器坏了。\n话务员：请问怎么称呼？\n来电人：我姓何，何明远，13600000404"
    )
    assert "怎么称呼" not in str(case["content"])
    assert "我要换社保卡" in str(case["content"])
    assert case["name"] == "何明远"


@pytest.mark.parametrize(
    "text",
    [
        "市民：你好，我想反映公租房年审的事，材料交了没人管",
        "经办人：\n登记人：\n内容：结婚证补办窗口中午不办公",
        "诉求人 爱人 反映营业执照注销办不下来",
    ],
)
def test_greetings_kin_and_labels_are_nobodys_name(text):
    assert "name" not in one(text)


def test_a_company_speaks_and_its_contact_is_only_its_contact():
    case = one("我公司（示例市虚构门窗有限公司）排污登记变更被退回三次。联系人：测甲一 13600000405")
    assert (case["name"], case["contact"], case["is_unit"]) == ("示例市虚构门窗有限公司", "测甲一", True)


@pytest.mark.parametrize(
    "words",
    [
        "健康证让我等两个月",
        "驾驶证换证，主任出差签不了字",
        "承诺7日办结，已经过了20天还没消息",
        "老年证交上去了，到现在没有动静",
    ],
)
def test_delay_in_plain_words_is_a_refusal_to_act(words):
    case = one(f"内容：{words.replace('主任', '领导')}")
    assert case["category"] == "不给办"


def test_a_title_tells_the_matter_and_not_the_greeting():
    case = one("领导你好，我是开超市的，我那个食品经营许可证延期一直批不下来，电话13600000406")
    assert "食品经营许可证" in str(case["title"])


def test_flags_of_one_pasted_row_do_not_reach_the_next():
    first, second = values(
        "工单编号\t姓名\t电话\t内容\nA20260001\t匿名\t\t窗口没人\nA20260002\t测甲一\t13600000407\t窗口排队太久了"
    )
    assert (first["external_no"], second["external_no"]) == ("A20260001", "A20260002")
    assert "anonymous" in first
    assert "anonymous" not in second
    assert "phone" not in first


@pytest.mark.parametrize(
    "text",
    [
        "今天下午我请假，有事打我电话",
        "🙏🙏谢谢领导，辛苦了，麻烦您了！",
        "你好",
        "收到",
        "👍",
        "撤销刚才的确认 1125-14",
        "怎么用？",
    ],
)
def test_talk_gives_no_case_but_a_question(text):
    parsed = parse(text, NOW)
    assert parsed.cases == ()
    assert len(parsed.questions) == 1
    assert "未登记" in parsed.questions[0]
    assert parse(text, NOW, insist=True).cases


@pytest.mark.parametrize(
    "text",
    [
        "你好，我的社保卡丢了",
        "感谢社保窗口工作人员耐心帮我母亲办好退休",
        "窗口的人开会去了，没人办业务",
        "领导好，低保停了",
        "收到短信说材料不齐",
        "13600000408",
        "谢谢，建议大厅加个饮水机",
    ],
)
def test_what_may_be_a_complaint_is_one(text):
    assert len(parse(text, NOW).cases) == 1


def test_a_body_the_directory_does_not_know_is_asked_about():
    parsed = parse("内容：档案馆不给查档", NOW, departments=["区民政局"])
    assert any("档案馆" in question and "名册" in question for question in parsed.questions)

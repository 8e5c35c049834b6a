"""Masks, the detector and the scrubber."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain import privacy
from domain.privacy import leaks, mask_address, mask_name, mask_phone, masked_title, scrub, tail


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("测甲一", "测某"),
        ("测乙", "测某"),
        ("测先生", "测某"),
        ("测庚七、测辛八", "测某、测某"),
        ("", ""),
        ("测某", "测某"),
    ],
)
def test_a_person_keeps_only_the_first_character(name, masked):
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("示例市虚构机械有限公司", "某机械企业"),
        ("虚构食品厂", "某食品企业"),
        ("某机械企业", "某机械企业"),
        ("虚构有限公司", "某企业"),
    ],
)
def test_a_company_keeps_only_its_trade(name, masked):
    assert mask_name(name, is_unit=True) == masked


@pytest.mark.parametrize(
    ("phone", "masked", "ending"),
    [
        ("00012340001", "000****0001", "尾号0001"),
        ("000 1234 0001", "000****0001", "尾号0001"),
        ("0375-0001234", "0375-****34", "尾号1234"),
        ("0375-0001234-801", "0375-****34", "尾号1234"),
        ("000-1234002", "000-****02", "尾号4002"),
        ("000****0001", "000****0001", "尾号0001"),
        ("12", "***", ""),
        ("", "", ""),
    ],
)
def test_a_phone_shows_its_ends_only(phone, masked, ending):
    assert mask_phone(phone) == masked
    assert tail(phone) == ending


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("示例市示例区示例街道虚构路00号", "示例市示例区示例街道"),
        ("示例乡虚构村3组", "示例乡"),
        ("示例县示例镇示例村", "示例县示例镇"),
        ("示例湾街道", "示例湾街道"),
        ("示例市示例区虚构路00号政务服务中心", "示例市示例区"),
        ("虚构家园小区0号楼", "***"),
        ("", ""),
    ],
)
def test_an_address_ends_at_the_street_office_or_township(address, masked):
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打我00012340001", "电话"),
        ("打我０００１２３４０００１", "电话"),
        ("0375-0001234转801", "电话"),
        ("电话零零零一二三四零零零六", "电话"),
        ("电话是 000 1234 oo13", "电话"),
        ("电话2980001", "电话"),
        ("410000199001011234", "身份证号"),
        ("41000019900101123X", "身份证号"),
        ("6200 0000 0000 0000 000", "银行卡号"),
        ("a.b@example.com", "邮箱"),
        ("微信号：abc_12345", "账号"),
        ("豫A·12345", "车牌"),
        ("豫AD12345", "车牌"),
        ("虚构路12号", "门牌"),
        ("3号楼2单元301室", "门牌"),
        ("91410000MA00000000", "信用代码"),
        ("测甲一来了", "姓名或单位名称"),
        ("测 甲 一来了", "姓名或单位名称"),
        ("测\u200b甲一来了", "姓名或单位名称"),
        ("虚构机械的厂房", "姓名或单位名称"),
        ("我叫测未知", "姓名"),
    ],
)
def test_personal_data_is_found_and_scrubbed(text, kind):
    known = ("测甲一", "示例市虚构机械有限公司")
    assert kind in leaks(text, known)
    assert leaks(scrub(text, known), known) == []


@pytest.mark.parametrize(
    "text",
    [
        "自助机10号机吐不出小票，2号窗口没人",
        "工单PDS20261120000123要求5个工作日",
        "2026年11月17日15时左右，损失约120万元",
        "中午12点到1点，跑了3趟，237户",
    ],
)
def test_ordinary_words_and_figures_stay(text):
    assert scrub(text, ()) == text


def test_a_scrubbed_sentence_stays_readable():
    text = "测甲一（00012340001）住示例街道虚构路12号，代表示例市虚构机械有限公司反映"
    assert (
        scrub(text, ("测甲一", "示例市虚构机械有限公司")) == "测某（[电话]）住示例街道虚构路[门牌]，代表某机械企业反映"
    )


def test_a_title_is_shortened_and_clean():
    assert masked_title("反映退休手续多次退件问题", ("测甲一",)) == "反映退休手续多次退件问题"
    assert (
        masked_title("厂房二期施工许可卡在消防设计审查与不动产证不一致", ())
        == "厂房二期施工许可卡在消防设计审查与不动…"
    )


@pytest.mark.parametrize(
    "text", ["村民测未知反映", "我叫测甲", "", "我家住在示例村", "00012340001，虚构路1号楼", "编号99999"]
)
def test_a_doubtful_title_is_not_shown(text):
    assert masked_title(text, ()) == ""


WORDS = st.sampled_from(
    [
        "测甲一",
        "测某",
        "00012340001",
        "0375-0001234",
        "410000199001011234",
        "路",
        "12号",
        "3号楼",
        "我叫",
        "姓名：",
        "电话",
        "[电话]",
        "a@b.cn",
        "豫A12345",
        "零零零一二三四零零零六",
        " ",
        "，",
        "\u200b",
        "o",
        "1",
        "某",
        "***",
        "虚构机械",
        "公司",
        "微信",
        "x_12345",
    ]
)
TEXT = st.one_of(st.lists(WORDS, max_size=14).map("".join), st.text(max_size=60))
KNOWN = st.lists(st.one_of(WORDS, st.text(max_size=6), st.just("示例市虚构机械有限公司")), max_size=4)


@settings(max_examples=400, deadline=None)
@given(TEXT, KNOWN)
def test_a_scrubbed_text_never_leaks_and_scrubbing_twice_changes_nothing(text, known):
    clean = scrub(text, known)
    assert leaks(clean, known) == [] or clean == "***"
    assert scrub(clean, known) == clean


@settings(max_examples=200, deadline=None)
@given(TEXT, KNOWN)
def test_a_group_title_never_leaks(text, known):
    title = masked_title(text, known)
    assert len(title) <= 20
    assert title == "" or leaks(title, known) == []


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
@example("00中心")
def test_a_mask_of_any_text_shows_less_than_the_text(text):
    assert sum(map(str.isdigit, mask_phone(text))) <= 7 or "*" in text
    assert sum(map(str.isdigit, tail(text))) <= 4
    assert mask_address(text) in ("", "***") or "".join(text.split()).startswith(mask_address(text))
    assert len(mask_name(text)) <= max(len(text) * 2, 8)
    assert mask_name(mask_name(text)) == mask_name(text)


def test_a_known_word_is_found_wherever_it_stands_and_no_pattern_is_made_where_it_does_not():
    words = privacy._known_words(("测甲一", "示例市虚构机械有限公司"))
    for text in ("测甲一来电", "测 甲 一来电", "某日测甲一", "虚构机械有限公司欠薪", "到示例市虚构机械有限公司办事"):
        assert privacy._known_pattern(words, text), text
        assert "测甲一" not in scrub(text, ("测甲一", "示例市虚构机械有限公司")).replace(" ", "")
    assert privacy._known_pattern(words, "测某来电，反映某机械企业") is None
    assert privacy._known_pattern((), "测甲一来电") is None

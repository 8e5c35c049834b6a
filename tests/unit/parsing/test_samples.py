"""The twelve forwarded texts, each read as a careful clerk would read it, with its traps."""

import pytest

from parsing import Parsed, parse
from tests.unit.parsing import samples
from tests.unit.parsing.samples import NOW


def only(text: str) -> tuple[dict[str, object], Parsed]:
    """The values of the one case in a text."""
    parsed = parse(text, NOW)
    assert len(parsed.cases) == 1
    return {name: found.value for name, found in parsed.cases[0].fields.items()}, parsed


def test_s01_a_standard_hotline_order_is_read_whole():
    case, parsed = only(samples.S01)
    assert case["source"] == "12345热线"
    assert case["external_no"] == "PDS20261120000123"
    assert case["reported_at"] == "2026-11-20T09:14:32+08:00"
    assert (case["name"], case["is_unit"]) == ("测甲一", False)
    assert (case["phone"], case["phones"]) == ("00012340001", ["00012340001"])
    assert (case["kind"], case["category"]) == ("投诉", "不给办")
    assert case["departments"] == ["示例区人力资源和社会保障局"]
    assert case["external_deadline"] == "2026-11-27T18:00:00+08:00"
    assert case["external_limit"] == "5个工作日"
    assert case["address"] == "示例市示例区虚构路00号政务服务中心二楼社保窗口"
    assert case["title"] == "反映退休手续多次退件问题"
    assert case["content"].startswith("其于2026年10月15日")
    assert case["content"].endswith("要求尽快受理并说明原因。")
    assert case["reply_wanted"] is True
    assert parsed.missing == ()
    exact = parsed.cases[0].fields
    assert all(
        exact[name].confidence >= 0.95 for name in ("external_no", "reported_at", "name", "phone", "kind", "content")
    )


def test_s02_two_matters_two_numbers_and_no_amount_taken_for_a_phone():
    parsed = parse(samples.S02, NOW)
    assert len(parsed.cases) == 2
    first, second = ({name: found.value for name, found in case.fields.items()} for case in parsed.cases)
    for case in (first, second):
        assert case["external_no"] == "2026111900456"
        assert case["other_nos"] == ["PDS-A-88990"]
        assert case["name"] == "测先生"
        assert "anonymous" not in case
        assert case["phones"] == ["000-1234002", "00012340002"]
        assert case["external_limit"] == "3日内"
        assert "external_deadline" not in case
    assert first["content"] == "公司名称变更窗口让补了3次章程，交了280元刻章费"
    assert second["content"].startswith("另外反映大厅自助机10号机吐不出小票。")
    assert parsed.missing == ("address", "reported_at", "kind")
    assert any("3日内" in question and "工作日还是自然日" in question for question in parsed.questions)
    assert any("拆成2件" in question for question in parsed.questions)
    assert any("全名" in question for question in parsed.questions)


def test_s03_an_oral_memo_of_the_window():
    case, parsed = only(samples.S03)
    assert case["source"] == "窗口"
    assert case["reported_at"] == "2026-11-23T10:00:00+08:00"
    assert (case["name"], case["phone"], case["phones"]) == ("测乙二", "00012340003", ["00012340003"])
    assert case["is_unit"] is False
    assert case["kind"] == "咨询"
    assert (case["category"], case["sub_reason"]) == ("很难办", "溯源难度大")
    assert case["departments"] == ["自然资源和规划局"]
    assert case["address"] == "示例乡虚构村"
    assert case["content"] == "说老宅确权90年代的档案找不到 自然资源那边说没法查 跑了四趟 想问还有啥办法"
    assert "event_at" not in case
    assert parsed.missing == ()


def test_s04_a_pasted_row_keeps_its_empty_cells():
    case, parsed = only(samples.S04)
    assert case["source"] == "12345热线"
    assert (case["external_no"], case["other_nos"]) == ("BJ202611210037", ["PDS20261121000777"])
    assert case["title"] == "道路运输证年审问题"
    assert case["departments"] == ["区交通运输局"]
    assert (case["name"], case["phone"]) == ("测丙三", "00012340004")
    assert case["reported_at"] == "2026-11-21T16:20:00+08:00"
    assert case["external_deadline"] == "2026-11-26T16:20:00+08:00"
    assert (case["category"], case["sub_reason"]) == ("不给办", "延迟办理")
    assert case["content"].startswith("来电人称线上提交年审11月12日")
    assert parsed.missing == ("address", "kind")


def test_s05_a_vertical_table_without_colons():
    case, parsed = only(samples.S05)
    assert (case["name"], case["phone"]) == ("测丁四", "00012340005")
    assert case["reported_at"] == "2026-11-18T15:30:00+08:00"
    assert case["kind"] == "建议"
    assert "category" not in case
    assert case["departments"] == ["示例路街道便民服务中心"]
    assert case["content"] == "希望便民服务中心中午12点到1点也安排人值班，上班族没法请假"
    assert not {"event_at", "external_deadline", "external_limit"} & set(case)
    assert parsed.missing == ("address",)


def test_s06_a_forwarded_chat_without_its_speakers_and_chatter():
    case, parsed = only(samples.S06)
    assert case["source"] == "12345热线"
    assert (case["name"], case["phone"]) == ("测戊五", "00012340006")
    assert case["content"] == "我这个是农机补贴，镇里说归区里，区里说归镇里，踢皮球"
    assert (case["category"], case["multi_level"]) == ("复杂", True)
    assert case["reported_at"] == "2026-11-20T17:52:00+08:00"
    assert case["attachments"] == ["图片"]
    assert any("未识别" in question for question in parsed.questions)
    assert parsed.missing == ("address", "kind")


def test_s07_an_enterprise_with_two_phones_and_three_departments():
    case, parsed = only(samples.S07)
    assert (case["name"], case["is_unit"], case["contact"]) == ("示例市虚构机械有限公司", True, "测己六")
    assert (case["phone"], case["phones"]) == ("00012340007", ["00012340007", "0375-0001234-801"])
    assert case["source"] == "万人助万企窗口"
    assert case["reported_at"] == "2026-11-19T00:00:00+08:00"
    assert case["category"] == "很难办"
    assert case["departments"] == ["住房和城乡建设局", "自然资源和规划局", "消防救援大队"]
    assert case["key_date"] == "2026-12-05"
    assert case["content"].endswith("希望：明确牵头单位和完成时间。")
    assert any("牵头部门" in question for question in parsed.questions)


def test_s08_an_anonymous_confidential_complaint_about_staff():
    case, parsed = only(samples.S08)
    assert all(case[flag] is True for flag in ("anonymous", "confidential", "no_reply", "staff_complaint"))
    assert "reply_wanted" not in case
    assert "name" not in case
    assert case["phones"] == ["00012340008"]
    assert (case["kind"], case["category"]) == ("举报", "不给办")
    assert case["event_at"] == "2026-11-17T15:00:00+08:00"
    assert "reported_at" not in case
    assert case["content"].startswith("政务大厅3楼")
    assert case["content"].endswith("不要给他们看我信息！！")
    assert parsed.missing == ("address", "reported_at")


def test_s09_a_collective_matter_across_levels():
    case, parsed = only(samples.S09)
    assert case["external_no"] == "转办单〔2026〕第0155号"
    assert case["source"] == "12345热线"
    assert (case["name"], case["collective"]) == ("测庚七、测辛八", 37)
    assert case["phones"] == ["00012340009", "00012340010"]
    assert (case["category"], case["sub_reason"], case["multi_level"]) == ("很难办", "历史遗留", True)
    assert case["external_limit"] == "2个工作日内报初步情况"
    assert case["urgent"] is True
    assert case["reply_wanted"] is True
    assert case["content"].startswith("小区2019年交房")
    assert case["content"].endswith("将集体到市政府反映。")
    assert any("群体诉求" in question for question in parsed.questions)


def test_s10_a_matter_outside_the_scope_names_no_department():
    case, _ = only(samples.S10)
    assert (case["kind"], case["category"]) == ("投诉", "范围外")
    assert (case["name"], case["phone"], case["address"]) == ("测壬九", "00012340011", "示例区虚构小区0号楼")
    assert case["content"] == "楼下烧烤店半夜噪音，物业不管，法院那个官司判了也不执行，你们窗口给管管。"
    assert "departments" not in case


def test_s11_an_urging_call_points_to_the_original_order():
    case, _ = only(samples.S11)
    assert case["urging"] == {"count": 3, "refers_to": "PDS20261105000321"}
    assert case["external_no"] == "PDS20261105000321"
    assert (case["name"], case["phone"]) == ("测癸十", "00012340012")
    assert case["dissatisfied"] is True
    assert case["promised"] == "一周内给答复"
    assert case["reply_wanted"] is True
    assert "reported_at" not in case
    assert "external_limit" not in case


def test_s12_a_repaired_phone_is_doubted_and_fillers_stay_out_of_the_title():
    case, parsed = only(samples.S12)
    fields = parsed.cases[0].fields
    assert (case["name"], case["phone"]) == ("测子一", "00012340013")
    assert fields["phone"].confidence <= 0.6
    assert (case["is_unit"], case["contact"]) == (True, "测子一")
    assert fields["is_unit"].confidence <= 0.6
    assert case["event_at"] == "2026-11-22T00:00:00+08:00"
    assert (case["category"], case["sub_reason"]) == ("不给办", "未一次性告知")
    assert case["departments"] == ["市场监督管理局"]
    assert case["address"] == "示例湾街道"
    assert "我都去了三回了" in case["content"]
    assert not case["title"].startswith(("嗯", "啊"))
    assert any("尾号0013" in question for question in parsed.questions)


@pytest.mark.parametrize("name", list(samples.ALL))
def test_no_question_repeats_personal_data(name):
    parsed = parse(samples.ALL[name], NOW)
    for question in parsed.questions:
        for case in parsed.cases:
            for field in ("name", "phone", "address"):
                assert field not in case.fields or case.fields[field].value not in question


def test_the_json_has_the_published_shape():
    shape = parse(samples.S01, NOW).as_json()
    assert set(shape) == {"cases", "missing", "questions"}
    assert shape["cases"][0]["name"] == {"value": "测甲一", "confidence": 0.97, "span": [53, 56]}
    assert samples.S01[53:56] == "测甲一"

"""Texts off the beaten track: several orders, other people's numbers, the directory's names, spoken and split data."""

from datetime import datetime

import pytest

from parsing import parse
from tests.unit.parsing.samples import NOW


def values(text: str, **options) -> list[dict[str, object]]:
    return [{name: found.value for name, found in case.fields.items()} for case in parse(text, NOW, **options).cases]


def test_two_orders_in_one_text_are_two_cases_with_their_own_people():
    first, second = values(
        "工单编号：A20261101001\n姓名：测甲一\n电话：00012340001\n内容：社保窗口不受理退休申请。\n\n"
        "工单编号：A20261101002\n姓名：测乙二\n电话：00012340002\n内容：咨询办理营业执照需要什么材料。"
    )
    assert (first["external_no"], first["name"], first["phone"]) == ("A20261101001", "测甲一", "00012340001")
    assert (second["external_no"], second["name"], second["phone"]) == ("A20261101002", "测乙二", "00012340002")
    assert second["category"] == "一般"


def test_memos_line_by_line_are_cases_of_their_own():
    text = "测甲一 00012340001 营业执照窗口材料齐全也不给办\n测乙二 00012340002 社保窗口态度恶劣还让他改天再来"
    assert [case["name"] for case in values(text)] == ["测甲一", "测乙二"]


def test_a_table_with_its_own_header_gives_a_case_per_row():
    text = (
        "序号\t姓名\t电话\t诉求内容\n1\t测甲一\t00012340001\t社保卡补办跑了三趟\n2\t测乙二\t00012340002\t医保报销未到账"
    )
    assert [(case["name"], case["phone"]) for case in values(text)] == [
        ("测甲一", "00012340001"),
        ("测乙二", "00012340002"),
    ]


def test_a_row_whose_cell_holds_a_line_break_stays_one_case():
    cells = [
        "BJ202611210037",
        "12345热线",
        "",
        "年审",
        '"第一行\n第二行不予受理"',
        "区交通运输局",
        "",
        "测甲一",
        "00012340001",
    ]
    row = "\t".join(["37", *cells, "", "政务服务", "交通", "2026-11-21 16:20:00", "", "待签收", "坐席08", "正常"])
    (case,) = values(row)
    assert case["content"] == "第一行\n第二行不予受理"
    assert (case["name"], case["phone"]) == ("测甲一", "00012340001")


def test_the_work_sheets_second_phone_is_not_the_complainants():
    (case,) = values(
        "姓名或单位名称：虚构建材厂\n单位联系人：测甲一\n联系电话：00012340001\n诉求主要内容：咨询环评备案流程。\n"
        "工作单联系人：测经办\n联系电话：0375-0009999"
    )
    assert case["phones"] == ["00012340001"]
    assert (case["name"], case["is_unit"], case["contact"]) == ("虚构建材厂", True, "测甲一")


def test_the_phone_of_a_window_in_the_content_is_nobodys_phone():
    (case,) = values(
        "姓名：测甲一 电话：00012340001 内容：窗口电话0375-0009999一直没人接，去了三次不给办。 来源：12345热线"
    )
    assert case["phones"] == ["00012340001"]
    assert case["content"] == "窗口电话0375-0009999一直没人接，去了三次不给办。"


def test_without_a_label_no_number_of_a_labelled_content_is_a_phone():
    (case,) = values("诉求内容：订单12345678901，合同00012345678，社保号13800000000，都说查不到。")
    assert "phones" not in case


def test_a_signature_after_a_labelled_content_is_no_content():
    (case,) = values("反映：\n大厅停车难，叫号机经常坏，希望尽快维修。\n测甲一，00012340001")
    assert (case["name"], case["phone"]) == ("测甲一", "00012340001")
    assert case["content"] == "大厅停车难，叫号机经常坏，希望尽快维修。"


def test_demands_and_reasons_in_a_list_stay_one_case():
    assert len(values("诉求内容：\n1、要求退还多收的工本费；\n2、要求说明收费依据并道歉。")) == 1
    assert (
        len(values("诉求内容：办理过户，窗口先后要求补充如下材料：1、原始购房发票和收据；2、开发商出具的证明材料。"))
        == 1
    )


def test_a_turn_in_the_text_opens_a_second_case():
    first, second = values("内容：社保窗口一直不给办理退休认定。另外反映医保报销三个月没有到账。")
    assert first["departments"] == ["人力资源和社会保障局"]
    assert second["departments"] == ["医疗保障局"]


@pytest.mark.parametrize("words", ["人社局", "社保窗口", "示例区人力资源和社会保障局"])
def test_the_directorys_own_name_wins(words):
    (case,) = values(
        f"内容：{words}说材料不全不予受理", departments=["示例区人力资源和社会保障局", "示例区住房和城乡建设局"]
    )
    assert case["departments"] == ["示例区人力资源和社会保障局"]


def test_a_labelled_department_is_written_as_the_directory_does():
    (case,) = values("内容：年审太慢\n承办单位：交通运输局", departments=iter(["示例区交通运输局"]))
    assert case["departments"] == ["示例区交通运输局"]


def test_a_senders_date_is_a_deadline_until_the_end_of_its_day():
    (case,) = values(
        "12345热线转来：群众测甲一（联系方式00012340001）反映，过户要补交发票，希望协调。请于11月28日前回复。"
    )
    assert case["external_deadline"] == "2026-11-28T23:59:00+08:00"
    assert case["source"] == "12345热线"
    assert case["content"] == "过户要补交发票，希望协调。"


def test_a_date_without_a_year_is_the_last_one_that_passed():
    january = datetime(2027, 1, 4, 9, 0, tzinfo=NOW.tzinfo)
    found = parse("反映时间：12/30 08:00\n内容：窗口没人", january).cases[0].fields["reported_at"]
    assert found.value == "2026-12-30T08:00:00+08:00"
    assert found.confidence < 0.95


def test_a_date_that_does_not_exist_is_not_produced():
    (case,) = values("反映时间：2026年2月30日\n内容：窗口没人")
    assert "reported_at" not in case


def test_refused_flags_are_not_set():
    (case,) = values("是否匿名：否\n是否保密：否\n内容：大厅空调太冷，无需保密")
    assert not {"anonymous", "confidential"} & set(case)


def test_a_category_and_a_kind_on_one_line_are_both_read():
    (case,) = values("诉求类别：投诉／不给办\n内容：宅基地确权")
    assert (case["kind"], case["category"]) == ("投诉", "不给办")


def test_an_urging_call_without_a_number_is_still_one():
    (case,) = values("催单：市民再次来电，至今没人联系")
    assert case["urging"] is True
    assert "external_no" not in case

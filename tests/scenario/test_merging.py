"""并单, 拆单, 重复诉求, 更正, 作废: the record is put right, nobody is forgotten and nothing is deleted."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, heard_in, shown, words
from tests.kit.town_fixtures import on_both_databases

OTHER = {"external_no": "B", "name": "测乙二", "phone": "00012340003", "address": "示例街道虚构路09号"}


async def merged(town: Town, **more: str) -> tuple[str, str]:
    """Two complaints about one matter: the first is with 人社局, the second was merged into it."""
    first = await town.dispatched(category="办不了", external_no="A")
    second = await town.push(**{**OTHER, **more})
    await town.say("wangmin", "app", f"/确认 {second}")
    await town.say("zhaogang", "app", f"/并单 {second} {first}")
    return first, second


@on_both_databases
async def test_two_complaints_of_one_matter_are_worked_once_and_both_complainants_are_called(town: Town):
    first = await town.dispatched(category="办不了", external_no="A")
    second = await town.push(**OTHER)
    await town.say("wangmin", "app", f"/确认 {second}")
    came = await town.say("zhaogang", "app", f"/并单 {second} {first}")
    assert f"已并入 {first}：{second}" in heard_by(came, "zhaogang")
    assert "并入一件相同诉求" in heard_by(came, "chenjing")
    assert (await town.case(second))["state"] == "Z6"
    assert f"并入{first}" in (await town.row(second))["备注"]

    await town.say("chenjing", "人社局", f"/答复 {first} 两位群众的申请均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    left = await town.say("wangmin", "app", f"/回访 {first} 满意")
    assert f"还要回访：{second}" in words(left)
    assert (await town.case(first))["state"] == "C2"
    await town.say("liujie", "app", f"/回访 {second} 基本满意")
    assert [(await town.case(no))["state"] for no in (first, second)] == ["Z1", "Z6"]
    assert (await town.row(second))["办理结果满意度"] == "基本满意"


async def test_the_second_complainant_may_be_called_first(town: Town):
    first, second = await merged(town)
    await town.say("chenjing", "人社局", f"/答复 {first} 均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("liujie", "app", f"/回访 {second} 满意")
    assert (await town.case(first))["state"] == "C2"
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    assert (await town.case(first))["state"] == "Z1"


async def test_one_dissatisfied_complainant_sends_the_case_back_and_both_are_called_again(town: Town):
    first, second = await merged(town)
    await town.say("chenjing", "人社局", f"/答复 {first} 均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    came = await town.say("liujie", "app", f"/回访 {second} 不满意 没有人联系过我")
    assert "退回重办·第2轮" in heard_in(came, "人社局")
    assert (await town.case(first))["state"] == "R"
    await town.say("chenjing", "人社局", f"/答复 {first} 已上门办理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    assert (await town.case(first))["state"] == "C2"
    await town.say("liujie", "app", f"/回访 {second} 满意")
    assert (await town.case(first))["state"] == "Z1"


async def test_the_stricter_limit_of_the_two_counts(town: Town):
    first = await town.dispatched(category="办不了", external_no="A")
    second = await town.dispatched(category="办不了", limit="2026-11-25", **OTHER)
    await town.say("zhaogang", "app", f"/并单 {first} {second}")
    assert (await town.case(first))["due_at"] == "2026-11-25T17:00:00+08:00"
    assert (await town.case(second))["state"] == "Z6"


async def test_a_case_is_not_merged_with_itself_nor_twice(town: Town):
    first, second = await merged(town)
    assert "不能并入" in words(await town.say("zhaogang", "app", f"/并单 {first} {first}"))
    third = await town.push(external_no="C")
    assert "已办结" in words(await town.say("zhaogang", "app", f"/并单 {second} {third}"))
    assert "管理机构" in words(await town.say("wangmin", "app", f"/并单 {first} {third}"))
    assert (await town.case(third))["state"] == "D"


async def test_a_merged_case_may_be_opened_again_on_its_own(town: Town):
    _, second = await merged(town)
    await town.say("lijianguo", "app", f"/重开 {second} 并非同一件事")
    assert (await town.case(second))["state"] == "A2"


async def test_a_repeated_complaint_is_proposed_and_never_merged_silently(town: Town):
    first = await town.push(external_no="A")
    second = await town.push(external_no="B")
    card = await town.expect("app", second, "待核对", user="wangmin")
    assert f"可能与以前的诉求重复：{first}" in shown(card)
    assert (await town.case(second))["state"] == "D"
    other = await town.push(**{**OTHER, "external_no": "C"})
    assert "可能与以前的诉求重复" not in shown(await town.expect("app", other, "待核对", user="wangmin"))


async def test_a_second_matter_in_a_complaint_becomes_a_case_of_its_own(town: Town):
    no = await town.dispatched(external_no="A")
    said = words(await town.say("zhaogang", "app", f"/拆单 {no} 大厅中午无人值守，请求安排轮值"))
    assert f"已从 {no} 拆出新的一件：YS20261123-0002" in said
    new = "YS20261123-0002"
    card = await town.expect("app", new, "待核对", "中午无人值守", user="wangmin")
    assert "测甲一" in shown(card), "the same complainant"
    assert f"由{no}拆出" in (await town.row(new))["备注"]
    assert (await town.case(no))["state"] == "B1"
    assert "请写明" in words(await town.say("zhaogang", "app", f"/拆单 {no}"))


async def test_a_correction_takes_a_second_person_and_keeps_the_old_entry(town: Town):
    no = await town.push()
    await town.say("zhaogang", "app", f"/更正 {no} 电话：00012340077 录入有误")
    await town.expect("app", no, "申请更正", "更正为：00012340077", "录入有误", user="lijianguo")
    assert "申请人以外的人" in words(await town.say("zhaogang", "app", f"/准 {no}"))
    assert (await town.record(no)).case.private.phone == "00012340001"
    await town.say("lijianguo", "app", f"/准 {no}")
    record = await town.record(no)
    assert (record.case.private.phone, record.case.private.phones) == ("00012340077", ("00012340077",))
    assert record.events[0].private["phone"] == "00012340001"
    history = words(await town.say("wangmin", "app", f"/查 {no}"))
    assert "申请更正联系电话" in history
    assert "更正联系电话" in history


async def test_a_corrected_name_leaves_the_title_the_groups_see(town: Town):
    no = await town.push(content="反映赵大力的退休手续多次退件问题。材料补齐两次仍不予受理。")
    assert "赵大力" in (await town.record(no)).case.title, "nobody knew that this is a name"
    await town.say("wangmin", "app", f"/更正 {no} 姓名：赵大力 登记错了人")
    await town.say("zhaogang", "app", f"/准 {no}")
    for text in (f"/确认 {no}", f"/分类 {no} 不给办", f"/转办 {no} 人社局"):
        await town.say("zhaogang", "app", text)
    assert no in words(await town.messages(chat="人社局"))


async def test_a_refused_correction_changes_nothing_and_no_department_hears_of_it(town: Town):
    no = await town.dispatched()
    assert "可更正的有" in words(await town.say("wangmin", "app", f"/更正 {no} 编号：9 写错"))
    assert "请写明理由" in words(await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077"))
    await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077 录入有误")
    came = await town.say("zhaogang", "app", f"/不准 {no} 录音里就是原来的号码")
    assert not heard_by(came, "chenjing")
    assert (await town.record(no)).case.private.phone == "00012340001"


async def test_what_was_registered_by_mistake_is_void_and_keeps_its_number(town: Town):
    no = await town.push()
    assert "负责人" in words(await town.say("zhaogang", "app", f"/作废 {no} 重复录入"))
    assert "请写明理由" in words(await town.say("lijianguo", "app", f"/作废 {no}"))
    await town.say("lijianguo", "app", f"/作废 {no} 重复录入")
    assert (await town.case(no))["state"] == "Z7"
    assert "作废" in (await town.row(no))["备注"]
    assert await town.push(external_no="B") == "YS20261123-0002"
    assert not [m for m in await town.turn("11-23 10:00") if no in shown(m)], "nobody is reminded of it"


async def test_what_a_department_has_is_not_void(town: Town):
    no = await town.dispatched()
    assert "不能作废" in words(await town.say("lijianguo", "app", f"/作废 {no} 重复录入"))

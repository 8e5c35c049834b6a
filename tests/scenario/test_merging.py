"""并单, 拆单, 重复诉求, 更正, 作废: the record is put right, nobody is forgotten and nothing is deleted."""

from __future__ import annotations

from models.cases import CaseRow
from tests.kit.town import Town, captions, heard_by, heard_in, shown, words

OTHER = {"external_no": "B", "name": "测乙二", "phone": "00012340003", "address": "示例街道虚构路09号"}


async def merged(town: Town, **more: str) -> tuple[str, str]:
    """Two complaints about one matter: the first is with 人社局, the second was merged into it."""
    first = await town.dispatched(category="办不了", external_no="A")
    second = await town.push(**{**OTHER, **more})
    await town.say("wangmin", "app", f"/确认 {second}")
    await town.say("zhaogang", "app", f"/并单 {second} {first}")
    return first, second


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


async def test_a_case_opened_again_is_waited_for_no_longer(town: Town):
    first, second = await merged(town)
    await town.say("lijianguo", "app", f"/重开 {second} 并非同一件事")
    await town.say("chenjing", "人社局", f"/答复 {first} 已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    assert (await town.case(first))["state"] == "Z1"


async def test_when_the_first_complainant_withdraws_the_second_is_answered_all_the_same(town: Town):
    first, second = await merged(town)
    said = words(await town.say("wangmin", "app", f"/撤回 {first} 已自行解决"))
    assert f"为并单的诉求人继续办理：{second}" in said
    assert "诉求人已撤回" in heard_by(await town.messages("zhaogang"), "zhaogang")
    assert "不再联系" in words(await town.say("chenjing", "app", f"/联系方式 {first} 约时间"))
    assert (await town.case(first))["state"] == "B1"
    await town.say("chenjing", "人社局", f"/答复 {first} 已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    assert "不再联系" in words(await town.say("wangmin", "app", f"/回访 {first} 满意"))
    await town.say("wangmin", "app", f"/回访 {second} 满意")
    assert [(await town.case(no))["state"] for no in (first, second)] == ["Z5", "Z6"]
    assert "已受理" in (await town.row(second))["办理情况"]


async def test_what_nobody_has_yet_is_set_free_when_its_master_is_withdrawn_or_void(town: Town):
    for end, who in (("撤回", "wangmin"), ("作废", "lijianguo")):
        first = await town.push(external_no=f"A{end}")
        second = await town.push(**{**OTHER, "external_no": f"B{end}"})
        for no in (first, second):
            await town.say("wangmin", "app", f"/确认 {no}")
        await town.say("zhaogang", "app", f"/并单 {second} {first}")
        before = town.last
        said = words(await town.say(who, "app", f"/{end} {first} 不办了"))
        assert f"恢复单独办理，请分别转办：{second}" in said
        assert (await town.case(second))["state"] == "A2"
        card = await town.expect("app", second, "待转办", user="zhaogang")
        assert card["n"] > before


async def test_the_hotline_hears_the_end_of_its_own_order_though_it_was_merged(town: Town):
    await town.reassign("songyan", "热线")
    first, second = await merged(town)
    await town.say("chenjing", "人社局", f"/答复 {first} 均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    came = await town.say("wangmin", "app", f"/回访 {second} 基本满意")
    for order in ("A", "B"):
        assert [m for m in came if f"工单编号：{order}" in shown(m) and "均已受理" in shown(m)], order


async def test_who_joined_without_a_way_to_be_called_holds_up_nobody(town: Town):
    first, second = await merged(town, name="", phone="", anonymous=True)
    await town.say("chenjing", "人社局", f"/答复 {first} 均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    assert (await town.case(first))["state"] == "Z1"
    assert (await town.row(second))["办理结果满意度"] == "未评价（匿名）"


async def test_who_joined_and_does_not_answer_is_tried_as_often_as_any_other(town: Town):
    first, second = await merged(town)
    await town.say("chenjing", "人社局", f"/答复 {first} 均已受理")
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    for attempt in (1, 2):
        assert f"{second} 第 {attempt} 次回访未接通" in words(
            await town.say("wangmin", "app", f"/回访 {second} 未接通")
        )
    await town.turn("11-24 09:30")
    assert (await town.case(first))["state"] == "C2"
    assert "不再等候" in words(await town.say("wangmin", "app", f"/回访 {second} 未接通"))
    assert (await town.case(first))["state"] == "Z1"
    assert (await town.row(second))["办理结果满意度"] == "未评价（未联系上）"


async def test_a_dispatched_case_is_not_taken_from_its_department_by_an_older_draft(town: Town):
    older = await town.push(external_no="A")
    newer = await town.dispatched(category="办不了", **OTHER)
    await town.say("wangmin", "app", f"/确认 {older}")
    assert f"已并入 {newer}：{older}" in words(await town.say("zhaogang", "app", f"/并单 {older} {newer}"))
    assert [(await town.case(no))["state"] for no in (older, newer)] == ["Z6", "B1"]
    assert (await town.case(newer))["departments"] == ["人社局"]


async def test_followers_are_not_dragged_out_of_a_department(town: Town):
    older = await town.push(external_no="A")
    second = await town.push(**{**OTHER, "external_no": "B"})
    for no in (older, second):
        await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/并单 {older} {second}")
    newer = await town.dispatched(category="办不了", external_no="C", content="反映退休手续退件的第三位群众")
    assert f"先把 {older} 转办同一部门" in words(await town.say("zhaogang", "app", f"/并单 {older} {newer}"))
    assert (await town.case(newer))["state"] == "B1"


async def test_the_manager_hears_which_department_is_out_of_it_after_a_merge(town: Town):
    first = await town.dispatched(category="办不了", external_no="A")
    second = await town.dispatched("医保局", category="办不了", **OTHER)
    said = words(await town.say("zhaogang", "app", f"/并单 {first} {second}"))
    assert "原由医保局承办的一件不再单独办理" in said
    assert "人社局,医保局" in said


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


async def test_only_the_managers_of_the_centre_split_an_open_case(town: Town):
    """The window, the liaison and the leader of a department see the case and may not split it; nobody a closed one."""
    no = await town.dispatched(external_no="A")
    for user, chat in (("wangmin", "app"), ("chenjing", "人社局"), ("chenjing", "app")):
        said = words(await town.say(user, chat, f"/拆单 {no} 大厅中午无人值守，请求安排轮值"))
        assert "拆单由管理机构办理" in said, (user, said)
    assert await CaseRow.all().count() == 1
    assert [event.type for event in (await town.record(no)).events].count("split_off") == 0
    await town.say("wangmin", "app", f"/撤回 {no} 自己办好了")
    assert "不再接受拆单" in words(await town.say("zhaogang", "app", f"/拆单 {no} 大厅中午无人值守"))
    assert await CaseRow.all().count() == 1


async def test_every_further_matter_is_a_case_of_its_own(town: Town):
    """The hotline's number is the same for all of them: it must not make the third matter vanish in the second."""
    no = await town.dispatched(external_no="A")
    for matter in ("大厅中午无人值守，请求安排轮值", "停车场出口标识不清，请求更换"):
        await town.say("zhaogang", "app", f"/拆单 {no} {matter}")
    assert await CaseRow.all().count() == 3
    remarks = (await town.row(no))["备注"]
    assert "拆出YS20261123-0002" in remarks
    assert "拆出YS20261123-0003" in remarks
    third = (await town.record("YS20261123-0003")).case
    assert third.private.content == "停车场出口标识不清，请求更换"


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


async def test_a_corrected_name_leaves_the_title_a_clerk_wrote(town: Town):
    no = await town.push(content="反映赵大力的退休手续多次退件问题。材料补齐两次仍不予受理。")
    assert (await town.record(no)).case.title == "退休手续：多次退件、要求补材料"
    await town.say("wangmin", "app", f"/改 {no} 标题：赵大力的退休手续")
    assert "赵大力" in (await town.record(no)).case.title, "a clerk wrote it, and nobody knew that this is a name"
    await town.say("wangmin", "app", f"/更正 {no} 姓名：赵大力 登记错了人")
    await town.say("zhaogang", "app", f"/准 {no}")
    for text in (f"/确认 {no}", f"/分类 {no} 不给办", f"/转办 {no} 人社局"):
        await town.say("zhaogang", "app", text)
    assert no in words(await town.messages(chat="人社局"))


async def test_a_correction_redraws_the_card_of_the_group(town: Town):
    no = await town.dispatched()
    assert "投诉／不给办" in shown(await town.expect("人社局", no))
    await town.say("wangmin", "app", f"/更正 {no} 性质：求助 登记有误")
    await town.say("zhaogang", "app", f"/准 {no}")
    card = await town.expect("人社局", no, "求助／不给办")
    assert "签收" in captions(card)
    await town.press("chenjing", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"


async def test_a_refused_correction_changes_nothing_and_no_department_hears_of_it(town: Town):
    no = await town.dispatched()
    assert "可更正的有" in words(await town.say("wangmin", "app", f"/更正 {no} 颜色：9 写错"))
    assert "请写明理由" in words(await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077"))
    await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077 录入有误")
    came = await town.say("zhaogang", "app", f"/不准 {no} 录音里就是原来的号码")
    assert not heard_by(came, "chenjing")
    assert not heard_in(came, "人社局")
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

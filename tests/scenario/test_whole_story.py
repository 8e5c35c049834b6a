"""One complaint from the hotline to 清零销号, by buttons, as people would do it."""

from __future__ import annotations

import pytest

from tests.kit.town import Town, shown, words
from tests.kit.town_fixtures import on_every_platform


@pytest.mark.parametrize(
    ("backend", "platforms"),
    [("sqlite", "wecom"), ("sqlite", "dingtalk"), ("sqlite", "mixed"), ("postgres", "mixed")],
)
async def test_a_hotline_complaint_goes_all_the_way_to_a_cleared_number(town: Town):
    text = town.world.city.samples[0]["text"]
    no = await town.push(text)
    card = await town.expect("app", no, "待核对", "测甲一", "00012340001", user="wangmin")
    assert [button["text"] for button in card["buttons"]] == ["确认", "当场办结", "补充", "撤回"]
    assert words(await town.group_messages()).count(no) == 0

    await town.press("wangmin", "确认")
    await town.press("zhaogang", "转办人社局")
    group = await town.expect("人社局", no, "陈静", "签收", "11-24 17:00前")
    assert "测甲一" not in shown(group)

    await town.press("chenjing", "签收", "人社局")
    await town.press("chenjing", "承诺", "人社局")
    await town.say("chenjing", "人社局", "2026-11-26")
    await town.expect("人社局", no, "11-26 17:00前", user="chenjing")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"

    await town.press("chenjing", "答复", "人社局")
    await town.say("chenjing", "人社局", "已受理退休申请并说明原因")
    await town.expect("app", no, "待质检", user="zhaogang")
    await town.press("zhaogang", "质检通过")
    await town.press("liujie", "满意")

    case = await town.case(no)
    assert (case["state"], case["state_name"]) == ("Z1", "清零销号")
    assert [event["type"] for event in case["events"]] == [
        "registered", "confirmed", "dispatched", "delivered", "accepted", "promised", "answered",
        "review_passed", "called", "closed",
    ]  # fmt: skip
    await town.expect("app", no, "清零销号", user="chenjing")
    row = await town.row(no)
    assert row["办理结果满意度"] == "满意"
    assert row["备注"].startswith("未超期")
    assert "2026-11-23销号" in row["备注"]


@on_every_platform
async def test_cannot_be_done_needs_a_reason_and_a_basis_and_is_called_back_like_any_answer(town: Town):
    no = await town.dispatched(category="办不了")
    refused = await town.say("chenjing", "人社局", f"/办不了 {no} 不符合参保条件")
    assert "理由和依据" in words(refused)
    await town.say("chenjing", "人社局", f"/办不了 {no} 不符合参保条件；《社会保险法》第十六条")
    card = await town.expect("app", no, "待质检", user="zhaogang")
    assert "《社会保险法》第十六条" in shown(card)
    await town.press("zhaogang", "质检通过")
    await town.press("wangmin", "基本满意")
    assert (await town.case(no))["state"] == "Z1"
    assert (await town.row(no))["办理情况"].startswith("办不了：不符合参保条件；依据：《社会保险法》第十六条")


@on_every_platform
async def test_a_hard_matter_has_a_plan_first_and_a_result_by_the_promised_date(town: Town):
    no = await town.dispatched(category="很难办")
    assert (await town.case(no))["due_at"] == "2026-11-30T17:00:00+08:00"
    await town.press("chenjing", "方案", "人社局")
    await town.say("chenjing", "人社局", "2026-12-18 先补正材料再核验")
    case = await town.case(no)
    assert (case["state"], case["due_at"]) == ("B3", "2026-12-18T17:00:00+08:00")
    await town.expect("app", "已报送方案", "12-18", user="zhaogang")
    await town.turn("12-10 10:00")
    await town.say("chenjing", "人社局", f"/答复 {no} 已核验办结")
    row = await town.row(no)
    assert row["要求办理期限"] == "方案：2026-11-30；结果：2026-12-18"
    assert "方案（2026-11-23）：先补正材料再核验" in row["办理情况"]
    assert row["备注"].startswith("未超期")


@on_every_platform
async def test_a_general_matter_is_settled_on_the_spot_and_still_called_back_by_somebody_else(town: Town):
    no = await town.push()
    await town.press("wangmin", "当场办结")
    await town.say("wangmin", "app", "当场指导补齐材料，已受理")
    await town.expect("app", no, "待回访", user="liujie")
    assert f"{no} 待回访" not in words(await town.messages("wangmin")), "who settled it is not asked to call back"
    refused = await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert "回访须由他人进行" in words(refused)
    await town.press("liujie", "非常满意")
    assert (await town.case(no))["state"] == "Z1"
    assert (await town.row(no))["分办转办时间"] == "—（当场）"


@on_every_platform
async def test_an_answer_before_signing_counts_as_both(town: Town):
    no = await town.dispatched()
    await town.say("chenjing", "人社局", f"/答复 {no} 已办结")
    assert (await town.events(no))[-2:] == ["accepted", "answered"]


@on_every_platform
async def test_a_failed_review_sends_the_case_back_as_a_second_round(town: Town):
    no = await town.answered()
    await town.press("zhaogang", "不合格")
    await town.say("zhaogang", "app", "没有答复群众的第二个问题")
    await town.expect("人社局", no, "退回重办·第2轮", "签收")
    await town.expect("app", "质检不合格（没有答复群众的第二个问题）", user="chenjing")
    case = await town.case(no)
    assert (case["state"], case["round"], case["due_at"]) == ("R", 2, "2026-11-26T17:00:00+08:00")


@on_every_platform
async def test_a_dissatisfied_complainant_starts_a_second_round_with_reminders_of_its_own(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:00")
    await town.turn("11-26 09:00")
    assert (await town.row(no))["是否催办及时间"].count("第") == 2
    await town.say("chenjing", "人社局", f"/答复 {no} 窗口已说明")
    await town.press("zhaogang", "质检通过")
    await town.press("wangmin", "不满意")
    await town.say("wangmin", "app", "群众说根本没有人联系过他")
    case = await town.case(no)
    assert (case["state"], case["round"], case["level"]) == ("R", 2, 0)
    assert case["due_at"] == "2026-12-01T17:00:00+08:00"
    await town.expect("app", no, "不满意（群众说根本没有人联系过他）", user="chenjing")
    assert "根本没有人联系" not in words(await town.group_messages())

    nudges = [await town.turn(moment) for moment in ("11-30 09:00", "12-01 09:00", "12-01 15:00")]
    assert [no in words([m for m in came if m["chat"].startswith("wrk")]) for came in nudges] == [True] * 3
    await town.say("chenjing", "人社局", f"/答复 {no} 已上门办理并当面致歉")
    await town.press("zhaogang", "质检通过")
    await town.press("liujie", "满意")
    assert (await town.case(no))["state"] == "Z1"
    row = await town.row(no)
    assert row["是否退回重办及时间"].startswith("是 2026-11-26 09:00（第1次）")
    assert "重办：2026-12-01" in row["要求办理期限"]
    assert row["是否催办及时间"].count("第") == 5


@on_every_platform
async def test_the_enterprise_window_drafts_a_supervision_when_the_enterprise_is_dissatisfied(town: Town):
    no = await town.answered(source="万人助万企窗口", name="示例市虚构机械有限公司", is_unit=True, contact="测己六")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 不满意 三家部门还在互推")
    draft = await town.expect("app", no, "督办单草稿", "不满", user="zhaogang")
    assert "督办" in [button["text"] for button in draft["buttons"]]


@on_every_platform
async def test_an_anonymous_complaint_is_closed_without_a_call_and_never_counts_as_satisfied(town: Town):
    no = await town.answered(anonymous=True, name="", phone="", address="")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    assert (await town.case(no))["state"] == "Z3"
    assert (await town.row(no))["办理结果满意度"] == "未评价（匿名）"


@on_every_platform
async def test_several_departments_have_one_lead_and_every_group_gets_the_work_order(town: Town):
    no = await town.dispatched("住建局,自然资源局", "复杂")
    for department in ("住建局", "自然资源局"):
        await town.expect(department, no, "牵头：住建局；配合：自然资源局")
    assert (await town.case(no))["departments"] == ["住建局", "自然资源局"]
    assert (await town.case(no))["due_at"] == "2026-11-30T17:00:00+08:00"


@on_every_platform
async def test_a_referred_matter_is_tracked_and_answered_by_the_centre_itself(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 未进驻")
    await town.say("zhaogang", "app", f"/函转 {no} 市交通运输局 2026-11-30")
    assert (await town.case(no))["state"] == "B4"
    await town.turn("11-27 09:00")
    await town.say("zhaogang", "app", f"/答复 {no} 市交通运输局已办结")
    await town.say("lijianguo", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert (await town.case(no))["state"] == "Z1"


@on_every_platform
async def test_a_matter_out_of_scope_is_handed_over_and_the_complainant_is_told(town: Town):
    no = await town.push(content="楼下烧烤店半夜噪音扰民，物业不管，请求处理。")
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 范围外")
    assert "转交" in words(await town.say("zhaogang", "app", f"/转办 {no} 人社局"))
    await town.say("zhaogang", "app", f"/转交 {no} 城市管理局 已电话告知")
    case = await town.case(no)
    assert case["state"] == "Z4"
    assert case["events"][-1]["text"] == "电话告知诉求人转交情况"


@on_every_platform
async def test_a_withdrawn_complaint_ends_for_the_department_too(town: Town):
    no = await town.dispatched()
    await town.say("wangmin", "app", f"/撤回 {no} 群众来电称已自行解决")
    await town.expect("app", no, "诉求人已撤回", user="chenjing")
    assert "已办结" in words(await town.say("chenjing", "人社局", f"/答复 {no} 办好了"))


@on_every_platform
async def test_only_the_lead_reopens_and_the_case_begins_a_new_round(town: Town):
    no = await town.answered()
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert "负责人" in words(await town.say("zhaogang", "app", f"/重开 {no} 新情况"))
    await town.say("lijianguo", "app", f"/重开 {no} 群众反映并未办结")
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    case = await town.case(no)
    assert (case["state"], case["round"]) == ("B1", 2)

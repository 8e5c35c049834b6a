"""The hotline's own deadline and its result form (通知第三条（二）)."""

from __future__ import annotations

import json

from tests.kit.town import Town, heard_by, heard_in, shown, words

EARLIER = "2026-11-25T04:00:00Z"  # noon here


async def test_the_hotlines_earlier_limit_drives_the_reminders(town: Town):
    no = await town.dispatched(category="很难办", external_no="PDS1", external_deadline=EARLIER)
    card = await town.expect("人社局", no, "11-30 17:00前")
    assert "11-25 12:00前" in shown(card)
    for moment in ("11-24 09:00", "11-25 09:00", "11-25 10:00"):
        assert no in heard_in(await town.turn(moment), "人社局"), moment
    came = await town.turn("11-25 13:00")
    assert "热线要求的期限已到" in heard_by(came, "zhaogang")
    assert "督办单草稿" not in heard_by(came, "zhaogang"), "the mechanism's own limit is not over"
    assert no in heard_in(await town.turn("11-27 09:00"), "人社局"), "and then of the mechanism's own"
    assert "热线" not in heard_by(await town.turn("11-27 10:00"), "zhaogang"), "told once"


async def test_a_later_hotline_limit_changes_nothing(town: Town):
    no = await town.dispatched(category="办不了", external_no="PDS1", external_deadline="2026-12-10T17:00:00+08:00")
    assert no not in heard_in(await town.turn("11-24 09:00"), "人社局")
    assert no in heard_in(await town.turn("11-25 09:00"), "人社局")


async def test_the_result_goes_back_to_the_hotline_in_its_own_form(town: Town):
    await town.reassign("songyan", "热线")
    no = await town.reviewed(external_no="PDS1")
    assert not heard_by(await town.messages("songyan"), "songyan")
    came = await town.say("wangmin", "app", f"/回访 {no} 满意")
    told = heard_by(came, "songyan")
    for part in (
        "12345热线工单办理结果",
        "工单编号：PDS1",
        no,
        "承办单位：人社局",
        "已为群众办结",
        "回访结果：满意",
        "清零销号",
    ):
        assert part in told, part
    assert "00012340001" not in told


async def test_a_complaint_of_the_window_is_not_reported_to_the_hotline(town: Town):
    await town.reassign("songyan", "热线")
    await town.closed(source="窗口")
    assert not heard_by(await town.messages("songyan"), "songyan")


async def test_a_person_of_the_hotline_may_register_and_urge_and_nothing_else(town: Town):
    await town.reassign("songyan", "热线")
    said = heard_by(await town.say("songyan", "app", "测乙二 00012340003 说老宅确权档案找不到，跑了四趟"), "songyan")
    assert "已收下" in said
    no = await town.push(external_no="B")
    for text in (f"/确认 {no}", f"/查 {no}", "/台账"):
        await town.say("songyan", "app", text)
    assert (await town.case(no))["state"] == "D"
    assert "测甲一" not in heard_by(await town.messages("songyan"), "songyan")


async def test_the_hotline_hears_of_every_end_and_the_interface_says_the_same(town: Town):
    await town.reassign("songyan", "热线")
    transferred = await town.push(external_no="T1")
    await town.say("wangmin", "app", f"/确认 {transferred}")
    await town.say("zhaogang", "app", f"/分类 {transferred} 范围外")
    told = heard_by(await town.say("zhaogang", "app", f"/转交 {transferred} 区城市管理局"), "songyan")
    for part in ("工单编号：T1", "不属于政务服务范围，已转交区城市管理局", "办理状态：已转交"):
        assert part in told, part
    assert "回访结果" not in told, "nobody was called"

    withdrawn = await town.push(external_no="W1", content="不动产登记等了两个月没有结果")
    told = heard_by(await town.say("wangmin", "app", f"/撤回 {withdrawn} 诉求人已自行办好"), "songyan")
    assert "办理情况：诉求人撤回" in told
    assert "自行办好" not in told

    void = await town.push(external_no="V1", content="医保报销一直没有到账")
    told = heard_by(await town.say("lijianguo", "app", f"/作废 {void} 重复录入"), "songyan")
    assert "登记有误，本件作废" in told
    assert (await town.case(void))["state"] == "Z7"

    discarded = await town.push(external_no="D1", content="测试推送，请忽略")
    told = heard_by(await town.say("wangmin", "app", f"/放弃 {discarded}"), "songyan")
    assert "经核对不是诉求，没有登记" in told

    referred = await town.push(external_no="R1", content="刻章备案一直办不下来")
    await town.say("wangmin", "app", f"/确认 {referred}")
    await town.say("zhaogang", "app", f"/分类 {referred} 未进驻")
    told = heard_by(await town.say("zhaogang", "app", f"/函转 {referred} 市公安局 2026-11-30"), "songyan")
    for part in ("12345热线工单办理情况", "R1", "已函转市公安局，跟踪办理", "已函转跟踪"):
        assert part in told, part
    assert "办结时间" not in told


async def test_a_merged_order_is_told_at_once_and_again_when_its_master_ends(town: Town):
    await town.reassign("songyan", "热线")
    master = await town.dispatched(external_no="M1")
    joined = await town.push(external_no="M2")
    await town.say("wangmin", "app", f"/确认 {joined}")
    told = heard_by(await town.say("zhaogang", "app", f"/并单 {master} {joined}"), "songyan")
    assert "工单编号：M2" in told
    assert f"并入{master}" in told
    case = await town.case(joined)
    assert (case["state"], case["merged_into"], case["merged_end"]) == ("Z6", master, None)


async def test_the_last_limit_is_told_after_the_end_too(town: Town):
    no = await town.closed(external_no="PDS1")
    case = await town.case(no)
    assert case["state"] == "Z1"
    assert case["due_at"] == "2026-11-24T17:00:00+08:00"
    assert case["finished_at"] is not None


async def test_a_text_the_hotline_pushes_is_the_hotlines_whatever_it_says(town: Town):
    for text in (
        "群众到窗口反映社保转移一直不给办，请核实。",
        "【万人助万企】某公司反映施工许可办理慢，请协调。",
    ):
        no = await town.push(text)
        said = words(await town.say("wangmin", "app", f"/查 {no}"))
        assert "来源：12345热线" in said
    beside = {"external_no": "PDS7", "external_deadline": "2026-11-25T12:00:00+08:00"}
    body = json.dumps({"text": "社保转移一直不给办，窗口总说再等等", **beside}).encode()
    status, answer = await town.request("POST", "/api/v1/complaints", body)
    assert status == 201, answer
    case = await town.case(answer["case_no"])
    assert case["external_due_at"] == "2026-11-25T12:00:00+08:00", "what came beside the text is not dropped"


async def test_number_source_and_limit_are_completed_later_and_the_result_finds_its_way(town: Town):
    await town.reassign("songyan", "热线")
    no = await town.dispatched(source="窗口")
    await town.push(external_no="TAKEN", source="12345热线", content="另一件事，医保报销没有到账")
    await town.say("wangmin", "app", f"/更正 {no} 来源：12345热线 热线转来，录成了窗口")
    await town.say("zhaogang", "app", f"/准 {no}")
    said = words(await town.say("wangmin", "app", f"/更正 {no} 热线单号：TAKEN 补录"))
    assert "已经登记为" in said
    await town.say("wangmin", "app", f"/更正 {no} 热线单号：PDS9 补录")
    await town.say("zhaogang", "app", f"/准 {no}")
    await town.say("wangmin", "app", f"/更正 {no} 热线期限：2026-11-25 12:00 补录")
    await town.say("zhaogang", "app", f"/准 {no}")
    case = await town.case(no)
    assert case["external_due_at"] == "2026-11-25T12:00:00+08:00"
    assert "热线单号PDS9" in (await town.row(no))["备注"]
    assert await town.push(external_no="PDS9") == no, "the same order again is this case"
    came = await town.turn("11-25 13:00")
    assert "热线要求的期限已到" in heard_by(came, "zhaogang")
    came = await town.turn("11-26 09:00")
    assert "热线期限已过、尚未报送结果的新增 1 件" in heard_by(came, "zhaogang")
    assert no in heard_by(came, "zhaogang")

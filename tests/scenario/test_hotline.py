"""The hotline's own deadline and its result form (通知第三条（二）)."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, heard_in, shown

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

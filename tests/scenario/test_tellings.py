"""What the complainant must be told is asked for until it happened; the 纪检 hears of each month (通知第三条)."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, heard_in, words


async def test_a_transfer_nobody_was_told_of_comes_back_every_morning_until_it_is_told(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 范围外")
    await town.say("zhaogang", "app", f"/转交 {no} 区城市管理局")
    for who in ("zhaogang", "wangmin"):
        assert "待告知诉求人转交情况" in words(await town.say(who, "app", "/我的"))
    came = heard_by(await town.turn("11-24 09:00"), "zhaogang")
    assert "待告知诉求人转交情况" in came
    assert "待告知诉求人的 1 件" in came, "the digest counts it"
    assert (await town.case(no))["state"] == "Z4"
    said = words(await town.say("wangmin", "app", f"/告知 {no} 电话 已转区城市管理局，由其直接答复"))
    assert "电话告知诉求人转交情况" in said
    assert no not in words(await town.say("zhaogang", "app", "/我的"))
    assert no not in heard_by(await town.turn("11-25 09:00"), "zhaogang")
    assert "已告知诉求人" in (await town.row(no))["办理情况"]


async def test_a_plan_is_told_with_one_tap_and_a_sentence(town: Town):
    no = await town.dispatched(category="很难办")
    await town.say("chenjing", "人社局", f"/方案 {no} 2026-12-04 先补正材料再核验")
    came = await town.turn("11-24 09:00")
    assert "待告知诉求人解决方案" in heard_by(came, "zhaogang")
    assert "待告知" not in heard_in(came, "人社局")
    await town.press("zhaogang", "告知", about=no)
    await town.say("zhaogang", "app", "当面 已把方案和日期告诉本人")
    assert (await town.case(no))["events"][-1]["text"] == "当面告知诉求人解决方案"
    assert "待告知" not in heard_by(await town.turn("11-25 09:00"), "zhaogang")


async def test_a_telling_without_its_channel_is_noted_and_asked_for(town: Town):
    no = await town.dispatched(category="很难办")
    await town.say("chenjing", "人社局", f"/方案 {no} 2026-12-04 先补正材料再核验")
    assert "没有写明渠道" in words(await town.say("wangmin", "app", f"/告知 {no} 方案已经说了"))
    assert "told" in await town.events(no)


async def test_the_minutes_of_a_consultation_are_the_cases_own_event(town: Town):
    no = await town.dispatched(category="很难办")
    said = words(await town.say("zhaogang", "app", f"/会商 {no} 人社局牵头，11月底前补录档案"))
    assert "已记录会商纪要" in said
    assert "consulted" in await town.events(no)
    row = await town.row(no)
    assert "2026-11-23会商" in row["备注"]
    assert "人社局牵头，11月底前补录档案" in row["办理情况"]
    assert "管理机构" in words(await town.say("chenjing", "人社局", f"/会商 {no} 纪要"))


async def test_the_discipline_office_hears_of_the_month_without_anybodys_name(town: Town):
    await town.closed()
    await town.dispatched(category="办不了", external_no="late")
    assert heard_by(await town.turn("11-30 10:00"), "fenglei") == ""
    said = heard_by(await town.turn("12-01 09:00"), "fenglei")
    assert "2026年11月“有诉即办”情况" in said
    assert "受理 2 件，办结 1 件" in said
    assert "测甲一" not in said
    assert "情况】" not in heard_by(await town.turn("12-02 09:00"), "fenglei"), "once a month"

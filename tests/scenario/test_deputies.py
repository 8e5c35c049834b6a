"""代班 and empty posts: a message always finds somebody, and the record says when it did not."""

from __future__ import annotations

from models.people import Deputy, Person
from tests.kit.town import Town, captions, heard_by, shown, words


async def test_messages_and_rights_move_to_the_deputy_for_the_period_and_back(town: Town):
    no = await town.push(external_no="A")
    said = await town.say("zhaogang", "app", "/代班 刘洁 2026-11-24 2026-11-25")
    assert "由刘洁代赵刚的班" in words(said)
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.expect("app", no, "待转办", user="zhaogang")
    assert "管理机构" in words(await town.say("liujie", "app", f"/转办 {no} 人社局")), "not before the period"

    await town.turn("11-24 09:00")
    second = await town.push(external_no="B")
    came = await town.say("wangmin", "app", f"/确认 {second}")
    assert second in heard_by(came, "liujie")
    assert second not in heard_by(came, "zhaogang")
    await town.say("liujie", "app", f"/分类 {second} 不给办")
    await town.say("liujie", "app", f"/转办 {second} 人社局")
    assert (await town.case(second))["state"] == "B1"

    await town.turn("11-26 09:00")
    third = await town.push(external_no="C")
    came = await town.say("wangmin", "app", f"/确认 {third}")
    assert third in heard_by(came, "zhaogang")
    assert third not in heard_by(came, "liujie")
    assert "管理机构" in words(await town.say("liujie", "app", f"/转办 {third} 人社局"))


async def test_a_liaisons_deputy_is_called_by_name_and_may_sign(town: Town):
    await town.say("chenjing", "app", "/代班 赵刚 2026-11-23 2026-11-24")
    no = await town.dispatched()
    card = await town.expect("人社局", no, "赵刚")
    assert "陈静" not in shown(card)
    await town.press("zhaogang", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"
    await town.say("zhaogang", "人社局", f"/答复 {no} 已办结")
    assert (await town.case(no))["state"] == "C1"


async def test_somebody_of_another_department_cannot_stand_in(town: Town):
    said = words(await town.say("chenjing", "app", "/代班 吴强 2026-11-23 2026-11-24"))
    assert "吴强不在贵单位" in said
    no = await town.dispatched()
    await town.expect("人社局", no, "陈静")


async def test_a_mistyped_arrangement_says_how(town: Town):
    for text, told in (
        ("/代班", "写法：/代班 姓名 起 止"),
        ("/代班 刘洁 明天", "日期"),
        ("/代班 张三丰 2026-11-24 2026-11-25", "没有“张三丰”"),
        ("/代班 赵刚 2026-11-24 2026-11-25", "不能请自己"),
        ("/代班 刘洁 2026-11-25 2026-11-24", "起止日期"),
        ("/代班 刘洁 2026-11-19 2026-11-20", "起止日期"),
    ):
        assert told in words(await town.say("zhaogang", "app", text)), text


async def test_the_digest_and_the_nudges_reach_the_deputy_too(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("zhaogang", "app", "/代班 刘洁 2026-11-26 2026-11-27")
    came = await town.turn("11-26 15:00")
    assert no in heard_by(came, "liujie")
    assert "催办" in heard_by(came, "liujie")
    late = await town.turn("11-27 09:00")
    assert "督办单草稿" in heard_by(late, "liujie")
    await town.press("liujie", "督办", about=no)
    assert "supervised" in await town.events(no)


async def test_the_post_nobody_holds_is_told_to_the_next_in_line_and_stands_in_the_record(town: Town):
    await town.deactivate("zhenghua")
    no = await town.dispatched(category="办不了")
    came = await town.turn("11-27 09:00")
    assert "没有分管领导" in heard_by(came, "zhaogang")
    history = words(await town.say("zhaogang", "app", f"/查 {no}"))
    assert "督办提请无人可收（分管领导）" in history


async def test_without_a_manager_the_lead_gets_the_managers_cards(town: Town):
    await town.deactivate("zhaogang")
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    card = await town.expect("app", no, "待转办", user="lijianguo")
    assert "改分类" in captions(card) or "不给办" in captions(card)
    await town.say("lijianguo", "app", f"/分类 {no} 办不了")
    await town.say("lijianguo", "app", f"/转办 {no} 人社局")
    late = await town.turn("11-27 09:00")
    assert "督办单草稿" in heard_by(late, "lijianguo")


async def test_a_complaint_about_the_windows_goes_past_them_to_the_lead(town: Town):
    staff = next(item["text"] for item in town.world.city.samples if item["id"] == "S08")
    no = await town.push(staff)
    assert no in heard_by(await town.messages("lijianguo"), "lijianguo")
    for clerk in ("wangmin", "liujie"):
        assert no not in heard_by(await town.messages(clerk), clerk)
    await town.press("lijianguo", "确认", about=no)
    assert (await town.case(no))["state"] == "A1"


async def test_a_deputy_who_is_away_too_has_a_deputy(town: Town):
    await town.say("zhaogang", "app", "/代班 刘洁 2026-11-23 2026-11-24")
    await town.say("liujie", "app", "/代班 王敏 2026-11-23 2026-11-23")
    no = await town.push(external_no="A")
    came = await town.say("lijianguo", "app", f"/确认 {no}")
    assert "待转办" in heard_by(came, "wangmin")
    assert no not in heard_by(came, "liujie") + heard_by(came, "zhaogang")
    await town.say("wangmin", "app", f"/分类 {no} 不给办")
    await town.say("wangmin", "app", f"/转办 {no} 人社局")
    assert (await town.case(no))["state"] == "B1"
    await town.turn("11-24 09:00")
    second = await town.push(external_no="B")
    came = await town.say("lijianguo", "app", f"/确认 {second}")
    assert "待转办" in heard_by(came, "liujie"), "the second deputy's deputy was for one day"
    assert "管理机构" in words(await town.say("wangmin", "app", f"/转办 {second} 人社局"))


async def test_nobody_stands_in_for_who_stands_in_for_them(town: Town):
    await town.say("zhaogang", "app", "/代班 刘洁 2026-11-23 2026-11-24")
    await town.say("liujie", "app", "/代班 王敏 2026-11-23 2026-11-24")
    assert "不能互相代班" in words(await town.say("wangmin", "app", "/代班 赵刚 2026-11-24 2026-11-25"))
    assert "由赵刚代王敏的班" in words(await town.say("wangmin", "app", "/代班 赵刚 2026-11-25 2026-11-25"))


async def test_a_circle_of_deputies_is_nobody_and_the_next_in_line_hears_it(town: Town):
    """Such rows may stand in a database of an earlier version."""
    town.altered = True  # rows are put here by hand
    ids = {row.name: row.id for row in await Person.filter(name__in=["赵刚", "刘洁", "陈静"])}
    for person, deputy in (("赵刚", "刘洁"), ("刘洁", "赵刚"), ("陈静", "陈静")):
        await Deputy.create(
            person_id=ids[person],
            deputy_id=ids[deputy],
            start="2026-11-23",
            end="2026-11-27",
            noted_at=town.app.clock.now(),
        )
    no = await town.push()
    came = await town.say("wangmin", "app", f"/确认 {no}")
    assert "待转办" in heard_by(came, "lijianguo")
    for text in (f"/分类 {no} 不给办", f"/转办 {no} 人社局"):
        await town.say("lijianguo", "app", text)
    before = town.last
    await town.say("lijianguo", "app", f"/督办 {no} 2026-11-25")
    await town.turn("11-25 09:00")
    await town.say("lijianguo", "app", f"/督办 {no} 2026-11-27")
    assert "没有联络员可收" in heard_by(await town.since(before), "lijianguo")

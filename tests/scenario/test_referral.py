"""函转 and 转交 (通知第三条（一）、第六条): out of this house, but not out of sight."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, shown, words


async def unstationed(town: Town, **fields: str) -> str:
    """A confirmed complaint about a matter that is not handled in the hall."""
    no = await town.push(**fields)
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 未进驻")
    return no


async def test_a_peer_centre_gets_a_case_of_its_own_with_the_same_words(town: Town):
    no = await unstationed(town)
    came = await town.say("zhaogang", "app", f"/函转 {no} 曹河镇便民服务中心 2026-11-30")
    card = next(m for m in came if m["chat"] == "app:tangxia" and m["card"])
    for told in ("待核对", "测甲一", "00012340001", "系统没开", no):
        assert told in shown(card)
    theirs = (await town.say("tangxia", "app", "/我的"))[-1]
    assert no not in shown(theirs), "what waits there has its own number"
    assert "没有找到" in words(await town.say("tangxia", "app", f"/查 {no}"))

    await town.press("tangxia", "当场办结")
    await town.say("tangxia", "app", "已在镇便民服务中心当场受理")
    assert (await town.case(no))["state"] == "B4", "ours is tracked until our own people record the result"
    await town.say("zhaogang", "app", f"/答复 {no} 曹河镇便民服务中心函复：已当场受理")
    await town.say("lijianguo", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert (await town.case(no))["state"] == "Z1"


async def test_the_same_letter_twice_does_not_make_two_cases_there(town: Town):
    no = await unstationed(town)
    await town.say("zhaogang", "app", f"/函转 {no} 曹河镇便民服务中心 2026-11-30")
    await town.say("zhaogang", "app", f"/函转 {no} 曹河镇便民服务中心 2026-11-30")
    cards = [m for m in await town.messages("tangxia") if "待核对" in shown(m)]
    assert len(cards) == 1


async def test_an_outside_body_is_written_to_and_the_manager_keeps_the_date(town: Town):
    no = await unstationed(town)
    said = await town.say("zhaogang", "app", f"/函转 {no} 市交通运输局 2026-11-30")
    assert "请跟踪" in heard_by(said, "zhaogang")
    assert not heard_by(said, "tangxia")
    assert f"{no}-函转函.docx" in await town.papers("zhaogang")
    nudged = await town.turn("11-27 09:00")
    assert no in heard_by(nudged, "zhaogang")
    assert not [m for m in nudged if m["chat"].startswith("wrk")]
    late = await town.turn("12-01 09:00")
    assert "督办单草稿" in heard_by(late, "zhaogang")
    assert "只有" not in words(await town.say("zhaogang", "app", f"/答复 {no} 市交通运输局已办结"))
    assert "超期1个工作日" in (await town.row(no))["备注"]


async def test_a_date_is_needed_and_a_rest_day_refused(town: Town):
    no = await unstationed(town)
    assert "请写上日期" in words(await town.say("zhaogang", "app", f"/函转 {no} 市交通运输局"))
    assert "休息日" in words(await town.say("zhaogang", "app", f"/函转 {no} 市交通运输局 2026-11-28"))
    assert (await town.case(no))["state"] == "A1"

"""函转 and 转交 (通知第三条（一）、第六条): out of this house, but not out of sight."""

from __future__ import annotations

from domain.case import OPERATOR
from domain.commands import CallBack
from domain.refusals import Refused
from domain.vocabulary import Rating
from models.cases import CaseRow
from services.cases.execute import execute
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
    assert (await town.case(no))["state"] == "B4", "ours is tracked until theirs is closed, or a letter comes first"
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


async def theirs_of(town: Town, no: str) -> str:
    """The number of the newest case the peer made of ours."""
    row = await CaseRow.filter(external_no__startswith=no).order_by("-id").first()
    assert row is not None
    return str(row.no)


async def settled_there(town: Town, no: str) -> str:
    """Referred to the town, settled there and its complainant called back there."""
    await town.say("zhaogang", "app", f"/函转 {no} 曹河镇便民服务中心 2026-11-30")
    theirs = await theirs_of(town, no)
    await town.say("tangxia", "app", f"/确认 {theirs}")
    await town.say("tangxia", "app", f"/当场办结 {theirs} 已在镇便民服务中心受理")
    others = await CaseRow.get(no=theirs)
    await execute(town.app, others.id, CallBack(Rating.SATISFIED), OPERATOR)
    await town.settle()
    return theirs


async def test_what_a_peer_centre_closed_is_recorded_here_and_told(town: Town):
    no = await unstationed(town)
    before = town.last
    theirs = await settled_there(town, no)
    assert [(await town.case(one))["state"] for one in (theirs, no)] == ["Z1", "C1"]
    came = await town.since(before)
    assert "已办结（清零销号），本件当前待质检" in heard_by(came, "zhaogang")
    assert "已办结（清零销号）" in heard_by(came, "wangmin")
    await town.expect("app", no, "待质检", "曹河镇便民服务中心办理结果：已在镇便民服务中心受理", user="zhaogang")
    await town.say("lijianguo", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert (await town.case(no))["state"] == "Z1"


async def test_a_bad_answer_is_referred_again_as_another_case_there(town: Town):
    no = await unstationed(town)
    first = await settled_there(town, no)
    await town.say("zhaogang", "app", f"/质检 {no} 不合格 没有答复具体办理时间")
    assert (await town.case(no))["state"] == "A2"
    second = await settled_there(town, no)
    assert second != first
    assert (await town.case(no))["state"] == "C1"


async def test_a_referral_whose_case_cannot_be_made_there_does_not_happen_here(town: Town, monkeypatch):
    no = await unstationed(town)

    async def broken(*_: object) -> None:
        raise Refused("reason_needed", number="1", verb="登记")

    monkeypatch.setattr("services.cases.referral.take_fields", broken)
    await town.say("zhaogang", "app", f"/函转 {no} 曹河镇便民服务中心 2026-11-30")
    assert (await town.case(no))["state"] == "A1"

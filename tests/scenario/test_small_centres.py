"""A centre of one person ends its cases too: the centre above calls back and decides, or it does so alone."""

from __future__ import annotations

from models.people import Centre
from tests.kit.town import Town, heard_by, words

TEXT = "/登记 群众想问落户需要什么材料，联系电话00012340066"


async def settled(town: Town) -> str:
    """A complaint 唐霞 of 曹河镇 took in and settled on the spot; its number."""
    await town.say("tangxia", "app", TEXT)
    number = "YS20261123-0001"
    assert "当场办结" in words(await town.say("tangxia", "app", f"/当场办结 {number} 已当场说明所需材料"))
    return number


async def test_the_centre_above_calls_back_for_a_centre_of_one(town: Town):
    no = await settled(town)
    assert f"{no} 待回访" in heard_by(await town.messages("wangmin"), "wangmin")
    assert "回访须由他人进行" in words(await town.say("tangxia", "app", f"/回访 {no} 满意"))
    assert no in words(await town.say("wangmin", "app", "/我的"))
    await town.press("wangmin", "满意", about=no)
    assert (await town.case(no))["state"] == "Z1"


async def test_without_a_centre_above_the_one_person_calls_and_the_record_says_so(town: Town):
    town.altered = True
    await Centre.filter(name="曹河镇便民服务中心").update(level="市")
    no = await settled(town)
    assert f"{no} 待回访" in heard_by(await town.messages("tangxia"), "tangxia")
    await town.say("tangxia", "app", f"/回访 {no} 满意")
    case = await town.case(no)
    assert case["state"] == "Z1"
    assert "由办理人回访" in next(event["text"] for event in case["events"] if event["type"] == "called")


async def test_the_lead_above_decides_for_a_centre_without_one(town: Town):
    no = await settled(town)
    for moment in ("11-23 10:00", "11-23 11:00", "11-24 10:00"):
        await town.turn(moment)
        await town.say("wangmin", "app", f"/回访 {no} 未接通")
    assert "未联系上办结" in heard_by(await town.messages("lijianguo"), "lijianguo")
    assert no in words(await town.say("lijianguo", "app", "/我的"))
    await town.say("lijianguo", "app", f"/准 {no} 已多次联系")
    assert (await town.case(no))["state"] == "Z3"
    assert "没有找到" in words(await town.say("hanbing", "app", f"/查 {no}")), "a centre beside it sees nothing"

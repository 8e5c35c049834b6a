"""Several numbers in one message: all done and answered one by one; where each needs its own words, a sentence."""

from __future__ import annotations

import pytest

from models.cases import CaseRow
from tests.kit.town import Town, words

HEAD = "工单编号\t来电时间\t姓名\t电话\t诉求内容\n"
ROWS = (
    "PDS20261121000901\t2026-11-21 08:33\t测甲一\t13600000501\t老年优待证办了三次都说机器坏了\n",
    "PDS20261121000902\t2026-11-21 08:47\t测乙二\t13600000502\t异地落户需要带什么材料\n",
    "PDS20261121000903\t2026-11-21 09:20\t测丙三\t13600000503\t结婚证补办被要求回原籍开证明\n",
)


async def pushed(town: Town, count: int) -> list[str]:
    return [await town.push(external_no=f"A{n}") for n in range(count)]


@pytest.mark.parametrize(
    "typed",
    [
        "/确认 1,2",
        "/确认 1，2",
        "/确认 1 2",
        "/确认 １，２",
        "/确认 1、2",
        "/确认1,2",
        "确认 1-1 2",
        "/确认 1123-1，1123-2号",
        "/确认 1, 2",
    ],
)
async def test_several_drafts_are_confirmed_and_answered_one_by_one(town: Town, typed: str):
    numbers = await pushed(town, 3)
    typed = typed.replace("1-1", numbers[0])
    said = words(await town.say("wangmin", "app", typed))
    assert [(await town.case(no))["state"] for no in numbers] == ["A1", "A1", "D"]
    assert all(f"{no} 已登记" in said for no in numbers[:2])
    assert numbers[2] not in said


async def test_one_that_is_refused_keeps_nobody_from_being_done(town: Town):
    numbers = await pushed(town, 3)
    await town.say("wangmin", "app", f"/确认 {numbers[1]}")
    said = words(await town.say("wangmin", "app", "/确认 1,2,9,3"))
    assert [(await town.case(no))["state"] for no in numbers] == ["A1", "A1", "A1"]
    lines = dict(line.split("：", 1) for line in said.splitlines() if "：" in line)
    assert "不能确认" in lines["2"]
    assert "没有找到" in lines["9"]
    assert "已登记" in lines["3"]


async def test_classified_dispatched_and_signed_for_together(town: Town):
    numbers = await pushed(town, 2)
    await town.say("wangmin", "app", "/确认 1,2")
    await town.say("zhaogang", "app", "/分类 1 2 不给办")
    said = words(await town.say("zhaogang", "app", "/转办 1,2 人社局"))
    assert all(f"{no} 已转办人社局" in said for no in numbers)
    await town.say("chenjing", "人社局", "/签收 1，2")
    assert [(await town.case(no))["state"] for no in numbers] == ["B2", "B2"]
    for number in ("1", "2"):
        await town.say("chenjing", "人社局", f"/答复 {number} 已为其办结")
    await town.say("zhaogang", "app", "/质检 1,2 通过")
    assert [(await town.case(no))["state"] for no in numbers] == ["C2", "C2"]


@pytest.mark.parametrize(
    "typed", ["/答复 1,2 已为群众办结", "/承诺 1,2 2026-11-25", "/答复1，2 已为群众办结", "1,2 已为群众办结"]
)
async def test_what_needs_its_own_words_is_asked_for_one_by_one(town: Town, typed: str):
    numbers = [await town.dispatched(external_no=f"A{n}") for n in range(2)]
    said = words(await town.say("chenjing", "人社局", typed))
    assert [(await town.case(no))["state"] for no in numbers] == ["B1", "B1"]
    assert "逐件" in said


async def test_a_number_inside_an_answer_is_no_second_case(town: Town):
    no = await town.dispatched()
    await town.say("chenjing", "人社局", "/答复 1 3天前已为群众办结")
    assert (await town.case(no))["state"] == "C1"


async def test_two_are_merged_with_a_comma_three_are_not(town: Town):
    await pushed(town, 3)
    assert "已并入" not in words(await town.say("zhaogang", "app", "/并单 1,2,3"))
    assert "已并入" in words(await town.say("zhaogang", "app", "/并单 1,2"))


async def test_pasted_rows_keep_their_numbers_and_each_is_answered(town: Town):
    said = words(await town.say("wangmin", "app", HEAD + ROWS[0] + ROWS[1]))
    assert "一起确认：/确认 1123-1,1123-2" in said
    said = words(await town.say("wangmin", "app", HEAD + ROWS[1] + ROWS[2]))
    assert "YS20261123-0002（待核对），没有重复登记" in said
    assert "YS20261123-0003" in said
    rows = await CaseRow.all().order_by("id")
    assert [row.external_no for row in rows] == [row.split("\t")[0] for row in ROWS]
    again = await town.push_raw(
        {"fields": {"content": "老年优待证办了三次", "external_no": "PDS20261121000901", "source": "12345热线"}}
    )
    assert again["answer"]["case_no"] == rows[0].no
    said = words(await town.say("wangmin", "app", "催单：原工单PDS20261121000903，测丙三再次来电"))
    assert f"{rows[2].no} 的第 1 次催单" in said
    assert await CaseRow.all().count() == 3


async def test_a_reason_that_begins_with_a_number_names_no_other_case(town: Town):
    """`/放弃 1 2 月已经办过` throws one away, not two; between commas several are meant."""
    numbers = [await town.push(external_no=f"R{n}") for n in range(4)]
    await town.say("wangmin", "app", "/放弃 1 2 月已经办过")
    gone = [no for no in numbers if "discarded" in await town.events(no)]
    assert gone == numbers[:1]
    await town.say("wangmin", "app", "/放弃 2,3 重复登记")
    assert [no for no in numbers if "discarded" in await town.events(no)] == numbers[:3]

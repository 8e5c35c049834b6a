"""One liaison for several departments: each group, each card and each answer is for the department it belongs to."""

from __future__ import annotations

from tests.kit.town import GROUPS, Town, captions, heard_by, words

#: 陈静 of 人社局 also serves 医保局, in the place of 何青.
BOTH = ("人社局", "医保局")


async def _serve_both(town: Town) -> None:
    chen, he = town.name_of("chenjing"), town.name_of("heqing")

    def lines(row: list[str]) -> list[list[str]]:
        if row[3] == he:
            return []
        return [row, [*row[:2], "医保局", *row[3:]]] if row[3] == chen else [row]

    await town.import_people(lines)
    group = town.world.city.groups[GROUPS["医保局"]]
    group.members[group.members.index("heqing")] = "chenjing"


async def test_a_liaison_of_two_departments_answers_for_each(town: Town):
    await _serve_both(town)
    first, second = (
        await town.dispatched("人社局"),
        await town.dispatched("医保局", external_no="B2", phone="00012340002"),
    )
    card = await town.expect("医保局", second, "工作单", town.name_of("chenjing"))
    assert "签收" in captions(card)

    waiting = words(await town.say("chenjing", "app", "/我的"))
    assert first in waiting
    assert second in waiting
    ledger = words(await town.say("chenjing", "app", "/台账"))
    assert first in ledger
    assert second in ledger

    await town.press("chenjing", "签收", "医保局")
    assert (await town.case(second))["state"] == "B2"
    await town.say("chenjing", "app", f"/答复 {second} 已补缴")
    assert (await town.case(second))["state"] == "C1"
    assert "00012340001" in words(await town.say("chenjing", "app", f"/联系方式 {first} 约见"))


async def test_in_each_group_she_speaks_for_its_department(town: Town):
    await _serve_both(town)
    no = await town.dispatched(",".join(BOTH), "复杂")
    came = await town.say("chenjing", "医保局", f"/答复 {no} 参保记录已核对")
    assert "医保局已反馈配合意见" in heard_by(came, "chenjing"), "the lead hears of it, though it is she"
    assert (await town.case(no))["state"] == "B1"
    await town.say("chenjing", "人社局", f"/方案 {no} 2026-12-10 先行受理")
    assert (await town.case(no))["state"] == "B3"


async def test_a_case_of_a_third_department_stays_closed_to_her(town: Town):
    await _serve_both(town)
    no = await town.dispatched("住建局")
    assert "没有找到" in words(await town.say("chenjing", "app", f"/查 {no}"))

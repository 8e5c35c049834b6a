"""A button that needs words asks for them; the next thing the person says is taken, cancelled, or comes too late."""

from __future__ import annotations

from tests.kit.town import Town, words


async def test_the_words_after_the_button_are_the_answer(town: Town):
    no = await town.dispatched()
    asked = await town.press("chenjing", "答复", "人社局")
    assert "请直接回复" in words(asked)
    assert "@机器人" in words(asked)
    await town.say("chenjing", "人社局", "已为群众办结")
    assert (await town.case(no))["state"] == "C1"


async def test_cancel_gives_the_question_up(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    assert "已取消" in words(await town.say("chenjing", "人社局", "取消"))
    await town.say("chenjing", "人社局", "今天下午的会几点开")
    assert (await town.case(no))["state"] == "B1"


async def test_half_an_hour_later_the_question_is_closed(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.turn("11-23 09:31")
    await town.say("chenjing", "人社局", "已为群众办结")
    assert (await town.case(no))["state"] == "B1"


async def test_a_command_in_between_is_a_command_and_closes_the_question(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    assert no in words(await town.say("chenjing", "人社局", "/我的"))
    await town.say("chenjing", "人社局", "随便说一句")
    assert (await town.case(no))["state"] == "B1"


async def test_a_question_in_the_group_is_not_answered_by_what_is_said_one_to_one(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.say("chenjing", "app", "这是另一个窗口里的话")
    assert (await town.case(no))["state"] == "B1"


async def test_one_persons_question_is_not_answered_by_another(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.say("zhaogang", "人社局", "这不是答复")
    assert (await town.case(no))["state"] == "B1"


async def test_a_refused_answer_says_how_to_write_it(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "承诺", "人社局")
    said = words(await town.say("chenjing", "人社局", "尽快"))
    assert f"/承诺 {(await town.record(no)).case.number} 2026-11-30" in said
    assert (await town.case(no))["state"] == "B1"


async def test_the_question_survives_a_restart(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.restart()
    await town.say("chenjing", "人社局", "已为群众办结")
    assert (await town.case(no))["state"] == "C1"


async def test_dissatisfied_asks_for_the_opinion(town: Town):
    no = await town.answered()
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    asked = words(await town.press("liujie", "非常不满意"))
    assert "意见" in asked
    await town.say("liujie", "app", "跑了四趟还是没办成")
    assert (await town.case(no))["state"] == "R"


async def test_other_departments_are_asked_for_by_name(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 复杂")
    await town.press("zhaogang", "其他部门")
    await town.say("zhaogang", "app", "住建局,自然资源局 2026-11-27")
    case = await town.case(no)
    assert case["departments"] == ["住建局", "自然资源局"]
    assert case["due_at"] == "2026-11-27T17:00:00+08:00"


async def test_two_cases_of_one_group_are_asked_for_one_at_a_time_and_the_last_question_counts(town: Town):
    first = await town.dispatched(external_no="A")
    second = await town.dispatched(external_no="B")
    await town.press("chenjing", "答复", "人社局", about=first)
    await town.press("chenjing", "答复", "人社局", about=second)
    await town.say("chenjing", "人社局", "第二件已办结")
    assert [(await town.case(no))["state"] for no in (first, second)] == ["B1", "C1"]

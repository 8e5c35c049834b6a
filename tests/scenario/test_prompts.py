"""A button that needs words asks for them; the next thing the person says is taken, cancelled, or comes too late."""

from __future__ import annotations

import re
from datetime import date

import pytest

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
    await town.say("chenjing", "人社局", f"/签收 {no}")
    await town.say("chenjing", "人社局", "随便说一句")
    assert (await town.case(no))["state"] == "B2"


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


async def test_a_slip_keeps_the_question_and_says_what_was_understood(town: Town):
    """延期 → “下周五” without a reason → the reason is asked for → the whole sentence is taken."""
    no = await town.dispatched(category="复杂")
    await town.press("chenjing", "延期", "人社局")
    said = words(await town.say("chenjing", "人社局", "再等等吧"))
    assert "没有读到日期" in said
    assert "这一问还开着" in said
    said = words(await town.say("chenjing", "人社局", "下周五"))
    assert "2026-12-04（周五，第9个工作日）" in said
    assert "还缺延期理由" in said
    said = words(await town.say("chenjing", "人社局", "延期到12月1日，档案馆要调档"))
    assert f"{no} 延期申请" in said
    assert "2026-12-01（周二，第6个工作日）" in said
    assert (await town.record(no)).case.private.request == "档案馆要调档"


async def test_the_sentence_that_is_shown_works(town: Town):
    """The example of every slip is taken as it stands."""
    no = await town.dispatched(category="复杂")
    for caption, state in (("延期", "B1"), ("方案", "B3")):
        await town.press("chenjing", caption, "人社局")
        said = words(await town.say("chenjing", "人社局", "不知道写什么"))
        example = said.split("例如：")[-1].split("。不办了")[0]
        await town.say("chenjing", "人社局", example)
        assert (await town.case(no))["state"] == state
        if caption == "延期":
            assert (await town.record(no)).case.pending is not None
    assert (await town.record(no)).case.planned_at is not None


@pytest.mark.parametrize("text", ["收到", "好的，马上办理", "👍", "正在办理中"])
async def test_收到_is_no_result(town: Town, text: str):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    said = words(await town.say("chenjing", "人社局", text))
    assert "不是办理结果" in said
    assert (await town.case(no))["state"] == "B1"
    await town.say("chenjing", "人社局", "已为群众办结并告知")
    assert (await town.case(no))["state"] == "C1"


@pytest.mark.parametrize("typed", ["/答复 1 收到", "1 收到，谢谢"])
async def test_收到_is_no_result_however_it_is_sent(town: Town, typed: str):
    no = await town.dispatched()
    assert "不是办理结果" in words(await town.say("chenjing", "人社局", typed))
    assert (await town.case(no))["state"] == "B1"


async def test_a_look_in_between_leaves_the_question_open_and_says_so(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    said = words(await town.say("chenjing", "人社局", "/我的"))
    assert "还等您回复" in said
    assert "还等您回复" in words(await town.say("chenjing", "人社局", f"/查 {no}"))
    await town.say("chenjing", "人社局", "已为群众办结")
    assert (await town.case(no))["state"] == "C1"


async def test_a_mistyped_command_leaves_the_question_open(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.say("chenjing", "人社局", "/打复 已办")
    await town.say("chenjing", "人社局", "/延期 1 没有日期")
    await town.say("chenjing", "人社局", "查过了，已为群众办结")
    assert (await town.case(no))["state"] == "C1"


async def test_an_answer_that_begins_like_a_command_is_the_answer(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "答复", "人社局")
    await town.say("chenjing", "人社局", "查 过档案，已为群众办结")
    assert (await town.case(no))["state"] == "C1"


@pytest.mark.parametrize(
    ("said", "day", "counted"),
    [
        ("周五", "2026-11-27", "第4个工作日"),
        ("本周五前", "2026-11-27", "第4个工作日"),
        ("下周三", "2026-12-02", "第7个工作日"),
        ("月底", "2026-11-30", "第5个工作日"),
        ("月底前", "2026-11-30", "第5个工作日"),
        ("3个工作日内", "2026-11-26", "第3个工作日"),
        ("11月27日", "2026-11-27", "第4个工作日"),
        ("承诺11月27日", "2026-11-27", "第4个工作日"),
        ("后天", "2026-11-25", "第2个工作日"),
    ],
)
async def test_a_day_is_understood_as_it_is_said_and_answered_in_working_days(
    town: Town, said: str, day: str, counted: str
):
    no = await town.dispatched()
    await town.press("chenjing", "承诺", "人社局")
    answer = words(await town.say("chenjing", "人社局", said))
    assert day in answer
    assert counted in answer
    assert (await town.record(no)).case.clock.date.isoformat() == day


async def test_the_end_of_a_month_is_its_last_working_day(town: Town):
    await town.turn("2027-01-25 09:00")
    no = await town.dispatched()
    await town.say("chenjing", "人社局", "/承诺 1 月底")
    assert (await town.record(no)).case.clock.date.isoformat() == "2027-01-29"


async def test_a_rest_day_is_answered_with_two_days_that_work(town: Town):
    await town.dispatched()
    await town.press("chenjing", "承诺", "人社局")
    said = words(await town.say("chenjing", "人社局", "周六"))
    assert "2026-11-27" in said
    assert "2026-11-30" in said
    assert "这一问还开着" in said


@pytest.mark.parametrize("moment", ["11-23 09:00", "2027-03-01 09:00"])
async def test_examples_show_days_to_come(town: Town, moment: str):
    if moment != "11-23 09:00":
        await town.turn(moment)
    await town.dispatched(category="复杂")
    said = words(
        [
            *await town.press("chenjing", "延期", "人社局"),
            *await town.say("chenjing", "人社局", "不知道"),
            *await town.say("chenjing", "人社局", "/方案 1 没有日期"),
            *await town.say("zhaogang", "app", "/函转 1 供电公司"),
            *await town.say("zhaogang", "app", "/月报 上上月"),
            *await town.say("chenjing", "app", "/代班 王敏"),
        ]
    )
    today = town.app.clock.now().date()
    days = [date.fromisoformat(found) for found in re.findall(r"20\d\d-\d\d-\d\d", said)]
    assert days
    assert min(days) >= today

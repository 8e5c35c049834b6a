"""中止 and 恢复 (第八条): the clock stands still only when the manager agrees, and only so long."""

from __future__ import annotations

from tests.kit.town import GROUPS, Seen, Town, heard_by, shown, words

REASON = "待诉求人补充缴费证明材料"


def pressed(messages: list[Seen], no: str) -> list[Seen]:
    return [m for m in messages if no in shown(m) and (m["chat"] == GROUPS["人社局"] or "督办" in shown(m))]


async def suspended(town: Town, reason: str = REASON) -> str:
    """A case of 办不了, due on 11-26, that stands still since the morning of 11-24."""
    no = await town.dispatched(category="办不了")
    await town.turn("11-24 10:00")
    await town.say("chenjing", "人社局", f"/中止 {no} {reason}")
    await town.press("zhaogang", "准")
    return no


async def test_nobody_is_pressed_while_it_stands_still_and_the_supplement_sets_it_going(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-24 10:00")
    await town.say("chenjing", "人社局", f"/中止 {no} {REASON}")
    await town.expect("app", no, "申请中止", "待补充材料", REASON, user="zhaogang")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00", "asking stops nothing"
    came = await town.press("zhaogang", "准")
    assert "已同意中止计时" in heard_by(came, "chenjing")

    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00", "11-30 09:00"):
        assert not pressed(await town.turn(moment), no), moment
    assert "正在中止" in words(await town.say("zhaogang", "app", f"/催办 {no}"))

    await town.turn("11-30 10:00")
    came = await town.say("wangmin", "app", f"/补充 {no} 已补交缴费证明")
    assert "恢复计时，新期限 12-02" in heard_by(came, "chenjing")
    case = await town.case(no)
    assert case["due_at"] == "2026-12-02T17:00:00+08:00"
    assert "中止4个工作日（待补充材料）" in (await town.row(no))["备注"]
    assert pressed(await town.turn("12-01 09:00"), no)
    await town.turn("12-02 15:00")
    assert "督办单草稿" in heard_by(await town.turn("12-03 09:00"), "zhaogang")


async def test_the_manager_sets_it_going_again(town: Town):
    no = await suspended(town, "委托鉴定机构检测")
    await town.turn("11-25 10:00")
    assert "管理机构" in words(await town.say("chenjing", "人社局", f"/恢复 {no}"))
    said = await town.say("zhaogang", "app", f"/恢复 {no}")
    assert "期限 2026-11-27" in heard_by(said, "zhaogang")
    assert "恢复计时，新期限 11-27" in heard_by(said, "chenjing")
    assert "没有中止" in words(await town.say("zhaogang", "app", f"/恢复 {no}"))


async def test_a_note_that_is_not_waited_for_sets_nothing_going(town: Town):
    no = await suspended(town, "待上级批复")
    await town.say("wangmin", "app", f"/补充 {no} 诉求人来电询问进度")
    assert (await town.events(no))[-1] == "supplemented"


async def test_after_ten_working_days_it_goes_on_by_itself(town: Town):
    no = await suspended(town)
    await town.turn("12-07 16:00", stepwise=True)
    assert "resumed" not in await town.events(no)
    came = await town.turn("12-08 09:00")
    assert "恢复计时，新期限 12-10" in heard_by(came, "chenjing")
    assert (await town.case(no))["due_at"] == "2026-12-10T17:00:00+08:00"
    assert pressed(await town.turn("12-09 09:00"), no)


async def test_a_stop_of_the_bot_over_the_end_of_a_suspension_resumes_it_once(town: Town):
    no = await suspended(town)
    await town.stop_bot()
    await town.turn_city("12-09 10:00")
    await town.start_bot()
    await town.settle()
    assert (await town.events(no)).count("resumed") == 1
    assert (await town.case(no))["due_at"] == "2026-12-11T17:00:00+08:00"


async def test_an_answer_ends_a_suspension(town: Town):
    no = await suspended(town)
    await town.turn("11-30 10:00")
    await town.say("chenjing", "人社局", f"/答复 {no} 材料已从系统调取，已办结")
    assert (await town.case(no))["state"] == "C1"
    assert (await town.row(no))["备注"].startswith("未超期")


async def test_only_four_reasons_count_and_a_refusal_leaves_the_clock(town: Town):
    no = await town.dispatched(category="办不了")
    assert "中止只限四种情形" in words(await town.say("chenjing", "人社局", f"/中止 {no} 最近太忙"))
    await town.say("chenjing", "人社局", f"/中止 {no} {REASON}")
    await town.press("zhaogang", "不准")
    came = await town.say("zhaogang", "app", "材料窗口已有留存")
    assert "材料窗口已有留存" in heard_by(came, "chenjing")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"


async def test_twice_is_enough(town: Town):
    no = await suspended(town)
    for _ in range(2):
        await town.say("zhaogang", "app", f"/恢复 {no}")
        last = words(await town.say("chenjing", "人社局", f"/中止 {no} {REASON}"))
        if "不能再中止" not in last:
            await town.say("zhaogang", "app", f"/准 {no}")
    assert "已中止过 2 次" in last

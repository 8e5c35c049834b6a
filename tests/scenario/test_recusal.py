"""回避: a complaint about people of the centre or of a department is seen and handled by those it does not concern."""

from __future__ import annotations

from models.people import Person
from models.queues import OutboxRow
from tests.kit.town import Town, captions, heard_by, heard_in, words

UNNAMED = "投诉社保窗口工作人员态度恶劣，训斥群众，退休手续不给办"
NAMES_A_CLERK = "投诉窗口的刘洁态度恶劣，不给办退休手续"
NAMES_A_LIAISON = "投诉人社局窗口工作人员陈静态度恶劣，退休手续不给办"


async def seen_nowhere(town: Town, user: str, no: str) -> None:
    """As if it were not there: no list, no number, no act, no count."""
    short = f"1123-{int(no[-4:])}"
    assert no not in words(await town.say(user, "app", "/我的"))
    assert "没有找到" in words(await town.say(user, "app", f"/查 {short}"))
    assert "没有找到" in words(await town.say(user, "app", f"/撤回 {short} 不办了"))
    assert "没有找到" in words(await town.say(user, "app", f"/当场办结 {short} 已批评教育"))
    assert "没有找到" in words(await town.say(user, "app", f"/联系方式 {short} 核实"))
    assert no not in words(await town.say(user, "app", "/台账"))
    assert no not in heard_by(await town.messages(user), user)


async def test_a_complaint_about_window_staff_is_nobodys_at_the_window(town: Town):
    no = await town.push(content=UNNAMED, anonymous=True, name="")
    await town.expect("app", no, "待核对", user="lijianguo")
    for clerk in ("wangmin", "liujie"):
        await seen_nowhere(town, clerk, no)
    assert "在办 0 件" in words(await town.say("wangmin", "app", "/台账"))
    assert "在办 1 件" in words(await town.say("zhaogang", "app", "/台账"))
    await town.press("lijianguo", "确认", about=no)
    assert (await town.case(no))["state"] == "A1"
    assert no in words(await town.say("zhaogang", "app", "/我的"))


async def test_a_clerk_who_forwards_it_is_told_what_becomes_of_it(town: Town):
    said = words(await town.say("wangmin", "app", f"/登记 {UNNAMED}，我的电话00012340055"))
    assert "按回避要求由其他人核对办理" in said
    assert "请在卡片上核对" not in said
    assert "待核对" in heard_by(await town.messages("lijianguo"), "lijianguo")
    again = words(await town.say("wangmin", "app", "/我的"))
    assert "没有待办" in again


async def test_a_clerk_who_is_named_is_kept_away_and_the_others_are_not(town: Town):
    no = await town.push(content=NAMES_A_CLERK)
    await town.expect("app", no, "待核对", user="wangmin")
    await seen_nowhere(town, "liujie", no)
    await town.press("wangmin", "确认", about=no)
    assert (await town.case(no))["state"] == "A1"


async def test_who_stands_in_does_not_lose_and_does_not_win_by_it(town: Town):
    await town.say("zhaogang", "app", "/代班 王敏 2026-11-23 2026-11-30")
    no = await town.push(content=UNNAMED)
    assert "没有找到" in words(await town.say("wangmin", "app", f"/查 {no}")), (
        "a clerk in the manager's place is a clerk"
    )


async def test_a_named_liaison_neither_receives_nor_reads_it_and_the_superior_hears_it(town: Town):
    no = await town.push(content=NAMES_A_LIAISON)
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    came = await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    assert heard_in(came, "人社局") == ""
    assert no not in heard_by(await town.messages("chenjing"), "chenjing")
    card = await town.expect("app", no, "工作单", user="zhenghua")
    assert {"签收", "答复"} <= set(captions(card))
    assert (await town.case(no))["due_at"] == "2026-11-24T17:00:00+08:00", "the clock runs"
    for chat in ("app", "人社局"):
        assert "没有找到" in words(await town.say("chenjing", chat, f"/联系方式 {no} 核实"))
        assert no not in words(await town.say("chenjing", chat, "/我的"))
        assert "没有找到" in words(await town.say("chenjing", chat, f"/答复 {no} 已处理好"))
    reminded = await town.turn("11-24 09:00")
    assert heard_in(reminded, "人社局") == ""
    assert no in heard_by(reminded, "zhenghua")
    await town.say("zhenghua", "app", f"/答复 {no} 已批评教育并受理")
    assert (await town.case(no))["state"] == "C1"
    assert [e["by_role"] for e in (await town.case(no))["events"] if e["type"] == "answered"] == ["分管领导"]


async def test_another_liaison_of_the_department_hears_it_alone(town: Town):
    second = ["示例区政务服务中心", "县区", "人社局", "姚远", "联络员", "yaoyuan", ""]
    await town.import_people(lambda row: [row, second] if row[5] == "chenjing" else [row])
    no = await town.push(content=NAMES_A_LIAISON)
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    came = await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    assert heard_in(came, "人社局") == ""
    assert no not in heard_by(came, "chenjing")
    other = await Person.get(name="姚远")
    assert await OutboxRow.filter(person_id=other.id, kind="task").exists(), "the other liaison is told"


async def test_where_everybody_is_concerned_the_centre_above_takes_it(town: Town):
    said = words(await town.say("tangxia", "app", f"/登记 {UNNAMED}，我的电话00012340066"))
    assert "由示例区政务服务中心受理" in said
    assert "没有待办" in words(await town.say("tangxia", "app", "/我的"))
    assert "待核对" in heard_by(await town.messages("lijianguo"), "lijianguo")


async def test_a_name_told_later_keeps_its_bearer_away_from_then_on(town: Town):
    no = await town.push()
    assert no in words(await town.say("liujie", "app", "/我的"))
    await town.say("wangmin", "app", f"/补充 {no} 群众说经办的是窗口刘洁，态度恶劣")
    assert no not in words(await town.say("liujie", "app", "/我的"))
    assert "没有找到" in words(await town.say("liujie", "app", f"/查 {no}"))


async def test_a_name_a_clerk_writes_into_the_draft_keeps_its_bearer_away_too(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/改 {no} 内容：投诉窗口刘洁态度恶劣，退休手续不给办")
    assert no not in words(await town.say("liujie", "app", "/我的"))
    assert no in words(await town.say("wangmin", "app", "/我的"))


async def test_a_name_a_correction_brings_in_keeps_its_bearer_away_before_anybody_agrees(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    assert no in words(await town.say("liujie", "app", f"/查 {no}"))
    await town.say("wangmin", "app", f"/更正 {no} 内容：投诉窗口刘洁态度恶劣，退休手续不给办 听录音补正")
    assert "没有找到" in words(await town.say("liujie", "app", f"/查 {no}"))
    assert no in words(await town.say("wangmin", "app", f"/查 {no}"))

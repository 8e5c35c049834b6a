"""What falls together is one message for each person, in the reader's own words, however many rows it takes."""

from __future__ import annotations

from models.queues import OutboxRow
from tests.kit.town import GROUPS, Town, captions, heard_by, shown, words
from tests.kit.town_fixtures import on_both_databases


async def dispatched(town: Town, count: int, department: str = "人社局") -> list[str]:
    """So many complaints that went to one department, by one message for each act."""
    first = await town.push(external_no=f"{department}0")
    start = int(first[-4:])
    numbers = [first, *[await town.push(external_no=f"{department}{n}") for n in range(1, count)]]
    together = ",".join(str(start + n) for n in range(count))
    await town.say("wangmin", "app", f"/确认 {together}")
    await town.say("zhaogang", "app", f"/分类 {together} 不给办")
    await town.say("zhaogang", "app", f"/转办 {together} {department}")
    return numbers


async def test_the_next_morning_each_hears_once_of_everything_that_is_late(town: Town):
    """分管领导, manager: one message each of eight cases, not eight."""
    numbers = await dispatched(town, 8)
    await town.turn("11-24 17:00")
    came = await town.turn("11-25 09:00")
    for user in ("zhenghua", "zhaogang"):
        mine = [m for m in came if m["chat"] == f"app:{user}" and any(no in shown(m) for no in numbers)]
        assert len(mine) == 1, (user, words(mine))
        assert all(no in shown(mine[0]) for no in numbers)
    assert "/督办 1123-1,1123-2" in heard_by(came, "zhaogang")


async def test_the_command_that_is_shown_issues_them_all(town: Town):
    numbers = await dispatched(town, 3)
    await town.turn("11-25 09:00")
    said = words(await town.messages("zhaogang", "app"))
    command = next(line for line in said.splitlines() if "一起签发督办单" in line).split("请发送：")[1]
    answers = words(await town.say("zhaogang", "app", command))
    assert [(await town.record(no)).case.supervision_no != "" for no in numbers] == [True] * 3
    assert all(f"{no} 督办单" in answers for no in numbers)
    came = await town.turn("11-30 09:00")
    mine = [m for m in came if m["chat"] == "app:lijianguo" and any(no in shown(m) for no in numbers)]
    assert len(mine) == 1
    command = next(line for line in shown(mine[0]).splitlines() if "一起签发请发送" in line).split("请发送：")[1]
    await town.say("lijianguo", "app", command)
    for no in numbers:
        assert "circulated" in await town.events(no)


async def test_one_late_case_still_is_a_card_with_its_button(town: Town):
    (no,) = await dispatched(town, 1)
    came = await town.turn("11-25 09:00")
    card = next(m for m in came if m["chat"] == "app:zhaogang" and no in shown(m) and m["card"])
    assert "督办" in captions(card)


async def test_what_was_answered_meanwhile_is_not_spoken_of(town: Town):
    numbers = await dispatched(town, 3)
    await town.turn("11-24 17:30")
    await town.fault("api_error", match="message/send", errcode=-1, times=100)
    assert not [m for m in await town.turn("11-25 09:00") if m["chat"] == "app:zhaogang"], "nobody is reached yet"
    await town.say("chenjing", "人社局", "/答复 1 已为群众办结")
    town.world.faults.waiting.clear()
    came = await town.turn("11-25 09:10")
    mine = [m for m in came if m["chat"] == "app:zhaogang" and "督办单草稿" in shown(m)]
    assert numbers[1] in words(mine)
    assert numbers[0] not in words(mine)


@on_both_databases
async def test_reminders_beyond_a_batch_of_the_outbox_are_one_message_for_each_department(town: Town):
    """60 cases of two departments, a batch holds 50: two messages in two groups."""
    await dispatched(town, 30)
    await dispatched(town, 30, "住建局")
    came = await town.turn("11-24 09:00")
    for department in ("人社局", "住建局"):
        reminders = [m for m in came if m["chat"] == GROUPS[department] and "催办提醒" in shown(m)]
        assert len(reminders) == 1, (department, len(reminders))
    rows = await OutboxRow.filter(kind="nudge", merge__startswith="nudge/2026-11-24")
    assert {row.state for row in rows} == {"sent"}
    assert len(rows) == 60


async def test_the_managers_reminder_is_in_the_managers_words(town: Town):
    (no,) = await dispatched(town, 1)
    came = await town.turn("11-24 15:00")
    said = heard_by(came, "zhaogang")
    assert no in said
    assert "人社局" in said
    assert "/催办" in said
    assert "/答复" not in said


async def test_a_draft_goes_to_one_clerk(town: Town):
    """The one who forwarded it, else the first on duty; the others find it in /我的 and hear when it is left lying."""
    no = await town.push()
    clerks = [user for user in ("wangmin", "liujie") if no in words(await town.messages(user, "app"))]
    assert clerks == ["wangmin"]
    came = await town.say("liujie", "app", "测乙二 00012340003 说老宅确权档案找不到，自然资源那边没法查，跑了四趟")
    cards = [m["chat"] for m in came if "待核对" in shown(m) and m["card"]]
    assert cards == ["app:liujie"]
    assert no in words(await town.say("liujie", "app", "/我的"))
    came = await town.turn("11-23 09:31")
    assert {m["chat"] for m in came if no in shown(m)} == {"app:wangmin", "app:liujie"}
    await town.press("wangmin", "确认", about=no)
    assert (await town.case(no))["state"] == "A1"

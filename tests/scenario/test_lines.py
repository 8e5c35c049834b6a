"""Refusals by whose matter they are, budgets over a restart, and bursts for one person, as people see them."""

from __future__ import annotations

import pytest

from models.people import Chat
from models.queues import OutboxRow
from platforms.contract import Matter
from platforms.wecom.errors import TABLE
from sandbox.wecom.aibot import Hub
from services.delivery.condensing import CONDENSE_OVER
from tests.kit.town import COMPLAINT, GROUPS, Town, words

GROUP = GROUPS["人社局"]
LINE_CODES = [846609, 853000]
#: Codes about a group, said of the group's bot.
GROUP_CODES = [93001, 93004, 93006, 93008]
PERSON_CODES = [code for code, row in TABLE.items() if row.recovers]


async def ready_to_dispatch(town: Town) -> str:
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    return no


async def in_the_group(town: Town, no: str) -> bool:
    return any(no in words([message]) for message in await town.messages(chat="人社局") if message["from"] == "bot")


@pytest.mark.parametrize("code", LINE_CODES)
async def test_a_lost_subscription_keeps_the_work_order_and_the_group(town: Town, code: int):
    no = await ready_to_dispatch(town)
    await town.fault("refuse_send", match="aibot_send_msg", errcode=code)
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.until(lambda: town.world.part(Hub).connected, "the bot did not subscribe anew")
    await town.turn("11-23 09:05")
    assert await in_the_group(town, no)
    assert (await Chat.get(chat_id=GROUP)).state == "ok"
    assert "没有送到" not in words(await town.messages("zhaogang", "app"))
    await town.nothing_is_lost()


@pytest.mark.parametrize("code", [846607, 95001, 777777])
async def test_a_code_nobody_has_written_down_gives_nothing_up_at_once(town: Town, code: int):
    no = await ready_to_dispatch(town)
    await town.fault("refuse_send", match="aibot_send_msg", errcode=code)
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.turn("11-23 09:05")
    assert await in_the_group(town, no)
    await town.nothing_is_lost()


@pytest.mark.parametrize("code", GROUP_CODES)
async def test_a_group_that_cannot_be_reached_falls_back_to_the_liaison(town: Town, code: int):
    no = await ready_to_dispatch(town)
    await town.fault("refuse_send", match="aibot_send_msg", errcode=code)
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    await town.expect("app", no, "签收", user="chenjing")
    assert (await Chat.get(chat_id=GROUP)).state != "ok"


@pytest.mark.parametrize("code", PERSON_CODES)
async def test_a_recipient_that_may_recover_is_tried_again(town: Town, code: int):
    await town.fault("api_error", match="message/send", errcode=code, times=2)
    no = await town.push()
    for minute in ("09:01", "09:02", "09:10"):
        await town.turn(f"11-23 {minute}")
    assert no in words(await town.messages("wangmin", "app"))
    await town.nothing_is_lost()


async def test_every_row_speaks_of_somebody(town: Town):
    assert {row.matter for row in TABLE.values()} == set(Matter)
    assert TABLE[846609].matter is Matter.LINE


async def test_a_kick_without_a_rival_does_not_silence_the_group(town: Town):
    await town.fault("kick")
    await town.until(lambda: town.world.part(Hub).connected, "the bot did not come back")
    no = await town.dispatched()
    await town.turn("11-23 09:05")
    assert await in_the_group(town, no)


async def test_a_budget_outlives_the_process_in_the_middle_of_a_burst(town: Town):
    for n in range(27):
        await town.push(external_no=f"A{n}")
    await town.restart()
    numbers = [await town.push(external_no=f"B{n}") for n in range(9)]
    dropped = [message for message in town.world.chats.messages if message.status == "dropped"]
    assert dropped == []
    for minute in ("09:02", "09:05", "09:10"):
        await town.turn(f"11-23 {minute}")
    assert not [message for message in town.world.chats.messages if message.status == "dropped"]
    seen = words(await town.messages("wangmin", "app"))
    assert [no for no in numbers if no not in seen] == []
    await town.nothing_is_lost()


async def test_answers_to_commands_count_in_the_budget_of_the_next_process(town: Town):
    no = await town.push()
    for _ in range(26):
        await town.say("wangmin", "app", f"/查 {no}")
    await town.restart()
    for _ in range(9):
        await town.say("wangmin", "app", f"/查 {no}")
    assert not [message for message in town.world.chats.messages if message.status == "dropped"]


async def test_an_answer_that_waits_for_its_turn_is_given_by_the_next_process(town: Town):
    no = await town.push()
    before = town.last
    asked = 40
    for _ in range(asked):
        await town.call("say", {"user": "wangmin", "chat": "app", "text": f"/查 {no}"})
    await town.until(lambda: len(town.app.hands.keys()) >= 5, "no answer had to wait")
    await town.restart()

    def answers() -> int:
        return sum(m.chat == "app:wangmin" and m.sender == "app" for m in town.world.chats.messages[before:])

    for minute, least in (("09:02", 50), ("09:04", 2 * asked)):
        await town.turn(f"11-23 {minute}")
        await town.until(lambda least=least: answers() >= least, "the next process owes answers")
    assert not [message for message in town.world.chats.messages if message.status == "dropped"]
    await town.nothing_is_lost()
    # An answer is a card and words; only the one cut in two by the restart begins anew.
    assert answers() - 2 * asked in (0, 1)


async def test_a_burst_for_one_person_goes_as_one_message_that_lists_it(town: Town):
    async with town.server.delivery._busy:
        numbers = []
        for n in range(CONDENSE_OVER + 30):
            answer = await town.call("push", {"fields": {**COMPLAINT, "external_no": f"C{n}"}})
            numbers.append(answer["answer"]["case_no"])
        before = town.last
    await town.server.delivery.drain()
    await town.settle()
    came = [message for message in await town.since(before) if "app:wangmin" in message["chat"]]
    assert len(came) == 1
    assert f"{len(numbers)} 件待确认的登记" in words(came)
    assert numbers[0] in words(came)
    assert numbers[0] in words(await town.say("wangmin", "app", "/我的"))
    assert await OutboxRow.filter(kind="confirm", state="pending").count() == 0


@pytest.mark.parametrize("command", ["confirm", "withdrawn"])
async def test_what_was_done_before_the_answer_was_lost_is_not_done_twice(town: Town, command: str):
    """A card by its task id, a text by the duplicate check."""
    no = await town.dispatched()
    before = town.last
    await town.fault("lose_answer", match="message/send")
    if command == "confirm":
        no = await town.push(external_no="Z1")
    else:
        await town.say("chenjing", "app", f"/查 {no}")
    await town.until(lambda: not town.world.faults.waiting, "nothing was sent")
    for minute in ("09:01", "09:05"):
        await town.turn(f"11-23 {minute}")
    who = "app:wangmin" if command == "confirm" else "app:chenjing"
    came = [m for m in await town.since(before) if m["chat"] == who and no in words([m])]
    if command == "confirm":
        assert len(came) == 1
    else:
        assert len(came) == len({words([m]) for m in came}) >= 1
    await town.nothing_is_lost()

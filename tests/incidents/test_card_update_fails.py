"""qwen-code #10354, openclaw-dingtalk #583: the card could not be redrawn, and the case (or the card) froze."""

from __future__ import annotations

from tests.kit.town import Town, captions, shown, words


async def press_unredrawn(town: Town, user: str, caption: str, chat: str):
    message, button = await town.find_button(user, caption, chat)
    body = {"user": user, "message_id": message["id"], "key": button["key"], "wait": 0.3}
    await town.call("press", body)
    await town.settle()
    return message


async def test_the_state_is_committed_and_the_group_gets_a_card_that_tells_the_truth(town: Town):
    no = await town.dispatched()
    await town.fault("refuse_send", match="aibot_respond_update_msg", errcode=846605)
    old = await press_unredrawn(town, "chenjing", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"
    fresh = await town.expect("人社局", no, "办理中")
    assert fresh["id"] != old["id"]
    assert "答复" in [button["text"] for button in fresh["buttons"]]


async def test_an_unredrawn_card_to_a_person_does_not_hold_the_case_up(town: Town):
    no = await town.push()
    await town.fault("api_error", match="update_template_card", errcode=42016)
    old = await press_unredrawn(town, "wangmin", "确认", "app")
    assert (await town.case(no))["state"] == "A1"
    await town.expect("app", no, "待转办", user="zhaogang")
    assert "确认" not in captions(await town.expect("app", no, user="wangmin")), "the answer offers it no more"
    assert "确认" in captions(old), "and this one could not be"
    came = await town.press_on("wangmin", *(await town.find_button("wangmin", "确认", "app")))
    assert "已过时" in words(came)
    assert (await town.events(no)).count("confirmed") == 1


async def test_a_card_left_stale_by_a_dead_wire_is_repaired_by_the_next_press(town: Town):
    no = await town.dispatched()
    await town.fault("silence", match="aibot_respond_update_msg", times=4)
    await town.fault("silence", match="aibot_send_msg", times=4)
    message, button = await town.find_button("chenjing", "签收", "人社局")
    await town.call("press", {"user": "chenjing", "message_id": message["id"], "key": button["key"], "wait": 0.3})
    await town.settle()
    assert (await town.case(no))["state"] == "B2"
    await town.call("clear_faults", {})
    await town.press_on("chenjing", message, button)
    assert "办理中" in shown(await town.expect("人社局", no, user="chenjing"))

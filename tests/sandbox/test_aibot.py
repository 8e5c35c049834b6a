"""The long connection: who may speak, where, how often, and what happens to a press."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any

import pytest

from sandbox.city.budget import Budget
from tests.sandbox.conftest import GROUP, Line, Town, button_card


def push(card: dict[str, Any] | None = None, chatid: str = GROUP, chat_type: int = 2) -> dict[str, Any]:
    part = {"msgtype": "template_card", "template_card": card} if card else {}
    return {"chatid": chatid, "chat_type": chat_type, "msgtype": "markdown", "markdown": {"content": "**好**"}, **part}


def redraw(card: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"response_type": "update_template_card", "template_card": card, **more}


async def pressed(
    town: Town, line: Line, user: str = "chenjing"
) -> tuple[asyncio.Task[dict[str, Any]], dict[str, Any]]:
    """Press the last card's first button; (the press still waiting, the event frame)."""
    message = (await town.messages(chat=GROUP))[-1]
    acting = asyncio.ensure_future(town.act("press", user=user, message_id=message["id"], key="accept"))
    return acting, await line.heard()


async def test_wrong_credentials_are_853000_and_leave_the_socket_open(town: Town) -> None:
    line = await town.dial()
    assert await line.code("aibot_subscribe", {"bot_id": "x", "secret": "y"}) == 853000
    bot = town.world.city.bot
    assert await line.code("aibot_subscribe", {"bot_id": bot.bot_id, "secret": bot.secret}) == 0


async def test_nothing_is_done_before_subscribing(town: Town) -> None:
    line = await town.dial()
    assert await line.code("aibot_send_msg", push()) == 853000


async def test_a_ping_is_acknowledged_under_its_own_req_id(town: Town) -> None:
    line = await town.subscribed()
    assert await line.ask("ping", req_id="p1") == {"headers": {"req_id": "p1"}, "errcode": 0, "errmsg": "ok"}


async def test_a_second_subscriber_kicks_the_first(town: Town) -> None:
    first = await town.subscribed()
    second = await town.subscribed()
    farewell = await first.heard()
    assert farewell["body"]["event"]["eventtype"] == "disconnected_event"
    assert (await first.socket.receive()).type.name == "CLOSE"
    assert await second.code("ping") == 0


async def test_a_kicked_line_stays_kicked(town: Town) -> None:
    line = await town.subscribed()
    await town.act("fault", kind="kick")
    assert (await line.heard())["body"]["event"]["eventtype"] == "disconnected_event"
    assert (await town.get("/sandbox/state"))["connection"]["aibot"]["connected"] is False


async def test_a_cut_line_ends_without_a_farewell(town: Town) -> None:
    line = await town.subscribed()
    await town.act("fault", kind="drop_connection")
    assert (await line.socket.receive()).type.name in ("CLOSED", "ERROR", "CLOSE", "CLOSING")


async def test_a_group_message_reaches_the_bot_only_with_a_mention(town: Town) -> None:
    line = await town.subscribed()
    silent = await town.act("say", user="chenjing", chat=GROUP, text="收到")
    told = await town.act("say", user="chenjing", chat=GROUP, text="@有诉即办/帮助")
    assert (silent["delivered"], told["delivered"]) == (False, True)
    body = (await line.heard())["body"]
    assert body["text"] == {"content": "@有诉即办 /帮助"}
    assert (body["chattype"], body["chatid"], body["from"]) == ("group", GROUP, {"userid": "chenjing"})


async def test_a_one_to_one_message_needs_no_mention_and_has_no_chatid(town: Town) -> None:
    line = await town.subscribed()
    await town.act("say", user="wangmin", chat="bot", text="/我的")
    body = (await line.heard())["body"]
    assert body["chattype"] == "single"
    assert "chatid" not in body
    assert body["text"]["content"] == "/我的"


async def test_a_bot_made_by_an_ordinary_member_sees_ciphertext_userids(town: Town) -> None:
    object.__setattr__(town.world.city.bot, "hides_userids", True)
    line = await town.subscribed()
    await town.act("say", user="wangmin", chat="bot", text="x")
    hidden = (await line.heard())["body"]["from"]["userid"]
    assert hidden.startswith("wo")
    assert await line.code("aibot_send_msg", push(chatid=hidden, chat_type=1)) == 0


async def test_the_bot_may_push_only_where_it_was_spoken_to(town: Town) -> None:
    line = await town.subscribed()
    assert await line.code("aibot_send_msg", push()) == 93001
    await town.act("say", user="chenjing", chat=GROUP, text="@有诉即办 你好")
    await line.heard()
    assert await line.code("aibot_send_msg", push()) == 0
    assert await line.code("aibot_send_msg", push(chatid="chenjing", chat_type=1)) == 93001


async def test_a_chatid_in_the_wrong_case_is_93006(town: Town) -> None:
    line = await town.introduced()
    assert await line.code("aibot_send_msg", push(chatid=GROUP.lower())) == 93006


async def test_a_bot_taken_out_of_a_group_hears_93008_and_must_be_spoken_to_again(town: Town) -> None:
    line = await town.introduced()
    await town.act("group", chatid=GROUP, bot_inside=False)
    assert await line.code("aibot_send_msg", push()) == 93008
    await town.act("group", chatid=GROUP, bot_inside=True)
    assert await line.code("aibot_send_msg", push()) == 93001


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"chatid": GROUP, "chat_type": 2, "msgtype": "text", "text": {"content": "x"}}, 40008),
        ({"chatid": GROUP, "chat_type": 2, "msgtype": "markdown_v2", "markdown_v2": {"content": "x"}}, 40008),
        ({"chatid": GROUP, "chat_type": 2, "msgtype": "markdown", "markdown": {"content": "字" * 6827}}, 45002),
        ({"chatid": GROUP, "chat_type": 3, "msgtype": "markdown", "markdown": {"content": "x"}}, 40058),
        (push(button_card(main_title={"title": "字" * 27})), 40058),
        (push(button_card(button_list=[{"text": "字" * 11, "key": "k"}])), 42038),
    ],
)
async def test_a_push_the_real_wire_refuses_is_refused(town: Town, body: dict[str, Any], code: int) -> None:
    line = await town.introduced()
    assert await line.code("aibot_send_msg", body) == code


async def test_a_task_id_used_before_is_42014_and_shows_nothing_twice(town: Town) -> None:
    line = await town.introduced()
    assert await line.code("aibot_send_msg", push(button_card())) == 0
    assert await line.code("aibot_send_msg", push(button_card())) == 42014
    assert [m["kind"] for m in await town.messages(chat=GROUP)].count("template_card") == 1


async def test_the_thirty_first_message_in_a_minute_is_45009_until_the_city_moves_on(town: Town) -> None:
    line = await town.introduced()
    codes = [await line.code("aibot_send_msg", push()) for _ in range(31)]
    assert codes == [0] * 30 + [45009]
    await town.act("clock", seconds=61)
    assert await line.code("aibot_send_msg", push()) == 0


def test_an_hour_has_its_own_budget() -> None:
    budget = Budget((30, 60.0), (40, 3600.0))
    taken = [budget.take("chat", minute * 61.0) for minute in range(45)]
    assert taken == [True] * 40 + [False] * 5
    assert budget.left("chat", 3601.0) == 1


async def test_a_refused_push_costs_no_budget(town: Town) -> None:
    line = await town.introduced()
    for _ in range(40):
        await line.code("aibot_send_msg", push(button_card("")))
    assert await line.code("aibot_send_msg", push()) == 0


async def test_a_press_is_told_once_and_a_redraw_for_all_is_seen_by_all(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    acting, event = await pressed(town, line)
    told = event["body"]["event"]["template_card_event"]
    assert told == {"card_type": "button_interaction", "event_key": "accept", "task_id": "T1"}
    new = button_card(main_title={"title": "已签收"})
    assert await line.code("aibot_respond_update_msg", redraw(new), event["headers"]["req_id"]) == 0
    answer = await acting
    assert (answer["ok"], answer["updated"]) == (True, True)
    for user in ("chenjing", "zhaogang"):
        assert (await town.messages(chat=GROUP, user=user))[-1]["card"]["main_title"]["title"] == "已签收"


async def test_a_redraw_for_some_is_seen_by_them_alone(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    acting, event = await pressed(town, line)
    new = button_card(main_title={"title": "只给你看"})
    await line.ask("aibot_respond_update_msg", redraw(new, userids=["chenjing"]), event["headers"]["req_id"])
    await acting
    titles = [
        (await town.messages(chat=GROUP, user=user))[-1]["card"]["main_title"]["title"]
        for user in ("chenjing", "zhaogang")
    ]
    assert titles == ["只给你看", "YS20261123-0001"]


async def test_after_the_window_a_redraw_is_846605_and_the_press_failed(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    acting, event = await pressed(town, line)
    assert (await acting)["updated"] is False
    assert await line.code("aibot_respond_update_msg", redraw(button_card()), event["headers"]["req_id"]) == 846605


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (redraw(button_card("T2")), 42014),
        (redraw({k: v for k, v in button_card().items() if k != "task_id"}), 42014),
        ({"template_card": button_card()}, 40058),
        (redraw(button_card(), userids=[]), 40058),
        (redraw(button_card(button_list=[])), 42039),
    ],
)
async def test_a_redraw_keeps_the_task_id_and_the_card_rules(town: Town, body: dict[str, Any], code: int) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    acting, event = await pressed(town, line)
    assert await line.code("aibot_respond_update_msg", body, event["headers"]["req_id"]) == code
    assert await line.code("aibot_respond_update_msg", redraw(button_card()), event["headers"]["req_id"]) == 0
    assert await line.code("aibot_respond_update_msg", redraw(button_card()), event["headers"]["req_id"]) == 846605
    await acting


async def test_a_press_while_the_bot_is_away_is_lost_for_ever(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    await town.act("fault", kind="kick")
    message = (await town.messages(chat=GROUP))[-1]
    answer = await town.act("press", user="chenjing", message_id=message["id"], key="accept")
    assert answer["ok"] is False
    again = await town.subscribed()
    assert await again.code("ping") == 0


async def test_only_members_press_and_only_buttons_that_are_there(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    message = (await town.messages(chat=GROUP))[-1]
    assert "error" in await town.act("press", user="wangmin", message_id=message["id"], key="accept")
    assert "accept" in (await town.act("press", user="chenjing", message_id=message["id"], key="other"))["error"]


async def test_chosen_options_travel_with_the_press(town: Town) -> None:
    line = await town.introduced()
    choice = {"question_key": "q", "option_list": [{"id": "a", "text": "一般"}]}
    await line.ask("aibot_send_msg", push(button_card(button_selection=choice)))
    message = (await town.messages(chat=GROUP))[-1]
    chosen = {"user": "chenjing", "message_id": message["id"], "key": "accept", "selected": {"q": ["a"]}, "wait": 0}
    await town.act("press", **chosen)
    event = (await line.heard())["body"]["event"]["template_card_event"]
    assert event["selected_items"] == {"selected_item": [{"question_key": "q", "option_ids": {"option_id": ["a"]}}]}


async def test_a_message_is_answered_as_often_as_the_bot_likes_an_event_is_not(town: Town) -> None:
    line = await town.subscribed()
    await town.act("say", user="wangmin", chat="bot", text="/帮助")
    req_id = (await line.heard())["headers"]["req_id"]
    reply = {"msgtype": "markdown", "markdown": {"content": "好"}}
    assert [await line.code("aibot_respond_msg", reply, req_id) for _ in range(2)] == [0, 0]
    assert await line.code("aibot_respond_msg", reply, "made-up") == 846605
    assert await line.code("aibot_respond_msg", {"msgtype": "text", "text": {"content": "x"}}, req_id) == 40008
    assert await line.code("aibot_respond_update_msg", redraw(button_card()), req_id) == 846605
    await town.act("clock", seconds=86401)
    await line.send("aibot_respond_msg", reply, req_id)
    assert (await line.heard())["errcode"] == 846605


async def test_a_stream_grows_in_place_and_ends(town: Town) -> None:
    line = await town.subscribed()
    await town.act("say", user="wangmin", chat="bot", text="/台账")
    req_id = (await line.heard())["headers"]["req_id"]
    parts = [("正在", False), ("正在查", False), ("查完了", True), ("还有", True)]
    codes = [
        await line.code(
            "aibot_respond_msg", {"msgtype": "stream", "stream": {"id": "s", "finish": end, "content": text}}, req_id
        )
        for text, end in parts
    ]
    assert codes == [0, 0, 0, 846608]
    assert [m["text"] for m in await town.messages(user="wangmin", chat="bot")] == ["/台账", "查完了"]


async def test_entering_the_chat_is_told_once_a_day_and_welcomed_once(town: Town) -> None:
    line = await town.subscribed()
    await town.act("enter", user="wangmin", chat="bot")
    event = await line.heard()
    assert event["body"]["event"] == {"eventtype": "enter_chat"}
    hello = {"msgtype": "text", "text": {"content": "您好"}}
    req_id = event["headers"]["req_id"]
    assert [await line.code("aibot_respond_welcome_msg", hello, req_id) for _ in range(2)] == [0, 846605]
    assert await line.code("aibot_respond_msg", {"msgtype": "markdown", "markdown": {"content": "x"}}, req_id) == 846605
    assert (await town.act("enter", user="wangmin", chat="bot"))["delivered"] is False
    await town.act("clock", seconds=86400)
    assert (await town.act("enter", user="wangmin", chat="bot"))["delivered"] is True


async def test_a_file_is_uploaded_in_chunks_and_sent(town: Town) -> None:
    line = await town.introduced()
    content = b"ledger " * 100
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    init = {"type": "file", "filename": "台账.xlsx", "total_size": len(content), "total_chunks": 2, "md5": md5}
    upload_id = (await line.ask("aibot_upload_media_init", init))["body"]["upload_id"]
    for index, chunk in enumerate((content[:300], content[300:])):
        part = {"upload_id": upload_id, "chunk_index": index, "base64_data": base64.b64encode(chunk).decode()}
        assert await line.code("aibot_upload_media_chunk", part) == 0
    media_id = (await line.ask("aibot_upload_media_finish", {"upload_id": upload_id}))["body"]["media_id"]
    body = {"chatid": GROUP, "chat_type": 2, "msgtype": "file", "file": {"media_id": media_id}}
    assert await line.code("aibot_send_msg", body) == 0
    assert (await town.messages(chat=GROUP))[-1]["file"]["name"] == "台账.xlsx"


async def test_ordered_faults_swallow_refuse_and_forget(town: Town) -> None:
    line = await town.introduced()
    await town.act("fault", kind="silence", match="aibot_send_msg")
    await line.send("aibot_send_msg", push(), "swallowed")
    await town.act("fault", kind="lose_ack")
    await line.send("aibot_send_msg", push(button_card()), "done but unheard")
    await town.act("fault", kind="refuse_send", errcode=6000)
    assert await line.code("aibot_send_msg", push()) == 6000
    assert await line.code("aibot_send_msg", push(button_card())) == 42014
    assert len(await town.messages(chat=GROUP)) == 2


async def test_a_lost_press_never_arrives(town: Town) -> None:
    line = await town.introduced()
    await line.ask("aibot_send_msg", push(button_card()))
    await town.act("fault", kind="lose_press")
    message = (await town.messages(chat=GROUP))[-1]
    answer = await town.act("press", user="chenjing", message_id=message["id"], key="accept")
    assert answer["ok"] is False
    assert await line.code("ping") == 0


@pytest.mark.parametrize(
    "raw", ["{", "[]", '{"cmd":"ping"}', '{"cmd":"ping","headers":{"req_id":""}}', '{"headers":{}}']
)
async def test_a_malformed_frame_is_40058_and_the_line_lives(town: Town, raw: str) -> None:
    line = await town.subscribed()
    await line.socket.send_str(raw)
    assert (await line.heard())["errcode"] == 40058
    assert await line.code("ping") == 0

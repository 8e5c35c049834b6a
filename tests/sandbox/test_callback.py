"""Encrypted callbacks: verified first, tried four times, answered passively."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.sandbox.conftest import Town, button_card


async def _card(town: Town) -> str:
    await town.send("wangmin", "template_card", button_card())
    return (await town.messages(user="wangmin", chat="app"))[-1]["id"]


async def test_a_message_to_the_application_arrives_encrypted_after_one_verification(town: Town) -> None:
    for text in ("投诉一件", "<b>&]]>"):
        answer = await town.act("say", user="wangmin", chat="app", text=text)
        assert (answer["delivered"], answer["tries"]) == (True, 1)
    assert town.bot.verifies == 1
    assert [event["Content"] for event in town.bot.callbacks] == ["投诉一件", "<b>&]]>"]
    event = town.bot.callbacks[0]
    assert (event["MsgType"], event["FromUserName"]) == ("text", "wangmin")
    assert event["AgentID"] == str(town.world.city.corp.agent_id)
    assert event["CreateTime"] == "1795395600"


async def test_a_callback_is_retried_three_times_with_the_same_message(town: Town) -> None:
    town.bot.statuses = [500, 404, 503]
    answer = await town.act("say", user="wangmin", chat="app", text="x")
    assert (answer["delivered"], answer["tries"]) == (True, 4)
    assert len({event["MsgId"] for event in town.bot.callbacks}) == 1
    assert len({query["nonce"] for query in town.bot.queries}) == 5


async def test_after_four_tries_the_message_is_given_up(town: Town) -> None:
    town.bot.statuses = [500] * 9
    answer = await town.act("say", user="wangmin", chat="app", text="x")
    assert (answer["delivered"], answer["tries"]) == (False, 4)
    assert len(town.bot.callbacks) == 4
    assert "500" in answer["problem"]


async def test_a_bot_that_is_too_slow_is_tried_again(town: Town) -> None:
    released = asyncio.Event()

    async def dawdle(event: dict[str, Any]) -> None:
        if len(town.bot.callbacks) == 1:
            await released.wait()

    town.bot.on_callback = dawdle
    answer = await town.act("say", user="wangmin", chat="app", text="x")
    released.set()
    assert (answer["delivered"], answer["tries"]) == (True, 2)


async def test_nothing_is_delivered_to_an_address_that_fails_verification(town: Town) -> None:
    await town.act("bot", url="http://127.0.0.1:9")
    answer = await town.act("say", user="wangmin", chat="app", text="x")
    assert answer["delivered"] is False
    assert "验证" in answer["problem"]


async def test_a_press_carries_the_key_the_task_and_a_code_of_its_own(town: Town) -> None:
    message_id = await _card(town)
    answer = await town.act("press", user="wangmin", message_id=message_id, key="accept")
    assert answer["ok"] is True
    event = town.bot.callbacks[0]
    assert event["Event"] == "template_card_event"
    assert (event["EventKey"], event["TaskId"], event["CardType"]) == ("accept", "T1", "button_interaction")
    assert event["ResponseCode"] in town.world.codes


async def test_the_code_of_a_press_redraws_the_card_while_the_window_is_open(town: Town) -> None:
    message_id = await _card(town)

    async def redraw(event: dict[str, Any]) -> None:
        body = {"agentid": town.world.city.corp.agent_id, "response_code": event["ResponseCode"], "atall": 1}
        assert (await town.api("message/update_template_card", {**body, "button": {"replace_name": "好"}}))[
            "errcode"
        ] == 0

    town.bot.on_callback = redraw
    answer = await town.act("press", user="wangmin", message_id=message_id, key="accept")
    assert answer["updated"] is True
    (message,) = await town.messages(user="wangmin", chat="app")
    assert message["buttons"][0]["text"] == "好"


@pytest.mark.parametrize(
    ("reply", "caption"),
    [
        ({"MsgType": "update_button", "Button": {"ReplaceName": "已签收"}}, "已签收"),
        (
            {
                "MsgType": "update_template_card",
                "TemplateCard": {
                    "CardType": "button_interaction",
                    "MainTitle": {"Title": "新"},
                    "ButtonList": [{"Text": "下一步", "Style": 1, "Key": "next"}],
                },
            },
            "下一步",
        ),
        ({"MsgType": "update_template_card", "TemplateCard": {"CardType": "button_interaction"}}, "签收"),
        ({"MsgType": "poem"}, "签收"),
    ],
)
async def test_a_passive_reply_redraws_the_pressers_own_card(
    town: Town, reply: dict[str, object], caption: str
) -> None:
    message_id = await _card(town)
    town.bot.reply = reply
    answer = await town.act("press", user="wangmin", message_id=message_id, key="accept")
    (message,) = await town.messages(user="wangmin", chat="app")
    assert message["buttons"][0]["text"] == caption
    assert answer["updated"] == (caption != "签收")
    assert bool(answer["problem"]) == (caption == "签收")


async def test_a_passive_text_is_shown_to_the_writer(town: Town) -> None:
    town.bot.reply = {"MsgType": "text", "Content": "已登记"}
    await town.act("say", user="wangmin", chat="app", text="x")
    assert [m["text"] for m in await town.messages(user="wangmin", chat="app")] == ["x", "已登记"]


async def test_a_menu_press_is_a_menu_event(town: Town) -> None:
    menu = {"desc": "更多", "action_list": [{"text": "不再推送", "key": "mute"}]}
    notice = {
        "card_type": "text_notice",
        "main_title": {"title": "t"},
        "card_action": {"type": 1, "url": "http://127.0.0.1/"},
        "action_menu": menu,
        "task_id": "N1",
    }
    assert "response_code" in await town.send("wangmin", "template_card", notice)
    (message,) = await town.messages(user="wangmin", chat="app")
    await town.act("press", user="wangmin", message_id=message["id"], key="mute")
    assert town.bot.callbacks[0]["Event"] == "template_card_menu_event"


async def test_a_repeated_callback_brings_the_same_event_again(town: Town) -> None:
    await town.act("fault", kind="repeat_callback")
    await town.act("say", user="wangmin", chat="app", text="x")
    assert [event["Content"] for event in town.bot.callbacks] == ["x", "x"]


async def test_opening_the_application_is_an_enter_agent_event(town: Town) -> None:
    await town.act("enter", user="wangmin", chat="app")
    assert town.bot.callbacks[0]["Event"] == "enter_agent"

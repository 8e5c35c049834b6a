"""appchat and the group webhook: notices without buttons."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import GROUP, Town, button_card

NOTICE = {
    "card_type": "text_notice",
    "main_title": {"title": "催办"},
    "card_action": {"type": 1, "url": "http://127.0.0.1/"},
}


async def _hook(town: Town, body: dict[str, Any], key: str = "") -> dict[str, Any]:
    key = key or town.world.city.groups[GROUP].webhook_key
    return await town.post("/cgi-bin/webhook/send", body, key=key)


async def test_a_webhook_posts_text_and_notice_cards_into_its_group(town: Town) -> None:
    assert (await _hook(town, {"msgtype": "text", "text": {"content": "请看"}}))["errcode"] == 0
    assert (await _hook(town, {"msgtype": "template_card", "template_card": NOTICE}))["errcode"] == 0
    assert [m["kind"] for m in await town.messages(chat=GROUP)] == ["text", "template_card"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"msgtype": "template_card", "template_card": button_card()}, 42031),
        ({"msgtype": "markdown", "markdown": {"content": "字" * 1366}}, 45002),
        ({"msgtype": "poem"}, 40008),
    ],
)
async def test_a_webhook_takes_no_buttons_and_no_long_markdown(town: Town, body: dict[str, Any], code: int) -> None:
    assert (await _hook(town, body))["errcode"] == code


async def test_an_unknown_webhook_key_is_93000(town: Town) -> None:
    assert (await _hook(town, {"msgtype": "text", "text": {"content": "x"}}, key="nobody"))["errcode"] == 93000


async def test_the_twenty_first_webhook_message_in_a_minute_is_45009(town: Town) -> None:
    text = {"msgtype": "text", "text": {"content": "x"}}
    codes = [(await _hook(town, text))["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    await town.act("clock", seconds=61)
    assert (await _hook(town, text))["errcode"] == 0


async def test_an_application_speaks_in_its_own_groups_only_and_never_with_cards(town: Town) -> None:
    made = await town.api("appchat/create", {"name": "督办群", "userlist": ["wangmin", "chenjing"], "chatid": "duban"})
    assert made["chatid"] == "duban"
    text = {"msgtype": "text", "text": {"content": "x"}}
    assert (await town.api("appchat/send", {"chatid": "duban", **text}))["errcode"] == 0
    assert (await town.api("appchat/send", {"chatid": GROUP, **text}))["errcode"] == 86008
    assert (await town.api("appchat/send", {"chatid": "DUBAN", **text}))["errcode"] == 86003
    card = {"chatid": "duban", "msgtype": "template_card", "template_card": NOTICE}
    assert (await town.api("appchat/send", card))["errcode"] == 40008


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"userlist": ["wangmin"]}, 86220),
        ({"userlist": ["wangmin", "ghost"]}, 86216),
        ({"userlist": ["wangmin", "liujie"], "chatid": "no spaces"}, 86001),
        ({"userlist": ["wangmin", "liujie"], "name": "字" * 51}, 40058),
    ],
)
async def test_a_group_needs_known_members_and_a_proper_id(town: Town, body: dict[str, Any], code: int) -> None:
    assert (await town.api("appchat/create", body))["errcode"] == code

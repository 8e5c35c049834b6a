"""The REST side: tokens, sending to persons, redrawing and recalling."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.sandbox.conftest import Town, button_card

DAY = 86400


async def test_a_wrong_secret_is_40001_and_many_of_them_ban_the_caller(town: Town) -> None:
    corp = town.world.city.corp
    codes = [
        (await town.get("/cgi-bin/gettoken", corpid=corp.corp_id, corpsecret="wrong"))["errcode"] for _ in range(11)
    ]
    assert set(codes) == {40001}
    banned = await town.get("/cgi-bin/gettoken", corpid=corp.corp_id, corpsecret=corp.secret)
    assert banned["errcode"] == 45009
    await town.act("clock", seconds=3601)
    assert await town.token()


async def test_missing_unknown_and_expired_tokens_have_their_own_codes(town: Town) -> None:
    assert (await town.get("/cgi-bin/user/get", userid="wangmin"))["errcode"] == 41001
    assert (await town.get("/cgi-bin/user/get", userid="wangmin", access_token="x"))["errcode"] == 40014
    token = await town.token()
    assert (await town.get("/cgi-bin/user/get", userid="wangmin", access_token=token))["name"] == "王敏"
    await town.act("fault", kind="expire_token")
    assert (await town.get("/cgi-bin/user/get", userid="wangmin", access_token=token))["errcode"] == 42001
    assert (await town.get("/cgi-bin/user/get", userid="wangmin", access_token=await town.token()))["errcode"] == 0


async def test_receivers_nobody_knows_come_back_in_lower_case(town: Town) -> None:
    answer = await town.send("WangMin|NoSuchOne", "text", {"content": "你好"})
    assert answer["errcode"] == 0
    assert answer["invaliduser"] == "nosuchone"
    assert [m["text"] for m in await town.messages(user="wangmin", chat="app")] == ["你好"]


async def test_a_message_for_nobody_is_refused(town: Town) -> None:
    assert (await town.send("nobody", "text", {"content": "x"}))["errcode"] == 81013
    assert (await town.send("", "text", {"content": "x"}))["errcode"] == 82001


@pytest.mark.parametrize(
    ("kind", "part", "code"),
    [
        ("text", {"content": ""}, 44004),
        ("markdown", {"content": "字" * 683}, 45002),
        ("poem", {"content": "x"}, 40008),
        ("textcard", {"title": "t", "description": "d"}, 41010),
        ("textcard", {"title": "字" * 43, "description": "d", "url": "http://x"}, 45002),
        ("textcard", {"title": "t", "description": "d", "url": "http://x", "btntxt": "点这里看看"}, 40058),
        ("news", {"articles": []}, 45008),
        ("file", {"media_id": "nothing"}, 40007),
        ("template_card", {"card_type": "button_interaction"}, 42033),
    ],
)
async def test_a_malformed_message_is_refused(town: Town, kind: str, part: dict[str, Any], code: int) -> None:
    assert (await town.send("wangmin", kind, part))["errcode"] == code


async def test_a_long_text_is_cut_at_2048_bytes_between_characters(town: Town) -> None:
    await town.send("wangmin", "text", {"content": "字" * 1000})
    (message,) = await town.messages(user="wangmin", chat="app")
    assert message["text"] == "字" * 682


async def test_unknown_fields_and_a_wrong_agent_are_refused(town: Town) -> None:
    assert (await town.send("wangmin", "text", {"content": "x"}, colour=1))["errcode"] == 40058
    assert (await town.send("wangmin", "text", {"content": "x"}, agentid=7))["errcode"] == 40056


async def test_the_thirty_first_message_in_a_minute_disappears_without_a_word(town: Town) -> None:
    answers = [await town.send("wangmin", "text", {"content": str(n)}) for n in range(31)]
    assert {answer["errcode"] for answer in answers} == {0}
    assert len(await town.messages(user="wangmin", chat="app")) == 30
    assert [m["text"] for m in await town.messages(user="wangmin", dropped="1") if m["status"] == "dropped"] == ["30"]
    await town.act("clock", seconds=61)
    await town.send("wangmin", "text", {"content": "later"})
    assert (await town.messages(user="wangmin", chat="app"))[-1]["text"] == "later"


async def test_a_task_id_is_good_for_one_card(town: Town) -> None:
    assert (await town.send("wangmin", "template_card", button_card("T1")))["errcode"] == 0
    assert (await town.send("liujie", "template_card", button_card("T1")))["errcode"] == 42014


async def test_without_a_callback_address_cards_with_buttons_cannot_be_sent(town: Town) -> None:
    await town.act("bot", url="")
    assert (await town.send("wangmin", "template_card", button_card()))["errcode"] == 43012


async def test_a_repeat_within_the_duplicate_interval_is_not_delivered_twice(town: Town) -> None:
    first = await town.send("wangmin", "text", {"content": "x"}, enable_duplicate_check=1)
    again = await town.send("wangmin", "text", {"content": "x"}, enable_duplicate_check=1)
    assert again["msgid"] == first["msgid"]
    assert len(await town.messages(user="wangmin", chat="app")) == 1


async def _update(town: Town, code: str, **more: Any) -> dict[str, Any]:
    body = {"agentid": town.world.city.corp.agent_id, "response_code": code, **more}
    return await town.api("message/update_template_card", body)


async def test_a_response_code_redraws_chosen_copies_once(town: Town) -> None:
    sent = await town.send("wangmin|liujie", "template_card", button_card())
    button = {"replace_name": "已签收"}
    answer = await _update(town, sent["response_code"], userids=["WangMin", "zhaogang"], button=button)
    assert answer == {"errcode": 0, "errmsg": "ok", "invaliduser": ["zhaogang"]}
    (mine,) = await town.messages(user="wangmin", chat="app")
    (other,) = await town.messages(user="liujie", chat="app")
    assert [(b["text"], b["disabled"]) for b in mine["buttons"]] == [("已签收", True)]
    assert [(b["text"], b["disabled"]) for b in other["buttons"]] == [("签收", False)]
    assert (await _update(town, sent["response_code"], atall=1, button=button))["errcode"] == 40058


async def test_a_whole_new_card_may_replace_every_copy(town: Town) -> None:
    sent = await town.send("wangmin|liujie", "template_card", button_card())
    card = {k: v for k, v in button_card(main_title={"title": "已办结"}).items() if k != "task_id"}
    assert (await _update(town, sent["response_code"], atall=1, template_card=card))["errcode"] == 0
    titles = [m["card"]["main_title"]["title"] for m in await town.messages() if m["kind"] == "template_card"]
    assert titles == ["已办结", "已办结"]


async def test_a_response_code_is_worthless_after_72_hours_of_city_time(town: Town) -> None:
    sent = await town.send("wangmin", "template_card", button_card())
    await town.act("clock", seconds=3 * DAY + 60)
    assert (await _update(town, sent["response_code"], atall=1, button={"replace_name": "x"}))["errcode"] == 40058


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"atall": 1}, 40063),
        ({"atall": 1, "button": {}}, 42020),
        ({"button": {"replace_name": "x"}}, 82001),
        ({"atall": 1, "template_card": {"card_type": "poll"}}, 42031),
        ({"atall": 1, "button": {"replace_name": "x"}, "agentid": 5}, 40056),
    ],
)
async def test_a_malformed_update_is_refused_and_leaves_the_code_good(
    town: Town, more: dict[str, Any], code: int
) -> None:
    sent = await town.send("wangmin", "template_card", button_card())
    assert (await _update(town, sent["response_code"], **more))["errcode"] == code
    assert (await _update(town, sent["response_code"], atall=1, button={"replace_name": "x"}))["errcode"] == 0


async def test_a_message_can_be_recalled_within_a_day(town: Town) -> None:
    sent = await town.send("wangmin", "text", {"content": "x"})
    old = await town.send("wangmin", "text", {"content": "y"})
    assert (await town.api("message/recall", {"msgid": sent["msgid"]}))["errcode"] == 0
    await town.act("clock", seconds=DAY + 60)
    assert (await town.api("message/recall", {"msgid": old["msgid"]}))["errcode"] == 42052
    assert [m["status"] for m in await town.messages(user="wangmin", chat="app")] == ["recalled", "sent"]


async def _upload(town: Town, name: str, content: bytes, **fields: Any) -> dict[str, Any]:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("media", content, filename=name, **fields)
    query = {"access_token": await town.token(), "type": "file"}
    async with town.session.post(town.url + "/cgi-bin/media/upload", params=query, data=form) as response:
        return await response.json()


async def test_an_uploaded_file_reaches_the_person_and_comes_back_byte_for_byte(town: Town) -> None:
    media = await _upload(town, "台账.xlsx", b"\x00\x01 book")
    assert (await town.send("wangmin", "file", {"media_id": media["media_id"]}))["errcode"] == 0
    (message,) = await town.messages(user="wangmin", chat="app")
    assert message["file"]["name"] == "台账.xlsx"
    async with town.session.get(town.url + message["file"]["url"]) as response:
        assert await response.read() == b"\x00\x01 book"


async def test_an_empty_upload_is_refused(town: Town) -> None:
    assert (await _upload(town, "a.txt", b""))["errcode"] == 44001


async def test_a_media_id_dies_after_three_days(town: Town) -> None:
    media = await _upload(town, "a.txt", b"content")
    await town.act("clock", seconds=3 * DAY + 60)
    assert (await town.send("wangmin", "file", {"media_id": media["media_id"]}))["errcode"] == 40007


async def test_members_and_departments_can_be_read(town: Town) -> None:
    token = await town.token()
    member = await town.get("/cgi-bin/user/get", userid="ChenJing", access_token=token)
    listed = await town.get("/cgi-bin/user/list", department_id=str(member["main_department"]), access_token=token)
    departments = await town.get("/cgi-bin/department/list", id="2", access_token=token)
    assert [user["userid"] for user in listed["userlist"]] == ["chenjing"]
    assert "mobile" not in member
    assert "人社局" in [unit["name"] for unit in departments["department"]]
    assert (await town.get("/cgi-bin/user/get", userid="ghost", access_token=token))["errcode"] == 60111


async def test_a_ciphertext_userid_is_translated_and_a_plain_one_is_called_invalid(town: Town) -> None:
    person = town.world.city.people["chenjing"]
    answer = await town.api("batch/openuserid_to_userid", {"open_userid_list": [person.open_id, "chenjing"]})
    assert answer["userid_list"] == [{"open_userid": person.open_id, "userid": "chenjing"}]
    assert answer["invalid_open_userid_list"] == ["chenjing"]


async def test_an_oauth_code_names_the_person_once(town: Town) -> None:
    query = {
        "appid": town.world.city.corp.corp_id,
        "redirect_uri": "http://127.0.0.1:9/login",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
    }
    address = town.url + "/connect/oauth2/authorize"
    async with town.session.get(address, params=query) as response:
        assert "王敏" in await response.text()
    async with town.session.get(address, params={**query, "as": "wangmin"}, allow_redirects=False) as response:
        location = aiohttp.client.URL(response.headers["Location"])
    assert location.query["state"] == "s1"
    token = await town.token()
    code = location.query["code"]
    assert (await town.get("/cgi-bin/auth/getuserinfo", code=code, access_token=token))["userid"] == "wangmin"
    assert (await town.get("/cgi-bin/auth/getuserinfo", code=code, access_token=token))["errcode"] == 40029


async def test_oauth_sends_nobody_to_a_stranger(town: Town) -> None:
    query = {
        "appid": town.world.city.corp.corp_id,
        "redirect_uri": "https://elsewhere.example/",
        "response_type": "code",
        "scope": "snsapi_base",
        "as": "wangmin",
    }
    async with town.session.get(
        town.url + "/connect/oauth2/authorize", params=query, allow_redirects=False
    ) as response:
        assert response.status == 200
        assert "50001" in await response.text()


async def test_a_body_that_is_no_json_is_40058(town: Town) -> None:
    url = f"{town.url}/cgi-bin/message/send?access_token={await town.token()}"
    async with town.session.post(url, data="{") as response:
        assert json.loads(await response.text())["errcode"] == 40058


async def test_ordered_faults_meet_the_next_calls_only(town: Town) -> None:
    await town.act("fault", kind="api_error", errcode=-1, match="message/send")
    assert (await town.send("wangmin", "text", {"content": "x"}))["errcode"] == -1
    assert (await town.send("wangmin", "text", {"content": "x"}))["errcode"] == 0

"""Three kinds of city: who lives where, what the bot is told to start with, and the doors there are."""

from __future__ import annotations

import csv
import io
import json
import sys
from asyncio import create_subprocess_exec, subprocess
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from sandbox.city.credentials import org_csv
from sandbox.city.people import DEFAULT_CITY, HERE, KINDS, CityError, load
from sandbox.server import create_app
from tests.sandbox.dingtalk.conftest import GROUP, MENTION, Town

RENSHE = "wrkSFfCgAA-RenShe01"


def test_a_wecom_city_has_the_directory_file_that_ships() -> None:
    assert org_csv(load()).encode() == (HERE / "org.csv").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_the_directory_names_the_same_people_in_order(kind: str) -> None:
    rows = list(csv.reader(io.StringIO(org_csv(load(platforms=kind)))))
    wanted = list(csv.reader(io.StringIO(org_csv(load()))))
    assert [row[:5] for row in rows] == [row[:5] for row in wanted]
    wecom, ding = [row[5] for row in rows[1:]], [row[6] for row in rows[1:]]
    assert all(one or other for one, other in zip(wecom, ding, strict=True))
    assert any(wecom) == (kind != "dingtalk")
    assert any(ding) == (kind != "wecom")


def test_in_a_mixed_city_everybody_is_at_home_where_the_story_wants_them() -> None:
    city = load(platforms="mixed")
    at_home = {person.id for person in city.people.values() if person.home == "dingtalk"}
    assert at_home == {"liujie", "lijianguo", "zhenghua", "sunwei", "zhouli", "heqing", "waibu"}
    assert [person.id for person in city.people.values() if len(person.accounts) == 2] == ["zhaogang"]
    for group in city.groups.values():
        for member in group.members:
            person = city.somebody(member)
            assert person is not None
            assert group.platform in person.accounts
        assert "zhaogang" in group.members
    assert {group.department for group in city.groups.values() if group.platform == "dingtalk"} == {
        "自然资源局", "市场监管局", "医保局"
    }  # fmt: skip


def test_dingtalk_ids_are_their_own() -> None:
    city = load(platforms="dingtalk")
    staff = [person.staff_id for person in city.staff()]
    assert len(set(staff)) == len(staff) == 15
    assert not set(staff) & set(city.people)
    assert len({group.conversation_id for group in city.groups.values()}) == len(city.groups)
    assert all(group.conversation_id.startswith("cid") for group in city.groups.values())
    assert any(name != name.lower() for name in staff)


def test_an_unknown_kind_and_a_city_without_ids_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CityError):
        load(platforms="feishu")
    for part, name in (("people", "staff_id"), ("groups", "conversation_id")):
        raw = json.loads(DEFAULT_CITY.read_text(encoding="utf-8"))
        del raw[part][0][name]
        path = tmp_path / "city.json"
        path.write_text(json.dumps(raw), encoding="utf-8")
        load(path)
        with pytest.raises(CityError):
            load(path, "dingtalk")


async def test_each_kind_of_city_gives_only_its_own_credentials(town: Town, mixed: Town) -> None:
    env = (await town.get("credentials"))["env"]
    assert env["DINGTALK_API_BASE"] == f"{town.url}/dingtalk/api"
    assert env["DINGTALK_OAPI_BASE"] == f"{town.url}/dingtalk/oapi"
    assert env["DINGTALK_ROBOT_CODE"] == env["DINGTALK_CLIENT_ID"] == town.robot_code
    assert (env["DINGTALK_CARD_TEMPLATE_ID"], env["DINGTALK_MODE"]) == ("", "stream")
    assert len(env["DINGTALK_EVENT_AES_KEY"]) == 43
    assert env["DINGTALK_EVENT_TOKEN"]
    assert not [name for name in env if name.startswith("WECOM")]
    answer = await mixed.get("credentials")
    assert answer["dingtalk"]["own_template_id"] == mixed.world.city.ding.template_id
    names = {name.partition("_")[0] for name in answer["env"]}
    assert names == {"WECOM", "DINGTALK", "YOUSU"}
    assert "自然资源局" not in answer["env"]["WECOM_GROUP_WEBHOOKS"]


async def test_the_doors_of_a_platform_nobody_uses_are_closed(town: Town) -> None:
    async with town.session.get(f"{town.url}/cgi-bin/gettoken") as answer:
        assert answer.status == 404
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await town.session.ws_connect(town.url.replace("http", "ws") + "/aibot")


async def test_a_wecom_city_has_no_dingtalk_doors() -> None:
    app = create_app()
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        async with session.post(server.make_url("/dingtalk/api/v1.0/oauth2/accessToken"), json={}) as answer:
            assert answer.status == 404
        async with session.get(server.make_url("/sandbox/credentials")) as answer:
            env = (await answer.json())["env"]
        assert not [name for name in env if name.startswith("DINGTALK")]
        async with session.post(server.make_url("/sandbox/dingtalk"), json={"mode": "http"}) as answer:
            assert answer.status == 400
        async with session.get(server.make_url("/sandbox/state")) as answer:
            state = await answer.json()
    assert state["platforms"] == "wecom"
    assert {person["platform"] for person in state["people"]} == {"wecom"}
    assert "waibu" not in [person["id"] for person in state["people"]]


async def test_both_platforms_speak_in_one_city(mixed: Town) -> None:
    socket = await mixed.connected()
    bot = mixed.world.city.bot
    wecom = await mixed.session.ws_connect(mixed.url.replace("http", "ws") + "/aibot")
    body = {"bot_id": bot.bot_id, "secret": bot.secret}
    await wecom.send_json({"cmd": "aibot_subscribe", "headers": {"req_id": "1"}, "body": body})
    assert (await wecom.receive_json())["errcode"] == 0
    await mixed.act("say", user="zhaogang", chat=GROUP, text=f"{MENTION} /绑定 自然资源局")
    assert (await socket.heard())["senderStaffId"] == "ZhaoGang01"
    await mixed.act("say", user="zhaogang", chat=RENSHE, text=f"{MENTION} /绑定 人社局")
    assert (await wecom.receive_json())["body"]["from"]["userid"] == "zhaogang"
    state = await mixed.get("state")
    assert state["platforms"] == "mixed"
    spoken = {group["chatid"]: group["platform"] for group in state["groups"] if group["spoken"]}
    assert spoken == {GROUP: "dingtalk", RENSHE: "wecom"}
    await wecom.close()


async def test_one_to_one_goes_home_unless_it_is_said_otherwise(mixed: Town) -> None:
    socket = await mixed.connected()
    await mixed.act("say", user="sunwei", chat="app", text="一")
    await mixed.act("say", user="zhaogang", chat="ding", text="二")
    assert [(await socket.heard())["senderNick"] for _ in range(2)] == ["孙伟", "赵刚"]
    chats = [message["chat"] for message in await mixed.messages()]
    assert chats == ["app:sunwei", "ding:zhaogang"]
    assert [m["text"] for m in await mixed.messages(user="zhaogang", chat="ding")] == ["二"]
    assert [m["text"] for m in await mixed.messages(user="sunwei", chat="ding")] == ["一"]
    for user, chat in (("chenjing", "ding"), ("sunwei", "bot"), ("waibu", "bot")):
        assert "error" in await mixed.act("say", user=user, chat=chat, text="三")


async def test_wecom_does_not_know_who_lives_on_dingtalk(mixed: Town) -> None:
    corp = mixed.world.city.corp
    query = {"corpid": corp.corp_id, "corpsecret": corp.secret}
    async with mixed.session.get(f"{mixed.url}/cgi-bin/gettoken", params=query) as answer:
        token = (await answer.json())["access_token"]
    body = {"touser": "@all", "msgtype": "text", "agentid": corp.agent_id, "text": {"content": "您好"}}
    url = f"{mixed.url}/cgi-bin/message/send"
    async with mixed.session.post(url, json=body, params={"access_token": token}) as answer:
        assert (await answer.json())["errcode"] == 0
    assert "app:sunwei" not in [message["chat"] for message in await mixed.messages()]
    async with mixed.session.post(url, json={**body, "touser": "sunwei"}, params={"access_token": token}) as answer:
        assert (await answer.json())["errcode"] == 81013
    assert (await mixed.old("/topapi/v2/user/get", {"userid": "manager7312"}))["errcode"] == 60121
    key = {"key": mixed.world.city.groups[GROUP].webhook_key}
    async with mixed.session.post(f"{mixed.url}/cgi-bin/webhook/send", json=body, params=key) as answer:
        assert (await answer.json())["errcode"] == 93000


async def test_the_program_takes_the_kind_of_city() -> None:
    command = (sys.executable, "-m", "sandbox", "--port", "0", "--bot-url", "", "--platforms", "dingtalk")
    child = await create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=HERE.parent)
    assert child.stdout is not None
    try:
        url = json.loads(await child.stdout.readline())["url"]
        async with aiohttp.ClientSession() as session, session.get(f"{url}/sandbox/org") as answer:
            assert answer.content_type == "text/csv"
            assert "0153406218773590" in await answer.text()
    finally:
        child.terminate()
        await child.wait()

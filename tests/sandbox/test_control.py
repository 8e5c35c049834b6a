"""The control API: the clock, the hotline, settling, looking around; and the city as it ships."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import re
import sys
from asyncio import create_subprocess_exec, subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.city.clock import parse
from sandbox.city.people import HERE, CityError, load
from tests.sandbox.conftest import GROUP, Town

START = parse("2026-11-23T09:00:00+08:00")


async def now(town: Town) -> str:
    return (await town.get("/sandbox/clock"))["now"]


async def test_the_city_starts_on_a_monday_morning(town: Town) -> None:
    assert parse(await now(town)).replace(second=0) == START


async def test_turning_the_clock_waits_for_the_bot(town: Town) -> None:
    town.bot.clock_answer = {"next_morning": "2026-11-25T09:00:00+08:00", "next_deadline": None}
    answer = await town.act("clock", to="2026-11-24T17:00:00+08:00")
    assert answer["now"].startswith("2026-11-24T17:00")
    assert town.bot.clocks == ["2026-11-24T17:00:00+08:00"]
    assert answer["bot"]["next_morning"] == "2026-11-25T09:00:00+08:00"


async def test_the_clock_never_turns_back(town: Town) -> None:
    assert "error" in await town.act("clock", to="2026-11-22T09:00:00+08:00")
    assert "error" in await town.act("clock", to="yesterday")
    assert "error" in await town.act("clock", jump="midnight")


async def test_jumping_lands_where_the_bot_says(town: Town) -> None:
    town.bot.clock_answer = {"next_morning": "2026-11-24T09:00:00+08:00", "next_deadline": "2026-11-26T17:00:00+08:00"}
    assert (await town.act("clock", jump="next_deadline"))["now"].startswith("2026-11-26T17:00:00")


async def test_without_a_deadline_there_is_nowhere_to_jump(town: Town) -> None:
    assert "到期" in (await town.act("clock", jump="next_deadline"))["error"]


async def test_without_a_word_from_the_bot_the_next_morning_skips_the_weekend(town: Town) -> None:
    await town.act("clock", to="2026-11-27T15:00:00+08:00")
    assert (await town.act("clock", jump="next_morning"))["now"].startswith("2026-11-30T09:00:00")


async def test_a_week_passes_morning_by_morning(town: Town) -> None:
    town.bot.clock_answer = {"next_morning": "2026-11-24T09:00:00+08:00", "next_deadline": "2026-11-25T17:00:00+08:00"}
    answer = await town.act("clock", jump="week")
    assert [step[:16] for step in answer["steps"]] == ["2026-11-24T09:00", "2026-11-25T17:00", "2026-11-30T09:00"]


async def test_a_subscribing_bot_is_told_the_time(town: Town) -> None:
    await town.subscribed()
    assert (await town.act("settle"))["settled"] is True
    assert [parse(moment).replace(second=0) for moment in town.bot.clocks] == [START]


async def test_the_hotline_signs_over_the_citys_time(town: Town) -> None:
    answer = await town.act("push", text="投诉一件", source="12345")
    assert (answer["status"], answer["answer"]) == (201, {"case_no": "YS20261123-0001"})
    headers, raw = town.bot.complaints[0]
    assert json.loads(raw) == {"text": "投诉一件", "source": "12345"}
    assert abs(int(headers["X-Yousu-Timestamp"]) - START.timestamp()) < 60
    signed = f"{headers['X-Yousu-Timestamp']}\n{headers['X-Yousu-Nonce']}\n{hashlib.sha256(raw).hexdigest()}"
    secret = town.world.city.intake.secret.encode()
    assert headers["X-Yousu-Signature"] == hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()


async def test_everybody_sees_only_their_own_conversations(town: Town) -> None:
    await town.act("say", user="chenjing", chat=GROUP, text="一")
    await town.act("say", user="wangmin", chat="bot", text="二")
    assert [m["text"] for m in await town.messages(user="chenjing")] == ["一"]
    assert [m["text"] for m in await town.messages(user="wangmin")] == ["二"]
    assert [m["text"] for m in await town.messages(after="1")] == ["二"]
    assert "error" in await town.act("say", user="wangmin", chat=GROUP, text="三")
    assert "error" in await town.act("say", user="ghost", chat="bot", text="四")


async def test_an_unknown_fault_is_refused_with_the_list_of_kinds(town: Town) -> None:
    assert "lose_press" in (await town.act("fault", kind="earthquake"))["error"]
    await town.act("fault", kind="slow", seconds=0.01)
    assert [fault["kind"] for fault in (await town.get("/sandbox/faults"))["waiting"]] == ["slow"]
    await town.act("clear_faults")
    assert (await town.get("/sandbox/faults"))["waiting"] == []


async def test_no_other_web_page_acts_in_the_city(town: Town) -> None:
    headers = {"Origin": "https://elsewhere.example"}
    async with town.session.post(town.url + "/sandbox/clock", json={"seconds": 60}, headers=headers) as response:
        assert response.status == 403


async def test_watchers_hear_of_messages_as_they_come(town: Town) -> None:
    async with town.session.get(town.url + "/sandbox/events") as stream:
        await stream.content.readuntil(b"\n\n")
        await town.act("say", user="wangmin", chat="bot", text="你好")
        event = (await stream.content.readuntil(b"\n\n")).decode()
    assert event.startswith("event: message\n")
    assert json.loads(event.split("data: ")[1])["text"] == "你好"


async def test_the_credentials_are_settings_ready_to_use(town: Town) -> None:
    env = (await town.get("/sandbox/credentials"))["env"]
    assert env["WECOM_API_BASE"] == town.url
    assert env["WECOM_BOT_WS_URL"].startswith("ws://")
    assert len(env["WECOM_AES_KEY"]) == 43
    assert env["WECOM_GROUP_WEBHOOKS"].startswith("人社局:")


async def test_the_page_needs_nothing_from_elsewhere(town: Town) -> None:
    async with town.session.get(town.url + "/") as response:
        text = await response.text()
    assert "/*STYLE*/" not in text
    assert "/*SCRIPT*/" not in text
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", text)


def test_the_directory_file_names_the_same_people() -> None:
    city = load()
    with (HERE / "org.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert rows[0] == ["中心", "层级", "部门", "姓名", "角色", "企业微信账号", "钉钉账号"]
    people = [(p.centre, p.level, p.department, p.name, "、".join(p.roles), p.id, "") for p in city.people.values()]
    assert [tuple(row) for row in rows[1:]] == people


def test_ten_people_can_be_played_and_every_department_has_a_liaison_and_a_group() -> None:
    city = load()
    assert sum(person.playable for person in city.people.values()) == 10
    liaisons = {person.department for person in city.people.values() if "联络员" in person.roles}
    grouped = {group.department for group in city.groups.values() if group.department}
    assert liaisons == grouped == {"人社局", "自然资源局", "市场监管局", "住建局", "医保局", "公安分局"}
    assert [sample["id"] for sample in city.samples] == [f"S{n:02}" for n in range(1, 13)]


@pytest.mark.parametrize(
    "break_it",
    [
        lambda raw: raw["groups"][0]["members"].append("ghost"),
        lambda raw: raw["people"][0].update(units=[99]),
        lambda raw: raw["people"].append(raw["people"][0]),
    ],
)
def test_a_city_that_contradicts_itself_is_refused(tmp_path: Path, break_it: Any) -> None:
    raw = json.loads((HERE / "city.json").read_text(encoding="utf-8"))
    break_it(raw)
    path = tmp_path / "city.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(CityError):
        load(path)


async def test_the_program_says_when_it_is_ready_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--start", "2026-12-01T08:00", "--bot-url", ""]
    process = await create_subprocess_exec(*command, stdout=subprocess.PIPE, cwd=HERE.parent)
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert ready["ready"] is True
    async with aiohttp.ClientSession() as session, session.get(ready["url"] + "/sandbox/clock") as response:
        assert (await response.json())["now"].startswith("2026-12-01T08:00")
    process.terminate()
    assert await process.wait() == 0

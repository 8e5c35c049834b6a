"""`yousu serve` beside the practice city as two real processes: killed in the middle, stopped politely, taken over."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

import pytest

from operations.practice import bind_groups, free_port
from tests.acceptance.deployment import Deployment, deployment, running, until

pytestmark = pytest.mark.acceptance


async def case(place: Deployment, no: str) -> dict:
    status, out, err = await place.yousu("case", "show", no, "--json")
    assert status == 0, err
    return json.loads(out)


async def types(place: Deployment, no: str) -> list[str]:
    return [event["type"] for event in (await case(place, no))["events"]]


async def test_a_bot_killed_between_two_steps_goes_on_where_it_was(tmp_path: Path, migrated_url: str):
    async with running(tmp_path, migrated_url) as place:
        no = await place.dispatched()
        assert len(await place.expect("人社局", no)) == 1
        await place.kill(place.bots[0])
        await place.serve()
        await place.connected()
        assert len(await place.seen("人社局", no)) == 1, "nothing is repeated"
        await place.press("chenjing", "签收", "人社局")
        await place.say("chenjing", "人社局", f"/答复 {no} 已办结")
        await place.press("zhaogang", "质检通过")
        await place.press("liujie", "满意")
        assert (await case(place, no))["state"] == "Z1"
        assert (await place.yousu("verify"))[0] == 0


async def test_a_bot_killed_while_a_command_is_being_worked_on_loses_and_repeats_nothing(
    tmp_path: Path, sqlite_migrated_url: str
):
    async with running(tmp_path, sqlite_migrated_url) as place:
        samples = (await place.city.call("/sandbox/state"))["samples"]
        no = (await place.city.push(samples[0]["text"]))["answer"]["case_no"]
        await place.say("wangmin", "app", f"/确认 {no}")
        await place.say("zhaogang", "app", f"/分类 {no} 不给办")
        # The command is answered with 200 and the bot dies at once, before or while it works on it.
        await place.city.call("/sandbox/say", {"user": "zhaogang", "chat": "app", "text": f"/转办 {no} 人社局"})
        await place.kill(place.bots[0])
        await place.serve()
        await place.connected()
        await place.city.call("/sandbox/clock", {"seconds": 120})
        await place.expect("人社局", no)
        await place.city.call("/sandbox/settle", {"quiet_ms": 500})
        assert (await types(place, no)).count("dispatched") == 1
        assert (await types(place, no)).count("delivered") == 1
        assert len(await place.seen("人社局", no)) == 1


async def test_a_bot_killed_while_a_card_is_on_its_way_shows_it_once_and_starts_the_clock(
    tmp_path: Path, sqlite_migrated_url: str
):
    async with running(tmp_path, sqlite_migrated_url) as place:
        await place.city.call("/sandbox/fault", {"kind": "lose_ack", "match": "aibot_send_msg"})
        samples = (await place.city.call("/sandbox/state"))["samples"]
        no = (await place.city.push(samples[0]["text"]))["answer"]["case_no"]
        await place.say("wangmin", "app", f"/确认 {no}")
        await place.say("zhaogang", "app", f"/分类 {no} 不给办")
        await place.city.call("/sandbox/say", {"user": "zhaogang", "chat": "app", "text": f"/转办 {no} 人社局"})
        # The group has the card; the bot, which never heard the platform's yes, dies waiting for it.
        await place.expect("人社局", no)
        await place.kill(place.bots[0])
        await place.serve()
        await place.connected()
        await place.city.call("/sandbox/clock", {"seconds": 180})
        await place.city.call("/sandbox/settle", {"quiet_ms": 500})
        assert len(await place.seen("人社局", no)) == 1
        assert (await types(place, no)).count("delivered") == 1
        assert not await place.seen("app", "没有送到", "zhaogang")


async def test_sigterm_ends_the_bot_within_five_seconds_and_releases_the_database(
    tmp_path: Path, sqlite_migrated_url: str
):
    async with running(tmp_path, sqlite_migrated_url) as place:
        no = await place.dispatched()
        await place.expect("人社局", no)
        first = place.bots[0]
        first.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(first.wait(), 5) == 0
        await place.serve()
        await place.connected()
        await place.press("chenjing", "签收", "人社局")
        assert (await case(place, no))["state"] == "B2"


async def test_a_second_server_on_the_same_sqlite_file_is_refused_in_words(tmp_path: Path, sqlite_migrated_url: str):
    async with running(tmp_path, sqlite_migrated_url) as place:
        status, _, err = await place.yousu("serve", YOUSU_HTTP_PORT=str(free_port()))
        assert status == 1
        assert any("\u4e00" <= character <= "\u9fff" for character in err)
        assert "another process" not in err


async def test_no_log_line_names_anybody_or_shows_a_secret(tmp_path: Path, sqlite_migrated_url: str):
    async with running(tmp_path, sqlite_migrated_url) as place:
        no = await place.dispatched()
        await place.say("chenjing", "人社局", f"/联系方式 {no} 核实材料")
        await place.say("chenjing", "人社局", f"/答复 {no} 已上门办结")
        await place.city.call("/sandbox/fault", {"kind": "drop_connection"})
        await place.connected()
        log = place.log() + (tmp_path / "bot0.log").read_text(encoding="utf-8")
        for word in (
            "测甲一",
            "00012340001",
            "系统没开",
            "已上门办结",
            place.env["WECOM_SECRET"],
            place.env["YOUSU_DATA_KEY"],
        ):
            assert word not in log
        assert "access_token" not in log
        assert all(json.loads(line)["level"] for line in log.splitlines() if line.startswith("{"))


async def test_of_two_servers_on_postgresql_one_stands_by_and_takes_over_when_the_first_is_killed(
    tmp_path: Path, pg_url: str
):
    async with deployment(tmp_path, pg_url) as place:
        first = await place.serve()
        await place.connected()
        await bind_groups(place.city)
        second_port = str(free_port())
        await place.serve(YOUSU_HTTP_PORT=second_port)
        waiting = await place.ready(second_port)
        assert [channel["channel"] for channel in waiting["channels"]] == ["standby"]
        no = await place.dispatched()

        await place.kill(first)
        await place.city.call("/sandbox/bot", {"url": f"http://127.0.0.1:{second_port}"})

        async def leads() -> bool:
            state = await place.city.call("/sandbox/state")
            return bool(state["connection"]["aibot"]["connected"])

        await until(leads, "nobody took over", most=15)
        await place.connected()
        assert "standby" not in str((await place.ready(second_port))["channels"])
        await place.press("chenjing", "签收", "人社局")
        await place.say("chenjing", "人社局", f"/答复 {no} 已办结")
        assert (await case(place, no))["state"] == "C1"
        assert len(await place.seen("app", "待质检", "zhaogang")) == 1
        assert (await place.yousu("verify"))[0] == 0

"""Endings of what came from outside reach the systems that sent it: signed, masked, tried for three days."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from models.webhooks import WebhookPush
from operations.doctor import push_findings
from services.delivery.pushes import push_endings
from tests.kit.town import Town, running_town
from web.outgoing import post

SECRET = "a-secret-of-the-hotline-0123456789"


@dataclass
class Receiver:
    """Another system, written from docs/intake-api.md: checks the signature, remembers, answers what it is told to."""

    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = request.headers
        text = f"{headers['X-Yousu-Timestamp']}\n{headers['X-Yousu-Nonce']}\n{hashlib.sha256(body).hexdigest()}"
        expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if headers["X-Yousu-Key"] != "rexian" or headers["X-Yousu-Signature"] != expected:
            return web.Response(status=401)
        self.nonces.append(headers["X-Yousu-Nonce"])
        status = self.answers.pop(0) if self.answers else 200
        if status < 300:
            self.taken.append(json.loads(body))
        return web.Response(status=status)


@asynccontextmanager
async def receiving(town_url: str, *further: str) -> AsyncIterator[tuple[Town, Receiver]]:
    """A town that pushes to a receiver, and to `further` addresses."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/endings", receiver.receive)
    async with TestServer(app) as server:
        hooks = [f"rexian:{SECRET}:{server.make_url('/endings')}", *further]
        async with running_town(town_url, YOUSU_WEBHOOKS=",".join(hooks)) as town:
            yield town, receiver


async def test_an_ending_is_pushed_once_with_the_masked_answer(town_url: str):
    async with receiving(town_url) as (town, receiver):
        no = await town.dispatched(external_no="PDS1")
        await town.say("chenjing", "人社局", f"/答复 {no} 已电话 00012340001 告知测甲一，补贴已发放")
        await town.say("zhaogang", "app", f"/质检 {no} 通过")
        assert await push_endings(town.app, post) == 0, "nothing has ended"
        await town.say("wangmin", "app", f"/回访 {no} 满意")
        await push_endings(town.app, post)
        assert await push_endings(town.app, post) == 0
        (told,) = receiver.taken
        assert (told["case_no"], told["external_no"], told["state"]) == (no, "PDS1", "Z1")
        assert "补贴已发放" in told["result_text"]
        assert "00012340001" not in json.dumps(told, ensure_ascii=False)
        assert "测甲一" not in json.dumps(told, ensure_ascii=False)
        assert told["events"][-1]["type"] == "closed"


async def test_what_ended_without_an_answer_says_so(town_url: str):
    async with receiving(town_url) as (town, receiver):
        no = await town.answered(external_no="PDS2")
        await town.say("wangmin", "app", f"/撤回 {no} 诉求人来电撤回")
        await push_endings(town.app, post)
        (told,) = receiver.taken
        assert (told["state"], told["result_text"]) == ("Z5", ""), "nobody checked the answer"


async def test_the_windows_own_cases_are_not_pushed(town_url: str):
    async with receiving(town_url) as (town, receiver):
        await town.closed(source="窗口", external_no="")
        assert await push_endings(town.app, post) == 0
        assert not await WebhookPush.exists()
        assert receiver.nonces == []


async def test_what_was_not_taken_is_pushed_again_under_a_new_nonce(town_url: str):
    async with receiving(town_url) as (town, receiver):
        receiver.answers = [500, 302, 200]
        await town.closed(external_no="PDS3")
        for moment in ("11-23 12:00", "11-23 12:02", "11-23 12:30"):
            await town.turn(moment)
            await push_endings(town.app, post)
        assert len(receiver.taken) == 1
        assert len(set(receiver.nonces)) == len(receiver.nonces) == 3
        assert (await WebhookPush.get()).state == "taken"


async def test_who_cannot_be_reached_holds_up_nobody_and_is_given_up_after_three_days(town_url: str):
    dead = f"fangzhang:{SECRET}:http://127.0.0.1:9/nobody"
    async with receiving(town_url, dead) as (town, receiver):
        town.tolerated |= {"push_failed"}
        await town.closed(external_no="PDS4")
        await town.closed(external_no="PDS5", phone="00012340002")
        await push_endings(town.app, post)
        assert len(receiver.taken) == 2
        assert await WebhookPush.filter(hook="fangzhang", state="pending").count() == 2
        said = "\n".join(words for _, words in await push_findings(town.app))
        assert "fangzhang：待推 2 件" in said
        assert "没有连上" in said
        await town.turn("11-27 09:00")
        for _ in range(2):
            await push_endings(town.app, post)
        assert await WebhookPush.filter(hook="fangzhang", state="failed").count() == 2
        findings = await push_findings(town.app)
        assert [good for good, words in findings if "fangzhang" in words] == [False]

"""What arrives wrong: unsigned, replayed, too large, too deep, too fast, impossible. Refused in words, no row left."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest

from models.cases import CaseRow
from models.queues import InboxRow
from sandbox.city.crypto import Envelope
from tests.kit.town import COMPLAINT, Town
from tests.kit.town_fixtures import on_both_databases

PATH = "/api/v1/complaints"
GOOD = json.dumps({**COMPLAINT, "external_no": "PDS1"}, ensure_ascii=False).encode()


def is_a_problem(answer, status: int) -> None:
    assert answer["status"] == status
    assert answer["title"]
    assert any("\u4e00" <= character <= "\u9fff" for character in answer["detail"])


NOT_GENUINE = (
    {"X-Yousu-Signature": "0" * 64},
    {"X-Yousu-Signature": ""},
    {"X-Yousu-Signature": "签名"},
    {"X-Yousu-Key": "nobody"},
    {"X-Yousu-Key": ""},
    {"X-Yousu-Timestamp": "1"},
    {"X-Yousu-Timestamp": "soon"},
    {"X-Yousu-Timestamp": "9" * 40},
    {"X-Yousu-Timestamp": "²²²"},
    {"X-Yousu-Nonce": ""},
    {"X-Yousu-Nonce": "n" * 5000},
)


async def test_a_push_that_is_not_genuinely_signed_is_401(town: Town):
    for headers in NOT_GENUINE:
        status, answer = await town.request("POST", PATH, GOOD, headers=headers)
        assert status == 401, headers
        is_a_problem(answer, 401)
    assert not await CaseRow.exists()


async def test_a_changed_body_breaks_the_signature(town: Town):
    signed = town.signed(GOOD)
    status, _ = await town.request("POST", PATH, GOOD.replace("测甲一".encode(), "测甲二".encode()), headers=signed)
    assert status == 401


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_timestamp_more_than_five_minutes_off_is_401(town: Town, seconds: int):
    stamp = str(int(town.app.clock.now().timestamp()) + seconds)
    status, _ = await town.request("POST", PATH, GOOD, headers=town.signed(GOOD, stamp=stamp))
    assert status == 401


@on_both_databases
async def test_a_nonce_is_spent_once_also_by_a_get(town: Town):
    signed = town.signed(GOOD, nonce="once")
    assert (await town.request("POST", PATH, GOOD, headers=signed))[0] == 201
    status, answer = await town.request("POST", PATH, GOOD, headers=signed)
    assert status == 401
    is_a_problem(answer, 401)
    no = (await CaseRow.first()).no
    signed = town.signed(b"", nonce="twice")
    assert [(await town.request("GET", f"{PATH}/{no}", headers=signed))[0] for _ in range(2)] == [200, 401]


@on_both_databases
async def test_the_same_order_pushed_many_times_at_once_is_one_case(town: Town):
    answers = await asyncio.gather(*(town.request("POST", PATH, GOOD) for _ in range(6)))
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({answer["case_no"] for _, answer in answers}) == 1
    assert await CaseRow.all().count() == 1
    await town.settle()


async def test_too_many_requests_in_a_second_are_429_and_told_when_to_come_back(town: Town):
    async def ask() -> tuple[int, str]:
        signed = town.signed(b"")
        async with town.session.get(f"{town.url}{PATH}/YS20261123-0001", headers=signed) as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    answers = await asyncio.gather(*(ask() for _ in range(150)))
    assert {status for status, _ in answers} == {404, 429}
    assert all(after == "1" for status, after in answers if status == 429)


NONSENSE = (
    b"",
    b"not json",
    b"[]",
    b"null",
    b"{}",
    b'{"text": ""}',
    b'{"text": 5}',
    b'{"text": "x", "surprise": 1}',
    b'{"text": "\xff\xfe"}',
    b'{"text": "\\ud800 x"}',
    b"[" * 100_000,
    b'{"text":' * 20_000 + b"1" + b"}" * 20_000,
    json.dumps({"text": "很长" * 40_000}).encode()[:250_000],
    json.dumps({"content": "x", "reported_at": "2026-02-30T09:00:00+08:00"}).encode(),
    json.dumps({"content": "x", "external_deadline": "next week"}).encode(),
    json.dumps({"content": "x", "phone": "0" * 500}).encode(),
    json.dumps({"content": "x", "centre": "没有这个中心"}).encode(),
)


async def test_a_body_that_makes_no_sense_is_422_in_chinese(town: Town):
    for body in NONSENSE:
        status, answer = await town.request("POST", PATH, body)
        assert status == 422, body[:60]
        is_a_problem(answer, 422)
    assert not await CaseRow.exists()


async def test_an_oversized_body_is_413_before_anything_is_read(town: Town):
    status, answer = await town.request("POST", PATH, b"x" * (300 * 1024))
    assert status == 413
    is_a_problem(answer, 413)


@on_both_databases
async def test_strange_text_is_taken_in_as_it_is_and_asked_about(town: Town):
    for text in ("\x01\x02 x", "🙂" * 3000, "{{7*7}} ${x} <b>'; DROP TABLE cases; --", " x ", "0" * 5000, "\x00"):
        status, answer = await town.request("POST", PATH, json.dumps({"text": text}).encode())
        await town.settle()
        assert status in (201, 422), text[:20]
        if status == 201:
            assert (await town.case(answer["case_no"]))["state"] == "D"
            await town.expect("app", answer["case_no"], "待核对", user="wangmin")


async def test_a_case_that_does_not_exist_is_404(town: Town):
    for no in ("YS20261123-9999", "nonsense", "%00", "..%2f..", "YS20261123-0001%27", "编号"):
        assert (await town.request("GET", f"{PATH}/{no}"))[0] == 404, no


async def test_any_external_number_is_remembered_exactly(town: Town):
    for number in ("A" * 100, "单号／特殊#1", "1"):
        first = await town.push(external_no=number)
        assert await town.push(external_no=number) == first


# The application's callback


def envelope(town: Town) -> Envelope:
    corp = town.world.city.corp
    return Envelope(corp.token, corp.aes_key, corp.corp_id)


async def call_back(town: Town, encrypted: str, *, body: bytes = b"", sign: str = "") -> int:
    sealed = envelope(town)
    query = {"timestamp": "1", "nonce": "n", "msg_signature": sign or sealed.sign("1", "n", encrypted)}
    outer = body or f"<xml><ToUserName>x</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()
    async with town.session.post(f"{town.url}/callback/wecom", params=query, data=outer) as answer:
        assert "Traceback" not in await answer.text()
        return answer.status


TEXT = (
    "<xml><ToUserName>x</ToUserName><FromUserName>zhaogang</FromUserName><CreateTime>1795395600</CreateTime>"
    "<MsgType>text</MsgType><Content>/我的</Content><MsgId>{id}</MsgId><AgentID>1000002</AgentID></xml>"
)


async def test_a_genuine_callback_repeated_three_times_is_one_act(town: Town):
    before = await InboxRow.all().count()
    for _ in range(3):
        assert await call_back(town, envelope(town).encrypt(TEXT.format(id=77).encode())) == 200
    await town.settle()
    assert await InboxRow.all().count() == before + 1


async def test_a_callback_that_does_not_verify_is_refused_and_leaves_no_row(town: Town):
    sealed, corp = envelope(town), town.world.city.corp
    good = sealed.encrypt(TEXT.format(id=78).encode())
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    calls = {
        "signature": {"encrypted": good, "sign": "0" * 40},
        "garbage": {"encrypted": "AAAA"},
        "half a block": {"encrypted": good[:-8]},
        "foreign": {"encrypted": Envelope(corp.token, corp.aes_key, "wwSomebodyElse").encrypt(b"<xml></xml>")},
        "no xml": {"encrypted": sealed.encrypt(b"hello")},
        "bomb": {"encrypted": good, "body": bomb.encode()},
        "binary": {"encrypted": good, "body": bytes(range(256))},
        "empty": {"encrypted": good, "body": b" "},
        "text": {"encrypted": sealed.encrypt(TEXT.format(id=79).replace("<MsgType>text</MsgType>", "").encode())},
    }
    before = await InboxRow.all().count()
    for name, call in calls.items():
        assert 400 <= await call_back(town, **call) < 500, name
    assert await InboxRow.all().count() == before


async def test_an_oversized_callback_is_refused(town: Town):
    assert await call_back(town, "x", body=b"<xml>" + b"x" * (300 * 1024)) in (400, 413)


async def test_the_address_check_answers_only_a_signed_echo(town: Town):
    forged = {"msg_signature": "x", "timestamp": "1", "nonce": "n", "echostr": "x"}
    for query in ({}, {"echostr": "x"}, forged):
        async with town.session.get(f"{town.url}/callback/wecom", params=query) as answer:
            assert 400 <= answer.status < 500


async def test_the_clock_is_only_turned_by_a_moment(town: Town):
    for body in (b"", b"[]", b"{}", b'{"now": "soon"}', b'{"now": "2026-11-23T09:00:00"}', b'{"now": 5}'):
        async with town.session.post(f"{town.url}/practice/clock", data=body) as answer:
            assert answer.status == 400


async def test_alive_ready_and_metrics_tell_no_names(town: Town):
    await town.dispatched()
    for path in ("/healthz", "/readyz", "/metrics"):
        async with town.session.get(town.url + path) as answer:
            text = await answer.text()
            assert answer.status == 200, text
            assert "测甲" not in text
    assert "yousu_open_cases 1.0" in text


async def test_a_client_that_hangs_up_early_hurts_nobody(town: Town):
    with pytest.raises(aiohttp.ClientError):
        async with town.session.post(town.url + PATH, data=_half_a_body(), headers=town.signed(GOOD)):
            pass
    assert (await town.request("POST", PATH, GOOD))[0] == 201
    await town.settle()


async def _half_a_body():
    yield b"{"
    raise aiohttp.ClientError("the line broke")

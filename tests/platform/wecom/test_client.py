"""The application's REST calls against a strict server on a real socket."""

import asyncio

import pytest
from aiohttp import web

from platforms.contract import Misconfigured, PlatformError, Rejected, TryLater, UnknownCode, Unreachable
from platforms.wecom.client import RestClient
from platforms.wecom.errors import TABLE, LostAnswer, refusal


@pytest.fixture
async def client(fake, clock):
    rest = RestClient(fake.base, "corp", "secret", 1000002, clock, timeout_seconds=3.0)
    yield rest
    await rest.close()


async def test_ten_calls_at_once_fetch_one_token(fake, client):
    fake.token_delay = 0.02
    await asyncio.gather(*(client.user(f"u{n}") for n in range(10)))
    assert fake.paths().count("gettoken") == 1


async def test_a_token_is_kept_until_shortly_before_it_expires(fake, client, clock):
    await client.user("a")
    clock.advance(seconds=6000)
    await client.user("a")
    assert fake.tokens == 1
    clock.advance(seconds=1000)
    await client.user("a")
    assert fake.tokens == 2


@pytest.mark.parametrize("code", [40014, 41001, 42001])
async def test_a_stale_token_is_replaced_and_the_call_repeated_once(fake, client, code):
    fake.answers["user/get"].append(code)
    await client.user("a")
    assert fake.paths() == ["gettoken", "user/get", "gettoken", "user/get"]


async def test_ten_calls_with_the_same_stale_token_replace_it_once(fake, client):
    await client.user("a")
    fake.good_tokens.clear()
    fake.token_delay = 0.02
    await asyncio.gather(*(client.user(f"u{n}") for n in range(10)))
    assert fake.tokens == 2


async def test_a_token_called_stale_twice_in_one_call_is_not_chased(fake, client):
    fake.answers["user/get"].extend([42001, 42001])
    with pytest.raises(TryLater) as later:
        await client.user("a")
    assert later.value.code == "42001"
    assert fake.tokens == 2


async def test_a_wrong_secret_opens_the_breaker_and_is_tried_again_an_hour_later(fake, client, clock):
    fake.answers["gettoken"].append(40001)
    for _ in range(5):
        with pytest.raises(Misconfigured, match="40001"):
            await client.user("a")
    assert fake.paths() == ["gettoken"]
    clock.advance(minutes=59)
    with pytest.raises(Misconfigured):
        await client.user("a")
    clock.advance(minutes=2)
    await client.user("a")
    assert fake.paths() == ["gettoken", "gettoken", "user/get"]


async def test_a_wrong_secret_told_by_another_call_opens_the_breaker_too(fake, client):
    fake.answers["user/get"].append(40001)
    for _ in range(3):
        with pytest.raises(Misconfigured):
            await client.user("a")
    assert fake.paths() == ["gettoken", "user/get"]
    assert client.tokens.trouble.code == "40001"


async def test_a_task_id_error_is_never_taken_for_a_token_error(fake, client):
    fake.answers["message/send"].append(42014)
    with pytest.raises(Rejected, match="42014"):
        await client.send(["a"], "text", {"content": "x"})
    assert fake.tokens == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (-1, TryLater),
        (40008, Rejected),
        (40058, Rejected),
        (42014, Rejected),
        (42038, Rejected),
        (45002, Rejected),
        (45009, TryLater),
        (45033, TryLater),
        (43012, Misconfigured),
        (48002, Misconfigured),
        (60011, Unreachable),
        (60020, Misconfigured),
        (60111, Unreachable),
        (81013, Unreachable),
        (82001, Rejected),
        (86008, Unreachable),
        (93000, Unreachable),
        (93001, Unreachable),
        (93006, Unreachable),
        (93008, Unreachable),
        (846605, Rejected),
        (853000, Misconfigured),
        (777777, UnknownCode),
    ],
)
async def test_each_code_becomes_its_exception(fake, client, code, kind):
    fake.answers["message/send"].append(code)
    with pytest.raises(PlatformError) as raised:
        await client.send(["a"], "text", {"content": "x"})
    assert type(raised.value) is kind
    assert raised.value.code == str(code)
    assert raised.value.detail


def test_every_row_of_the_table_has_words_for_the_operator():
    assert all(verdict.words for verdict in TABLE.values())


def test_the_untrusted_address_is_named_and_nothing_else_of_the_message():
    error = refusal(60020, "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info at x")
    assert error.detail.endswith("：203.0.113.7")


def test_an_unknown_code_shows_only_the_first_words():
    assert refusal(123456, "bad thing, hint: [1700], from ip: 1.2.3.4").detail == "bad thing"


async def test_being_too_frequent_pauses_that_call_a_minute_and_then_an_hour(fake, client, clock):
    fake.answers["message/send"].extend([45009, 45009])
    with pytest.raises(TryLater) as first:
        await client.send(["a"], "text", {"content": "x"})
    with pytest.raises(TryLater):
        await client.send(["a"], "text", {"content": "x"})
    assert first.value.after == 60
    assert fake.paths().count("message/send") == 1
    await client.user("a")
    clock.advance(seconds=61)
    with pytest.raises(TryLater) as second:
        await client.send(["a"], "text", {"content": "x"})
    assert second.value.after == 3600
    clock.advance(seconds=3601)
    await client.send(["a"], "text", {"content": "x"})


async def test_a_member_gets_thirty_a_minute_and_then_the_right_wait(fake, client, clock):
    for _ in range(30):
        await client.send(["ZhangSan"], "text", {"content": "x"})
        clock.advance(seconds=1)
    with pytest.raises(TryLater) as later:
        await client.send(["zhangsan"], "text", {"content": "x"})
    assert later.value.after == 30
    await client.send(["lisi"], "text", {"content": "x"})
    assert fake.paths().count("message/send") == 31
    clock.advance(seconds=30)
    await client.send(["zhangsan"], "text", {"content": "x"})


@pytest.mark.parametrize(
    "answer",
    [
        "hang up",
        lambda: web.Response(status=502),
        lambda: web.Response(text="<html>"),
        lambda: web.Response(text="[]"),
    ],
)
async def test_a_lost_answer_is_told_from_a_refusal_and_leaks_no_token(fake, client, answer):
    fake.answers["message/send"].append(answer)
    with pytest.raises(LostAnswer) as lost:
        await client.send(["a"], "text", {"content": "x"})
    assert "token" not in str(lost.value)
    assert lost.value.__suppress_context__ or lost.value.__cause__ is None


async def test_a_server_that_is_not_there_is_try_later(clock):
    rest = RestClient("http://127.0.0.1:9", "corp", "secret", 1, clock)
    with pytest.raises(TryLater) as later:
        await rest.user("a")
    assert not isinstance(later.value, LostAnswer)
    await rest.close()


async def test_a_server_that_says_nothing_times_out(fake, clock):
    rest = RestClient(fake.base, "corp", "secret", 1, clock, timeout_seconds=0.05)
    fake.token_delay = 0.4
    with pytest.raises(TryLater):
        await rest.user("a")
    await rest.close()


@pytest.mark.parametrize(
    "answer",
    [
        {"errcode": 0},
        {"errcode": 0, "access_token": "", "expires_in": 7200},
        {"errcode": 0, "access_token": None, "expires_in": 7200},
        {"errcode": 0, "access_token": "t", "expires_in": "soon"},
        {"errcode": 0, "access_token": "t", "expires_in": 0},
        {"errcode": 0, "access_token": "t", "expires_in": float("nan")},
        {"errcode": 0, "access_token": "t", "expires_in": 1e300},
        {"errcode": "ok", "access_token": "t", "expires_in": 7200},
    ],
)
async def test_a_broken_token_answer_is_try_later(fake, client, answer):
    fake.answers["gettoken"].append(answer)
    with pytest.raises(TryLater):
        await client.user("a")
    assert (await client.user("a"))["errcode"] == 0


async def test_without_credentials_nothing_is_asked(fake, clock):
    rest = RestClient(fake.base, "", "", 0, clock)
    with pytest.raises(Misconfigured):
        await rest.user("a")
    assert fake.calls == []


async def test_an_encrypted_account_is_resolved_once(fake, client):
    fake.open_ids["wo" + "A" * 30] = "zhangsan"
    for _ in range(3):
        assert await client.plain_userid("wo" + "A" * 30) == "zhangsan"
        assert await client.plain_userid("wolf") == "wolf"
    assert fake.paths().count("batch/openuserid_to_userid") == 2


async def test_a_file_keeps_its_chinese_name_on_the_wire(fake, client):
    assert await client.upload("台账.xlsx", b"0123456789") == "MEDIA"
    assert 'filename="台账.xlsx"'.encode() in fake.bodies("media/upload")[0]


@pytest.mark.parametrize("size", [0, 5, 20 * 1024 * 1024 + 1])
async def test_a_file_wecom_would_refuse_is_not_uploaded(fake, client, size):
    with pytest.raises(Rejected):
        await client.upload("a.txt", b"x" * size)
    assert fake.calls == []


async def test_a_message_can_be_recalled(fake, client):
    await client.recall("M1")
    assert fake.bodies("message/recall") == [{"msgid": "M1"}]


async def test_a_webhook_takes_twenty_a_minute(fake, client):
    for _ in range(20):
        await client.webhook("KEY", "markdown", {"content": "x"})
    with pytest.raises(TryLater):
        await client.webhook("KEY", "markdown", {"content": "x"})
    assert fake.paths().count("webhook/send") == 20
    assert "gettoken" not in fake.paths()

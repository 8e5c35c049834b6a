"""The REST side against a strict server: tokens, repeats, breakers; nothing secret leaves in a log or an error."""

import asyncio
import logging

import pytest
from aiohttp import web

from platforms.contract import ChannelDown, Misconfigured, PlatformError, Rejected, TryLater
from platforms.dingtalk import apis
from platforms.dingtalk.errors import LostAnswer
from tests.platform.dingtalk import fake as dt

CARD_BODY = {
    "cardTemplateId": "own.schema", "outTrackId": "k", "cardData": {"cardParamMap": {}}, "callbackType": "STREAM",
    "openSpaceId": "dtv1.card//IM_GROUP.c", "imGroupOpenDeliverModel": {"robotCode": dt.CLIENT_ID},
}  # fmt: skip
MESSAGE = {"robotCode": "r", "openConversationId": "c", "msgKey": "sampleText", "msgParam": "{}"}


async def test_one_token_for_many_calls_at_once(fake, build):
    fake.token_delay = 0.03
    client = build().client
    await asyncio.gather(*(client.call(apis.USER, {"userid": "zhangsan"}) for _ in range(5)))
    assert fake.tokens == 1


async def test_a_token_is_renewed_five_minutes_early(fake, build, clock):
    client = build().client
    await client.call(apis.USER, {"userid": "zhangsan"})
    clock.advance(seconds=6899)
    await client.call(apis.USER, {"userid": "zhangsan"})
    assert fake.tokens == 1
    clock.advance(seconds=2)
    await client.call(apis.USER, {"userid": "zhangsan"})
    assert fake.tokens == 2


@pytest.mark.parametrize("answer", ["InvalidAuthentication", web.Response(status=401)])
async def test_a_dead_token_is_replaced_and_the_call_repeated_once(fake, build, answer):
    client = build().client
    fake.answers[dt.GROUP].append(answer)
    await client.call(apis.GROUP_SEND, MESSAGE)
    assert fake.tokens == 2
    assert len(fake.bodies(dt.GROUP)) == 2


async def test_a_fresh_token_refused_as_well_is_a_wrong_setting(fake, build):
    client = build().client
    fake.answers[dt.GROUP].extend(["InvalidAuthentication"] * 2)
    with pytest.raises(Misconfigured):
        await client.call(apis.GROUP_SEND, MESSAGE)
    assert len(fake.bodies(dt.GROUP)) == 2


async def test_the_old_family_gets_its_own_token_only_where_the_new_one_is_refused(fake, build):
    client = build().client
    await client.call(apis.USER, {"userid": "zhangsan"})
    assert not fake.bodies(dt.OLD_TOKEN)
    fake.old_family_takes_new_tokens = False
    await client.call(apis.USER, {"userid": "zhangsan"})
    await client.call(apis.USER, {"userid": "zhangsan"})
    assert len([path for path, _, _ in fake.calls if path == dt.OLD_TOKEN]) == 1
    assert fake.calls[-1][1]["access_token"] == "old-token"


async def test_a_wrong_secret_opens_the_breaker_for_an_hour(fake, build, clock):
    client = build(client_secret="wrong").client
    for _ in range(3):
        with pytest.raises(Misconfigured, match="invalidClientIdOrSecret"):
            await client.call(apis.GROUP_SEND, MESSAGE)
    assert len(fake.bodies(dt.TOKEN)) == 1
    clock.advance(hours=1)
    with pytest.raises(Misconfigured):
        await client.call(apis.GROUP_SEND, MESSAGE)
    assert len(fake.bodies(dt.TOKEN)) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"accessToken": "t", "expireIn": "soon"},
        {"accessToken": "", "expireIn": 1},
        {"accessToken": "t", "expireIn": float("nan")},
        {"accessToken": "t", "expireIn": 1e300},
    ],
)
async def test_half_a_token_answer_is_a_passing_fault(fake, build, answer):
    fake.answers[dt.TOKEN].append(answer)
    with pytest.raises(TryLater, match="bad_token_answer"):
        await build().client.call(apis.GROUP_SEND, MESSAGE)


@pytest.mark.parametrize("code", ["Forbidden.AccessDenied.QpsLimitForApi", 90018])
async def test_a_call_refused_for_its_frequency_is_repeated_three_times(fake, build, counter, code):
    client = build().client
    fake.answers[dt.GROUP].extend([code] * 3)
    await client.call(apis.GROUP_SEND, MESSAGE)
    assert len(fake.bodies(dt.GROUP)) == 4
    assert counter.this_month("api") == 1
    fake.answers[dt.GROUP].extend([code] * 4)
    with pytest.raises(TryLater):
        await client.call(apis.GROUP_SEND, MESSAGE)


async def test_our_own_pace_stays_below_the_platforms(fake, build, clock):
    client = build().client
    for _ in range(15):
        await client.call(apis.GROUP_SEND, MESSAGE)
    # The clock stands still: the sixteenth is held back as long as it may be, then sent all the same.
    started = asyncio.get_running_loop().time()
    await client.call(apis.GROUP_SEND, MESSAGE)
    assert asyncio.get_running_loop().time() - started >= 0.03


@pytest.mark.parametrize("lost", ["hang up", web.Response(status=504), web.Response(status=502), 15, 88])
async def test_only_a_harmless_call_is_repeated_without_an_answer(fake, build, lost):
    client = build().client
    fake.answers[dt.CREATE].append(_copy(lost))
    await client.call(apis.CARD_CREATE, CARD_BODY)
    assert len(fake.bodies(dt.CREATE)) == 2
    fake.answers[dt.GROUP].append(_copy(lost))
    with pytest.raises(LostAnswer):
        await client.call(apis.GROUP_SEND, MESSAGE)
    assert len(fake.bodies(dt.GROUP)) == 1


@pytest.mark.parametrize(
    "punishment",
    [
        {"status": 1111, "wait": 5, "source": "x5", "punish": "deny", "uuid": "x"},
        web.Response(text="<html>punish</html>", content_type="text/html"),
        web.Response(text="<html>punish</html>", content_type="text/html", status=403),
    ],
)
async def test_a_punished_address_is_quiet_for_five_minutes(fake, build, clock, punishment):
    client = build().client
    fake.answers[dt.GROUP].append(_copy(punishment))
    with pytest.raises(TryLater, match="ip_punished"):
        await client.call(apis.GROUP_SEND, MESSAGE)
    asked = len(fake.calls)
    clock.advance(seconds=299)
    with pytest.raises(TryLater, match="ip_punished") as held:
        await client.call(apis.GROUP_SEND, MESSAGE)
    assert held.value.after == 1.0
    assert len(fake.calls) == asked
    clock.advance(seconds=1)
    await client.call(apis.GROUP_SEND, MESSAGE)


@pytest.mark.parametrize("answer", [web.Response(text="[]"), web.Response(text="ok"), web.Response(status=302)])
async def test_an_answer_that_is_no_object_leaves_the_outcome_open(fake, build, answer):
    fake.answers[dt.GROUP].append(_copy(answer))
    with pytest.raises(LostAnswer):
        await build().client.call(apis.GROUP_SEND, MESSAGE)


async def test_a_server_that_is_away(build):
    platform = build()
    object.__setattr__(platform._config, "api_base", "http://127.0.0.1:9")
    with pytest.raises(TryLater, match="unreachable_server") as error:
        await platform.client.call(apis.GROUP_SEND, MESSAGE)
    assert not isinstance(error.value, LostAnswer)


async def test_without_credentials_nothing_is_asked(fake, build):
    with pytest.raises(Misconfigured, match="application_absent"):
        await build(client_id="").client.call(apis.GROUP_SEND, MESSAGE)
    assert not fake.calls


@pytest.mark.parametrize(
    "url", ["https://evil.test/robot/sendBySession?session=s1", "http://127.0.0.1:1/", "http://[", ""]
)
async def test_only_the_platforms_own_host_is_posted_to(build, url):
    with pytest.raises(Misconfigured):
        await build().client.webhook(url, {})


async def test_secrets_tokens_and_addresses_stay_out_of_logs_and_errors(fake, build, caplog):
    caplog.set_level(logging.DEBUG)
    client = build().client
    said = []
    for answer in ("param.contentUnsafe", "hang up", "Forbidden.AccessDenied.ApiCountLimitForOrg"):
        fake.answers[dt.GROUP].append(answer)
        with pytest.raises(PlatformError) as error:
            await client.call(apis.GROUP_SEND, MESSAGE)
        said.append(str(error.value))
    fake.answers[dt.SESSION].append("hang up")
    with pytest.raises(PlatformError) as error:
        await client.webhook(fake.session_url(), {"msgtype": "markdown"})
    logged = " ".join(str(record.__dict__) for record in caplog.records if record.name.startswith("platforms"))
    for secret in (dt.SECRET, "token-1", "session=", "隐私"):
        assert secret not in logged + "".join(said) + str(error.value)
    assert "REQ-1" in logged


async def test_the_kinds_reach_the_caller(fake, build):
    client = build().client
    for code, kind in (("group.disbanded", PlatformError), ("90020", ChannelDown), ("param.contentUnsafe", Rejected)):
        fake.answers[dt.GROUP].append(code)
        with pytest.raises(kind):
            await client.call(apis.GROUP_SEND, MESSAGE)
        if kind is ChannelDown:
            client._quota.answered()


def _copy(answer):
    """A response object can be sent only once."""
    if isinstance(answer, web.Response):
        return web.Response(status=answer.status, text=answer.text, content_type=answer.content_type)
    return answer

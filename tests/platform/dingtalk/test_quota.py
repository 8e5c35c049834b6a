"""The month's budget: 70 %, 90 % and the end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import Card, ChannelDown, Place, Recipient, Text, TryLater
from platforms.dingtalk.alarm_buffer import AlarmBuffer
from platforms.dingtalk.quota import Quota
from tests.platform.dingtalk import fake as dt
from tests.platform.dingtalk.conftest import held
from tests.platform.dingtalk.fake import Clock, MonthTally, frame, until

PERSON, CHAT = Recipient(Place.PERSON, "zhangsan"), Recipient(Place.CHAT, "cidGroup==")


def line(platform):
    return next(health for health in platform.health() if health.channel == "dingtalk.quota")


async def test_what_counts_and_what_is_free(fake, build, counter):
    platform = build()
    await platform.strangers(["zhangsan", "nobody"])
    assert counter.this_month("api") == 0
    await platform.send(PERSON, Text("x"), key="k1")
    await platform.send(CHAT, Card(title="t"), key="k2")
    assert (counter.this_month("api"), counter.this_month("stream")) == (2, 0)
    fake.answers[dt.GROUP].append("hang up")
    with pytest.raises(TryLater):
        await platform.send(CHAT, Text("x"), key="k3")
    assert counter.this_month("api") == 2


async def test_at_seventy_per_cent_one_alarm_a_month(build, counter, clock):
    platform = build()
    counter.set("api", 3498)
    async with held(platform) as door:
        for number in range(4):
            await platform.send(PERSON, Text("x"), key=f"k{number}")
        assert door.alarms == ["quota_70"]
        clock.advance(days=10)
        counter.set("api", 3600)
        await platform.send(PERSON, Text("x"), key="next")
        assert door.alarms == ["quota_70", "quota_70"]
    assert line(platform).ok


@pytest.mark.parametrize(("what", "count"), [("api", 4500), ("stream", 2700)])
async def test_from_ninety_per_cent_only_what_is_urgent_goes(fake, build, counter, what, count):
    platform = build()
    receipt = await platform.send(CHAT, Card(title="t"), key="k0")
    counter.set(what, count)
    async with held(platform) as door:
        await platform.send(PERSON, Text("x"), key="k1")
        with pytest.raises(TryLater, match="quota_held") as refused:
            await platform.send(PERSON, Text("x"), key="k2", urgent=False)
        assert refused.value.after == 6 * 3600
        with pytest.raises(TryLater, match="quota_held"):
            await platform.update(receipt, Card(title="new"), key="k3")
        assert await platform.readers(receipt) is None
        assert door.alarms == (["quota_90"] if what == "api" else [])
    assert not line(platform).ok


async def test_a_pause_ends_with_the_month(build, counter, clock):
    clock.now = clock.now.replace(day=30, hour=23, minute=0)
    counter.set("api", 4999)
    with pytest.raises(TryLater) as refused:
        await build().send(PERSON, Text("x"), key="k", urgent=False)
    assert refused.value.after == 3600


@pytest.mark.parametrize("code", ["Forbidden.AccessDenied.ApiCountLimitForOrg", 90020])
async def test_used_up_means_the_fall_back_and_one_alarm(fake, build, clock, code):
    platform = build()
    async with held(platform) as door:
        fake.answers[dt.PERSON].extend([code, code])
        for number in range(3):
            with pytest.raises(ChannelDown):
                await platform.send(PERSON, Text("x"), key=f"k{number}")
        assert len(fake.bodies(dt.PERSON)) == 1
        assert not line(platform).ok
        with pytest.raises(TryLater, match="quota_held"):
            await platform.send(PERSON, Text("x"), key="k", urgent=False)
        clock.advance(hours=1)
        with pytest.raises(ChannelDown):
            await platform.send(PERSON, Text("x"), key="k8")
        clock.advance(hours=1)
        await platform.send(PERSON, Text("x"), key="k9")
        assert door.alarms == ["quota_100"]
    assert line(platform).ok


async def test_a_message_without_words_because_the_budget_is_gone(fake, build, counter):
    platform = build()
    async with held(platform) as door:
        for number in range(2):
            data = {"errorCode": 20001, "errorMessage": "受调用量超量影响"}
            await fake.push(frame("CALLBACK", dt.BOT_TOPIC, data, f"q{number}"))
            await until(lambda number=number: fake.ack_of(f"q{number}"))
        assert door.incoming == []
        assert door.alarms == ["quota_inbound"]
    assert counter.this_month("stream") == 2


async def test_the_line_says_where_the_month_is_heading(build, counter, clock):
    counter.set("api", 1234)
    counter.set("stream", 300)
    clock.now = clock.now.replace(day=16, hour=0)
    health = line(build())
    assert health.detail == (
        "本月接口调用 1234/5000（24%），照此到月底约 2468；消息推送 300/3000（10%），照此到月底约 600"
    )


@settings(deadline=None)
@given(st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 365 * 24), st.booleans())
def test_a_refusal_never_outlives_the_month(api, stream, hours, urgent):
    clock = Clock()
    clock.advance(hours=hours)
    counter = MonthTally(clock)
    counter.set("api", api)
    counter.set("stream", stream)
    quota = Quota(counter, clock, AlarmBuffer(), api=5000, stream=3000)
    short = api >= 4500 or stream >= 2700
    refused: TryLater | None = None
    try:
        quota.admit(urgent=urgent)
    except TryLater as error:
        refused = error
    assert (refused is not None) == (short and not urgent)
    if refused is not None:
        assert 0 < refused.after <= 6 * 3600
        month = clock.now.month
        clock.advance(seconds=refused.after - 1)
        assert clock.now.month == month
    assert "本月接口调用" in quota.health().detail


async def test_without_calls_left_people_still_get_answers_where_they_spoke(fake, build):
    platform = build()
    async with held(platform) as door:
        data = {
            "msgId": "m", "msgtype": "text", "text": {"content": "x"}, "conversationType": "2",
            "conversationId": CHAT.id, "senderStaffId": "zhangsan", "sessionWebhook": fake.session_url(),
            "sessionWebhookExpiredTime": 1795402800000,
        }  # fmt: skip
        await fake.push(frame("CALLBACK", dt.BOT_TOPIC, data, "m"))
        await until(lambda: fake.ack_of("m"))
        fake.answers[dt.GROUP].append(90020)
        with pytest.raises(ChannelDown):
            await platform.send(CHAT, Text("x"), key="k")
        assert await platform.respond(door.incoming[0], text="收到")
    assert fake.bodies(dt.SESSION)

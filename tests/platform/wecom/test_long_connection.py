"""The group bot's long connection against a strict server on a real socket, with short intervals."""

import asyncio
import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import ChannelDown, LineDown, Rejected, TryLater, Unreachable
from platforms.shared.connection_state import ConnectionState
from platforms.shared.keyed_queue import KeyedQueue
from platforms.shared.rate_limit import SlidingWindow
from platforms.shared.recent_keys import RecentKeys
from platforms.wecom.errors import LostAnswer
from platforms.wecom.long_connection import LongConnection, Timing
from tests.platform.wecom.fake import Clock, until

FAST = Timing(
    ping_every=0.03, ack_within=0.25, connect_within=2.0, backoff_first=0.01, backoff_cap=0.05, reply_window=5.0
)


CALM = replace(FAST, ping_every=5.0, ack_within=5.0)
#: No wait of the connection's own ends before the test's.
PATIENT = replace(CALM, ping_every=60.0, ack_within=60.0, reply_window=60.0)


class Watch:
    """What the connection told its owner."""

    def __init__(self) -> None:
        self.frames = []
        self.alarms = []

    async def frame(self, frame) -> None:
        self.frames.append(frame)

    async def alarm(self, code: str, detail: str) -> None:
        self.alarms.append(code)


@contextlib.asynccontextmanager
async def held(connection, watch, on_frame=None):
    """Run the connection beside the test."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(connection.run(on_frame or watch.frame, watch.alarm))
        try:
            yield task
        finally:
            task.cancel()


def message(number: int, chat: str = "CHAT") -> dict:
    return {
        "cmd": "aibot_msg_callback",
        "headers": {"req_id": f"r{number}"},
        "body": {
            "msgid": f"m{number}", "chatid": chat, "chattype": "group", "from": {"userid": "zhangsan"},
            "msgtype": "text", "text": {"content": f"@机器人 {number}"},
        },
    }  # fmt: skip


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def connection(fake, clock):
    return LongConnection(fake.socket_url, "BOT", "SECRET", clock, timing=CALM)


@pytest.fixture
def hasty(fake, clock):
    return LongConnection(fake.socket_url, "BOT", "SECRET", clock, timing=FAST)


async def ready(connection) -> None:
    await until(lambda: connection.state is ConnectionState.READY)


async def test_it_subscribes_with_its_credentials_and_pings(fake, hasty, watch):
    async with held(hasty, watch):
        await until(lambda: [f["cmd"] for f in fake.frames].count("ping") >= 2)
    assert fake.frames[0]["body"] == {"bot_id": "BOT", "secret": "SECRET"}
    assert hasty.state is ConnectionState.IDLE
    assert watch.alarms == []


async def test_a_refused_secret_stops_with_one_alarm(fake, connection, watch):
    fake.subscribe_code = 853000
    async with held(connection, watch) as task:
        await until(task.done)
    assert (connection.state, watch.alarms, len(fake.sockets)) == (ConnectionState.STOPPED, ["853000"], 1)
    with pytest.raises(Unreachable, match="bot_stopped"):
        await connection.command("aibot_send_msg", {})


async def kick(fake) -> None:
    event = {"msgid": "M", "msgtype": "event", "event": {"eventtype": "disconnected_event"}}
    await fake.push({"cmd": "aibot_event_callback", "headers": {"req_id": "k"}, "body": event})


@pytest.fixture
def yielding(fake, clock):
    timing = replace(CALM, kicked_pause=0.01, rival_pause=0.2)
    return LongConnection(fake.socket_url, "BOT", "SECRET", clock, timing=timing)


async def test_a_kick_without_a_rival_is_answered_by_one_new_subscription(fake, yielding, watch):
    async with held(yielding, watch):
        await ready(yielding)
        await kick(fake)
        await until(lambda: len(fake.sockets) == 2 and yielding.state is ConnectionState.READY)
        await yielding.command("aibot_send_msg", {"chatid": "C"})
    assert watch.alarms == []


async def test_a_second_kick_means_a_rival_and_the_bot_yields_with_a_word_but_not_for_ever(fake, yielding, watch):
    async with held(yielding, watch):
        await ready(yielding)
        await kick(fake)
        await until(lambda: len(fake.sockets) == 2 and yielding.state is ConnectionState.READY)
        await kick(fake)
        await until(lambda: yielding.state is ConnectionState.REPLACED)
        assert watch.alarms == ["bot_replaced"]
        with pytest.raises(ChannelDown, match="bot_stopped"):
            await yielding.command("aibot_send_msg", {})
        await until(lambda: len(fake.sockets) == 3 and yielding.state is ConnectionState.READY)


@pytest.mark.parametrize("code", [846609, 853000])
async def test_a_lost_subscription_is_a_matter_of_the_line_and_is_taken_up_anew(fake, connection, watch, code):
    async with held(connection, watch):
        await ready(connection)
        fake.command_codes.append(code)
        with pytest.raises(LineDown, match="not_subscribed"):
            await connection.command("aibot_send_msg", {"chatid": "C"})
        assert connection.state is not ConnectionState.READY
        await until(lambda: len(fake.sockets) == 2 and connection.state is ConnectionState.READY)
        await connection.command("aibot_send_msg", {"chatid": "C"})
    assert watch.alarms == []


async def test_a_closed_connection_is_taken_up_again(fake, connection, watch):
    async with held(connection, watch):
        await ready(connection)
        await fake.sockets[0].close()
        await until(lambda: len(fake.sockets) == 2)
        await ready(connection)
        await connection.command("aibot_send_msg", {"chatid": "C"})


async def test_a_cut_connection_is_taken_up_again(fake, connection, watch):
    async with held(connection, watch):
        await ready(connection)
        fake.sockets[0]._req.transport.abort()
        await until(lambda: len(fake.sockets) == 2)
        await ready(connection)


async def test_a_silent_server_is_left_after_two_missed_pings(fake, hasty, watch):
    fake.mute_pings = True
    async with held(hasty, watch):
        await until(lambda: len(fake.sockets) >= 2)
        pings = [frame for frame in fake.frames if frame["cmd"] == "ping"]
    assert len(pings) >= 2


async def test_a_server_that_cannot_be_reached_is_tried_for_ever_with_one_alarm(clock, watch):
    timing = Timing(backoff_first=0.001, backoff_cap=0.002, connect_within=0.5, alarm_after=3)
    connection = LongConnection("ws://127.0.0.1:9/ws", "B", "S", clock, timing=timing)
    async with held(connection, watch):
        await until(lambda: connection._failures > 8)
        with pytest.raises(TryLater, match="not_connected"):
            await connection.command("aibot_send_msg", {})
    assert watch.alarms == ["bot_offline"]


async def test_a_server_that_closes_at_once_is_met_with_growing_patience(fake, connection, watch):
    fake.close_on_subscribe = True
    async with held(connection, watch):
        await until(lambda: connection._failures >= 3)
    delays = []
    for failures in range(1, 12):
        connection._failures = failures
        delays.append(connection._delay())
    assert all(0.005 <= delay <= 0.05 for delay in delays)
    assert max(delays[3:]) > max(0.01, delays[0])


async def test_a_subscription_refused_for_now_is_tried_again(fake, connection, watch):
    fake.subscribe_code = 6000
    async with held(connection, watch):
        await until(lambda: len(fake.frames) >= 2)
        fake.subscribe_code = 0
        await ready(connection)


async def test_without_an_acknowledgement_the_caller_hears_so(fake, hasty, watch):
    fake.lost_acks = 1
    async with held(hasty, watch):
        await ready(hasty)
        with pytest.raises(LostAnswer, match="no_ack"):
            await hasty.command("aibot_send_msg", {"chatid": "C"})


async def test_a_caller_waiting_while_the_connection_dies_hears_at_once(fake, clock, watch):
    connection = LongConnection(fake.socket_url, "B", "S", clock, timing=Timing(ack_within=30, backoff_first=0.01))
    fake.lost_acks = 1
    async with held(connection, watch):
        await ready(connection)

        async def cut() -> None:
            await until(lambda: fake.commands("aibot_send_msg"))
            await fake.sockets[0].close()

        async with asyncio.TaskGroup() as group:
            group.create_task(cut())
            with pytest.raises(LostAnswer, match="disconnected"):
                await connection.command("aibot_send_msg", {"chatid": "C"})


async def test_a_conflict_is_repeated_a_few_times(fake, connection, watch, monkeypatch):
    monkeypatch.setattr("platforms.wecom.transport.CONFLICT_PAUSES", (0.001, 0.001, 0.001))
    fake.command_codes.extend([6000, 6000])
    async with held(connection, watch):
        await ready(connection)
        await connection.command("aibot_respond_msg", {}, req_id="r1")
        assert len(fake.commands("aibot_respond_msg")) == 3
        fake.command_codes.extend([6000] * 4)
        with pytest.raises(TryLater, match="6000"):
            await connection.command("aibot_respond_msg", {}, req_id="r1")


async def test_commands_of_one_req_id_never_overlap(fake, connection, watch):
    async with held(connection, watch):
        await ready(connection)
        async with asyncio.TaskGroup() as group:
            for number in range(5):
                group.create_task(connection.command("aibot_respond_msg", {"n": number}, req_id="same"))
    assert [body["n"] for body in fake.commands("aibot_respond_msg")] == list(range(5))


async def test_a_refusal_becomes_its_exception(fake, connection, watch):
    fake.command_codes.extend([93006, 40008])
    async with held(connection, watch):
        await ready(connection)
        with pytest.raises(Unreachable, match="93006"):
            await connection.command("aibot_send_msg", {})
        with pytest.raises(Rejected, match="40008"):
            await connection.command("aibot_send_msg", {})


async def test_a_command_refused_because_another_took_over_may_be_tried_later(fake, connection, watch):
    fake.command_codes.append(853000)
    async with held(connection, watch):
        await ready(connection)
        with pytest.raises(TryLater, match="not_subscribed"):
            await connection.command("aibot_send_msg", {})


async def test_a_chat_gets_thirty_a_minute_and_a_thousand_an_hour(fake, connection, watch, clock):
    async with held(connection, watch):
        await ready(connection)
        for _ in range(30):
            await connection.command("aibot_send_msg", {}, conversation="C")
        with pytest.raises(TryLater) as later:
            await connection.command("aibot_send_msg", {}, conversation="C")
        assert later.value.after == 60
        await connection.command("aibot_send_msg", {}, conversation="c")
    assert len(fake.commands("aibot_send_msg")) == 31


async def test_frames_of_one_chat_come_in_order_and_chats_do_not_wait_for_each_other(fake, connection, watch):
    gate = asyncio.Event()
    seen = []

    async def handle(frame) -> None:
        if frame.body["chatid"] == "SLOW":
            await gate.wait()
        seen.append(frame.body["msgid"])

    async with held(connection, watch, handle):
        await ready(connection)
        for number in range(3):
            await fake.push(message(number, "SLOW"))
            await fake.push(message(number + 10, "QUICK"))
        await until(lambda: len(seen) == 3)
        assert seen == ["m10", "m11", "m12"]
        gate.set()
        await until(lambda: len(seen) == 6)
    assert seen[3:] == ["m0", "m1", "m2"]


async def test_a_failing_handler_is_an_alarm_and_nothing_more(fake, connection, watch):
    async def fail(frame) -> None:
        raise RuntimeError("张三 000-1234")

    async with held(connection, watch, fail):
        await ready(connection)
        await fake.push(message(1))
        await until(lambda: watch.alarms)
        await connection.command("aibot_send_msg", {})
    assert watch.alarms == ["incoming_failed"]


async def test_a_handler_outlives_the_connection_its_frame_came_by(fake, connection, watch):
    gate = asyncio.Event()
    done = []

    async def handle(frame) -> None:
        await gate.wait()
        done.append(frame)

    async with held(connection, watch, handle):
        await ready(connection)
        await fake.push(message(1))
        await asyncio.sleep(0.02)
        await fake.sockets[0].close()
        await until(lambda: len(fake.sockets) == 2)
        gate.set()
        await until(lambda: done)


async def test_a_handler_can_command_while_many_frames_wait(fake, clock, watch):
    """Sixty conversations at once on one socket: a reader that waited for a handler would never see its answer.

    That would last for ever, so the patience of a busy machine takes nothing from the proof.
    """
    connection = LongConnection(fake.socket_url, "BOT", "SECRET", clock, timing=PATIENT)
    answered = []

    async def handle(frame) -> None:
        await connection.command("aibot_respond_msg", {}, req_id=frame.headers.req_id)
        answered.append(frame.headers.req_id)

    async with held(connection, watch, handle):
        await ready(connection)
        for number in range(60):
            await fake.push(message(number, f"C{number}"))
        await until(lambda: len(answered) == 60, PATIENT.ack_within / 2)
    assert sorted(answered) == sorted(f"r{number}" for number in range(60))
    assert watch.alarms == []


@pytest.mark.parametrize("raw", ["", "no json", "[]", "1", '{"cmd": 5}', '{"headers": null}', '{"cmd":"x","body":[]}'])
async def test_a_frame_nobody_understands_is_ignored(fake, connection, watch, raw):
    async with held(connection, watch):
        await ready(connection)
        await fake.sockets[0].send_str(raw)
        await connection.command("aibot_send_msg", {})
    assert watch.alarms == []


async def test_an_alarm_that_fails_breaks_nothing(fake, connection, watch):
    async def alarm(code: str, detail: str) -> None:
        raise RuntimeError

    fake.subscribe_code = 853000
    await connection.run(watch.frame, alarm)
    assert connection.state is ConnectionState.STOPPED


async def test_lanes_are_bounded_in_width_and_room():
    running, peak, gate = 0, 0, asyncio.Event()

    async def handle(item: int) -> None:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await gate.wait()
        running -= 1

    async def failed(reason: str) -> None:
        raise AssertionError(reason)

    async with asyncio.TaskGroup() as group:
        queue: KeyedQueue[int] = KeyedQueue(group, handle, failed, width=3, room=5)
        taken = [queue.put(str(n), n) for n in range(4)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        taken += [queue.put(str(n), n) for n in range(4, 12)]
        gate.set()
    assert peak == 3
    assert taken.count(True) == 8
    assert queue._queues == {}


def spend(window: SlidingWindow, key: str) -> None:
    with window.spending(key):
        pass


def test_what_the_platform_takes_late_counts_from_then_on(clock):
    """The first of a minute's messages was under way for ten seconds, the next is there at once."""
    window = SlidingWindow(((2, 60.0),), clock)
    with window.spending("a"):
        clock.advance(seconds=10)
        spend(window, "a")
        with pytest.raises(TryLater) as later:
            spend(window, "a")
        assert later.value.after == 60, "the first may be taken now"
    clock.advance(seconds=59)
    with pytest.raises(TryLater) as later:
        spend(window, "a")
    assert later.value.after == 1
    clock.advance(seconds=1)
    spend(window, "a")


def test_of_a_message_to_several_nothing_is_spent_where_one_must_wait(clock):
    window = SlidingWindow(((1, 60.0),), clock)
    spend(window, "b")
    with pytest.raises(TryLater), window.spending("a", "b"):
        pytest.fail("sent beyond the budget")
    spend(window, "a")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 90), min_size=20, max_size=120))
def test_a_sliding_window_never_allows_more_and_its_wait_is_exact(steps):
    clock = Clock()
    window = SlidingWindow(((3, 60.0), (5, 600.0)), clock)
    taken = []
    for step in steps:
        clock.advance(seconds=step)
        try:
            spend(window, "a")
        except TryLater as later:
            clock.advance(seconds=later.after)
            spend(window, "a")
        taken.append(clock.now)
    for count, seconds in ((3, 60.0), (5, 600.0)):
        spans = [(late - early).total_seconds() for early, late in zip(taken, taken[count:], strict=False)]
        assert all(span >= seconds for span in spans)


def test_a_sliding_window_allows_no_double_quota_around_the_minute(clock):
    window = SlidingWindow(((2, 60.0),), clock)
    clock.advance(seconds=59)
    spend(window, "a")
    spend(window, "a")
    clock.advance(seconds=2)
    with pytest.raises(TryLater) as later:
        spend(window, "a")
    assert later.value.after == 58


def test_a_clock_set_back_neither_blocks_nor_frees_the_budget(clock):
    window = SlidingWindow(((1, 60.0),), clock)
    spend(window, "a")
    clock.advance(days=-3)
    with pytest.raises(TryLater) as later:
        spend(window, "a")
    assert later.value.after == 60


def test_the_windows_of_quiet_chats_are_forgotten(clock):
    window = SlidingWindow(((1000, 60.0),), clock)
    for number in range(600):
        spend(window, f"c{number}")
    clock.advance(minutes=5)
    for _ in range(500):
        spend(window, "a")
    assert len(window._stamps) < 10


def test_only_the_newest_keys_are_remembered():
    keys = RecentKeys(2)
    for key in "abc":
        keys.add(key)
    assert ("a" in keys, "b" in keys, "c" in keys) == (False, True, True)

"""WeCom behind the neutral contract: which channel takes what, and what comes back."""

import asyncio
import contextlib

import pytest

from platforms.contract import (
    Button,
    Card,
    ChatPlatform,
    File,
    IncomingKind,
    Link,
    Mention,
    Misconfigured,
    Place,
    Recipient,
    Rejected,
    Text,
    TryLater,
    Unreachable,
)
from platforms.shared.connection_state import ConnectionState
from platforms.wecom import BadCallback, WeCom, WeComConfig
from platforms.wecom.long_connection import Timing
from tests.platform.wecom import seal
from tests.platform.wecom.fake import until

FAST = Timing(ping_every=5.0, ack_within=0.25, backoff_first=0.01, backoff_cap=0.05, reply_window=5.0)
CARD = Card(title="投诉工单", body="摘要", buttons=(Button("签收", "accept"), Button("退单", "decline")))
NOTICE = Card(title="已办结", links=(Link("详情", "https://e.test/1"),))
PERSON = Recipient(Place.PERSON, "zhangsan")
CHAT = Recipient(Place.CHAT, "wrChatABC")
APP = {"corp_id": seal.CORP_ID, "agent_id": 1000002, "secret": "s", "token": seal.TOKEN, "aes_key": seal.AES_KEY}
BOT = {"bot_id": "BOT", "bot_secret": "SECRET"}


@pytest.fixture
async def build(fake, clock):
    made = []

    def build(**parts) -> WeCom:
        config = WeComConfig(api_base=fake.base, bot_ws_url=fake.socket_url, public_url="https://e.test", **parts)
        made.append(WeCom(config, clock, timing=FAST))
        return made[-1]

    yield build
    for platform in made:
        await platform.close()


class Door:
    """What came in, and the alarms."""

    def __init__(self) -> None:
        self.incoming = []
        self.alarms = []

    async def on_incoming(self, incoming) -> None:
        self.incoming.append(incoming)

    async def on_alarm(self, code: str, detail: str) -> None:
        self.alarms.append(code)


@contextlib.asynccontextmanager
async def running(platform: WeCom):
    door = Door()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(platform.run(door.on_incoming, door.on_alarm))
        try:
            if platform._connection is not None:
                await until(lambda: platform._connection.state in (ConnectionState.READY, ConnectionState.STOPPED))
            yield door
        finally:
            task.cancel()


def frame(cmd: str, req_id: str, **body) -> dict:
    return {"cmd": cmd, "headers": {"req_id": req_id}, "body": {"msgid": f"msg-{req_id}", "aibotid": "B", **body}}


def group_press(req_id: str = "p1", task_id: str = "case-1", user: str = "zhangsan") -> dict:
    event = {"card_type": "button_interaction", "event_key": "accept", "task_id": task_id}
    return frame(
        "aibot_event_callback", req_id, create_time=1700000000, chatid="wrChatABC", chattype="group",
        msgtype="event", event={"eventtype": "template_card_event", "template_card_event": event},
        **{"from": {"userid": user}},
    )  # fmt: skip


def group_text(content: str, req_id: str = "t1", **extra) -> dict:
    sender = {"from": {"userid": "zhangsan"}}
    return frame(
        "aibot_msg_callback", req_id, chatid="wrChatABC", chattype="group", msgtype="text",
        text={"content": content}, **sender, **extra,
    )  # fmt: skip


async def received(fake, door, pushed: dict):
    await fake.push(pushed)
    await until(lambda: door.incoming)
    return door.incoming.pop()


def app_press(response_code: str) -> str:
    return (
        "<xml><FromUserName>zhangsan</FromUserName><CreateTime>1795395600</CreateTime><MsgType>event</MsgType>"
        "<Event>template_card_event</Event><EventKey>accept</EventKey><TaskId>case-1</TaskId>"
        f"<ResponseCode>{response_code}</ResponseCode></xml>"
    )


def test_it_is_a_chat_platform(clock):
    platform: ChatPlatform = WeCom(WeComConfig(), clock)
    assert platform.name == "wecom"
    assert platform.health() == []


async def test_a_card_for_a_person_goes_through_the_application(fake, build):
    receipt = await build(**APP, **BOT).send(PERSON, CARD, key="case-1@1")
    body = fake.bodies("message/send")[0]
    assert (body["touser"], body["msgtype"], body["agentid"]) == ("zhangsan", "template_card", 1000002)
    assert body["template_card"]["task_id"] == "case-1@1"
    assert "enable_duplicate_check" not in body
    assert receipt.message_id == "M1"
    assert receipt.handle["response_code"] == "code-0"


async def test_a_text_and_a_file_for_a_person(fake, build):
    platform = build(**APP)
    receipt = await platform.send(PERSON, Text("您好"), key="k1")
    await platform.send(PERSON, File("台账.xlsx", b"0123456789"), key="k2")
    assert [body["msgtype"] for body in fake.bodies("message/send")] == ["markdown", "file"]
    assert fake.bodies("message/send")[1]["file"] == {"media_id": "MEDIA"}
    assert receipt.handle == {}


async def test_a_person_the_platform_names_as_refused_is_unreachable(fake, build):
    platform = build(**APP)
    for field in ("invaliduser", "unlicenseduser"):
        fake.answers["message/send"].append({"errcode": 0, field: "zhangsan", "msgid": "M"})
        with pytest.raises(Unreachable):
            await platform.send(Recipient(Place.PERSON, "ZhangSan"), Text("x"), key="k")


async def test_an_application_card_is_redrawn_once_within_72_hours(fake, build, clock):
    platform = build(**APP)
    receipt = await platform.send(PERSON, CARD, key="case-1")
    clock.advance(hours=71)
    assert await platform.update(receipt, NOTICE, key="u1")
    body = fake.bodies("message/update_template_card")[0]
    assert (body["userids"], body["agentid"], body["response_code"]) == (["zhangsan"], 1000002, "code-0")
    assert body["template_card"]["card_type"] == "text_notice"
    assert not await platform.update(receipt, NOTICE, key="u2")
    assert len(fake.bodies("message/update_template_card")) == 1


async def test_a_card_older_than_72_hours_is_not_even_tried(fake, build, clock):
    platform = build(**APP)
    receipt = await platform.send(PERSON, CARD, key="case-1")
    clock.advance(hours=72)
    assert not await platform.update(receipt, NOTICE, key="u1")
    assert fake.bodies("message/update_template_card") == []


async def test_a_code_spent_by_another_process_means_false(fake, build):
    platform = build(**APP)
    receipt = await platform.send(PERSON, CARD, key="case-1")
    fake.codes.clear()
    assert not await platform.update(receipt, NOTICE, key="u1")


async def test_a_card_sent_again_after_a_lost_answer_counts_as_delivered(fake, build):
    platform = build(**APP)
    fake.task_ids.add("case-1")
    fake.answers["message/send"].append("hang up")
    with pytest.raises(TryLater):
        await platform.send(PERSON, CARD, key="case-1")
    receipt = await platform.send(PERSON, CARD, key="case-1")
    assert (receipt.message_id, receipt.handle) == ("case-1", {})
    assert fake.bodies("message/send")[-1]["enable_duplicate_check"] == 1


async def test_a_task_id_taken_on_the_first_sending_is_refused(fake, build):
    fake.task_ids.add("case-1")
    with pytest.raises(Rejected, match="42014"):
        await build(**APP).send(PERSON, CARD, key="case-1")


async def test_a_card_for_a_chat_goes_through_the_bot_with_the_id_as_it_is(fake, build):
    platform = build(**APP, **BOT)
    async with running(platform):
        receipt = await platform.send(CHAT, CARD, key="case-1@1")
    body = fake.commands("aibot_send_msg")[0]
    assert (body["chatid"], body["chat_type"], body["msgtype"]) == ("wrChatABC", 2, "template_card")
    assert body["template_card"]["task_id"] == "case-1@1"
    assert (receipt.message_id, receipt.handle) == ("case-1@1", {})
    assert not await platform.update(receipt, NOTICE, key="u")


async def test_a_text_for_a_chat_is_markdown(fake, build):
    platform = build(**BOT)
    async with running(platform):
        await platform.send(CHAT, Text("请签收"), key="k")
    assert fake.commands("aibot_send_msg")[0]["markdown"] == {"content": "请签收"}


async def test_a_card_whose_acknowledgement_is_lost_is_there_once(fake, build):
    platform = build(**BOT)
    async with running(platform):
        fake.lost_acks = 1
        receipt = await platform.send(CHAT, CARD, key="case-1")
        assert receipt.message_id == "case-1"
        assert [body["template_card"]["task_id"] for body in fake.commands("aibot_send_msg")] == ["case-1"] * 2
        fake.lost_acks = 2
        with pytest.raises(TryLater):
            await platform.send(CHAT, CARD, key="case-2")
        assert (await platform.send(CHAT, CARD, key="case-2")).message_id == "case-2"
        with pytest.raises(Rejected, match="42014"):
            await platform.send(CHAT, CARD, key="case-2")


@pytest.mark.parametrize("code", [93001, 93006, 93008])
async def test_a_chat_the_bot_cannot_reach_is_unreachable(fake, build, code):
    platform = build(**BOT)
    async with running(platform):
        fake.command_codes.append(code)
        with pytest.raises(Unreachable, match=str(code)):
            await platform.send(CHAT, CARD, key="k")


async def test_without_a_bot_a_chat_is_unreachable_and_a_person_is_not(fake, build):
    platform = build(**APP)
    with pytest.raises(Unreachable, match="bot_absent"):
        await platform.send(CHAT, CARD, key="k")
    await platform.send(PERSON, CARD, key="k")


async def test_a_refused_bot_is_unreachable_so_that_the_fall_back_is_used(fake, build):
    platform = build(**APP, **BOT)
    fake.subscribe_code = 853000
    async with running(platform) as door:
        with pytest.raises(Unreachable, match="bot_stopped"):
            await platform.send(CHAT, CARD, key="k")
        await platform.send(PERSON, CARD, key="k")
        bot = next(line for line in platform.health() if line.channel == "wecom.bot")
        assert (bot.ok, "Secret" in bot.detail) == (False, True)
    assert door.alarms == ["853000"]


async def test_without_an_application_the_bot_speaks_to_persons(fake, build):
    platform = build(**BOT)
    async with running(platform):
        await platform.send(PERSON, Text("x"), key="k1")
        await platform.send(PERSON, File("台账.xlsx", b"0" * (512 * 1024 + 1)), key="k2")
    text, file = fake.commands("aibot_send_msg")
    assert (text["chatid"], text["chat_type"]) == ("zhangsan", 1)
    assert file["file"] == {"media_id": "MEDIA"}
    assert [chunk["chunk_index"] for chunk in fake.commands("aibot_upload_media_chunk")] == [0, 1]
    assert fake.commands("aibot_upload_media_init")[0]["total_chunks"] == 2


async def test_a_file_never_goes_to_a_chat(fake, build):
    platform = build(**BOT, group_webhooks={"市容科": "KEY"})
    async with running(platform):
        for chat in (CHAT, Recipient(Place.CHAT, "webhook:市容科")):
            with pytest.raises(Rejected):
                await platform.send(chat, File("a.txt", b"0123456789"), key="k")
    assert fake.commands("aibot_upload_media_init") == []


async def test_a_group_webhook_takes_notices_with_mentions(fake, build):
    platform = build(group_webhooks={"市容科": "KEY"})
    to = Recipient(Place.CHAT, "webhook:市容科")
    await platform.send(to, CARD, key="k1")
    await platform.send(to, Text("请签收", mentions=(Mention("zhangsan", "张三"),)), key="k2")
    card, text = fake.bodies("webhook/send")
    assert card["template_card"]["card_type"] == "text_notice"
    assert text["markdown"]["content"] == "<@zhangsan>\n请签收"
    assert [query["key"] for path, query, _ in fake.calls] == ["KEY", "KEY"]
    with pytest.raises(Unreachable, match="webhook_absent"):
        await platform.send(Recipient(Place.CHAT, "webhook:别处"), CARD, key="k3")


async def test_a_press_in_a_group_is_redrawn_for_everyone_inside_the_window(fake, build):
    platform = build(**BOT)
    async with running(platform) as door:
        incoming = await received(fake, door, group_press())
        assert (incoming.kind, incoming.key, incoming.card_id) == (IncomingKind.PRESS, "accept", "case-1")
        assert (incoming.account, incoming.chat_id) == ("zhangsan", "wrChatABC")
        assert incoming.at.isoformat() == "2023-11-15T06:13:20+08:00"
        assert await platform.respond(incoming, card=NOTICE, text="已签收")
    update = next(sent for sent in fake.frames if sent["cmd"] == "aibot_respond_update_msg")
    assert update["headers"]["req_id"] == "p1"
    assert update["body"]["response_type"] == "update_template_card"
    assert "userids" not in update["body"]
    assert update["body"]["template_card"]["task_id"] == "case-1"
    follow_up = fake.commands("aibot_send_msg")[0]
    assert (follow_up["chatid"], follow_up["chat_type"]) == ("wrChatABC", 2)
    assert follow_up["markdown"] == {"content": "已签收"}


async def test_a_press_answered_too_late_is_not_answered_at_all(fake, build, monkeypatch):
    platform = build(**BOT)
    async with running(platform) as door:
        incoming = await received(fake, door, group_press())
        platform._connection._reply_until["p1"] -= FAST.reply_window
        assert not await platform.respond(incoming, card=NOTICE)
    assert fake.commands("aibot_respond_update_msg") == []


async def test_a_press_the_platform_calls_too_old_is_false(fake, build):
    platform = build(**BOT)
    async with running(platform) as door:
        incoming = await received(fake, door, group_press())
        fake.command_codes.append(846605)
        assert not await platform.respond(incoming, card=NOTICE)


async def test_another_process_cannot_redraw_a_press(fake, build):
    one, other = build(**BOT), build(**BOT)
    async with running(one) as door:
        incoming = await received(fake, door, group_press())
    assert not await other.respond(incoming, card=NOTICE)


async def test_a_message_in_a_group_is_answered_in_place(fake, build):
    platform = build(**BOT)
    async with running(platform) as door:
        incoming = await received(fake, door, group_text("@有诉即办\u2005/我的"))
        assert (incoming.kind, incoming.text, incoming.event_key) == (IncomingKind.TEXT, "/我的", "msg-t1")
        assert await platform.respond(incoming, text="没有待办")
        assert await platform.respond(incoming, card=CARD)
    text, card = fake.commands("aibot_respond_msg")
    assert text["stream"]["finish"] is True
    assert text["stream"]["content"] == "没有待办"
    assert card["template_card"]["card_type"] == "button_interaction"
    assert all(sent["headers"]["req_id"] == "t1" for sent in fake.frames if sent["cmd"] == "aibot_respond_msg")


async def test_an_answer_whose_window_is_gone_is_pushed_instead(fake, build, clock):
    platform = build(**BOT)
    async with running(platform) as door:
        incoming = await received(fake, door, group_text("@有诉即办 7"))
        fake.command_codes.append(846608)
        assert await platform.respond(incoming, text="好")
        clock.advance(hours=25)
        assert await platform.respond(incoming, text="好")
    assert len(fake.commands("aibot_respond_msg")) == 1
    assert [body["chat_type"] for body in fake.commands("aibot_send_msg")] == [2, 2]


async def test_a_first_visit_is_welcomed(fake, build):
    platform = build(**BOT)
    enter = frame(
        "aibot_event_callback", "e1", msgtype="event", event={"eventtype": "enter_chat"}, **{"from": {"userid": "u"}}
    )
    async with running(platform) as door:
        incoming = await received(fake, door, enter)
        assert (incoming.kind, incoming.chat_id) == (IncomingKind.ENTER, None)
        assert await platform.respond(incoming, text="您好")
    assert fake.commands("aibot_respond_welcome_msg") == [{"msgtype": "text", "text": {"content": "您好"}}]


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("@RobotA hello robot", "hello robot"),
        ("@有诉即办/台账", "/台账"),
        ("@有诉即办", ""),
        ("@李四 @有诉即办 /查 7", "/查 7"),
        ("7 已修好 @有诉即办", "7 已修好"),
        ("@有诉即办 请 @李四 看", "请 @李四 看"),
        ("写信到 a@b.test 了", "写信到 a@b.test 了"),
    ],
)
async def test_the_bots_mention_is_not_part_of_the_text(fake, build, said, heard):
    platform = build(**BOT)
    async with running(platform) as door:
        assert (await received(fake, door, group_text(said))).text == heard


async def test_one_to_one_an_at_sign_is_part_of_the_text_and_voice_is_text(fake, build):
    platform = build(**BOT)
    single = {"chattype": "single", "from": {"userid": "u"}}
    async with running(platform) as door:
        text = frame("aibot_msg_callback", "a", msgtype="text", text={"content": "@李四 处理"}, **single)
        voice = frame("aibot_msg_callback", "b", msgtype="voice", voice={"content": "已修好"}, **single)
        image = frame("aibot_msg_callback", "c", msgtype="image", image={"url": "U"}, **single)
        assert (await received(fake, door, text)).text == "@李四 处理"
        assert (await received(fake, door, voice)).text == "已修好"
        pictured = await received(fake, door, image)
        assert (pictured.kind, pictured.text) == (IncomingKind.TEXT, "")
        assert [item.kind for item in pictured.attachments] == ["image"]


async def test_the_words_of_a_mixed_message_are_its_text(fake, build):
    platform = build(**BOT)
    items = [{"msgtype": "text", "text": {"content": "@机器人 7 已修好"}}, {"msgtype": "image", "image": {"url": "U"}}]
    pushed = group_text("") | {}
    pushed["body"] |= {"msgtype": "mixed", "mixed": {"msg_item": items}}
    async with running(platform) as door:
        assert (await received(fake, door, pushed)).text == "7 已修好"


async def test_an_encrypted_account_is_resolved_through_the_application(fake, build):
    secret_id = "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA"
    fake.open_ids[secret_id] = "zhangsan"
    platform = build(**APP, **BOT)
    async with running(platform) as door:
        assert (await received(fake, door, group_press(user=secret_id))).account == "zhangsan"
        assert (await received(fake, door, group_press("p2", user="wolf"))).account == "wolf"


async def test_an_account_that_cannot_be_resolved_stays_as_it_is(fake, build):
    secret_id = "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA"
    fake.answers["batch/openuserid_to_userid"].append(48002)
    platform = build(**APP, **BOT)
    async with running(platform) as door:
        assert (await received(fake, door, group_press(user=secret_id))).account == secret_id


async def test_a_frame_without_sense_reaches_nobody_and_breaks_nothing(fake, build):
    platform = build(**BOT)
    async with running(platform) as door:
        await fake.push(frame("aibot_msg_callback", "x", msgtype="text", text="oops", **{"from": {"userid": "u"}}))
        await fake.push(frame("aibot_msg_callback", "y", msgtype="text"))
        assert (await received(fake, door, group_text("@b ok"))).text == "ok"
    assert door.alarms == []


async def test_a_press_on_an_application_card_redraws_the_pressers_copy(fake, build):
    platform = build(**APP)
    fake.codes.add("CLICK")
    incoming = platform.handle_callback(*seal.request(app_press("CLICK")))
    assert await platform.respond(incoming, card=NOTICE, text="已签收")
    body = fake.bodies("message/update_template_card")[0]
    assert (body["userids"], body["response_code"]) == (["zhangsan"], "CLICK")
    assert fake.bodies("message/send")[0]["markdown"] == {"content": "已签收"}
    assert not await platform.respond(incoming, card=NOTICE)


async def test_a_text_to_the_application_is_answered_with_messages(fake, build):
    platform = build(**APP)
    xml = (
        "<xml><FromUserName>zhangsan</FromUserName><CreateTime>1795395600</CreateTime><MsgType>text</MsgType>"
        "<Content>/我的</Content><MsgId>1</MsgId></xml>"
    )
    incoming = platform.handle_callback(*seal.request(xml))
    assert await platform.respond(incoming, card=CARD, text="投" * 3000)
    card, text = fake.bodies("message/send")
    assert card["template_card"]["task_id"].startswith("r-")
    assert len(text["markdown"]["content"].encode()) <= 2048


async def test_the_callback_door_needs_its_settings(build):
    with pytest.raises(Misconfigured):
        build(**BOT).handle_callback({}, b"")
    with pytest.raises(BadCallback):
        build(**APP).handle_callback({}, b"")


async def test_the_address_check_is_answered(build):
    sealed = seal.encrypt(seal.pad(seal.plaintext(b"12345")))
    assert build(**APP).verify(seal.query(sealed) | {"echostr": sealed}) == "12345"


async def test_a_wrong_application_secret_is_an_alarm_and_the_bot_goes_on(fake, build):
    fake.answers["gettoken"].append(40001)
    platform = build(**APP, **BOT)
    async with running(platform) as door:
        await until(lambda: door.alarms)
        await platform.send(CHAT, CARD, key="k")
        lines = {line.channel: line for line in platform.health()}
    assert door.alarms == ["40001"]
    assert not lines["wecom.application"].ok
    assert lines["wecom.bot"].ok


async def test_an_application_alone_runs_until_cancelled(fake, build):
    platform = build(**APP)
    async with running(platform):
        await until(lambda: platform.health()[0].detail == "令牌有效")


async def test_the_login_address_and_its_answer(fake, build):
    platform = build(**APP, oauth_base="https://open.test/authorize")
    url = platform.authorize_url("https://e.test/in?a=1", "abc")
    assert url.startswith(f"https://open.test/authorize?appid={seal.CORP_ID}&redirect_uri=https%3A%2F%2Fe.test%2Fin")
    assert url.endswith("&state=abc&agentid=1000002#wechat_redirect")
    assert await platform.identify("CODE") == "zhangsan"
    fake.answers["auth/getuserinfo"].append({"errcode": 0, "openid": "o"})
    assert await platform.identify("CODE") is None


def test_the_settings_never_show_a_secret():
    shown = repr(
        WeComConfig(secret="s3cret", token="t0ken", aes_key="a3s", bot_secret="b0t", group_webhooks={"a": "k3y"})
    )
    assert not any(word in shown for word in ("s3cret", "t0ken", "a3s", "b0t", "k3y"))

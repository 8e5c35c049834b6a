"""DingTalk behind the neutral contract: which channel takes what, and what comes back."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from platforms.contract import (
    Button,
    Card,
    ChannelDown,
    ChatPlatform,
    File,
    Incoming,
    IncomingKind,
    Link,
    Mention,
    Misconfigured,
    Place,
    Recipient,
    Rejected,
    Text,
    Tone,
    TryLater,
    Unreachable,
)
from platforms.dingtalk import DingTalk, DingTalkConfig
from tests.platform.dingtalk import fake as dt
from tests.platform.dingtalk.conftest import held
from tests.platform.dingtalk.fake import until

CARD = Card(
    title="投诉工单",
    body="摘要",
    facts=(("时限", "今天 18:00"),),
    buttons=(
        Button("签收", "y1|accept|7|1|", Tone.PRIMARY, "/签收 YS7"),
        Button("退单", "y1|decline|7|1|", Tone.DANGER, "/退单 YS7"),
    ),
)
NOTICE = Card(title="已办结", links=(Link("详情", "https://e.test/1"),))
PERSON = Recipient(Place.PERSON, "zhangsan")
CHAT = Recipient(Place.CHAT, "cidGroup==")
CALL = (Mention("zhangsan", "张三"),)


def group_text(fake, content: str = " 您好", number: int = 1, **extra) -> dict:
    data = {
        "msgId": f"msg{number}", "msgtype": "text", "text": {"content": content}, "conversationType": "2",
        "conversationId": CHAT.id, "senderStaffId": "zhangsan", "senderId": "$:1", "senderUnionId": "U-zhangsan",
        "sessionWebhook": fake.session_url(), "sessionWebhookExpiredTime": 1795402800000, "createAt": 1795395600000,
        **extra,
    }  # fmt: skip
    return dt.frame("CALLBACK", dt.BOT_TOPIC, data, f"m{number}")


def press(track: str, message_id: str = "p1", **extra) -> dict:
    content = {"cardPrivateData": {"actionIds": ["g0"], "params": {"key": "y1|accept|7|1|"}}}
    data = {
        "type": "actionCallback", "outTrackId": track, "userId": "zhangsan", "userIdType": 1, "spaceType": "im",
        "spaceId": CHAT.id, "content": json.dumps(content), **extra,
    }  # fmt: skip
    return dt.frame("CALLBACK", dt.CARD_TOPIC, data, message_id)


def test_it_is_a_chat_platform(clock, counter):
    platform: ChatPlatform = DingTalk(DingTalkConfig(), clock, counter)
    assert platform.name == "dingtalk"
    assert platform.health() == []
    assert platform.callback_routes() == {}


async def test_a_card_for_a_group_is_created_and_delivered_under_its_key(fake, build):
    receipt = await build().send(CHAT, Card(**{**_parts(CARD), "mentions": CALL}), key="i-1-0g")
    body = fake.bodies(dt.CREATE)[0]
    assert body["openSpaceId"] == "dtv1.card//IM_GROUP.cidGroup=="
    assert body["callbackType"] == "STREAM"
    assert body["imGroupOpenDeliverModel"] == {"robotCode": dt.CLIENT_ID, "atUserIds": {"zhangsan": "张三"}}
    assert "imRobotOpenDeliverModel" not in body
    buttons = json.loads(fake.cards["i-1-0g"]["sys_full_json_obj"])["msgButtons"]
    assert [(b["text"], b["id"], b["request"], b["params"]) for b in buttons] == [
        ("签收", "g0", True, {"key": "y1|accept|7|1|"}),
        ("退单", "g1", True, {"key": "y1|decline|7|1|"}),
    ]
    assert receipt.handle == {"via": "card", "track": "i-1-0g", "carrier": "C-i-1-0g", "chat": "cidGroup=="}


async def test_a_card_for_a_person_lies_in_the_robots_single_chat(fake, build):
    receipt = await build(card_template_id="own.schema").send(PERSON, CARD, key="i-2-0p")
    body = fake.bodies(dt.CREATE)[0]
    assert body["cardTemplateId"] == "own.schema"
    assert body["openSpaceId"] == "dtv1.card//IM_ROBOT.zhangsan"
    assert body["imRobotOpenDeliverModel"] == {"spaceType": "IM_ROBOT", "robotCode": dt.CLIENT_ID}
    assert set(fake.cards["i-2-0p"]) == {
        "title", "subtitle", "source", "body", "facts", "notice", "tone", "links", "buttons",
    }  # fmt: skip
    assert receipt.handle["user"] == "zhangsan"


async def test_a_message_comes_in_and_is_answered_in_its_conversation(fake, build):
    platform = build()
    async with held(platform) as door:
        await fake.push(group_text(fake))
        await until(lambda: fake.ack_of("m1"))
        incoming = door.incoming[0]
        assert (incoming.kind, incoming.text, incoming.account) == (IncomingKind.TEXT, "您好", "zhangsan")
        assert (incoming.event_key, incoming.chat_id) == ("msg1", CHAT.id)
        assert fake.ack_of("m1")[0][1]["code"] == 200
        assert await platform.respond(incoming, text="收到")
    assert fake.bodies(dt.SESSION)[0]["markdown"]["text"] == "收到"


async def test_a_press_is_answered_inside_its_acknowledgement(fake, build):
    platform = build()
    await platform.send(CHAT, CARD, key="i-1-0g")
    async with held(platform) as door:

        async def redraw(incoming) -> None:
            assert await platform.respond(incoming, card=NOTICE)

        door.handler = redraw
        await fake.push(press("i-1-0g"))
        await until(lambda: fake.ack_of("p1"))
    incoming = door.incoming[0]
    assert (incoming.kind, incoming.key, incoming.card_id) == (IncomingKind.PRESS, "y1|accept|7|1|", "i-1-0g")
    assert (incoming.account, incoming.chat_id) == ("zhangsan", CHAT.id)
    ack = json.loads(fake.ack_of("p1")[0][1]["data"])["response"]
    assert ack["cardData"]["cardParamMap"]["title"] == "已办结"
    assert ack["cardUpdateOptions"] == {"updateCardDataByKey": True, "updatePrivateDataByKey": True}
    assert not fake.bodies(dt.UPDATE)


def _parts(card: Card) -> dict:
    return {name: getattr(card, name) for name in ("title", "body", "facts", "buttons")}


async def test_texts_and_files_for_a_person(fake, build):
    platform = build()
    receipt = await platform.send(PERSON, Text("您好\n第二行"), key="k1")
    await platform.send(PERSON, File("台账.xlsx", b"0123456789"), key="k2")
    first, second = fake.bodies(dt.PERSON)
    assert first["robotCode"] == dt.CLIENT_ID
    assert (first["userIds"], first["msgKey"]) == (["zhangsan"], "sampleMarkdown")
    assert json.loads(first["msgParam"]) == {"title": "您好", "text": "您好  \n第二行"}
    assert json.loads(second["msgParam"]) == {"mediaId": "@media", "fileName": "台账.xlsx", "fileType": "xlsx"}
    assert receipt.handle == {"via": "robot", "query": receipt.message_id, "users": ["zhangsan"]}
    uploaded = fake.bodies(dt.UPLOAD)[0]
    assert "台账.xlsx".encode() in uploaded


async def test_another_robot_code_is_used_when_it_is_given(fake, build):
    await build(robot_code="otherRobot").send(PERSON, Text("x"), key="k")
    assert fake.bodies(dt.PERSON)[0]["robotCode"] == "otherRobot"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("invalidStaffIdList", Unreachable),
        ("filteredStaffIdList", Unreachable),
        ("flowControlledStaffIdList", TryLater),
    ],
)
async def test_a_success_that_reached_nobody(fake, build, field, kind):
    fake.answers[dt.PERSON].append({"processQueryKey": "Q", field: ["zhangsan"]})
    with pytest.raises(kind):
        await build().send(PERSON, Text("x"), key="k")


async def test_a_text_for_a_group_without_mentions(fake, build):
    receipt = await build().send(CHAT, Text("通知"), key="k")
    assert fake.bodies(dt.GROUP)[0]["openConversationId"] == CHAT.id
    assert receipt.handle == {"via": "robot", "query": receipt.message_id, "chat": CHAT.id}


async def test_somebody_is_called_through_the_session_while_it_lives(fake, build, clock):
    platform = build()
    async with held(platform):
        await fake.push(group_text(fake))
        await until(lambda: fake.ack_of("m1"))
        await platform.send(CHAT, Text("请签收", CALL), key="k1")
        assert fake.bodies(dt.SESSION)[0]["at"]["atUserIds"] == ["zhangsan"]
        await platform.send(Recipient(Place.CHAT, "other"), Text("请签收", CALL), key="k2")
        clock.advance(hours=2)
        await platform.send(CHAT, Text("请签收", CALL), key="k3")
    called = [body["imGroupOpenDeliverModel"]["atUserIds"] for body in fake.bodies(dt.CREATE)]
    assert called == [{"zhangsan": "张三"}] * 2
    assert len(fake.bodies(dt.SESSION)) == 1


@pytest.mark.parametrize("trouble", [310000, "hang up", 130101])
async def test_a_session_that_fails_is_passed_over(fake, build, trouble):
    platform = build()
    async with held(platform) as door:
        await fake.push(group_text(fake))
        await until(lambda: fake.ack_of("m1"))
        fake.answers[dt.SESSION].extend([trouble, trouble])
        await platform.send(CHAT, Text("请签收", CALL), key="k1")
        assert await platform.respond(door.incoming[0], text="收到")
    assert "k1" in fake.cards
    assert len(fake.bodies(dt.GROUP)) == 1


async def test_a_short_stream_budget_spares_the_session(fake, build, counter):
    platform = build()
    async with held(platform) as door:
        await fake.push(group_text(fake))
        await until(lambda: fake.ack_of("m1"))
        counter.set("stream", 2700)
        assert await platform.respond(door.incoming[0], text="收到")
    assert not fake.bodies(dt.SESSION)
    assert len(fake.bodies(dt.GROUP)) == 1


@pytest.mark.parametrize(
    ("to", "message", "kind"),
    [
        (CHAT, File("a.txt", b"x"), Rejected),
        (PERSON, File("a.txt", b""), Rejected),
        (Recipient(Place.CHAT, "webhook:城管局"), NOTICE, ChannelDown),
        (Recipient(Place.PERSON, "outside:abc"), NOTICE, Unreachable),
        (Recipient(Place.PERSON, "nobody"), Text("x"), Unreachable),
    ],
)
async def test_what_cannot_be_sent(build, to, message, kind):
    with pytest.raises(kind):
        await build().send(to, message, key="k")


async def test_without_credentials_the_fall_back_is_used(build):
    with pytest.raises(ChannelDown, match="application_absent"):
        await build(client_secret="").send(PERSON, NOTICE, key="k")


@pytest.mark.parametrize("key", ["", "a~1", "x" * 61, "汉"])
async def test_an_impossible_key(build, key):
    with pytest.raises(Rejected):
        await build().send(PERSON, NOTICE, key=key)


async def test_a_card_is_never_there_twice(fake, build):
    platform = build()
    first = await platform.send(CHAT, CARD, key="k1")
    assert await platform.send(CHAT, CARD, key="k1", again=True) == first
    another = await build().send(CHAT, CARD, key="k1", again=True)
    assert list(fake.cards) == ["k1"]
    assert another.handle == {**first.handle, "carrier": ""}
    with pytest.raises(Rejected, match="cardAlreadyExist"):
        await build().send(CHAT, CARD, key="k1")


async def test_a_card_whose_answer_was_lost_is_found_there(fake, build):
    platform = build()

    def carried_out():
        fake.cards["k1"] = {}
        return "hang up"

    fake.answers[dt.CREATE].append(carried_out)
    receipt = await platform.send(CHAT, CARD, key="k1")
    assert (receipt.message_id, list(fake.cards)) == ("k1", ["k1"])
    fake.answers[dt.CREATE].extend(["hang up", "hang up"])
    with pytest.raises(TryLater):
        await platform.send(CHAT, CARD, key="k2")
    fake.cards["k2"] = {}
    assert (await platform.send(CHAT, CARD, key="k2")).message_id == "k2"
    assert list(fake.cards) == ["k1", "k2"]


async def test_a_text_that_this_process_knows_was_taken_is_not_sent_again(fake, build):
    platform = build()
    first = await platform.send(CHAT, Text("x"), key="k1")
    again = await platform.send(CHAT, Text("x"), key="k1", again=True)
    assert again == first
    assert len(fake.bodies(dt.GROUP)) == 1
    await build().send(CHAT, Text("x"), key="k1", again=True)
    assert len(fake.bodies(dt.GROUP)) == 2


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("SYSTEM_ERROR", TryLater),
        ("group.disbanded", Unreachable),
        ("机器人不在群内", Unreachable),
        ("莫名其妙", TryLater),
    ],
)
async def test_a_created_card_that_was_not_delivered_is_tried_under_another_number(fake, build, message, kind):
    platform = build()

    def undelivered():
        fake.cards["k1"] = {}
        failed = {"success": False, "errorMsg": message, "spaceType": "IM_GROUP"}
        return {"success": True, "result": {"outTrackId": "k1", "deliverResults": [failed]}}

    fake.answers[dt.CREATE].append(undelivered)
    with pytest.raises(kind):
        await platform.send(CHAT, CARD, key="k1")
    receipt = await platform.send(CHAT, CARD, key="k1", again=True)
    assert receipt.handle["track"] == "k1~1"
    async with held(platform) as door:
        await fake.push(press("k1~1"))
        await until(lambda: fake.ack_of("p1"))
    assert door.incoming[0].card_id == "k1"


@pytest.mark.parametrize("code", ["param.templateNotExist", "param.templateUnpublished", "param.templateEmpty"])
async def test_a_refused_template_is_done_without_until_restart(fake, build, code):
    platform = build(card_template_id="own.schema")
    fake.answers[dt.CREATE].append(code)
    async with held(platform) as door:
        receipt = await platform.send(CHAT, CARD, key="k1")
        await platform.send(PERSON, NOTICE, key="k2")
        await platform.send(CHAT, Text("请签收", CALL), key="k3")
        assert door.alarms == ["card_template"]
    assert len(fake.bodies(dt.CREATE)) == 1
    body = fake.bodies(dt.GROUP)[0]
    param = json.loads(body["msgParam"])
    assert body["msgKey"] == "sampleActionCard2"
    assert param["actionTitle1"] == "签收"
    assert param["actionURL1"] == "dtmd://dingtalkclient/sendMessage?content=%2F%E7%AD%BE%E6%94%B6+YS7"
    assert fake.bodies(dt.PERSON)[0]["msgKey"] == "sampleMarkdown"
    assert receipt.handle["via"] == "robot"
    assert not await platform.update(receipt, NOTICE, key="k1")


async def test_a_card_is_redrawn_once_for_each_look(fake, build):
    platform = build()
    receipt = await platform.send(CHAT, CARD, key="k1")
    assert await platform.update(receipt, CARD, key="k1")
    assert not fake.bodies(dt.UPDATE)
    assert await platform.update(receipt, NOTICE, key="k1")
    assert await platform.update(receipt, NOTICE, key="k1")
    assert len(fake.bodies(dt.UPDATE)) == 1
    assert fake.cards["k1"]["title"] == "已办结"


async def test_a_card_that_is_gone_cannot_be_redrawn(fake, build):
    platform = build()
    receipt = await platform.send(CHAT, CARD, key="k1")
    fake.cards.clear()
    assert not await platform.update(receipt, NOTICE, key="k1")
    fake.answers[dt.UPDATE].append("param.contentUnsafe")
    with pytest.raises(Rejected):
        await platform.update(receipt, NOTICE, key="k1")


async def test_an_answer_to_a_message_may_be_a_card_and_words(fake, build):
    platform = build()
    async with held(platform) as door:
        await fake.push(group_text(fake))
        await until(lambda: fake.ack_of("m1"))
        assert await platform.respond(door.incoming[0], card=NOTICE, text="如上")
    assert len(fake.cards) == 1
    assert fake.bodies(dt.SESSION)[0]["markdown"]["text"] == "如上"


async def test_one_to_one_an_expired_session_becomes_a_message_to_the_person(fake, build, clock):
    platform = build()
    async with held(platform) as door:
        await fake.push(group_text(fake, conversationType="1"))
        await until(lambda: fake.ack_of("m1"))
        clock.advance(hours=2)
        assert await platform.respond(door.incoming[0], text="收到")
    assert door.incoming[0].chat_id is None
    assert fake.bodies(dt.PERSON)[0]["userIds"] == ["zhangsan"]


async def test_a_press_on_a_card_that_is_gone_says_nothing(fake, build):
    platform = build()
    async with held(platform) as door:
        await fake.push(press("never-seen"))
        await until(lambda: fake.ack_of("p1"))
        assert not await platform.respond(door.incoming[0], card=NOTICE, text="已签收")
        assert await platform.respond(door.incoming[0], text="已签收")
    assert door.incoming[0].chat_id == CHAT.id
    assert len(fake.bodies(dt.GROUP)) == 1


async def test_after_a_restart_a_pressed_group_card_stays_a_group_card(fake, build):
    await build().send(CHAT, CARD, key="k1")
    platform = build()
    async with held(platform) as door:
        await fake.push(press("k1"))
        await until(lambda: fake.ack_of("p1"))
        assert await platform.respond(door.incoming[0], card=CARD)
    assert json.loads(fake.cards["k1"]["sys_full_json_obj"])["msgButtons"][0]["id"] == "g0"


async def test_an_event_of_another_platform_is_not_answered(build):
    platform = build()
    foreign = Incoming("wecom", "e", IncomingKind.TEXT, "a", datetime(2026, 1, 1, tzinfo=UTC), reply_to={"via": "bot"})
    assert not await platform.respond(foreign, text="x")


async def test_a_quoted_card_is_recognised(fake, build):
    platform = build()
    receipt = await platform.send(CHAT, CARD, key="k1")
    async with held(platform) as door:
        await fake.push(group_text(fake, originalProcessQueryKey=receipt.handle["carrier"]))
        await until(lambda: fake.ack_of("m1"))
        await fake.push(group_text(fake, number=2, originalProcessQueryKey="foreign"))
        await until(lambda: fake.ack_of("m2"))
    assert [incoming.card_id for incoming in door.incoming] == ["k1", ""]


async def test_who_has_read_a_message(fake, build):
    platform = build()
    card = await platform.send(CHAT, CARD, key="k1")
    words = await platform.send(CHAT, Text("x"), key="k2")
    private = await platform.send(PERSON, Text("x"), key="k3")
    fake.answers[dt.READERS].append({"readUserIds": ["a"], "hasMore": True, "nextToken": "50"})
    assert await platform.readers(card) == {"a", "zhangsan"}
    assert fake.bodies(dt.READERS)[0]["processQueryKey"] == "C-k1"
    assert fake.bodies(dt.READERS)[1]["nextToken"] == "50"
    assert await platform.readers(words) == {"zhangsan"}
    assert await platform.readers(private) is None
    fake.answers[dt.READERS].append("system.busy")
    fake.answers[dt.READERS].extend([{"readUserIds": [], "hasMore": True, "nextToken": "1"}] * 9)
    assert await platform.readers(words) is None
    assert await platform.readers(words) == frozenset()
    assert len(fake.bodies(dt.READERS)) == 3 + 1 + 5


async def test_taking_a_message_back(fake, build):
    platform = build()
    card = await platform.send(CHAT, CARD, key="k1")
    private = await platform.send(PERSON, Text("x"), key="k2")
    assert await platform.recall(card)
    assert await platform.recall(private)
    assert fake.bodies(dt.GROUP_RECALL)[0]["processQueryKeys"] == ["C-k1"]
    assert fake.bodies(dt.PERSON_RECALL)[0]["processQueryKeys"] == [private.message_id]
    fake.answers[dt.GROUP_RECALL].append({"failedResult": {"C-k1": "too old"}})
    assert not await platform.recall(card)
    fake.answers[dt.GROUP_RECALL].append("param.something")
    assert not await platform.recall(card)


async def test_strangers(fake, build):
    platform = build()
    fake.answers[dt.USER].append(33012)
    assert await platform.strangers(["zhangsan", "lisi", "nobody"]) == {"zhangsan", "nobody"}
    fake.answers[dt.USER].append(50002)
    assert await platform.strangers(["lisi", "nobody"]) == {"nobody"}, "whom we may not see is no stranger"
    assert await build(client_id="").strangers(["a"]) == frozenset()


async def test_health_and_credentials(fake, build):
    platform = build()
    assert [(line.channel, line.detail) for line in platform.health()][:2] == [
        ("dingtalk.application", "尚未取令牌"),
        ("dingtalk.stream", "未启动"),
    ]
    async with held(platform):
        assert [line.ok for line in platform.health()] == [True, True, True]
        assert platform.health()[1].detail == "已连接"
    with pytest.raises(Misconfigured):
        await build(client_secret="wrong").send(PERSON, NOTICE, key="k")


async def test_many_at_once(fake, build):
    platform = build()
    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(platform.send(CHAT, CARD, key=f"k{number}"))
    assert len(fake.cards) == 12
    assert fake.tokens == 1


@pytest.mark.parametrize("result", [{"outTrackId": "k1"}, {"outTrackId": "k1", "deliverResults": []}])
async def test_a_success_without_details_is_believed(fake, build, result):
    fake.answers[dt.CREATE].append({"success": True, "result": result})
    receipt = await build().send(CHAT, CARD, key="k1")
    assert receipt.handle["track"] == "k1"


async def test_a_failure_without_details_is_not(fake, build):
    fake.answers[dt.CREATE].append({"success": False})
    with pytest.raises(TryLater):
        await build().send(CHAT, CARD, key="k1")


async def test_somebody_unknown_among_the_mentioned_does_not_keep_the_card_from_the_others(fake, build):
    fake.answers[dt.CREATE].append("param.userIdNotExist")
    receipt = await build().send(CHAT, Card(title="t", mentions=CALL), key="k1")
    assert receipt.handle["carrier"]
    assert "atUserIds" not in fake.bodies(dt.CREATE)[1]["imGroupOpenDeliverModel"]
    fake.answers[dt.CREATE].append("param.userIdNotExist")
    with pytest.raises(Unreachable):
        await build().send(PERSON, Card(title="t", mentions=CALL), key="k2")

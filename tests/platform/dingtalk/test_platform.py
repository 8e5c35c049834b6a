"""DingTalk behind the neutral contract: which channel takes what, and what comes back."""

import json

import pytest

from platforms.contract import (
    Button,
    Card,
    ChannelDown,
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


def test_it_is_a_chat_platform(clock, tally):
    platform: ChatPlatform = DingTalk(DingTalkConfig(), clock, tally)
    assert platform.name == "dingtalk"
    assert platform.health() == []
    assert platform.doors() == {}


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
        assert await platform.respond(incoming, text="**收到**")
    assert fake.bodies(dt.SESSION)[0]["markdown"]["text"] == "**收到**"


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

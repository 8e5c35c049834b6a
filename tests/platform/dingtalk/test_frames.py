"""The recorded messages, presses and events as `Incoming`."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from platforms.contract import IncomingKind
from platforms.dingtalk import DingTalkConfig, frames
from platforms.dingtalk.frames import BotMessage, Press, StreamFrame
from tests.platform.dingtalk.fake import Clock

DATA = Path(__file__).parent / "data"
NOW = Clock()


def sample(name: str) -> dict:
    return json.loads((DATA / f"{name}.json").read_text())


def read(data: dict):
    return frames.said(BotMessage.model_validate(data), "u", "", "", NOW)


@pytest.mark.parametrize(
    ("name", "kind", "text", "key", "group"),
    [
        ("bot_message_group_text_full", IncomingKind.TEXT, "text", "", True),
        ("bot_message_group_text_wire_2026", IncomingKind.TEXT, "给 发个消息“你好”", "", True),
        ("bot_message_single_text", IncomingKind.TEXT, "hello DingTalk!", "", False),
        (
            "bot_message_single_richText",
            IncomingKind.TEXT,
            "这个问题示例图如下：\n通过以上示意图可以明白完整的交互流程",
            "",
            False,
        ),
        ("bot_message_single_unknownMsgType", IncomingKind.OTHER, "", "unknownMsgType", False),
    ],
)
def test_recorded_messages(name, kind, text, key, group):
    data = sample(name)
    incoming = read(data)
    assert (incoming.kind, incoming.text, incoming.key) == (kind, text, key)
    assert incoming.chat_id == (data["conversationId"] if group else None)
    assert incoming.event_key == data["msgId"]
    json.dumps(incoming.reply_to)


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("bot_message_single_picture", "image", ""),
        ("bot_message_single_audio", "voice", "钉钉PaaS开放中心，致力为企业……"),
        ("bot_message_single_video", "video", ""),
        ("bot_message_single_file", "file", ""),
    ],
)
def test_what_comes_beside_words_is_taken_as_attachments(name, kind, text):
    """A voice comes with its transcript; each has a code to fetch it by."""
    incoming = read(sample(name))
    assert (incoming.kind, incoming.text, incoming.key) == (IncomingKind.TEXT, text, "")
    assert [item.kind for item in incoming.attachments] == [kind]
    assert incoming.spoken == (kind == "voice")


def test_the_moment_is_in_milliseconds():
    assert read({"msgId": "1", "createAt": "1772376934909"}).at.isoformat().startswith("2026-03-01T22:55:34.909")
    assert read({"msgId": "1", "createAt": 1772376934909}).at.tzinfo is not None
    assert read({"msgId": "1", "createAt": "x"}).at == NOW()


def test_words_where_one_page_of_http_mode_prints_them():
    assert read({"msgtype": "text", "content": {"content": " 您好"}}).text == "您好"
    assert read({"msgtype": "text", "content": "您好"}).text == "您好"


def test_a_recorded_press():
    frame = StreamFrame.model_validate(sample("frame_callback_card_action"))
    press = Press.model_validate(frames.data_of(frame))
    assert press.action() == ("single_button_node_ocltl6e6foq", {"action": "like"})
    assert Press.model_validate(sample("card_action_data_decoded")) == press
    assert Press.model_validate(sample("http_card_callback_body")).action() == ("1", {"action": "accept"})


def test_parameters_one_level_higher_are_read():
    content = json.dumps({"cardPrivateData": {"actionIds": ["g0"]}, "params": {"key": "k"}})
    assert Press(content=content).action() == ("g0", {"key": "k"})
    assert Press(content="nonsense").action() == ("", {})


def press(action: str = "g0", key: str = "k", user: str = "u", track: str = "t", space: str = "cid") -> Press:
    content = {"cardPrivateData": {"actionIds": [action], "params": {"key": key}}}
    data = {"outTrackId": track, "userId": user, "spaceType": "im", "spaceId": space, "content": json.dumps(content)}
    return Press.model_validate(data)


def test_a_press_is_told_by_its_card_its_button_its_parameters_and_its_presser():
    def key(**parts):
        return frames.content_of(press(**parts))

    assert key() == key(space="elsewhere")
    assert len({key(), key(key="k2"), key(user="v"), key(track="t2"), key(action="g1")}) == 5


@pytest.mark.parametrize(
    ("action", "remembered", "space", "chat"),
    [
        ("g0", None, "cid", "cid"),
        ("g0", "known", "cid", "known"),
        ("g0", None, "", None),
        ("p0", "known", "cid", None),
        ("other", "known", "cid", "known"),
        ("other", None, "cid", None),
    ],
)
def test_where_a_pressed_card_lies(action, remembered, space, chat):
    assert frames.chat_of(press(action, space=space), remembered) == chat


def test_a_second_delivery_is_the_same_card():
    assert frames.card_key("i-1-0g~2") == "i-1-0g"


@pytest.mark.parametrize("data", [{"userId": ["a", "b"]}, {"UserId": ["a", "b"]}])
def test_who_has_left(data):
    incoming = frames.left("e1", frames.users_of(data), NOW)
    assert [(who.account, who.event_key, who.kind) for who in incoming] == [
        ("a", "e1/a", IncomingKind.LEFT),
        ("b", "e1/b", IncomingKind.LEFT),
    ]
    assert frames.users_of({"userId": "a"}) == ["a"]
    assert frames.users_of({}) == []


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
NAMES = ["msgId", "msgtype", "text", "content", "conversationId", "conversationType", "senderStaffId", "createAt",
         "sessionWebhook", "outTrackId", "userId", "userIdType", "value", "spaceId"]  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_nothing_else_than_a_refusal_comes_of_nonsense(data):
    try:
        incoming = read(data)
        json.dumps(incoming.reply_to)
    except ValidationError:
        pass
    try:
        frames.pressed(Press.model_validate(data), "u", None, "w", "name", NOW)
    except ValidationError:
        pass


@pytest.mark.parametrize(
    ("api", "endpoint", "allowed"),
    [
        ("https://api.dingtalk.com", "wss://wss-open-connection.dingtalk.com:443/connect", True),
        ("https://api.dingtalk.com", "ws://wss-open-connection.dingtalk.com/connect", False),
        ("https://api.dingtalk.com", "wss://dingtalk.com.evil.test/connect", False),
        ("https://api.dingtalk.com", "wss://evildingtalk.com/connect", False),
        ("https://api.dingtalk.com", "wss://u:p@x.dingtalk.com/connect", False),
        ("https://api.dingtalk.com", "ws://api.dingtalk.com/connect", False),
        ("http://127.0.0.1:8090", "ws://127.0.0.1:8091/connect", True),
        ("http://127.0.0.1:8090", "ws://10.0.0.1:8091/connect", False),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090/", False),
    ],
)
def test_where_the_gateway_may_send_us(api, endpoint, allowed):
    assert DingTalkConfig(api_base=api).is_gateway(endpoint) is allowed

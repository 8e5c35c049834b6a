"""The bot's mention is taken out whatever the bot is called; what came beside a text is noted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from platforms.wecom.frames import AibotFrame, incoming, without_mention

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("@有诉即办 /我的", "/我的"),
        ("@有诉 即办 /我的", "/我的"),
        ("＠有诉即办 /查 7", "/查 7"),
        ("@有诉 即办 1123-1 已办结", "1123-1 已办结"),
        ("@有诉即办 1 已办结", "1 已办结"),
        ("@有诉即办 请问 3 号窗口", "请问 3 号窗口"),
        ("@有诉即办", ""),
    ],
)
def test_the_mention_is_taken_out(typed: str, left: str):
    assert without_mention(typed) == left


@pytest.mark.parametrize(
    ("kinds", "left_out"), [(("text",), ""), (("text", "image"), "image"), (("image", "text"), "image")]
)
def test_a_picture_beside_a_text_is_noted(kinds: tuple[str, ...], left_out: str):
    pieces = [{"msgtype": kind, "text": {"content": "已办好"}} for kind in kinds]
    body = {"msgid": "m", "msgtype": "mixed", "from": {"userid": "u"}, "mixed": {"msg_item": pieces}}
    frame = AibotFrame.model_validate({"cmd": "aibot_msg_callback", "headers": {"req_id": "r"}, "body": body})
    event = incoming(frame, lambda: NOW)
    assert event is not None
    assert (event.text, event.left_out) == ("已办好", left_out)

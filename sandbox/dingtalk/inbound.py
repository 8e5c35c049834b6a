"""What the bot is told: messages people write, presses on cards, events of the directory."""

from __future__ import annotations

import json
import secrets
from typing import Any

from sandbox.city.people import Group, Person
from sandbox.dingtalk.frames import BOT_TOPIC, CARD_TOPIC, EVENT_TOPIC, Push
from sandbox.dingtalk.state import DingState, Session

SESSION_MILLIS = 90 * 60 * 1000  # city time
OVER_QUOTA_CODE = "20001"
OVER_QUOTA_TEXT = "受调用量超量影响，当前我的消息服务已经暂停。请联系你所在的组织管理员并予以处理"
MANAGES = "管理机构"


def robot_id(ding: DingState) -> str:
    """The robot's own encrypted id."""
    return "$:LWCP_v1:$" + ding.world.city.ding.client_id


def addressed(ding: DingState, group: Group, text: str) -> tuple[str, list[dict[str, str]]] | None:
    """The text as the robot receives it from a group, with the mentions cut out, and who was mentioned; None without
    a mention of the robot. The client puts a space behind every mention, which stays."""
    mention = f"@{ding.world.city.bot.name}"
    before, found, after = text.partition(mention)
    if not found:
        return None
    content = before + (after if after[:1] in (" ", "\u2005", "\n") else f" {after}")
    mentioned: list[dict[str, str]] = []
    for member in group.members:
        person = ding.world.city.somebody(member)
        if person is not None and f"@{person.name}" in content:
            content = content.replace(f"@{person.name}", "")
            mentioned.append(_at_user(person))
    return content, [*mentioned, {"dingtalkId": robot_id(ding)}]


def _at_user(person: Person) -> dict[str, str]:
    known = {} if person.outside else {"staffId": person.staff_id}
    return {"unionId": person.unionid, "dingtalkId": person.sender_id, **known}


def _session(ding: DingState, chat: str, now: int) -> dict[str, Any]:
    key = secrets.token_hex(16)
    ding.sessions[key] = Session(chat, now + SESSION_MILLIS)
    url = f"{ding.world.address}/dingtalk/oapi/robot/sendBySession?session={key}"
    return {"sessionWebhook": url, "sessionWebhookExpiredTime": now + SESSION_MILLIS}


def _place(ding: DingState, who: Person, group: Group | None, at_users: list[dict[str, str]]) -> dict[str, Any]:
    if group is None:
        return {"conversationId": who.single_chat_id, "conversationType": "1"}
    return {
        "conversationId": group.conversation_id,
        "openThreadId": group.conversation_id,
        "conversationType": "2",
        "conversationTitle": group.name,
        "atUsers": at_users,
        "isInAtList": True,
    }


def bot_message(
    ding: DingState, who: Person, group: Group | None, content: str, at_users: list[dict[str, str]] | None = None
) -> Push:
    """A text to the robot. Over quota it arrives with an error code and without its text."""
    return told(ding, who, group, {"msgtype": "text", "text": {"content": content}}, at_users)


def told(
    ding: DingState,
    who: Person,
    group: Group | None,
    said: dict[str, Any],
    at_users: list[dict[str, str]] | None = None,
) -> Push:
    """The same for any message: `said` is its own part of the body."""
    corp_id, now = ding.world.city.ding.corp_id, ding.millis()
    body: dict[str, Any] = {
        "senderPlatform": "Win",
        **_place(ding, who, group, at_users or []),
        "chatbotCorpId": corp_id,
        "chatbotUserId": robot_id(ding),
        "msgId": "msg" + secrets.token_urlsafe(16) + "==",
        "senderNick": who.name,
        "isAdmin": MANAGES in who.roles,
        "senderStaffId": who.staff_id,
        **_session(ding, ding.chat_of(group or who), now),
        "createAt": now,
        "senderId": who.sender_id,
        "senderUnionId": who.unionid,
        "robotCode": ding.world.city.ding.client_id,
        "msgtype": said["msgtype"],
    }
    if not who.outside:
        body["senderCorpId"] = corp_id
    over = {**body, "errorCode": OVER_QUOTA_CODE, "errorMessage": OVER_QUOTA_TEXT}
    return Push("CALLBACK", BOT_TOPIC, {**body, **said}, over=over)


def card_action(ding: DingState, out_track_id: str, user_id: str, user_id_type: int, space: str, action: Any) -> Push:
    """A press on a card: the button's id and its params, twice over as on the wire (`content` and `value`)."""
    content = json.dumps({"cardPrivateData": action}, ensure_ascii=False, separators=(",", ":"))
    body = {
        "extension": "{}",
        "corpId": ding.world.city.ding.corp_id,
        "spaceType": "im",
        "userIdType": user_id_type,
        "type": "actionCallback",
        "userId": user_id,
        "content": content,
        "spaceId": space,
        "outTrackId": out_track_id,
        "value": content,
    }
    return Push("CALLBACK", CARD_TOPIC, body)


def event(ding: DingState, kind: str, data: dict[str, Any]) -> Push:
    """An event of the directory; these cost no quota."""
    headers = {
        "eventType": kind,
        "eventId": secrets.token_hex(16),
        "eventCorpId": ding.world.city.ding.corp_id,
        "eventBornTime": str(ding.millis()),
        "eventUnifiedAppId": ding.world.city.ding.app_id,
    }
    return Push("EVENT", EVENT_TOPIC, {"timestamp": str(ding.millis()), **data}, headers=headers, free=True)

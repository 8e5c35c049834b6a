"""DingTalk's error codes as one table, and the step from a code to the neutral exceptions of `platforms.contract`.

Two families share the table: the new API answers 4xx with a text `code`, the old one 200 with a number `errcode`.
Sources: the pages server-api-error-codes-1, how-to-process-api-throttling-on-the-dingtalk-server,
the-robot-sends-a-group-message, create-and-deliver-cards, custom-robots-send-group-messages, call-frequency-limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platforms.contract import (
    ChannelDown,
    LineDown,
    Matter,
    Misconfigured,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)

BAD_SECRET = frozenset({"invalidClientIdOrSecret", "authFailed", "invalid.client", "40089", "40096"})
STALE_TOKEN = frozenset({"InvalidAuthentication", "http_401", "40001", "40014", "42001"})
QPS = frozenset(
    {
        "90018",
        "90002",
        "Forbidden.AccessDenied.QpsLimitForAppkeyAndApi",
        "Forbidden.AccessDenied.QpmLimitForAppkeyAndApi",
        "Forbidden.AccessDenied.QpsLimitForApi",
    }
)
EXHAUSTED = frozenset({"90020", "Forbidden.AccessDenied.ApiCountLimitForOrg"})
USER_UNKNOWN = "param.userIdNotExist"
CARD_EXISTS = "param.cardAlreadyExist"
CARD_GONE = frozenset({"param.cardNotExist"})
TEMPLATE_REFUSED = frozenset(
    {
        "param.templateNotExist",
        "param.templateUnpublished",
        "param.templateEmpty",
        "param.cardTemplateIdEmpty",
        "param.templateIdInvalid",
    }
)
UNKNOWN_PERSON = frozenset({"33012", "60121"})
SESSION_GONE = frozenset({"session.expired", "session.notExisted", "310000", "400101", "300001"})
PUNISHED = "ip_punished"

_PAUSE_AFTER_UNKNOWN = 60.0
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
_SCOPE = re.compile(r"[A-Za-z0-9_.]{1,60}")
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")


class LostAnswer(TryLater):
    """The request left but no answer came back: it may or may not have been carried out."""


class AlreadyThere(Rejected):
    """A card of this outTrackId exists. `ours` when an earlier try of the same call may have made it."""

    ours = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means for us: the exception to raise, words for the operator, seconds to wait before a retry.

    `recovers`: what is wrong with this recipient may be put right within minutes (a member added, a range widened).
    """

    raises: type[PlatformError]
    words: str
    after: float = 5.0
    recovers: bool = False

    @property
    def matter(self) -> Matter:
        """Whose matter the code is."""
        return next(matter for kind, matter in _MATTERS if issubclass(self.raises, kind))

    def error(self, code: str, detail: str) -> PlatformError:
        """The neutral exception."""
        if issubclass(self.raises, TryLater):
            return self.raises(code, detail, after=self.after)
        if self.raises is Unreachable:
            return Unreachable(code, detail, recovers=self.recovers)
        return self.raises(code, detail)


#: Whose matter an exception speaks of, the narrower first. A used-up budget is bought in the console.
_MATTERS: tuple[tuple[type[PlatformError], Matter], ...] = (
    (LineDown, Matter.LINE),
    (TryLater, Matter.MOMENT),
    (ChannelDown, Matter.CONFIGURATION),
    (Misconfigured, Matter.CONFIGURATION),
    (Unreachable, Matter.TARGET),
    (Rejected, Matter.MESSAGE),
)

_TIMED_OUT = Verdict(LostAnswer, "钉钉服务端超时，结果未知", 10.0)
_NO_TOKEN = Verdict(LineDown, "access_token 无效", 5.0)
_TOO_OFTEN = Verdict(TryLater, "接口调用太频繁", 2.0)
_SEND_TOO_FAST = Verdict(TryLater, "机器人发送太快", 30.0)
_WEBHOOK_TOO_FAST = Verdict(TryLater, "群机器人每分钟最多 20 条，已被暂停", 600.0)
_USED_UP = Verdict(ChannelDown, "本月接口调用量已用完", 3600.0)
_NO_TEMPLATE = Verdict(Rejected, "卡片模板不可用")
_NO_SCOPE = Verdict(Misconfigured, "应用没有调用这个接口的权限")
_BAD_SECRET = Verdict(Misconfigured, "ClientID 或 ClientSecret 不对，或应用已停用")
_NO_PERSON = Verdict(Unreachable, "通讯录里没有这个账号", recovers=True)
_OUT_OF_SCOPE = Verdict(Unreachable, "账号不在应用的通讯录权限范围内", recovers=True)
_GROUP_GONE = Verdict(Unreachable, "群已解散")
_ROBOT_STOPPED = Verdict(Unreachable, "群里的机器人已停用")
_UNSAFE = Verdict(Rejected, "内容未通过钉钉的安全检查")
_TOO_LONG = Verdict(Rejected, "消息内容太长")
_BUSY = Verdict(TryLater, "钉钉系统繁忙", 5.0)

TABLE: Mapping[str, Verdict] = {
    # credentials and permissions
    **dict.fromkeys(BAD_SECRET, _BAD_SECRET),
    **dict.fromkeys(STALE_TOKEN, _NO_TOKEN),
    "unauthorized.client": Verdict(Misconfigured, "应用没有被授权"),
    "Forbidden.AccessDenied.AccessTokenPermissionDenied": _NO_SCOPE,
    "60011": _NO_SCOPE,
    "Forbidden.AccessDenied.IpNotInWhiteList": Verdict(Misconfigured, "服务器出口 IP 不在应用的白名单内"),
    "60020": Verdict(Misconfigured, "服务器出口 IP 不在应用的白名单内"),
    "invalidParameter.robotCode.auth": Verdict(Misconfigured, "robotCode 不属于这个应用"),
    "chatbotId.notAllow.sendOTO": Verdict(Misconfigured, "机器人没有发布，或不允许发单聊消息"),
    # budgets
    **dict.fromkeys(QPS, _TOO_OFTEN),
    **dict.fromkeys(EXHAUSTED, _USED_UP),
    PUNISHED: Verdict(TryLater, "服务器出口 IP 访问太频繁，被钉钉暂停", 300.0),
    "130101": _WEBHOOK_TOO_FAST,
    "410100": _WEBHOOK_TOO_FAST,
    "send.too.fast": _SEND_TOO_FAST,
    "send.byToken.tooFast": _SEND_TOO_FAST,
    "too.many.group": _SEND_TOO_FAST,
    "too.many.people": _SEND_TOO_FAST,
    # passing faults
    "15": _TIMED_OUT,
    "88": _TIMED_OUT,
    "http_504": _TIMED_OUT,
    "isp.top-remote-connection-timeout": _TIMED_OUT,
    "-1": _BUSY,
    "system.busy": _BUSY,
    "system.error": _BUSY,
    "SYSTEM_ERROR": _BUSY,
    # people
    "33012": _NO_PERSON,
    "60121": _NO_PERSON,
    USER_UNKNOWN: _NO_PERSON,
    "50002": _OUT_OF_SCOPE,
    "50004": _OUT_OF_SCOPE,
    # chats
    "400013": _GROUP_GONE,
    "group.disbanded": _GROUP_GONE,
    "400102": _ROBOT_STOPPED,
    "bot.stopped": _ROBOT_STOPPED,
    "400106": Verdict(Unreachable, "机器人不存在"),
    "invalidParameter.robotCode.notExsit": Verdict(Unreachable, "机器人不在群里"),
    "conversation.org.notMatch": Verdict(Unreachable, "群不属于本组织"),
    "resource.unavailable": Verdict(Unreachable, "群或机器人不可用"),
    "invalidParameter.openConversationId.invalid": Verdict(Unreachable, "群 ID 不对"),
    "param.openSpaceIdInvalid": Verdict(Unreachable, "群或账号的 ID 不对"),
    # session webhooks
    "session.expired": Verdict(Unreachable, "会话回复地址已过期"),
    "session.notExisted": Verdict(Unreachable, "会话回复地址不存在"),
    "310000": Verdict(Misconfigured, "机器人的安全设置（关键词、签名或 IP）不符"),
    "400101": Verdict(Unreachable, "机器人的 access_token 不存在"),
    "300001": Verdict(Unreachable, "机器人的 access_token 不存在"),
    # content
    "param.contentUnsafe": _UNSAFE,
    "430101": _UNSAFE,
    "430102": _UNSAFE,
    "430103": _UNSAFE,
    "430104": _UNSAFE,
    "invalidParameter.msgParam.tooLong": _TOO_LONG,
    "460101": _TOO_LONG,
    # cards
    CARD_EXISTS: Verdict(AlreadyThere, "同一编号的卡片已存在"),
    "param.cardNotExist": Verdict(Rejected, "要更新的卡片不存在"),
    **dict.fromkeys(TEMPLATE_REFUSED, _NO_TEMPLATE),
    "outTrackId.outOfLimit": Verdict(Rejected, "卡片编号太长"),
    "param.spaceDeliverModelEmpty": Verdict(Rejected, "卡片缺少投放参数"),
    "param.openDeliverModelEmpty": Verdict(Rejected, "卡片缺少投放参数"),
    "param.openDeliverModelError": Verdict(Rejected, "卡片投放参数不合法"),
    # inbound
    "20001": Verdict(ChannelDown, "消息推送量超出，钉钉已暂停机器人的消息服务", 3600.0),
}

#: For codes that are not in the table, by how they begin. How a code begins does not prove whose matter it is, so only
#: the safety check's own family gives a message up at once.
FAMILIES: Mapping[str, Verdict] = {
    "contain.": _UNSAFE,
    "Forbidden.": Verdict(UnknownCode, "钉钉拒绝访问", _PAUSE_AFTER_UNKNOWN),
    "invalidParameter.": Verdict(UnknownCode, "参数不合法", _PAUSE_AFTER_UNKNOWN),
    "param.": Verdict(UnknownCode, "参数不合法", _PAUSE_AFTER_UNKNOWN),
    "http_5": Verdict(LostAnswer, "钉钉接口返回异常", 10.0),
    "system.": _BUSY,
}


def verdict_of(code: str) -> Verdict | None:
    """The table's word on a code, None for one nobody has written down."""
    known = TABLE.get(code)
    if known is not None:
        return known
    return next((verdict for start, verdict in FAMILIES.items() if code.startswith(start)), None)


def refusal(code: str, answer: Mapping[str, Any] | None = None) -> PlatformError:
    """The exception for a code. `answer` adds only what an operator needs: a refused address, a missing permission.

    Messages of the platform are never passed on, because they may quote what was sent. An unknown code is worth a
    later try.
    """
    verdict = verdict_of(code) or Verdict(UnknownCode, "未登记的错误码", _PAUSE_AFTER_UNKNOWN)
    detail = "：".join(part for part in (verdict.words, _hint(code, answer or {})) if part)
    return verdict.error(code, detail)


def code_of(status: int, answer: Mapping[str, Any]) -> str:
    """The code of an answer of either family, "" for success. HTTP status alone becomes `http_STATUS`."""
    if answer.get("status") == 1111 and answer.get("punish"):
        return PUNISHED
    if status == 504:
        return "http_504"
    old = answer.get("errcode")
    if old is not None and str(old) != "0":
        return _old_code(str(old), answer)
    if status < 400:
        return ""
    new = str(answer.get("code") or "")
    return new if _CODE.fullmatch(new) else f"http_{status}"


def request_id(answer: Mapping[str, Any]) -> str:
    """The platform's own number of a call, for its support desk; "" when absent or odd."""
    given = str(answer.get("requestid") or answer.get("request_id") or answer.get("requestId") or "")
    return given if _CODE.fullmatch(given) else ""


def _old_code(code: str, answer: Mapping[str, Any]) -> str:
    """88 is an envelope: with a sub-code it means that, without one the server side timed out."""
    sub = str(answer.get("sub_code") or "")
    if code == "88" and _CODE.fullmatch(sub):
        return sub
    return code if _CODE.fullmatch(code) else "http_200"


def _hint(code: str, answer: Mapping[str, Any]) -> str:
    if TABLE.get(code) is _NO_SCOPE:
        denied = answer.get("accessdenieddetail")
        scopes = denied.get("requiredScopes") if isinstance(denied, Mapping) else None
        named = [scope for scope in map(str, scopes or []) if _SCOPE.fullmatch(scope)]
        return f"需要 {'、'.join(named)}" if named else ""
    if code in ("Forbidden.AccessDenied.IpNotInWhiteList", "60020"):
        found = _ADDRESS.search(str(answer.get("message") or answer.get("errmsg") or ""))
        return found.group() if found else ""
    return ""

"""WeCom's error codes as one table, and the step from a code to the neutral exceptions of `platforms.contract`.

Source of the codes: the official page 90313 (全局错误码) and measurements of the group bot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from platforms.contract import Misconfigured, PlatformError, Rejected, TryLater, Unreachable

OK = 0
CONFLICT = 6000
BAD_SECRET = frozenset({40001, 40013, 853000})
STALE_TOKEN = frozenset({40014, 41001, 42001})
TASK_ID_TAKEN = 42014
TOO_FREQUENT = 45009
REPLY_WINDOW_GONE = frozenset({"846605", "846608"})

_PAUSE_AFTER_UNKNOWN = 60.0
_FROM_IP = re.compile(r"from ip: ?([0-9A-Fa-f.:]+)")


class LostAnswer(TryLater):
    """The request left but no answer came back: it may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means for us: the exception to raise, words for the operator, seconds to wait before a retry."""

    raises: type[PlatformError]
    words: str
    after: float = 5.0


TABLE: Mapping[int, Verdict] = {
    -1: Verdict(TryLater, "企业微信系统繁忙", 2.0),
    CONFLICT: Verdict(TryLater, "并发命令冲突", 1.0),
    40001: Verdict(Misconfigured, "应用 secret 或企业 ID 不对，或应用已停用"),
    40003: Verdict(Unreachable, "账号不存在"),
    40008: Verdict(Rejected, "消息类型不合法"),
    40013: Verdict(Misconfigured, "企业 ID 不合法"),
    40014: Verdict(TryLater, "access_token 无效", 5.0),
    40029: Verdict(Rejected, "网页授权 code 已使用或已过期"),
    40056: Verdict(Misconfigured, "应用 agentid 不合法"),
    40058: Verdict(Rejected, "参数不合法"),
    40063: Verdict(Rejected, "必填参数为空"),
    41001: Verdict(TryLater, "缺少 access_token", 5.0),
    42001: Verdict(TryLater, "access_token 已过期", 5.0),
    42014: Verdict(Rejected, "task_id 不合法或已用过"),
    42015: Verdict(Rejected, "更新的应用与发送的应用不是同一个"),
    42016: Verdict(Rejected, "要更新的卡片不存在"),
    42052: Verdict(Rejected, "消息已超过可撤回的 24 小时"),
    43012: Verdict(Misconfigured, "应用还没有配置接收消息的网址，不能发带按钮的卡片"),
    44004: Verdict(Rejected, "消息内容为空"),
    45001: Verdict(Rejected, "文件太大"),
    45002: Verdict(Rejected, "消息内容太长"),
    45009: Verdict(TryLater, "接口调用太频繁", 60.0),
    45033: Verdict(TryLater, "接口并发太高", 3.0),
    46004: Verdict(Unreachable, "账号不存在"),
    48002: Verdict(Misconfigured, "应用没有调用这个接口的权限"),
    48006: Verdict(Misconfigured, "应用长时间未使用，接口权限被收回"),
    50001: Verdict(Misconfigured, "网页授权域名不是应用的可信域名"),
    60011: Verdict(Unreachable, "对该成员没有权限（不在应用可见范围）"),
    60020: Verdict(Misconfigured, "服务器出口 IP 不在企业可信 IP 内"),
    60111: Verdict(Unreachable, "通讯录里没有这个账号"),
    81013: Verdict(Unreachable, "接收人全部无效或不在应用可见范围"),
    82001: Verdict(Rejected, "没有写接收人"),
    86001: Verdict(Unreachable, "群 ID 不合法"),
    86003: Verdict(Unreachable, "群不存在"),
    86008: Verdict(Unreachable, "不是本应用的群"),
    93000: Verdict(Unreachable, "群机器人网址无效或已被移出群"),
    93001: Verdict(Unreachable, "机器人不在群里或还没有人在群里 @ 过它"),
    93004: Verdict(Unreachable, "机器人已停用"),
    93006: Verdict(Unreachable, "群 ID 不对"),
    93008: Verdict(Unreachable, "机器人不在群里"),
    95001: Verdict(Rejected, "机器人拒绝了这条命令"),
    846605: Verdict(Rejected, "回复用的 req_id 已失效"),
    846607: Verdict(Rejected, "机器人拒绝了这条命令"),
    846608: Verdict(Rejected, "流式消息已过可更新的时间"),
    846609: Verdict(Rejected, "机器人拒绝了这条命令"),
    853000: Verdict(Misconfigured, "机器人 BotID 或 Secret 不对"),
} | {code: Verdict(Rejected, "卡片字段不合法") for code in range(42027, 42052)}


def refusal(code: int, errmsg: str, *, unknown: type[PlatformError] = TryLater) -> PlatformError:
    """The exception for an answer with a non-zero `errcode`.

    `errmsg` is used for two things only, because it may quote what was sent: the caller's address in 60020, and its
    first words for a code that is not in the table. Such a code becomes `unknown`.
    """
    verdict = TABLE.get(code)
    if verdict is None:
        words = re.split(r"[,，\[]", errmsg, maxsplit=1)[0][:60]
        verdict = Verdict(unknown, words or "未登记的错误码", _PAUSE_AFTER_UNKNOWN)
    detail = verdict.words
    address = _FROM_IP.search(errmsg) if code == 60020 else None
    if address:
        detail = f"{detail}：{address.group(1)}"
    if issubclass(verdict.raises, TryLater):
        return verdict.raises(str(code), detail, after=verdict.after)
    return verdict.raises(str(code), detail)

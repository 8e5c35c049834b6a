"""WeCom's error codes as one table, and the step from a code to the neutral exceptions of `platforms.contract`.

Source of the codes: the official page 90313 (全局错误码) and measurements of the group bot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from platforms.contract import (
    LineDown,
    Matter,
    Misconfigured,
    PlatformError,
    Rejected,
    TryLater,
    UnknownCode,
    Unreachable,
)

OK = 0
CONFLICT = 6000
BAD_SECRET = frozenset({40001, 40013, 853000})
STALE_TOKEN = frozenset({40014, 41001, 42001})
NOT_SUBSCRIBED = frozenset({846609, *BAD_SECRET})
"""Said of a command: this connection is the bot's no longer. 846609 is known from third-party code only."""
TASK_ID_TAKEN = 42014
TOO_FREQUENT = 45009
REPLY_WINDOW_GONE = frozenset({"846605", "846608"})

_PAUSE_AFTER_UNKNOWN = 60.0
_FROM_IP = re.compile(r"from ip: ?([0-9A-Fa-f.:]+)")


class LostAnswer(TryLater):
    """The request left but no answer came back: it may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code means for us: whose matter it is, words for the operator, seconds to wait before a retry.

    `recovers`: what is wrong with this recipient may be put right within minutes (a member added, a range widened).
    """

    matter: Matter
    words: str
    after: float = 5.0
    recovers: bool = False

    def error(self, code: str, detail: str) -> PlatformError:
        """The neutral exception for this matter."""
        match self.matter:
            case Matter.TARGET:
                return Unreachable(code, detail, recovers=self.recovers)
            case Matter.LINE:
                return LineDown(code, detail, after=self.after)
            case Matter.MOMENT:
                return TryLater(code, detail, after=self.after)
            case Matter.CONFIGURATION:
                return Misconfigured(code, detail)
        return Rejected(code, detail)


# 846607 and 95001 are known by name only: like every unwritten code they give nothing up at once.
TABLE: Mapping[int, Verdict] = {
    -1: Verdict(Matter.MOMENT, "企业微信系统繁忙", 2.0),
    CONFLICT: Verdict(Matter.MOMENT, "并发命令冲突", 1.0),
    40001: Verdict(Matter.CONFIGURATION, "应用 secret 或企业 ID 不对，或应用已停用"),
    40003: Verdict(Matter.TARGET, "账号不存在", recovers=True),
    40008: Verdict(Matter.MESSAGE, "消息类型不合法"),
    40013: Verdict(Matter.CONFIGURATION, "企业 ID 不合法"),
    40014: Verdict(Matter.LINE, "access_token 无效", 5.0),
    40029: Verdict(Matter.MESSAGE, "网页授权 code 已使用或已过期"),
    40056: Verdict(Matter.CONFIGURATION, "应用 agentid 不合法"),
    40058: Verdict(Matter.MESSAGE, "参数不合法"),
    40063: Verdict(Matter.MESSAGE, "必填参数为空"),
    41001: Verdict(Matter.LINE, "缺少 access_token", 5.0),
    42001: Verdict(Matter.LINE, "access_token 已过期", 5.0),
    42014: Verdict(Matter.MESSAGE, "task_id 不合法或已用过"),
    42015: Verdict(Matter.MESSAGE, "更新的应用与发送的应用不是同一个"),
    42016: Verdict(Matter.MESSAGE, "要更新的卡片不存在"),
    42052: Verdict(Matter.MESSAGE, "消息已超过可撤回的 24 小时"),
    43012: Verdict(Matter.CONFIGURATION, "应用还没有配置接收消息的网址，不能发带按钮的卡片"),
    44004: Verdict(Matter.MESSAGE, "消息内容为空"),
    45001: Verdict(Matter.MESSAGE, "文件太大"),
    45002: Verdict(Matter.MESSAGE, "消息内容太长"),
    45009: Verdict(Matter.MOMENT, "接口调用太频繁", 60.0),
    45033: Verdict(Matter.MOMENT, "接口并发太高", 3.0),
    46004: Verdict(Matter.TARGET, "账号不存在", recovers=True),
    48002: Verdict(Matter.CONFIGURATION, "应用没有调用这个接口的权限"),
    48006: Verdict(Matter.CONFIGURATION, "应用长时间未使用，接口权限被收回"),
    50001: Verdict(Matter.CONFIGURATION, "网页授权域名不是应用的可信域名"),
    60011: Verdict(Matter.TARGET, "对该成员没有权限（不在应用可见范围）", recovers=True),
    60020: Verdict(Matter.CONFIGURATION, "服务器出口 IP 不在企业可信 IP 内"),
    60111: Verdict(Matter.TARGET, "通讯录里没有这个账号", recovers=True),
    81013: Verdict(Matter.TARGET, "接收人全部无效或不在应用可见范围", recovers=True),
    82001: Verdict(Matter.MESSAGE, "没有写接收人"),
    86001: Verdict(Matter.TARGET, "群 ID 不合法"),
    86003: Verdict(Matter.TARGET, "群不存在"),
    86008: Verdict(Matter.TARGET, "不是本应用的群"),
    93000: Verdict(Matter.TARGET, "群机器人网址无效或已被移出群"),
    93001: Verdict(Matter.TARGET, "机器人不在群里或还没有人在群里 @ 过它"),
    93004: Verdict(Matter.TARGET, "机器人已停用"),
    93006: Verdict(Matter.TARGET, "群 ID 不对"),
    93008: Verdict(Matter.TARGET, "机器人不在群里"),
    846605: Verdict(Matter.MESSAGE, "回复用的 req_id 已失效"),
    846608: Verdict(Matter.MESSAGE, "流式消息已过可更新的时间"),
    846609: Verdict(Matter.LINE, "机器人的长连接没有（或不再）订阅", 2.0),
    853000: Verdict(Matter.CONFIGURATION, "机器人 BotID 或 Secret 不对"),
} | {code: Verdict(Matter.MESSAGE, "卡片字段不合法") for code in range(42027, 42052)}


def refusal(code: int, errmsg: str, *, unknown: type[PlatformError] = UnknownCode) -> PlatformError:
    """The exception for an answer with a non-zero `errcode`.

    `errmsg` is used for two things only, because it may quote what was sent: the caller's address in 60020, and its
    first words for a code that is not in the table. Such a code becomes `unknown`.
    """
    verdict = TABLE.get(code)
    if verdict is None:
        words = re.split(r"[,，\[]", errmsg, maxsplit=1)[0][:60] or "未登记的错误码"
        if issubclass(unknown, TryLater):
            return unknown(str(code), words, after=_PAUSE_AFTER_UNKNOWN)
        return unknown(str(code), words)
    address = _FROM_IP.search(errmsg) if code == 60020 else None
    return verdict.error(str(code), f"{verdict.words}：{address.group(1)}" if address else verdict.words)

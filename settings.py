"""Every setting of the deployment in one table; `.env.example` and the documentation are tested against it.

Only `main` and `cli` read settings. Values come from the environment, else from `.env` in the current directory.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: environment name, default, what it means (Chinese, for `.env.example`), whether it is a secret."""

    name: str
    default: str
    help: str
    secret: bool = False


SETTINGS: tuple[Setting, ...] = (
    Setting("YOUSU_DATABASE_URL", "sqlite://var/yousu.sqlite3", "数据库地址；单机用 SQLite，多机用 postgres://用户:口令@主机:5432/库名", secret=True),
    Setting("YOUSU_HTTP_HOST", "127.0.0.1", "监听地址"),
    Setting("YOUSU_HTTP_PORT", "8400", "监听端口"),
    Setting("YOUSU_PUBLIC_URL", "", "卡片中链接的前缀，例如 https://yousu.example.gov.cn；可不填"),
    Setting("YOUSU_DATA_KEY", "", "字段加密密钥：32 字节的 base64；用 openssl rand -base64 32 生成，务必另行备份", secret=True),
    Setting("YOUSU_DATA_KEY_OLD", "", "更换密钥期间填写：以前的密钥，只用来读，多个用英文逗号隔开；换完（yousu key rotate）后清空", secret=True),
    Setting("YOUSU_INTAKE_KEYS", "", "热线推送的密钥：标识:密钥[:中心名称]，密钥至少 16 个字符，多个用英文逗号隔开", secret=True),
    Setting("YOUSU_WEBHOOKS", "", "热线等外来诉求办结后推送到哪里：标识:密钥:https://地址，密钥至少 16 个字符，多个用英文逗号隔开", secret=True),
    Setting("YOUSU_TICK_SECONDS", "15", "每隔几秒检查一次到期事项"),
    Setting("YOUSU_PRACTICE", "", "演练模式：只有连接本机的演练城时才允许设为 1，可以拨动时钟"),
    Setting("WECOM_API_BASE", "https://qyapi.weixin.qq.com", "企业微信接口地址；私有化部署或演练时修改"),
    Setting("WECOM_CORP_ID", "", "企业微信：企业 ID"),
    Setting("WECOM_AGENT_ID", "", "企业微信：自建应用 AgentId"),
    Setting("WECOM_SECRET", "", "企业微信：自建应用 Secret", secret=True),
    Setting("WECOM_TOKEN", "", "企业微信：接收消息的 Token", secret=True),
    Setting("WECOM_AES_KEY", "", "企业微信：接收消息的 EncodingAESKey（43 位）", secret=True),
    Setting("WECOM_BOT_WS_URL", "wss://openws.work.weixin.qq.com", "企业微信智能机器人长连接地址"),
    Setting("WECOM_BOT_ID", "", "企业微信智能机器人 BotID"),
    Setting("WECOM_BOT_SECRET", "", "企业微信智能机器人长连接 Secret", secret=True),
    Setting("WECOM_GROUP_WEBHOOKS", "", "群消息推送：部门:key，多个用英文逗号隔开；机器人不可用时发通知", secret=True),
    Setting("WECOM_OAUTH_BASE", "https://open.weixin.qq.com/connect/oauth2/authorize", "企业微信网页授权地址"),
    Setting("DINGTALK_API_BASE", "https://api.dingtalk.com", "钉钉新版接口地址；专属部署或演练时修改"),
    Setting("DINGTALK_OAPI_BASE", "https://oapi.dingtalk.com", "钉钉旧版接口地址；专属部署或演练时修改"),
    Setting("DINGTALK_CLIENT_ID", "", "钉钉：企业内部应用的 Client ID（即 AppKey）"),
    Setting("DINGTALK_CLIENT_SECRET", "", "钉钉：企业内部应用的 Client Secret（即 AppSecret）", secret=True),
    Setting("DINGTALK_ROBOT_CODE", "", "钉钉：机器人的 RobotCode；留空时与 Client ID 相同"),
    Setting("DINGTALK_CARD_TEMPLATE_ID", "", "钉钉：自己发布的卡片模板 ID；留空时用钉钉公共模板"),
    Setting("DINGTALK_MODE", "stream", "钉钉收消息的方式：stream（长连接，不需要公网地址）或 http（回调）"),
    Setting("DINGTALK_EVENT_TOKEN", "", "钉钉：http 方式下事件订阅的 Token", secret=True),
    Setting("DINGTALK_EVENT_AES_KEY", "", "钉钉：http 方式下事件订阅的加密 aes_key（43 位）", secret=True),
    Setting("DINGTALK_API_LIMIT", "5000", "钉钉：每月接口调用额度，按单位购买的版本填写（标准版 5000）"),
    Setting("DINGTALK_STREAM_LIMIT", "3000", "钉钉：每月 Webhook 和 Stream 推送额度，按单位购买的版本填写（标准版 3000）"),
)  # fmt: skip

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


class BadSettings(Exception):
    """The settings cannot be used; `problems` says in Chinese what to change."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class IntakeKey:
    """A key of the hotline interface; `centre` is empty when the key serves any."""

    id: str
    secret: str
    centre: str = ""


@dataclass(frozen=True, slots=True)
class WebhookSetting:
    """Where endings are pushed, and under which id and secret they are signed."""

    id: str
    secret: str
    url: str


@dataclass(frozen=True)
class Settings:
    """The values in force, by name, with the few that have a shape of their own."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """The value of a setting of the table."""
        return self.values[name]

    @property
    def data_key(self) -> bytes:
        """The 32 bytes of YOUSU_DATA_KEY. Raises BadSettings."""
        text = self["YOUSU_DATA_KEY"]
        if not text:
            raise BadSettings(["缺少 YOUSU_DATA_KEY：请用 openssl rand -base64 32 生成，写入 .env，并另行备份"])
        key = _key_of(text, "YOUSU_DATA_KEY")
        if _is_guessable(key):
            raise BadSettings(["YOUSU_DATA_KEY 不是随机的，谁都猜得到，请用 openssl rand -base64 32 重新生成"])
        return key

    @property
    def former_keys(self) -> list[bytes]:
        """The keys of YOUSU_DATA_KEY_OLD; a poor one is welcome, it is on its way out. Raises BadSettings."""
        texts = [part.strip() for part in self["YOUSU_DATA_KEY_OLD"].split(",")]
        return [_key_of(text, "YOUSU_DATA_KEY_OLD") for text in texts if text]

    @property
    def practice(self) -> bool:
        """Whether the clock may be turned from outside."""
        return self["YOUSU_PRACTICE"] == "1"

    @property
    def port(self) -> int:
        """YOUSU_HTTP_PORT."""
        return int(self["YOUSU_HTTP_PORT"])

    @property
    def tick_seconds(self) -> float:
        """YOUSU_TICK_SECONDS."""
        return float(self["YOUSU_TICK_SECONDS"])

    @property
    def intake_keys(self) -> dict[str, IntakeKey]:
        """YOUSU_INTAKE_KEYS by key id."""
        keys = [part.split(":", 2) for part in self["YOUSU_INTAKE_KEYS"].split(",") if part.strip()]
        return {key[0].strip(): IntakeKey(*(item.strip() for item in key)) for key in keys}

    @property
    def webhooks(self) -> tuple[WebhookSetting, ...]:
        """YOUSU_WEBHOOKS in their order."""
        hooks = [part.split(":", 2) for part in self["YOUSU_WEBHOOKS"].split(",") if part.strip()]
        return tuple(WebhookSetting(*(item.strip() for item in hook)) for hook in hooks)

    @property
    def group_webhooks(self) -> dict[str, str]:
        """WECOM_GROUP_WEBHOOKS: department name to key."""
        pairs = [part.partition(":") for part in self["WECOM_GROUP_WEBHOOKS"].split(",") if part.strip()]
        return {name.strip(): key.strip() for name, _, key in pairs}


def _key_of(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise BadSettings([f"{name} 应是 32 字节的 base64，请用 openssl rand -base64 32 重新生成"])
    return key


def _is_guessable(key: bytes) -> bool:
    """A few bytes over and over, or bytes in equal steps; of 32 random bytes about 30 differ."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(set(key)) <= 8 or len(steps) == 1


def load(environ: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Settings:
    """Read and check the settings. Raises BadSettings with everything that is wrong."""
    environ = os.environ if environ is None else environ
    path = dotenv or Path(".env")
    written = {name: value or "" for name, value in dotenv_values(path).items()} if path.exists() else {}
    given = {**written, **environ}
    values = {name: (given.get(name) or default).strip() for name, default in DEFAULTS.items()}
    problems = _problems(values)
    if problems:
        raise BadSettings(problems)
    return Settings(values)


#: `str.isdigit` says yes to ², which `int` cannot read.
_WHOLE = re.compile(r"[0-9]{1,15}")


def _problems(values: Mapping[str, str]) -> list[str]:
    found = []
    if not (_WHOLE.fullmatch(values["YOUSU_HTTP_PORT"]) and int(values["YOUSU_HTTP_PORT"]) < 65536):
        found.append("YOUSU_HTTP_PORT 应是 0 到 65535 的整数")
    try:
        if not 0.05 <= float(values["YOUSU_TICK_SECONDS"]) <= 3600:
            raise ValueError
    except ValueError:
        found.append("YOUSU_TICK_SECONDS 应是 0.05 到 3600 的秒数")
    found += _intake_problems(values["YOUSU_INTAKE_KEYS"])
    found += _webhook_problems(values["YOUSU_WEBHOOKS"])
    for name in ("WECOM_AES_KEY", "DINGTALK_EVENT_AES_KEY"):
        if values[name] and not re.fullmatch(r"[A-Za-z0-9+/]{43}", values[name]):
            found.append(f"{name} 应是平台后台给出的 43 位字母和数字")
    if values["WECOM_AGENT_ID"] and not _WHOLE.fullmatch(values["WECOM_AGENT_ID"]):
        found.append("WECOM_AGENT_ID 应是整数")
    return [*found, *_dingtalk_problems(values), *_practice_problems(values)]


#: A shorter secret can be guessed from a single signed request.
MIN_INTAKE_SECRET = 16


def _intake_problems(text: str) -> list[str]:
    """What is wrong with YOUSU_INTAKE_KEYS. No sentence repeats a secret."""
    found: list[str] = []
    seen: set[str] = set()
    for place, part in enumerate((part.strip() for part in text.split(",") if part.strip()), start=1):
        id_, separator, rest = part.partition(":")
        secret, where = rest.partition(":")[0].strip(), f"YOUSU_INTAKE_KEYS 第 {place} 项"
        if not separator or not id_.strip():
            found.append(f"{where}应是 标识:密钥[:中心名称]")
            continue
        found += [where + problem for problem in _signing_problems(id_.strip(), secret, seen)]
    return found


def _webhook_problems(text: str) -> list[str]:
    """What is wrong with YOUSU_WEBHOOKS. No sentence repeats a secret."""
    found: list[str] = []
    seen: set[str] = set()
    for place, part in enumerate((part.strip() for part in text.split(",") if part.strip()), start=1):
        id_, secret, url = (*(item.strip() for item in part.split(":", 2)), "", "")[:3]
        where = f"YOUSU_WEBHOOKS 第 {place} 项"
        if not id_ or not url:
            found.append(f"{where}应是 标识:密钥:https://地址")
            continue
        found += [where + problem for problem in _signing_problems(id_, secret, seen)]
        if not _is_safe_address(url):
            found.append(f"{where}的地址应以 https:// 开头（本机演练可以是 http://127.0.0.1）：推送里有办理结果")
    return found


def _is_safe_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        here = parts.hostname is not None and parts.port != 0 and ip_address(parts.hostname).is_loopback
    except ValueError:
        here = False
    return (
        bool(parts.hostname) and not parts.username and (parts.scheme == "https" or (parts.scheme == "http" and here))
    )


def _signing_problems(id_: str, secret: str, seen: set[str]) -> list[str]:
    """What is wrong with an id and its secret; notes the id in `seen`."""
    found = []
    if not re.fullmatch(r"[!-~]{1,64}", id_):
        found.append("的标识应是不超过 64 个的英文字母、数字或符号：它写在请求头里")
    if not secret:
        found.append("的密钥是空的，任何人都能签名；请用 openssl rand -hex 32 生成")
    elif len(secret) < MIN_INTAKE_SECRET or len(set(secret)) < 4:
        found.append(f"的密钥太短或太简单，至少 {MIN_INTAKE_SECRET} 个字符；请用 openssl rand -hex 32 生成")
    if id_ in seen:
        found.append("的标识与前面重复，每把密钥要有自己的标识")
    seen.add(id_)
    return found


def _dingtalk_problems(values: Mapping[str, str]) -> list[str]:
    found = []
    if bool(values["DINGTALK_CLIENT_ID"]) != bool(values["DINGTALK_CLIENT_SECRET"]):
        found.append("DINGTALK_CLIENT_ID 和 DINGTALK_CLIENT_SECRET 要么都填，要么都不填")
    if bool(values["DINGTALK_EVENT_TOKEN"]) != bool(values["DINGTALK_EVENT_AES_KEY"]):
        found.append("DINGTALK_EVENT_TOKEN 和 DINGTALK_EVENT_AES_KEY 要么都填，要么都不填")
    if values["DINGTALK_MODE"] not in ("stream", "http"):
        found.append("DINGTALK_MODE 应是 stream 或 http")
    if values["DINGTALK_MODE"] == "http" and values["DINGTALK_CLIENT_ID"] and not values["YOUSU_PUBLIC_URL"]:
        found.append("DINGTALK_MODE=http 时必须填写 YOUSU_PUBLIC_URL：钉钉要能从公网访问到回调地址")
    for name in ("DINGTALK_API_LIMIT", "DINGTALK_STREAM_LIMIT"):
        if not (_WHOLE.fullmatch(values[name]) and int(values[name]) > 0):
            found.append(f"{name} 应是大于 0 的整数")
    return found


#: In practice the clock may be turned, so every platform that is configured must be this machine's.
_ADDRESSES = {
    "WECOM_CORP_ID": ("WECOM_API_BASE",),
    "WECOM_SECRET": ("WECOM_API_BASE",),
    "WECOM_TOKEN": ("WECOM_API_BASE",),
    "WECOM_GROUP_WEBHOOKS": ("WECOM_API_BASE",),
    "WECOM_BOT_ID": ("WECOM_BOT_WS_URL",),
    "WECOM_BOT_SECRET": ("WECOM_BOT_WS_URL",),
    "DINGTALK_CLIENT_ID": ("DINGTALK_API_BASE", "DINGTALK_OAPI_BASE"),
}


def _practice_problems(values: Mapping[str, str]) -> list[str]:
    if values["YOUSU_PRACTICE"] != "1":
        return []
    addresses = dict.fromkeys(name for key, names in _ADDRESSES.items() if values[key] for name in names)
    found = [
        f"YOUSU_PRACTICE=1 只能用于本机演练城，不能连接真实的平台（{name} 不是本机地址）"
        for name in addresses or ["WECOM_API_BASE"]
        if not _loopback(values[name])
    ]
    if not _this_machine(values["YOUSU_HTTP_HOST"]):
        found.append("YOUSU_PRACTICE=1 时任何人都能拨动时钟，YOUSU_HTTP_HOST 只能是 127.0.0.1")
    return found


def _loopback(url: str) -> bool:
    try:
        return "\\" not in url and _this_machine(urlsplit(url).hostname or "")
    except ValueError:
        return False


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

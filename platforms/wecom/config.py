"""What an installation knows about its WeCom: a frozen table, any part of which may be empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OFFICIAL_API = "https://qyapi.weixin.qq.com"
OFFICIAL_BOT_SOCKET = "wss://openws.work.weixin.qq.com"
OFFICIAL_OAUTH = "https://open.weixin.qq.com/connect/oauth2/authorize"


@dataclass(frozen=True, slots=True)
class WeComConfig:
    """Addresses and credentials. An empty part switches that channel off; an empty address means the official one.

    `group_webhooks` maps a department's name to its webhook key (the key is the whole credential).
    `public_url` is where a notice leads when it carries no link of its own.
    """

    api_base: str = OFFICIAL_API
    corp_id: str = ""
    agent_id: int = 0
    secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    bot_ws_url: str = OFFICIAL_BOT_SOCKET
    bot_id: str = ""
    bot_secret: str = field(default="", repr=False)
    group_webhooks: Mapping[str, str] = field(default_factory=dict, repr=False)
    public_url: str = ""
    oauth_base: str = OFFICIAL_OAUTH

    @property
    def has_application(self) -> bool:
        """True when the self-built application can send."""
        return bool(self.corp_id and self.secret and self.agent_id)

    @property
    def has_callback(self) -> bool:
        """True when the application's callback address can be served."""
        return bool(self.corp_id and self.token and self.aes_key)

    @property
    def has_bot(self) -> bool:
        """True when the group bot can connect."""
        return bool(self.bot_id and self.bot_secret)

"""What an installation knows about its DingTalk: a frozen table, any part of which may be empty."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

OFFICIAL_API = "https://api.dingtalk.com"
OFFICIAL_OAPI = "https://oapi.dingtalk.com"
_OFFICIAL_DOMAIN = "dingtalk.com"


class Mode(StrEnum):
    """How DingTalk reaches us; the robot's own mode is chosen once in the developer console and must agree."""

    STREAM = "stream"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class DingTalkConfig:
    """Addresses, credentials and the edition's monthly limits. Empty addresses mean the official ones.

    `robot_code` is the client id when empty (internal applications). `card_template_id` is our own published
    template; empty means the one built into the official SDK. `event_token` and `event_aes_key` serve the event
    address of HTTP mode, `public_url` is where DingTalk finds it. Limits are calls per calendar month.
    """

    api_base: str = OFFICIAL_API
    oapi_base: str = OFFICIAL_OAPI
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    robot_code: str = ""
    card_template_id: str = ""
    mode: str = Mode.STREAM
    event_token: str = field(default="", repr=False)
    event_aes_key: str = field(default="", repr=False)
    public_url: str = ""
    api_limit: int = 5000
    stream_limit: int = 3000

    @property
    def robot(self) -> str:
        """The robotCode of every call."""
        return self.robot_code or self.client_id

    @property
    def api(self) -> str:
        """The new API's base address."""
        return (self.api_base or OFFICIAL_API).rstrip("/")

    @property
    def oapi(self) -> str:
        """The old API's base address, which also hosts session webhooks."""
        return (self.oapi_base or OFFICIAL_OAPI).rstrip("/")

    @property
    def has_application(self) -> bool:
        """True when there are credentials."""
        return bool(self.client_id and self.client_secret)

    @property
    def by_stream(self) -> bool:
        """True when callbacks come over the long connection."""
        return self.has_application and self.mode == Mode.STREAM

    @property
    def by_http(self) -> bool:
        """True when callbacks come as HTTP requests."""
        return self.has_application and self.mode == Mode.HTTP

    def is_session_webhook(self, url: str) -> bool:
        """True for an address on the old API's own host: nothing else is ever posted to."""
        given, ours = _split(url), urlsplit(self.oapi)
        return given is not None and (given.scheme, given.netloc) == (ours.scheme, ours.netloc)

    def is_gateway(self, url: str) -> bool:
        """True for a socket address the gateway may name: DingTalk's own over TLS, or a stand-in's own host."""
        given, ours = _split(url), urlsplit(self.api)
        if given is None or not given.hostname:
            return False
        if ours.hostname and self.api != OFFICIAL_API and given.hostname == ours.hostname:
            return given.scheme in ("ws", "wss")
        return given.scheme == "wss" and given.hostname.endswith("." + _OFFICIAL_DOMAIN)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if parts.username or parts.password else parts

"""WeCom (企业微信): the self-built application, the group bot's long connection and group webhooks."""

from platforms.wecom.callback import BadCallback, CallbackCrypto
from platforms.wecom.config import WeComConfig
from platforms.wecom.platform import WEBHOOK_PREFIX, WeCom

__all__ = ["WEBHOOK_PREFIX", "BadCallback", "CallbackCrypto", "WeCom", "WeComConfig"]

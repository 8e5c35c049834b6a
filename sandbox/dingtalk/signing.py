"""DingTalk's two signatures. Its event envelope is laid out like WeCom's, so `Envelope` seals both."""

from __future__ import annotations

import base64
import hashlib
import hmac


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def robot_sign(timestamp: str, secret: str) -> str:
    """The `sign` header of a bot message over HTTP (and of a robot webhook, before URL quoting)."""
    return _hmac(secret, f"{timestamp}\n{secret}")


def card_sign(timestamp: str, api_secret: str) -> str:
    """The `x-ddpaas-signature` header of a card callback over HTTP: over the timestamp alone."""
    return _hmac(api_secret, timestamp)

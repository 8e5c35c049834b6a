"""Attachments of WeCom: what the bot's links give is decrypted, what the application's media ids give is not.

Sources: developer.work.weixin.qq.com 100719 and 101463 (接收消息: every link lives five minutes and has an `aeskey` of
its own; AES-256-CBC, PKCS#7 to 32 bytes, the key's first 16 bytes as IV), 90254 (获取临时素材).
"""

from __future__ import annotations

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from platforms.contract import MAX_ATTACHMENT, Gone, TooLarge

_BLOCK = 32
_KEY_BYTES = 32
_IV_BYTES = 16


def decrypted(content: bytes, aeskey: str) -> bytes:
    """The plain bytes behind a bot's link. Raises `Gone` for what does not decrypt, `TooLarge`."""
    try:
        key = base64.b64decode(aeskey + "=" * (-len(aeskey) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES or not content:
        raise Gone("not_decrypted", "内容解不开")
    plain = _opened(key, content)
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise Gone("not_decrypted", "内容解不开")
    if len(plain) - pad > MAX_ATTACHMENT:
        raise TooLarge("too_large", "超过 20 MB")
    return plain[:-pad]


def _opened(key: bytes, content: bytes) -> bytes:
    opening = Cipher(algorithms.AES(key), modes.CBC(key[:_IV_BYTES])).decryptor()
    try:
        return opening.update(content) + opening.finalize()
    except ValueError:
        raise Gone("not_decrypted", "内容不完整") from None

"""Signatures and encryption of HTTP mode.

Pages: receive-message (robot), event-callback-card (card), develop-stream-mode-push-server (events): AES-256-CBC,
the key is base64 of the 43 characters and "=", the IV its first 16 bytes, PKCS#7 in blocks of 32; the plain text is
16 random bytes, the length as four bytes big-endian, the message, the owner (AppKey).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from platforms.contract import Misconfigured, PlatformError

_BLOCK = 32
_HEADER = 16 + 4


class BadCallback(PlatformError):
    """The request is not a genuine, well-formed callback. `status` is the HTTP answer: 401 signature, else 400."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.status = status


def robot_sign(timestamp: str, secret: str) -> str:
    """The `sign` header of a robot message; the same construction signs webhooks."""
    return _hmac(secret, f"{timestamp}\n{secret}")


def card_sign(timestamp: str, secret: str) -> str:
    """The `x-ddpaas-signature` header of a press."""
    return _hmac(secret, timestamp)


def card_secret(client_secret: str) -> str:
    """The secret we register for presses: derived, so that there is one secret to keep."""
    return hmac.new(client_secret.encode(), b"yousu card callback", hashlib.sha256).hexdigest()


class EventCrypto:
    """Opens and seals event callbacks. `owner` is the AppKey. Raises `Misconfigured` when the key cannot be one."""

    def __init__(self, token: str, aes_key: str, owner: str) -> None:
        try:
            key = base64.b64decode(aes_key + "=")
        except (binascii.Error, ValueError):
            key = b""
        if len(aes_key) != 43 or len(key) != 32:
            raise Misconfigured("aes_key", "加密 aes_key 应为 43 个字符")
        self._token = token
        self._owner = owner.encode()
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    def signature(self, timestamp: str, nonce: str, sealed: str) -> str:
        """SHA-1 over the sorted parts, in hex."""
        joined = "".join(sorted((self._token, timestamp, nonce, sealed)))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def open(self, query: Mapping[str, str], sealed: str) -> str:
        """The message inside `sealed` after checking the signature. Raises `BadCallback`."""
        given = query.get("msg_signature") or query.get("signature") or ""
        expected = self.signature(query.get("timestamp", ""), query.get("nonce", ""), sealed)
        if not sealed or not hmac.compare_digest(expected.encode(), given.encode()):
            raise BadCallback("signature", status=401)
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise BadCallback("encoding") from None
        message, owner = self._parts(self._decrypt(raw))
        if not hmac.compare_digest(owner, self._owner):
            raise BadCallback("receiver")
        try:
            return message.decode()
        except UnicodeDecodeError:
            raise BadCallback("encoding") from None

    def seal(self, message: str, timestamp: str, nonce: str) -> dict[str, str]:
        """An encrypted answer."""
        sealed = self._encrypt(secrets.token_bytes(16), message.encode())
        signature = self.signature(timestamp, nonce, sealed)
        return {"msg_signature": signature, "encrypt": sealed, "timeStamp": timestamp, "nonce": nonce}

    def _encrypt(self, random: bytes, message: bytes) -> str:
        plain = random + len(message).to_bytes(4, "big") + message + self._owner
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def _decrypt(self, raw: bytes) -> bytes:
        # The published vectors are padded to 32, the block of AES is 16: both are whole numbers of the latter.
        if not raw or len(raw) % 16:
            raise BadCallback("block_length")
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        pad = plain[-1]
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise BadCallback("padding")
        return plain[:-pad]

    @staticmethod
    def _parts(plain: bytes) -> tuple[bytes, bytes]:
        if len(plain) < _HEADER:
            raise BadCallback("length_field")
        end = _HEADER + int.from_bytes(plain[16:_HEADER], "big")
        if end > len(plain):
            raise BadCallback("length_field")
        return plain[_HEADER:end], plain[end:]


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()

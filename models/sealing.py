"""Field encryption at rest and the blind index over it.

Personal data is stored as `v1.<key>.<data>`: AES-256-GCM under a key derived from `YOUSU_DATA_KEY`, bound to a context
(which row and column it belongs to), so that a sealed text copied to another row does not open there. `<key>` is a
fingerprint, so a wrong key is told apart from damaged data.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1"


class SealError(Exception):
    """A sealed text that cannot be opened."""


class WrongKey(SealError):
    """The text was sealed under another key, or the key is no key at all."""


class Damaged(SealError):
    """The text was altered, cut, or belongs to another row."""


class Sealer:
    """Seals and opens with one 32-byte key. Raises WrongKey when the key has another length."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise WrongKey(f"the data key must be {KEY_BYTES} bytes, this one has {len(key)}")
        self._cipher = AESGCM(_derive(key, b"yousu seal v1"))
        self._blind_key = _derive(key, b"yousu blind index v1")
        self.fingerprint = hashlib.sha256(_derive(key, b"yousu fingerprint v1")).hexdigest()[:8]

    @classmethod
    def from_base64(cls, text: str) -> Sealer:
        """The sealer for a key as it stands in the settings (base64 of 32 bytes)."""
        try:
            return cls(base64.b64decode(text.strip(), validate=True))
        except (binascii.Error, ValueError) as error:
            raise WrongKey("the data key is not base64") from error

    def seal(self, value: dict[str, Any] | str, context: str) -> str:
        """Encrypt a text or a JSON-able mapping, bound to `context` (such as `events:17:3`)."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, plain, context.encode())
        return f"{VERSION}.{self.fingerprint}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def open(self, sealed: str, context: str) -> Any:
        """The value given to `seal`. Raises WrongKey or Damaged."""
        version, _, rest = sealed.partition(".")
        fingerprint, _, body = rest.partition(".")
        if version != VERSION or not body:
            raise Damaged("this is not a sealed text of a known version")
        if fingerprint != self.fingerprint:
            raise WrongKey("this was sealed under another data key")
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            plain = self._cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Damaged("the sealed text was altered or belongs to another row") from error
        return json.loads(plain)

    def blind(self, value: str) -> str:
        """A keyed hash (64 hex digits) under which equal values are equal: look up without storing the value."""
        return hmac.new(self._blind_key, value.strip().encode(), hashlib.sha256).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=purpose).derive(key)

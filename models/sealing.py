"""Field encryption at rest and the blind index over it.

Personal data is stored as `v1.<key>.<data>`: AES-256-GCM under a key derived from `YOUSU_DATA_KEY`, bound to a context
(which row and column it belongs to), so that a sealed text copied to another row does not open there. `<key>` is a
fingerprint, so a wrong key is told apart from damaged data. While keys are exchanged a sealer also knows former keys:
it opens with them and never seals with them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Key:
    """What one data key is used for."""

    cipher: AESGCM
    blind: bytes
    fingerprint: str

    @classmethod
    def of(cls, key: bytes) -> _Key:
        if len(key) != KEY_BYTES:
            raise WrongKey(f"the data key must be {KEY_BYTES} bytes, this one has {len(key)}")
        fingerprint = hashlib.sha256(_derive(key, b"yousu fingerprint v1")).hexdigest()[:8]
        return cls(AESGCM(_derive(key, b"yousu seal v1")), _derive(key, b"yousu blind index v1"), fingerprint)


class Sealer:
    """Seals with one 32-byte key, opens with it and with former ones. Raises WrongKey when a key has another length."""

    def __init__(self, key: bytes, former: Sequence[bytes] = ()) -> None:
        self._key = _Key.of(key)
        self._ring = {known.fingerprint: known for known in (*map(_Key.of, former), self._key)}
        self.fingerprint = self._key.fingerprint

    @property
    def fingerprints(self) -> frozenset[str]:
        """Of every key it opens with."""
        return frozenset(self._ring)

    def seal(self, value: dict[str, Any] | str, context: str) -> str:
        """Encrypt a text or a JSON-able mapping, bound to `context` (such as `events:17:3`)."""
        plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + self._key.cipher.encrypt(nonce, plain, context.encode())
        return f"{VERSION}.{self.fingerprint}.{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"

    def open(self, sealed: str, context: str) -> Any:
        """The value given to `seal`. Raises WrongKey or Damaged."""
        version, _, rest = sealed.partition(".")
        fingerprint, _, body = rest.partition(".")
        if version != VERSION or not body:
            raise Damaged("this is not a sealed text of a known version")
        known = self._ring.get(fingerprint)
        if known is None:
            raise WrongKey("this was sealed under another data key")
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            plain = known.cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise Damaged("the sealed text was altered or belongs to another row") from error
        return json.loads(plain)

    def blind(self, value: str) -> str:
        """A keyed hash (64 hex digits) under which equal values are equal: look up without storing the value."""
        return _blind(self._key, value)

    def blinds(self, value: str) -> list[str]:
        """The keyed hashes of a value under every known key: what to look up while keys are exchanged."""
        return [_blind(known, value) for known in self._ring.values()]


def _blind(key: _Key, value: str) -> str:
    return hmac.new(key.blind, value.strip().encode(), hashlib.sha256).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDFExpand(algorithm=SHA256(), length=KEY_BYTES, info=purpose).derive(key)

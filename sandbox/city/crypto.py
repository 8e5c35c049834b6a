"""WeCom's message envelope, written from its published description and from nobody's library.

AES-256-CBC with the key's first 16 bytes as IV, PKCS#7 padding to 32-byte blocks, and the plaintext laid out as
``16 random bytes | 4-byte big-endian length | message | receive id``. The signature is the SHA-1 of the sorted strings.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32


class EnvelopeError(ValueError):
    """The other side's envelope is not what WeCom accepts; the text says which check failed."""


def signature(*parts: str) -> str:
    """The hex SHA-1 over the parts (token, timestamp, nonce and mostly the ciphertext) in lexicographic order."""
    joined = "".join(sorted(parts)).encode()
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def pad(data: bytes) -> bytes:
    """PKCS#7 to 32 bytes: a message that already fits gets a whole block more."""
    count = BLOCK - len(data) % BLOCK
    return data + bytes([count]) * count


def unpad(data: bytes) -> bytes:
    """Undo `pad`, refusing padding that is out of 1..32 or not uniform."""
    count = data[-1] if data else 0
    if not 1 <= count <= BLOCK or count > len(data) or data[-count:] != bytes([count]) * count:
        raise EnvelopeError("bad padding")
    return data[:-count]


class Envelope:
    """Seals and opens messages for one callback address.

    `aes_key` is the 43-character EncodingAESKey; `receive_id` is the corp id (or empty for an internal aibot).
    """

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        if len(aes_key) != 43:
            raise EnvelopeError("EncodingAESKey must have 43 characters")
        # The 43rd character carries two unused bits that the official samples do not clear.
        self.key = base64.b64decode(aes_key + "=")
        self.token = token
        self.receive_id = receive_id

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16]))

    def encrypt(self, message: bytes, random16: bytes | None = None) -> str:
        """The base64 ciphertext. `random16` is given only to reproduce a published vector."""
        prefix = secrets.token_bytes(16) if random16 is None else random16
        plain = pad(prefix + struct.pack(">I", len(message)) + message + self.receive_id.encode())
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """The message inside; raises `EnvelopeError` for anything that is not exactly right."""
        try:
            raw = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise EnvelopeError("not base64") from error
        if not raw or len(raw) % 16:
            raise EnvelopeError("not whole AES blocks")
        decryptor = self._cipher().decryptor()
        plain = unpad(decryptor.update(raw) + decryptor.finalize())
        if len(plain) < 20:
            raise EnvelopeError("too short")
        (length,) = struct.unpack(">I", plain[16:20])
        if 20 + length > len(plain):
            raise EnvelopeError("length field points past the end")
        if not hmac.compare_digest(plain[20 + length :], self.receive_id.encode()):
            raise EnvelopeError("receive id is somebody else's")
        return plain[20 : 20 + length]

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The `msg_signature` of a ciphertext."""
        return signature(self.token, timestamp, nonce, encrypted)

    def check(self, given: str, timestamp: str, nonce: str, encrypted: str) -> None:
        """Raise `EnvelopeError` when `given` is not the signature of the ciphertext."""
        if not hmac.compare_digest(given.encode(), self.sign(timestamp, nonce, encrypted).encode()):
            raise EnvelopeError("bad signature")

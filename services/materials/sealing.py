"""The sealing of bytes: AES-256-GCM in parts, under a key of their own that the data key seals in turn.

A part is bound to its arrival, its place and their number, so that none can be exchanged, left out or put elsewhere.
The key is used for one content only, so the place of a part serves as its nonce (NIST SP 800-38D, 8.2.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from models.sealing import NONCE_BYTES, Damaged

#: Bytes of one part.
PART = 256 * 1024
KEY_BITS = 256


def new_key() -> bytes:
    """A key for one content."""
    return AESGCM.generate_key(KEY_BITS)


def parts_of(size: int) -> int:
    """How many parts a content of that many bytes has."""
    return max(1, -(-size // PART))


def seal_parts(key: bytes, origin: str, content: bytes) -> Iterator[bytes]:
    """The content in sealed parts, in order."""
    cipher, count = AESGCM(key), parts_of(len(content))
    for place in range(count):
        part = content[place * PART : (place + 1) * PART]
        yield cipher.encrypt(_nonce(place), part, _bound(origin, place, count))


def open_parts(key: bytes, origin: str, size: int, parts: Iterable[bytes]) -> bytes:
    """The content of its parts in order. Raises Damaged when one was altered, is missing or belongs elsewhere."""
    cipher, count = AESGCM(key), parts_of(size)
    opened = []
    for place, part in enumerate(parts):
        try:
            opened.append(cipher.decrypt(_nonce(place), bytes(part), _bound(origin, place, count)))
        except InvalidTag as error:
            raise Damaged("a part was altered or belongs to another material") from error
    content = b"".join(opened)
    if len(content) != size:
        raise Damaged("parts are missing")
    return content


def _nonce(place: int) -> bytes:
    return place.to_bytes(NONCE_BYTES, "big")


def _bound(origin: str, place: int, count: int) -> bytes:
    return f"{origin}:{place}/{count}".encode()

"""The other side's envelope, written from the specification so that tests can also seal what is wrong."""

import base64
import hashlib
import json
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "QDG6eK"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
CORP_ID = "wx5823bf96d3bd56c7"


def vectors(name: str) -> list[dict[str, str]]:
    """The published and generated crypto vectors."""
    path = Path(__file__).parent / "data" / f"crypto_vectors_{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def plaintext(message: bytes, *, receiver: str = CORP_ID, length: int | None = None) -> bytes:
    """16 random bytes, the length, the message, the receiver: not padded yet."""
    size = len(message) if length is None else length
    return b"0123456789abcdef" + size.to_bytes(4, "big") + message + receiver.encode()


def pad(data: bytes) -> bytes:
    """PKCS#7 to blocks of 32 bytes."""
    count = 32 - len(data) % 32
    return data + bytes([count]) * count


def encrypt(padded: bytes) -> str:
    key = base64.b64decode(AES_KEY + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, sealed])).encode()).hexdigest()


def query(sealed: str, *, token: str = TOKEN, timestamp: str = "1700000000", nonce: str = "n1") -> dict[str, str]:
    return {
        "msg_signature": signature(token, timestamp, nonce, sealed),
        "timestamp": timestamp,
        "nonce": nonce,
    }


def envelope(sealed: str) -> bytes:
    return f"<xml><ToUserName><![CDATA[x]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def request(xml: str) -> tuple[dict[str, str], bytes]:
    """A genuine callback: query and body."""
    sealed = encrypt(pad(plaintext(xml.encode())))
    return query(sealed), envelope(sealed)

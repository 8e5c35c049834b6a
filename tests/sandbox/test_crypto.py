"""The envelope against vectors published or made by others."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.city.crypto import Envelope, EnvelopeError, pad, signature, unpad

DATA = Path(__file__).parent / "data"
WHOLE = [
    vector
    for name in ("crypto_vectors_published.json", "crypto_vectors_generated.json")
    for vector in json.loads((DATA / name).read_text(encoding="utf-8"))
]
PARTIAL = {vector["name"]: vector for vector in json.loads((DATA / "crypto_vectors_partial.json").read_text())}
REPRODUCIBLE = [vector for vector in WHOLE if "random16" in vector]


def envelope(vector: dict[str, Any]) -> Envelope:
    return Envelope(vector["token"], vector["encoding_aes_key"], vector["receive_id"])


@pytest.mark.parametrize("vector", WHOLE, ids=lambda vector: vector["name"])
def test_a_published_ciphertext_opens_and_its_signature_holds(vector: dict[str, Any]) -> None:
    box = envelope(vector)
    box.check(vector["msg_signature"], vector["timestamp"], vector["nonce"], vector["encrypt"])
    assert box.decrypt(vector["encrypt"]).decode() == vector["plaintext"]


@pytest.mark.parametrize("vector", REPRODUCIBLE, ids=lambda vector: vector["name"])
def test_the_same_random_prefix_gives_the_same_ciphertext(vector: dict[str, Any]) -> None:
    sealed = envelope(vector).encrypt(vector["plaintext"].encode(), vector["random16"].encode())
    assert sealed == vector["encrypt"]


def test_a_vector_without_a_signature_opens() -> None:
    vector = PARTIAL["docs_rs_wechat_crypto_decrypt_only"]
    assert Envelope("", vector["encoding_aes_key"], vector["receive_id"]).decrypt(vector["encrypt"]) == b"test"


@pytest.mark.parametrize("name", ["signature_without_encrypt", "signature_with_encrypt"])
def test_a_signature_is_the_sha1_of_the_sorted_parts(name: str) -> None:
    vector = PARTIAL[name]
    parts = [vector["token"], vector["timestamp"], vector["nonce"], vector.get("encrypt", "")]
    assert signature(*parts) == vector["msg_signature"]


def _flipped(encrypted: str) -> str:
    raw = bytearray(base64.b64decode(encrypted))
    raw[-1] ^= 1
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "damage",
    [_flipped, lambda text: text[:-4], lambda text: text[:20] + "*" + text[21:], lambda text: ""],
    ids=["one bit flipped", "cut short", "not base64", "empty"],
)
def test_a_damaged_ciphertext_is_refused(damage: Any) -> None:
    with pytest.raises(EnvelopeError):
        envelope(WHOLE[0]).decrypt(damage(WHOLE[0]["encrypt"]))


def test_somebody_elses_receive_id_is_refused() -> None:
    box = Envelope(WHOLE[0]["token"], WHOLE[0]["encoding_aes_key"], "ww-somebody-else")
    with pytest.raises(EnvelopeError, match="receive id"):
        box.decrypt(WHOLE[0]["encrypt"])


def test_a_wrong_signature_is_refused() -> None:
    with pytest.raises(EnvelopeError, match="signature"):
        envelope(WHOLE[0]).check("0" * 40, "1", "2", "3")


@pytest.mark.parametrize("size", [0, 1, 31, 32, 33])
def test_padding_goes_to_blocks_of_32_and_back(size: int) -> None:
    padded = pad(b"x" * size)
    assert len(padded) % 32 == 0
    assert len(padded) > size
    assert unpad(padded) == b"x" * size


@pytest.mark.parametrize("tail", [b"\x00", b"\x21" * 33, b"\x02\x03\x03\x01\x03"])
def test_impossible_padding_is_refused(tail: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unpad(b"y" * 32 + tail)

"""Callbacks of the self-built application: verify the signature, decrypt, parse.

wechatpy does the cryptography and the message parsing; this module stands in front of it and closes what it leaves
open: size and shape of the body before parsing, comparison in constant time, strict base64, padding, length field,
receiver, and one exception for every malformed input. Formats: developer.work.weixin.qq.com 90238 (收发消息),
91144 (加解密方案), 90239 (消息), 90240 (事件).

How fresh a timestamp is does not matter: WeCom redelivers, and redelivery is recognised by `Incoming.event_key`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wechatpy.enterprise.crypto import PrpCrypto
from wechatpy.enterprise.exceptions import InvalidCorpIdException
from wechatpy.enterprise.parser import parse_message
from wechatpy.utils import WeChatSigner

from platforms.contract import Attachment, Incoming, IncomingKind, Misconfigured, PlatformError
from platforms.wecom.strict_xml import NotPlainXml, require_plain_xml

MAX_BODY = 256 * 1024
_BLOCK = 32
_HEADER = 16 + 4
_SHANGHAI = ZoneInfo("Asia/Shanghai")
#: Characters that no XML document may hold, written out or by number.
_NO_XML = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:x0*[0-8bcef]|x0*1[0-9a-f]|0*(?:[0-8]|1[1245-9]|2\d|3[01]));",
    re.IGNORECASE,
)
#: Messages of the application that bring something to fetch (90239). There is none for files.
_MEDIA: Mapping[str, str] = {"image": "image", "voice": "voice", "video": "video"}
_KINDS: Mapping[str, IncomingKind] = {
    "template_card_event": IncomingKind.PRESS,
    "template_card_menu_event": IncomingKind.PRESS,
    "click": IncomingKind.PRESS,
    "enter_agent": IncomingKind.ENTER,
    "subscribe": IncomingKind.ENTER,
}


class BadCallback(PlatformError):
    """The request is not a genuine, well-formed callback. `status` is the HTTP answer: 401 signature, else 400."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.status = status


class _StrictCipher:
    """wechatpy's AES cipher, refusing any plaintext whose padding or length field is not exactly as specified."""

    def __init__(self, cipher: Any) -> None:
        self._cipher = cipher

    def decrypt(self, ciphertext: bytes) -> bytes:
        if not ciphertext or len(ciphertext) % _BLOCK:
            raise BadCallback("block_length")
        plain: bytes = self._cipher.decrypt(ciphertext)
        pad = plain[-1]
        if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise BadCallback("padding")
        if _HEADER + int.from_bytes(plain[16:_HEADER], "big") > len(plain) - pad:
            raise BadCallback("length_field")
        return plain


class _StrictPrpCrypto(PrpCrypto):
    cipher: Any

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self.cipher = _StrictCipher(self.cipher)


class CallbackCrypto:
    """Opens callbacks sealed with one application's Token and EncodingAESKey (43 characters) for one receiver.

    `corp_id` is the CorpID for an application (the empty string for a group bot in URL mode).
    Raises `Misconfigured` when the key is not a valid EncodingAESKey.
    """

    def __init__(self, token: str, aes_key: str, corp_id: str) -> None:
        try:
            key = base64.b64decode(aes_key + "=", validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(aes_key) != 43 or len(key) != 32:
            raise Misconfigured("aes_key", "EncodingAESKey 应为 43 个字符")
        self._token = token
        self._corp_id = corp_id
        self._prp = _StrictPrpCrypto(key)

    def verify_url(self, query: Mapping[str, str]) -> str:
        """Answer WeCom's address check (GET): the plain text to send back, bare, within one second.

        `query` is the decoded query string. Raises `BadCallback`.
        """
        return self.decrypt(query, query.get("echostr", "").replace(" ", "+"))

    def open(self, query: Mapping[str, str], body: bytes) -> Incoming:
        """Turn one POST into an `Incoming`. Raises `BadCallback` for anything else than a genuine callback."""
        if len(body) > MAX_BODY:
            raise BadCallback("too_large")
        try:
            sealed = require_plain_xml(body).get("Encrypt", "")
            plain = self.decrypt(query, sealed.strip())
            # People paste signs no XML may hold; they are dropped, the complaint is not.
            plain = _NO_XML.sub("", plain)
            require_plain_xml(plain.encode())
            fields = parse_message(plain)._data
            return _incoming(fields)
        except NotPlainXml:
            raise BadCallback("xml") from None
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError):
            raise BadCallback("message") from None

    def decrypt(self, query: Mapping[str, str], sealed: str) -> str:
        """The text inside `sealed` (base64) after checking `msg_signature`. Raises `BadCallback`."""
        signer = WeChatSigner()
        try:
            signer.add_data(self._token, query.get("timestamp", ""), query.get("nonce", ""), sealed)
            given = query.get("msg_signature", "").encode()
        except UnicodeEncodeError:
            raise BadCallback("signature", status=401) from None
        if not sealed or not hmac.compare_digest(signer.signature.encode(), given):
            raise BadCallback("signature", status=401)
        try:
            base64.b64decode(sealed, validate=True)
            text: str = self._prp.decrypt(sealed, self._corp_id)
        except InvalidCorpIdException:
            raise BadCallback("receiver") from None
        except (binascii.Error, ValueError):
            raise BadCallback("encoding") from None
        return text


def _incoming(fields: Mapping[str, Any]) -> Incoming:
    kind_name = _text(fields, "MsgType").lower()
    account = _text(fields, "FromUserName")
    if not account or not kind_name:
        raise BadCallback("message")
    at = datetime.fromtimestamp(int(_text(fields, "CreateTime")), UTC).astimezone(_SHANGHAI)
    if kind_name == "event":
        return _event(fields, account, at)
    media_id = _text(fields, "MediaId")
    media = _MEDIA.get(kind_name, "") if media_id else ""
    is_text = kind_name == "text" or bool(media)
    return Incoming(
        platform="wecom",
        event_key=_required(fields, "MsgId"),
        kind=IncomingKind.TEXT if is_text else IncomingKind.OTHER,
        account=account,
        at=at,
        text=_text(fields, "Content") if kind_name == "text" else "",
        key="" if is_text else kind_name,
        reply_to={"via": "app"},
        attachments=(Attachment(media, "", {"media_id": media_id}),) if media else (),
    )


def _event(fields: Mapping[str, Any], account: str, at: datetime) -> Incoming:
    name = _required(fields, "Event").lower()
    # A place that is reported by itself is no place that somebody sent.
    name = "location_report" if name == "location" else name
    kind = _KINDS.get(name, IncomingKind.OTHER)
    reply_to: dict[str, Any] = {"via": "app", "response_code": _text(fields, "ResponseCode")}
    selected = selected_items(fields)
    if selected:
        reply_to["selected"] = selected
    return Incoming(
        platform="wecom",
        event_key=_event_key(fields),
        kind=kind,
        account=account,
        at=at,
        key=name if kind is IncomingKind.OTHER else _text(fields, "EventKey"),
        card_id=_text(fields, "TaskId"),
        reply_to=reply_to,
    )


def _event_key(fields: Mapping[str, Any]) -> str:
    """Events carry no MsgId; the official advice (FromUserName + CreateTime) collides for two clicks in one second."""
    names = ("FromUserName", "CreateTime", "Event", "EventKey", "TaskId", "ResponseCode")
    return hashlib.sha256(json.dumps([_text(fields, name) for name in names]).encode()).hexdigest()


def selected_items(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """What was chosen in a card's selectors: question key → option ids.

    The parser gives nothing, one mapping or a list of them, at both levels; all three are accepted.
    """
    chosen: dict[str, list[str]] = {}
    for item in _many(_child(fields.get("SelectedItems"), "SelectedItem")):
        if not isinstance(item, Mapping):
            raise BadCallback("message")
        options = _many(_child(item.get("OptionIds"), "OptionId"))
        chosen[_text(item, "QuestionKey")] = [option for option in options if isinstance(option, str)]
    return chosen


def _child(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadCallback("message")
    return value


def _required(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not value:
        raise BadCallback("message")
    return value

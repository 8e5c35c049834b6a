# ruff: noqa: E501 - one border a line
"""Every border as a function of anything: what may come out is an answer or one of the border's own refusals.

`BORDERS` is used twice: by the tests of CI, a few hundred examples each, and by `make fuzz`, hundreds of thousands.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import cli
from bot.buttons import BadButton, unpack
from bot.handlers import router
from bot.router import take_number
from bot.words import BadWords, need_date, split_basis, split_list, take_date
from domain.given_dates import month_named, record_moment, whole_number
from domain.guidance import take_number as take_guidance
from domain.office_hours import TZ
from domain.refusals import Refused
from domain.rules_file import BadRules, load_rules
from operations.running import Failure, moment_of
from parsing import parse
from platforms.contract import storable
from platforms.dingtalk import frames as ding
from platforms.dingtalk.crypto import BadCallback as BadDingCallback
from platforms.dingtalk.crypto import EventCrypto
from platforms.wecom import frames as wecom
from platforms.wecom.callback import BadCallback, CallbackCrypto
from sandbox.crypto import Envelope
from services.access.cases import looks_like_number
from services.directory.file import HEADER, BadDirectory, read_directory
from services.rules.calendar_import import BadCalendar, read_calendar
from settings import BadSettings, load
from web.intake import Complaint, _parse, _Refused

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
#: Words that mean something somewhere, so that anything gets further than the first check.
SEEDS = (
    "/承诺 7 9999-12-31", "/台账 本月 ²", "y1|show|7|1|", "2026-11-30", "9000年6月30日", "YS20261123-0007", "#7", "AL2026-3",
    "姓名：测甲一 电话：00012340001", "内容：反映退休手续多次退件", "{", "[", "Infinity", "NaN", "9" * 4301, "\ud800", "\x00", "②", "٣",
    "2026-11", "工单编号：PDS1 催单", "国务院办公厅关于2027年部分节假日安排的通知", "reported_at", "content", "text",
)  # fmt: skip
TEXT = st.text(max_size=80) | st.lists(st.sampled_from(SEEDS) | st.text(max_size=12), max_size=5).map(" ".join)
WIDE = TEXT | st.text(st.characters(), max_size=40)
ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), WIDE, st.datetimes().map(str), st.dates().map(str)
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WIDE, inner, max_size=4), max_leaves=12
)
FIELDS = st.dictionaries(st.sampled_from([*Complaint.model_fields, "x"]), ODD, max_size=8)


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


BODIES = st.one_of(
    st.binary(max_size=200), JSON.map(_dumped), FIELDS.map(_dumped), WIDE.map(lambda t: t.encode("utf-8", "replace"))
)
TABLE = st.fixed_dictionaries(
    {"year": ODD, "days": st.lists(st.fixed_dictionaries({"date": ODD, "off": ODD, "name": ODD}), max_size=3) | ODD,
     "source_title": ODD, "notice_no": ODD, "published_on": ODD}
)  # fmt: skip
ROSTER = st.lists(st.lists(WIDE, max_size=8).map(",".join), max_size=4).map(
    lambda rows: "\n".join([",".join(HEADER), *rows]).encode("utf-8", "replace")
)


def _said(text: str) -> None:
    parsed = router.parse(text)
    if parsed is None or parsed[1] is None:
        router.nearest(text[:12])
    rest = parsed[2] if parsed else text
    number, words = take_number(rest)
    looks_like_number(number)
    split_basis(words)
    split_list(words)
    whole_number(words)
    take_guidance(rest, 2026)
    take_date(words, NOW)
    need_date(words, NOW, "/延期 编号 日期 理由")


def _intake(body: bytes) -> None:
    complaint = _parse(body)
    for moment in (complaint.reported_at, complaint.external_deadline):
        if moment is not None:
            assert record_moment(moment).astimezone(TZ).year < 2102
    # What was taken can be stored: PostgreSQL and the sealer want real characters.
    complaint.model_dump_json().encode()


ENVELOPE = Envelope("t" * 12, "A" * 43, "wwFuzz")
CALLBACK = CallbackCrypto("t" * 12, "A" * 43, "wwFuzz")
EVENTS = EventCrypto("t" * 12, "A" * 43, "wwFuzz")
XML = st.dictionaries(
    st.sampled_from(["MsgType", "FromUserName", "CreateTime", "MsgId", "Content", "Event", "EventKey", "TaskId", "x"]),
    WIDE.map(lambda text: text.replace("<", "").replace("&", "")) | st.sampled_from(["text", "event", "1795395600"]),
).map(lambda fields: "<xml>" + "".join(f"<{name}>{text}</{name}>" for name, text in fields.items()) + "</xml>")


def _genuine(plain: bytes) -> dict[str, str]:
    """A query and body as a platform makes them: whatever is inside, the signature is right."""
    sealed = ENVELOPE.encrypt(plain)
    return {"timestamp": "1", "nonce": "n", "msg_signature": ENVELOPE.sign("1", "n", sealed), "sealed": sealed}


def _wecom_callback(plain: bytes) -> None:
    query = _genuine(plain)
    json.dumps(CALLBACK.open(query, f"<xml><Encrypt>{query['sealed']}</Encrypt></xml>".encode()).text).encode()


def _forged(body: bytes) -> None:
    CALLBACK.open({"timestamp": "1", "nonce": "\udcff", "msg_signature": "x"}, body)


def _ding_event(plain: bytes) -> None:
    query = _genuine(plain)
    EVENTS.open(query, query["sealed"])


def _wecom_frame(text: str) -> None:
    frame = wecom.Frame.model_validate_json(text)
    wecom.incoming(frame, lambda: NOW)


def _ding_message(data: Any) -> None:
    message = ding.BotMessage.model_validate(data)
    ding.said(message, "zhaogang", "", "", lambda: NOW).text.encode()


def _ding_press(data: Any) -> None:
    press = ding.Press.model_validate(data)
    ding.chat_of(press, None)
    ding.content_of(press)


def _shaped(*models: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    names = {field.alias or name for model in models for name, field in model.model_fields.items()}
    return st.dictionaries(st.sampled_from(sorted(map(str, names))), JSON, max_size=8)


WECOM_FRAMES = st.fixed_dictionaries(
    {"cmd": st.sampled_from(["aibot_msg_callback", "aibot_event_callback", "x"]), "headers": JSON | st.just({"req_id": "r"}),
     "body": _shaped(wecom.Body)}
).map(json.dumps)  # fmt: skip


def _arguments(words: list[str]) -> None:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        arguments = cli._parser().parse_args(words)
    assert isinstance(arguments, argparse.Namespace)


COMMANDS = st.sampled_from(
    ["due", "report", "calendar", "show", "ledger", "case", "--days", "--received", "--as-of", "export"]
)
#: Name → what comes in, what takes it, and the refusals that are its own.
BORDERS: dict[str, tuple[st.SearchStrategy[Any], Callable[[Any], Any], tuple[type[BaseException], ...]]] = {
    "chat text": (WIDE, _said, (BadWords, Refused)),
    "button key": (WIDE | st.tuples(WIDE, WIDE, WIDE).map(lambda t: "y1|" + "|".join(t) + "|"), unpack, (BadButton,)),
    "intake body": (BODIES, _intake, (_Refused,)),
    "event fields": (JSON, lambda value: _dumped(storable(value)), ()),
    # What the long connection catches and writes down as `bad_frame`.
    "wecom frame": (BODIES.map(lambda b: b.decode("utf-8", "replace")) | WECOM_FRAMES, _wecom_frame, (ValueError, OverflowError, OSError)),
    "dingtalk message": (_shaped(ding.BotMessage), _ding_message, (ValidationError,)),
    "dingtalk press": (_shaped(ding.Press), _ding_press, (ValidationError,)),
    "wecom callback": (XML.map(lambda t: t.encode("utf-8", "replace")) | BODIES, _wecom_callback, (BadCallback,)),
    "forged callback": (BODIES, _forged, (BadCallback,)),
    "dingtalk event": (BODIES, _ding_event, (BadDingCallback,)),
    "forwarded text": (WIDE, lambda text: parse(text, NOW.astimezone(TZ)).as_json(), ()),
    "roster": (ROSTER | BODIES, lambda body: read_directory(body, "a.csv"), (BadDirectory,)),
    "workbook": (st.binary(max_size=120), lambda body: read_directory(b"PK\x03\x04" + body, "a.xlsx"), (BadDirectory,)),
    "calendar file": (TABLE.map(json.dumps) | WIDE, read_calendar, (BadCalendar,)),
    "rules file": (JSON.map(json.dumps) | WIDE, load_rules, (BadRules,)),
    "moment": (WIDE | st.datetimes().map(str), moment_of, (Failure,)),
    "month": (WIDE, month_named, (Refused,)),
    "settings": (st.dictionaries(st.sampled_from(["YOUSU_INTAKE_KEYS", "YOUSU_HTTP_PORT", "YOUSU_TICK_SECONDS", "WECOM_AGENT_ID", "WECOM_API_BASE", "YOUSU_PRACTICE"]), WIDE, max_size=4), load, (BadSettings,)),
    "arguments": (st.lists(COMMANDS | WIDE, max_size=5), _arguments, (SystemExit,)),
}  # fmt: skip

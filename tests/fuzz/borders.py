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
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import cli
from bot.buttons import BadButton, unpack
from bot.handlers import router
from bot.numbers import take_number
from bot.words import BadWords, need_date, split_basis, split_list, take_date
from domain.given_dates import month_named, record_moment, whole_number
from domain.guidance import take_number as take_guidance
from domain.office_hours import TZ
from domain.refusals import Refused
from operations.running import Failure, moment_of
from parsing import parse
from platforms.contract import storable
from platforms.dingtalk import frames as ding
from platforms.dingtalk.crypto import BadCallback as BadDingCallback
from platforms.dingtalk.crypto import EventCrypto
from platforms.wecom import frames as wecom
from platforms.wecom.callback import BadCallback, CallbackCrypto
from sandbox.city.crypto import Envelope
from services.access.cases import looks_like_number
from services.directory.file import HEADER, BadDirectory, read_directory
from services.rules.calendar_import import BadCalendar, read_calendar
from services.rules.rule_file import BadRules, load_rules
from settings import BadSettings, load
from tests.fuzz.odd import Odd
from web.intake import Complaint, NotAdmitted, _parse

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
GOOD_RULES = json.loads((Path(__file__).parents[2] / "shipped" / "rules.json").read_text(encoding="utf-8"))
XML_GOOD = (
    {"MsgType": "text", "FromUserName": "zhaogang", "CreateTime": "1795395600", "MsgId": "7", "Content": "/帮助"},
    {"MsgType": "event", "FromUserName": "zhaogang", "CreateTime": "1795395600", "Event": "template_card_event",
     "EventKey": "y1|show|7|1|", "TaskId": "t", "ResponseCode": "r"},
    {"MsgType": "event", "FromUserName": "zhaogang", "CreateTime": "1795395600", "Event": "enter_agent"},
)  # fmt: skip
GOOD_BODIES = (
    {"msgid": "m", "create_time": 1795395600, "aibotid": "b", "from": {"userid": "zhaogang"}, "chattype": "single",
     "msgtype": "text", "text": {"content": "/帮助"}},
    {"msgid": "m", "create_time": 1795395600, "aibotid": "b", "from": {"userid": "zhaogang"}, "chattype": "group",
     "chatid": "c", "msgtype": "event", "event": {"eventtype": "template_card_event", "template_card_event":
     {"card_type": "button_interaction", "event_key": "y1|show|7|1|", "task_id": "t"}}},
)  # fmt: skip
GOOD_MESSAGE = {
    "conversationId": "c", "conversationType": "2", "msgId": "m", "createAt": 1795395600000, "senderId": "s",
    "senderStaffId": "zhaogang", "senderNick": "赵刚", "sessionWebhook": "http://127.0.0.1/w", "msgtype": "text",
    "sessionWebhookExpiredTime": 1795399200000, "robotCode": "r", "text": {"content": " /帮助"}, "isInAtList": True,
}  # fmt: skip
GOOD_PRESS = {
    "outTrackId": "t", "corpId": "c", "userId": "zhaogang", "type": "actionCallback", "spaceId": "s",
    "spaceType": "IM_GROUP", "value": "{}", "content": json.dumps({"cardPrivateData": {"actionIds": ["y1|show|7|1|"]}}),
}  # fmt: skip
ORG = [
    line.split(",")
    for line in (Path(__file__).parents[2] / "sandbox" / "city" / "org.csv").read_text("utf-8").splitlines()
]
VERBS = sorted(f"/{word}" for word in router._by_word)
COMPLAINT_NAMES = (*Complaint.model_fields, "x")
GOOD_COMPLAINT = {"external_no": "A1", "name": "测甲一", "phone": "00012340001", "content": "反映退休手续多次退件问题"}


def _bodies(odd: Odd) -> bytes:
    way = odd.number(5)
    if way == 0:
        return odd.bytes()
    if way == 1:
        return odd.text().encode("utf-8", "replace")
    if way == 2:
        return odd.dumped(odd.json())
    return odd.dumped(odd.fields(COMPLAINT_NAMES) if way == 3 else odd.changed(GOOD_COMPLAINT))


def _table(odd: Odd) -> str:
    days = [odd.changed({"date": "2027-01-01", "off": True, "name": "元旦"}) for _ in range(odd.number(4))]
    good = {"year": 2027, "days": days, "source_title": "通知", "notice_no": "1", "published_on": "2026-11-05"}
    return odd.text() if odd.number(3) == 0 else json.dumps(odd.changed(good))


def _roster(odd: Odd) -> bytes:
    rows = [list(row) for row in ORG]
    for _ in range(1 + odd.number(3)):
        row = odd.one(rows)
        row[odd.number(len(row))] = odd.text()
    if odd.number(4) == 0:
        rows = [[odd.text() for _ in range(odd.number(9))] for _ in range(odd.number(5))]
    return "\n".join([",".join(HEADER), *(",".join(row) for row in rows[1:])]).encode("utf-8", "replace")


def _sentence(odd: Odd) -> str:
    """What somebody may type: half the time a command, with anything after it."""
    return odd.text() if odd.number(2) else odd.one((" ", "", "  ", "\n")).join((odd.one(VERBS), odd.text()))


def _frame_text(odd: Odd) -> str:
    if odd.number(4) == 0:
        return _bodies(odd).decode("utf-8", "replace")
    cmd = odd.one(("aibot_msg_callback", "aibot_event_callback", "x"))
    head = {"req_id": "r"} if odd.number(4) else odd.json(2)
    body = odd.changed(odd.one(GOOD_BODIES)) if odd.number(3) else odd.fields(BODY_NAMES, odd.json)
    return json.dumps({"cmd": cmd, "headers": head, "body": body})


def _key(odd: Odd) -> str:
    return odd.text() if odd.number(2) else "y1|" + "|".join((odd.text(), odd.text(), odd.text())) + "|"


def _rules(odd: Odd) -> str:
    if odd.number(3) == 0:
        return odd.text()
    return json.dumps(odd.json()) if odd.number(3) == 0 else json.dumps(odd.changed(GOOD_RULES))


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "surrogatepass")


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
    frame = wecom.AibotFrame.model_validate_json(text)
    wecom.incoming(frame, lambda: NOW)


def _ding_message(data: Any) -> None:
    message = ding.BotMessage.model_validate(data)
    ding.said(message, "zhaogang", "", "", lambda: NOW).text.encode()


def _ding_press(data: Any) -> None:
    press = ding.Press.model_validate(data)
    ding.chat_of(press, None)
    ding.content_of(press)


def _names(*models: type[BaseModel]) -> tuple[str, ...]:
    return tuple(sorted({str(f.alias or name) for model in models for name, f in model.model_fields.items()}))


BODY_NAMES, MESSAGE_NAMES, PRESS_NAMES = _names(wecom.Body), _names(ding.BotMessage), _names(ding.Press)
PARSER = cli._parser()


def _arguments(words: list[str]) -> None:
    with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
        arguments = PARSER.parse_args(words)
    assert isinstance(arguments, argparse.Namespace)


COMMANDS = ("due", "report", "calendar", "show", "ledger", "case", "--days", "--received", "--as-of", "export")
SETTINGS = (
    "YOUSU_INTAKE_KEYS", "YOUSU_HTTP_PORT", "YOUSU_TICK_SECONDS", "WECOM_AGENT_ID", "WECOM_API_BASE", "YOUSU_PRACTICE",
)  # fmt: skip
Border = tuple[Callable[[Odd], Any], Callable[[Any], Any], tuple[type[BaseException], ...]]
#: Name → what comes in, what takes it, and the refusals that are its own.
BORDERS: dict[str, Border] = {
    "chat text": (_sentence, _said, (BadWords, Refused)),
    "button key": (_key, unpack, (BadButton,)),
    "intake body": (_bodies, _intake, (NotAdmitted,)),
    "event fields": (Odd.json, lambda value: _dumped(storable(value)), ()),
    # What the long connection catches and writes down as `bad_frame`.
    "wecom frame": (_frame_text, _wecom_frame, (ValueError, OverflowError, OSError)),
    "dingtalk message": (lambda odd: odd.changed(GOOD_MESSAGE) if odd.number(3) else odd.fields(MESSAGE_NAMES, odd.json), _ding_message, (ValueError,)),
    "dingtalk press": (lambda odd: odd.changed(GOOD_PRESS) if odd.number(3) else odd.fields(PRESS_NAMES, odd.json), _ding_press, (ValueError,)),
    "wecom callback": (lambda odd: odd.xml(odd.one(XML_GOOD)).encode("utf-8", "replace") if odd.number(3) else _bodies(odd), _wecom_callback, (BadCallback,)),
    "forged callback": (_bodies, _forged, (BadCallback,)),
    "dingtalk event": (_bodies, _ding_event, (BadDingCallback,)),
    "forwarded text": (Odd.text, lambda text: parse(text, NOW.astimezone(TZ)).as_json(), ()),
    "roster": (_roster, lambda body: read_directory(body, "a.csv"), (BadDirectory,)),
    "workbook": (lambda odd: odd.bytes(120), lambda body: read_directory(b"PK\x03\x04" + body, "a.xlsx"), (BadDirectory,)),
    "calendar file": (_table, read_calendar, (BadCalendar,)),
    "rules file": (_rules, load_rules, (BadRules,)),
    "moment": (lambda odd: str(odd.scalar()), moment_of, (Failure,)),
    "month": (Odd.text, month_named, (Refused,)),
    "settings": (lambda odd: odd.fields(SETTINGS, odd.text, 4), load, (BadSettings,)),
    "arguments": (lambda odd: [odd.one(COMMANDS) if odd.number(2) else odd.text() for _ in range(odd.number(6))], _arguments, (SystemExit,)),
}  # fmt: skip

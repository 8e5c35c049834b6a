"""The hotline's interface: signed pushes of complaints, idempotent by external number, and a case's progress.

Signature: hex HMAC-SHA256(secret, timestamp + "\\n" + nonce + "\\n" + sha256hex(body)); timestamp in unix seconds,
at most 300 s off; a nonce is spent once. Errors are problem+json (RFC 9457) with a Chinese `detail`.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections import deque
from datetime import datetime

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from domain.case import Actor
from domain.given_dates import record_moment
from domain.refusals import Refused
from domain.vocabulary import Role
from services.access.cases import access_case_for_hotline
from services.cases.intake import Taken, TakenElsewhere, take_fields, take_text
from services.cases.public import local, public_case
from services.directory.people import CentreCard, centre_named, first_centre
from services.store.event_store import NoSuchCase
from services.store.nonces import spend_nonce
from web.deps import DEPS, Key

WINDOW_SECONDS = 300
RATE = 50
MAX_NONCE = 128
_STAMP = re.compile(r"[0-9]{1,12}")
_CASE_NO = re.compile(r"YS[0-9]{8}-[0-9]{4,9}")

_RECENT: web.AppKey[dict[str, deque[float]]] = web.AppKey("recent_requests", dict)


class Complaint(BaseModel):
    """The body of a push: either a forwarded `text`, or fields."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    text: str = Field("", max_length=64_000)
    centre: str = Field("", max_length=200)
    source: str = Field("", max_length=60)
    external_no: str = Field("", max_length=100)
    reported_at: datetime | None = None
    name: str = Field("", max_length=200)
    is_unit: bool = False
    contact: str = Field("", max_length=100)
    phone: str = Field("", max_length=60)
    address: str = Field("", max_length=300)
    kind: str = Field("", max_length=20)
    content: str = Field("", max_length=64_000)
    external_deadline: datetime | None = None
    anonymous: bool = False
    confidential: bool = False

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: object) -> object:
        """No writing has a NUL, and PostgreSQL stores none."""
        return value.replace("\x00", "") if isinstance(value, str) else value

    @field_validator("reported_at", "external_deadline")
    @classmethod
    def _possible(cls, value: datetime | None) -> datetime | None:
        try:
            return record_moment(value) if value is not None else None
        except Refused as error:
            raise PydanticCustomError("moment", "{said}", {"said": str(error)}) from None

    @model_validator(mode="after")
    def _something(self) -> Complaint:
        if not self.text and not self.content:
            raise ValueError("text 和 content 至少要有一个")
        return self


def problem(status: int, title: str, detail: str, **headers: str) -> web.Response:
    """An error in the shape of RFC 9457."""
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail}, ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/problem+json", headers=headers)


class NotAdmitted(Exception):
    """A request that is not let in; `response` says why."""

    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


async def post_complaint(request: web.Request) -> web.Response:
    """`POST /api/v1/complaints`: 201 with `case_no`, 200 when this order was pushed before."""
    try:
        body = await request.read()
        key = await authenticate(request, body)
        complaint = _parse(body)
        place = await _centre(key, complaint)
    except NotAdmitted as refused:
        return refused.response
    try:
        taken = await _take(request, place, complaint)
    except TakenElsewhere as error:
        return problem(409, "工单已由其他中心受理", f"同一来源、同一编号的工单已由{error}受理，请核对 centre。")
    first = taken[0]
    return web.json_response(
        {
            "case_no": first.case.no,
            "case_nos": [item.case.no for item in taken],
            "created": first.created,
            "urged": first.urged,
            "state": first.case.state.value,
            "missing": list(first.case.missing),
            "received_at": local(first.case.registered_at),
        },
        status=201 if first.created else 200,
        dumps=lambda value: json.dumps(value, ensure_ascii=False),
    )


async def get_complaint(request: web.Request) -> web.Response:
    """`GET /api/v1/complaints/{case_no}`: progress without personal data; a key bound to a centre sees only its own."""
    try:
        key = await authenticate(request, b"")
        record = await access_case_for_hotline(request.app[DEPS].app, case_no(request), key.centre)
    except NotAdmitted as refused:
        return refused.response
    except NoSuchCase:
        return not_found()
    return web.json_response(public_case(record), dumps=lambda value: json.dumps(value, ensure_ascii=False))


def case_no(request: web.Request) -> str:
    """The number in the address. Raises NoSuchCase for what no case can be called."""
    no = request.match_info["case_no"].upper()
    if not _CASE_NO.fullmatch(no):
        raise NoSuchCase("not a number")
    return no


def not_found() -> web.Response:
    """The same for what is not there and for what is another centre's."""
    return problem(404, "没有这个编号", "没有找到这个编号的诉求，请核对 case_no。")


async def _take(request: web.Request, place: CentreCard, complaint: Complaint) -> list[Taken]:
    app = request.app[DEPS].app
    actor = Actor(None, "热线接口", frozenset({Role.HOTLINE, Role.SYSTEM}), place.id, via="api")
    if complaint.text:
        given = complaint.model_dump(
            exclude={"text", "centre", "source", "external_no", "content"}, exclude_defaults=True
        )
        return await take_text(
            app, place, complaint.text, actor, source=complaint.source, external_no=complaint.external_no, given=given
        )
    fields = complaint.model_dump(exclude={"text", "centre"}, exclude_none=True)
    return [await take_fields(app, place, fields, actor)]


def _parse(body: bytes) -> Complaint:
    try:
        return Complaint.model_validate_json(body)
    except ValidationError as error:
        faults = "；".join(
            f"{'.'.join(str(part) for part in item['loc']) or '正文'}：{item['msg']}" for item in error.errors()[:5]
        )
        raise NotAdmitted(problem(422, "内容有误", f"请按接口说明修改后重新推送。{faults}")) from None
    except RecursionError:
        raise NotAdmitted(problem(422, "内容有误", "JSON 嵌套过深。")) from None


async def _centre(key: Key, complaint: Complaint) -> CentreCard:
    wanted = key.centre or complaint.centre
    place = await centre_named(wanted) if wanted else await first_centre()
    if place is None:
        detail = (
            f"没有名为“{wanted}”的中心，请核对 centre。"
            if wanted
            else "人员名册还没有导入，请先运行 yousu org import。"
        )
        raise NotAdmitted(problem(422, "中心不存在", detail))
    return place


async def authenticate(request: web.Request, body: bytes) -> Key:
    """Whose key signed this request over this body. Raises NotAdmitted."""
    deps = request.app[DEPS]
    headers = {name: request.headers.get(f"X-Yousu-{name}", "") for name in ("Key", "Timestamp", "Nonce", "Signature")}
    key = deps.intake_keys.get(headers["Key"])
    wrong = problem(401, "签名无效", "请核对 X-Yousu-Key、时间戳和签名；时间戳与服务器相差不能超过 300 秒。")
    stamp, nonce = headers["Timestamp"], headers["Nonce"]
    seconds = int(stamp) if _STAMP.fullmatch(stamp) else None
    # Bytes that are no UTF-8 arrive as lone surrogates, which neither a signature nor a row can hold.
    written = all(value.isprintable() for value in headers.values())
    if key is None or seconds is None or not 0 < len(nonce) <= MAX_NONCE or not written:
        raise NotAdmitted(wrong)
    text = f"{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
    expected = hmac.new(key.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    now = deps.app.clock.now()
    genuine = hmac.compare_digest(expected.encode(), headers["Signature"].lower().encode())
    if not genuine or abs(now.timestamp() - seconds) > WINDOW_SECONDS:
        raise NotAdmitted(wrong)
    _pace(request, headers["Key"], asyncio.get_running_loop().time())
    if not await spend_nonce(headers["Key"], nonce, now):
        raise NotAdmitted(problem(401, "请求重复", "这个 X-Yousu-Nonce 已经用过，请换一个新的随机数重新签名。"))
    return key


def _pace(request: web.Request, key_id: str, now: float) -> None:
    """At most 50 requests in any second per key, by a clock that nobody can set."""
    recent = request.app[_RECENT].setdefault(key_id, deque())
    while recent and recent[0] <= now - 1.0:
        recent.popleft()
    if len(recent) >= RATE:
        raise NotAdmitted(problem(429, "请求过快", "每个密钥每秒最多 50 次，请稍后再试。", **{"Retry-After": "1"}))
    recent.append(now)


def setup(app: web.Application) -> None:
    """Give the application its own memory of recent requests."""
    app[_RECENT] = {}

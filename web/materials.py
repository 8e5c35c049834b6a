"""The hotline's materials: one file of a case, signed like a push, known again by its bytes."""

from __future__ import annotations

import hashlib
import json
from urllib.parse import unquote

from aiohttp import web

from domain.case import Actor
from domain.refusals import Refused
from domain.vocabulary import Role
from services.access.cases import access_case_for_hotline
from services.materials.kinds import is_program
from services.materials.store import join, origin_of, put
from services.store.event_store import NoSuchCase
from web.deps import DEPS
from web.intake import NotAdmitted, authenticate, case_no, not_found, problem

PATH = "/api/v1/complaints/{case_no}/materials"
TOO_LARGE = "一个附件最多 20 MB，请压缩或拆开后再推送。"
MOST_NAME = 1000


async def post_material(request: web.Request) -> web.Response:
    """`POST /api/v1/complaints/{case_no}/materials`: 201, 200 for bytes the case has already."""
    body = await request.read()
    app = request.app[DEPS].app
    try:
        key = await authenticate(request, body)
        record = await access_case_for_hotline(app, case_no(request), key.centre)
    except NotAdmitted as refused:
        return refused.response
    except NoSuchCase:
        return not_found()
    if not body:
        return problem(422, "内容有误", "请求正文就是文件本身，不能是空的。")
    if is_program(body):
        return problem(415, "不收这类文件", "程序文件不能作为材料。")
    digest = hashlib.sha256(body).hexdigest()
    name = unquote(request.headers.get("X-Yousu-Filename", "")[:MOST_NAME], errors="replace")
    actor = Actor(None, "热线接口", frozenset({Role.HOTLINE}), record.case.centre, via="api")
    item = await put(app, origin_of("api", f"{record.case.no}/{digest}", 0), name, body)
    try:
        case, new = await join(app, record.id, [item], actor)
    except Refused as error:
        return problem(409, "不能补附件", str(error))
    found = next(material for material in (case or record.case).materials if material.sha256 == digest)
    answer = {"id": found.number, "kind": found.kind, "name": found.name, "size": found.size, "sha256": digest}
    return web.json_response(
        {**answer, "case_no": record.case.no},
        status=201 if new else 200,
        dumps=lambda value: json.dumps(value, ensure_ascii=False),
    )

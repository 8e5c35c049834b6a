"""通讯录 (path/90196 ff.) and OAuth (path/91335, 91023): who somebody is."""

from __future__ import annotations

import html
import re
import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from sandbox.city.people import OrgUnit, Person
from sandbox.city.world import WORLD, World
from sandbox.wecom.errors import BAD_PARAMETER, WireError
from sandbox.wecom.rest_parts import json_body

STATE = re.compile(r"[0-9A-Za-z]{0,128}")
CODE_SECONDS = 300.0  # city time


def _member(person: Person) -> dict[str, Any]:
    """A member as a new self-built application sees one: no mobile, no mail."""
    return {
        "userid": person.id,
        "name": person.name,
        "department": list(person.units),
        "order": [0] * len(person.units),
        "position": "、".join(person.roles),
        "is_leader_in_dept": [0] * len(person.units),
        "direct_leader": [],
        "main_department": person.units[0],
        "status": 1,
        "alias": "",
        "open_userid": person.open_id,
    }


async def user_get(world: World, request: web.Request) -> dict[str, Any]:
    """Answer user/get with one member."""
    userid = request.query.get("userid", "")
    if not userid:
        raise WireError(41009, "userid missing")
    person = world.city.person(userid)
    if person is None:
        raise WireError(60111, "userid not found")
    return _member(person)


def _unit(world: World, request: web.Request, name: str) -> OrgUnit:
    raw = request.query.get(name, "")
    if not raw.isdigit() or int(raw) not in world.city.units:
        raise WireError(60003, "department not found")
    return world.city.units[int(raw)]


async def user_list(world: World, request: web.Request) -> dict[str, Any]:
    """user/list and user/simplelist: the department's own members."""
    unit = _unit(world, request, "department_id")
    return {"userlist": [_member(person) for person in world.city.members_of(unit.id)]}


def _department(unit: OrgUnit) -> dict[str, Any]:
    return {
        "id": unit.id,
        "name": unit.name,
        "name_en": "",
        "department_leader": [],
        "parentid": unit.parent,
        "order": 1000 - unit.id,
    }


def _below(world: World, request: web.Request) -> list[OrgUnit]:
    if "id" not in request.query:
        return list(world.city.units.values())
    found = [_unit(world, request, "id")]
    for unit in found:
        found += [child for child in world.city.units.values() if child.parent == unit.id]
    return found


async def department_list(world: World, request: web.Request) -> dict[str, Any]:
    """department/list: a department and all below it."""
    return {"department": [_department(unit) for unit in _below(world, request)]}


async def department_simplelist(world: World, request: web.Request) -> dict[str, Any]:
    """department/simplelist: ids only."""
    units = [_department(unit) for unit in _below(world, request)]
    return {"department_id": [{name: unit[name] for name in ("id", "parentid", "order")} for unit in units]}


async def department_get(world: World, request: web.Request) -> dict[str, Any]:
    """Answer department/get with one department."""
    return {"department": _department(_unit(world, request, "id"))}


async def openuserid_to_userid(world: World, request: web.Request) -> dict[str, Any]:
    """batch/openuserid_to_userid: a plain userid comes back as invalid, as on the real wire."""
    wanted = (await json_body(request)).get("open_userid_list")
    if not isinstance(wanted, list) or not 1 <= len(wanted) <= 1000:
        raise WireError(BAD_PARAMETER, "open_userid_list must have 1 to 1000 items")
    by_open = {person.open_id: person.id for person in world.city.members()}
    return {
        "userid_list": [{"open_userid": item, "userid": by_open[item]} for item in wanted if item in by_open],
        "invalid_open_userid_list": [item for item in wanted if item not in by_open],
    }


async def getuserinfo(world: World, request: web.Request) -> dict[str, Any]:
    """auth/getuserinfo: trade an OAuth code, once and within five minutes, for the userid."""
    user, until = world.oauth_codes.pop(request.query.get("code", ""), ("", 0.0))
    if not user or until < world.clock.unix():
        raise WireError(40029, "invalid code")
    return {"userid": user}


def _refused(text: str) -> web.Response:
    return web.Response(text=f"<!doctype html><meta charset=utf-8><p>{html.escape(text)}", content_type="text/html")


def _trusted(world: World, redirect: str) -> bool:
    host = urlsplit(redirect).hostname or ""
    own = urlsplit(world.bot_url).hostname or ""
    return urlsplit(redirect).scheme in ("http", "https") and host in {own, "127.0.0.1", "localhost", "::1"}


async def authorize(request: web.Request) -> web.StreamResponse:
    """The OAuth page: choose who you are (or say it with `as=<userid>`), then go back with a code and the state."""
    world = request.app[WORLD]
    query = request.query
    redirect, state = query.get("redirect_uri", ""), query.get("state", "")
    if query.get("appid") != world.city.corp.corp_id or query.get("response_type") != "code":
        return _refused("参数错误：appid 或 response_type")
    if query.get("scope") not in ("snsapi_base", "snsapi_privateinfo") or not STATE.fullmatch(state):
        return _refused("参数错误：scope 或 state")
    if not _trusted(world, redirect):
        return _refused("redirect_uri 与应用的可信域名不一致（50001）")
    chosen = world.city.person(query.get("as", ""))
    if chosen is not None:
        code = secrets.token_urlsafe(32)
        world.oauth_codes[code] = (chosen.id, world.clock.unix() + CODE_SECONDS)
        joint = "&" if urlsplit(redirect).query else "?"
        raise web.HTTPFound(redirect.split("#")[0] + joint + urlencode({"code": code, "state": state}))
    links = "".join(
        f'<li><a href="?{html.escape(urlencode({**query, "as": person.id}))}">{html.escape(person.name)}'
        f"<small>{html.escape(person.department or person.centre)} · {html.escape('、'.join(person.roles))}</small></a>"
        for person in world.city.members()
    )
    return web.Response(text=PAGE.replace("LINKS", links), content_type="text/html")


PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>企业微信登录（练习城市）</title>
<style>body{font:16px/1.5 system-ui,"WenQuanYi Micro Hei",sans-serif;background:#ededed;margin:0 auto;max-width:420px}
h1{font-size:18px;padding:20px 16px 4px;margin:0}p{padding:0 16px;color:#777;margin:0 0 12px}
ul{list-style:none;margin:0;padding:0;background:#fff}li{border-bottom:1px solid #eee}
a{display:block;padding:12px 16px;color:#111;text-decoration:none}a:hover{background:#f5f8ff}
small{display:block;color:#888}</style><h1>您是谁？</h1><p>练习城市代替企业微信的登录页。</p><ul>LINKS</ul></html>"""

"""通讯录 of the old API: people and departments. Calls are free; who left or came from outside is unknown here."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from sandbox.city.people import OrgUnit, Person
from sandbox.city.world import World
from sandbox.dingtalk.errors import OldError
from sandbox.dingtalk.parts import json_body

NO_SUCH_USER = 60121
INVALID_USER = 33012
NO_SUCH_UNIT = 60003
BAD_PARAMETER = 40035
ROOT = 1
PAGE = 100


def _member(person: Person) -> dict[str, Any]:
    units = list(person.units)
    return {
        "userid": person.staff_id,
        "unionid": person.unionid,
        "name": person.name,
        "title": "、".join(person.roles),
        "job_number": "",
        "dept_id_list": units,
        "dept_order_list": [{"dept_id": unit, "order": 1} for unit in units],
        "leader_in_dept": [{"dept_id": unit, "leader": False} for unit in units],
        "role_list": [],
        "active": True,
        "admin": False,
        "boss": False,
        "senior": False,
        "real_authed": True,
        "exclusive_account": False,
    }


async def user_get(world: World, request: web.Request) -> dict[str, Any]:
    """topapi/v2/user/get: no mobile without a permission of its own."""
    userid = (await json_body(request)).get("userid")
    if not isinstance(userid, str) or not userid:
        raise OldError(INVALID_USER, "无效的USERID")
    person = world.city.staff_by("staff_id", userid)
    if person is None:
        raise OldError(NO_SUCH_USER, "找不到该用户")
    return {"result": _member(person)}


async def by_unionid(world: World, request: web.Request) -> dict[str, Any]:
    """topapi/user/getbyunionid."""
    person = world.city.staff_by("unionid", (await json_body(request)).get("unionid"))
    if person is None:
        raise OldError(NO_SUCH_USER, "找不到该用户")
    return {"result": {"contact_type": 0, "userid": person.staff_id}}


def _unit(world: World, body: dict[str, Any], default: int | None) -> OrgUnit:
    number = body.get("dept_id", default)
    unit = world.city.units.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if unit is None:
        raise OldError(NO_SUCH_UNIT, "部门不存在")
    return unit


def _department(unit: OrgUnit) -> dict[str, Any]:
    head = {"dept_id": unit.id, "name": unit.name, "parent_id": unit.parent}
    return {**head, "create_dept_group": False, "auto_add_user": False}


async def department_get(world: World, request: web.Request) -> dict[str, Any]:
    """topapi/v2/department/get."""
    return {"result": _department(_unit(world, await json_body(request), None))}


async def listsub(world: World, request: web.Request) -> dict[str, Any]:
    """topapi/v2/department/listsub: the next level below a department (the root when none is named)."""
    parent = _unit(world, await json_body(request), ROOT)
    return {"result": [_department(unit) for unit in world.city.units.values() if unit.parent == parent.id]}


def _whole(body: dict[str, Any], name: str, low: int, high: int | None) -> int:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
        raise OldError(BAD_PARAMETER, f"不合法的参数 {name}")
    return value


async def listsimple(world: World, request: web.Request) -> dict[str, Any]:
    """topapi/user/listsimple: a department's own members, at most 100 a page."""
    body = await json_body(request)
    unit, cursor, size = _unit(world, body, None), _whole(body, "cursor", 0, None), _whole(body, "size", 1, PAGE)
    people = [person for person in world.city.staff() if unit.id in person.units]
    page = [{"userid": person.staff_id, "name": person.name} for person in people[cursor : cursor + size]]
    more = cursor + size < len(people)
    return {"result": {"has_more": more, "list": page, **({"next_cursor": cursor + size} if more else {})}}

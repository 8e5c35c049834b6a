"""绑定: a chat becomes the group of a department, by the managers of its centre."""

from __future__ import annotations

from datetime import datetime

from domain.case import Actor
from domain.refusals import Refused
from services.access.rights import access_binding
from services.directory.people import ChatCard, DepartmentCard, bind_chat


async def bind_group(actor: Actor, platform: str, chat_id: str, department: DepartmentCard, now: datetime) -> ChatCard:
    """Make this chat the department's group. Raises Refused for whoever may not give the department one."""
    access_binding(actor)
    if actor.centre is not None and actor.centre != department.centre_id:
        raise Refused("not_allowed", verb=f"绑定{department.name}", who="该部门所在中心的管理机构")
    return await bind_chat(platform, chat_id, department.id, now)

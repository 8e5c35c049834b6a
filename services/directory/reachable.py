"""Whether a work order could arrive: a department needs a bound group or a liaison before anything is dispatched."""

from __future__ import annotations

from domain.vocabulary import Role
from services.directory.people import chats_of, people


async def reachable(centre_id: int, department_id: int) -> bool:
    """Whether the department has a chat that works or a liaison with an account."""
    if any(chat.state == "ok" for chat in await chats_of(department_id)):
        return True
    liaisons = await people(centre_id, role=Role.LIAISON, department_id=department_id)
    return any(liaison.accounts for liaison in liaisons)

"""函转 (第七条 “涉及跨层级的”, 通知第三条（一）): to a peer centre of this deployment the case itself goes along."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.case import Actor, Case
from domain.commands import Refer
from domain.vocabulary import Role
from models.database import transaction
from services.cases.execute import Outcome, execute
from services.cases.intake import take_fields
from services.directory.people import centre_named
from services.store.app import AppContext

PEER_SOURCE = "上级·其他平台转办"


async def refer(
    app: AppContext, case_id: int, body: str, day: date, actor: Actor, *, epoch: int | None = None
) -> Outcome:
    """Refer a case; a peer centre gets a case of its own with the same words, found again by our number.

    Both or neither: one transaction. What comes of it there is told back (`domain.decisions.merging.consequences`).
    """
    peer = await centre_named(body)
    async with transaction():
        outcome = await execute(app, case_id, Refer(peer.name if peer else body, day), actor, epoch=epoch)
        if peer is not None and peer.id != outcome.case.centre:
            sender = Actor(None, outcome.case.centre_name, frozenset({Role.SYSTEM}), peer.id, via="referral")
            await take_fields(app, peer, _fields(outcome.case), sender)
    return outcome


def _fields(case: Case) -> dict[str, Any]:
    private = case.private
    return {
        "source": PEER_SOURCE,
        # Referred again after a bad answer, it is another case there.
        "external_no": case.no if case.round == 1 else f"{case.no}#{case.round}",
        "reported_at": case.reported_at,
        "external_deadline": case.running.at if case.running else None,
        "name": private.name,
        "is_unit": private.is_unit,
        "contact": private.contact,
        "phone": private.phone,
        "address": private.address,
        "kind": case.kind,
        "content": private.content,
        "anonymous": case.anonymous,
        "confidential": case.confidential,
    }

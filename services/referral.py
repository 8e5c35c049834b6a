"""函转 (第七条 “涉及跨层级的”, 通知第三条（一）): to a peer centre of this deployment the case itself goes along."""

from __future__ import annotations

from datetime import date

from domain.case import Actor
from domain.commands import Refer
from domain.vocabulary import Role
from services.act import Outcome, perform
from services.directory import centre_named
from services.office import Office
from services.take_in import take_fields

PEER_SOURCE = "上级·其他平台转办"


async def refer(
    office: Office, case_id: int, body: str, day: date, actor: Actor, *, turn: int | None = None
) -> Outcome:
    """Refer a case; a peer centre gets a case of its own with the same words, found again by our number."""
    outcome = await perform(office, case_id, Refer(body, day), actor, turn=turn)
    peer = await centre_named(body)
    if peer is not None and peer.id != outcome.case.centre:
        private = outcome.case.private
        fields = {
            "source": PEER_SOURCE,
            "external_no": outcome.case.no,
            "reported_at": outcome.case.reported_at,
            "external_deadline": outcome.case.running.at if outcome.case.running else None,
            "name": private.name,
            "is_unit": private.is_unit,
            "contact": private.contact,
            "phone": private.phone,
            "address": private.address,
            "kind": outcome.case.kind,
            "content": private.content,
            "anonymous": outcome.case.anonymous,
            "confidential": outcome.case.confidential,
        }
        sender = Actor(None, outcome.case.centre_name, frozenset({Role.SYSTEM}), peer.id, via="referral")
        await take_fields(office, peer, fields, sender)
    return outcome

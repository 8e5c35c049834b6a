"""指导案例 (第十一条): nominate, edit, submit, return, approve, publish, withdraw. One transaction each.

Finding and suggesting them is in `services.guidance.library`; both are offered here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from domain.case import Actor
from domain.guidance import FIELDS, MANAGERS, PUBLISHERS, Act, Change, Guidance, check_nomination, decide, draft
from domain.messages import GUIDANCE
from domain.office_hours import TZ
from domain.privacy import scrub
from domain.refusals import Refused
from domain.vocabulary import Role
from models.bookkeeping import next_number
from models.database import transaction
from models.errors import Conflict
from models.guidance import GuidanceActRow, GuidanceRow, compare_and_set
from models.queues import OutboxRow
from services.cases.execute import ATTEMPTS, Contended
from services.directory.people import centre, people, person
from services.guidance.library import GuidanceAct as GuidanceAct
from services.guidance.library import GuidanceCard as GuidanceCard
from services.guidance.library import card_from, card_of, keep_findable, machine_parts, plain
from services.guidance.library import find as find
from services.guidance.library import find_published as find_published
from services.guidance.library import in_hand as in_hand
from services.guidance.library import suggest as suggest
from services.store.app import AppContext
from services.store.event_store import canonical, read

#: Who hears of an act: the role, and who stands in when nobody of the centre holds it.
HEARD: dict[Act, tuple[Role, ...]] = {
    Act.SUBMIT: (Role.PUBLISHER, Role.LEAD),
    Act.RETURN: (Role.MANAGER, Role.LEAD),
    Act.APPROVE: (Role.MANAGER, Role.LEAD),
    Act.PUBLISH: (Role.MANAGER, Role.LEAD),
    Act.WITHDRAW: (Role.MANAGER, Role.LEAD),
}


async def nominate(app: AppContext, case_id: int, actor: Actor) -> tuple[GuidanceCard, bool]:
    """Make a draft of a solved case; the one there is, and False, when it was nominated before. Raises `Refused`."""
    for _ in range(ATTEMPTS):
        try:
            async with transaction():
                record = await read(case_id, app.sealer)
                check_nomination(record.case, actor)
                row = await GuidanceRow.get_or_none(case_id=case_id)
                if row is not None:
                    return await card_of(row), False
                made = draft(await _number(app), record.case, record.events)
                row = await _create(app, made, actor, case_id)
                return card_from(row, made), True
        except Conflict:
            continue  # somebody nominated it in this very moment
    raise Contended(str(case_id))


async def start(app: AppContext, actor: Actor, title: str) -> GuidanceCard:
    """Begin a draft without a source case (通知第四条: 其他政务服务诉求响应机制解决的). Raises `Refused`."""
    if not actor.has(*MANAGERS):
        raise Refused("not_allowed", verb="起草指导案例", who="管理机构")
    place = await centre(actor.centre) if actor.centre is not None else None
    if place is None:
        raise LookupError("a draft belongs to a centre")
    async with transaction():
        empty = Guidance(await _number(app), place.id, place.name)
        made = decide(empty, Act.EDIT, actor, Change({"title": title}))
        return card_from(await _create(app, made, actor, None), made)


async def edit(app: AppContext, guidance_id: int, actor: Actor, fields: Mapping[str, str]) -> GuidanceCard:
    """Replace parts of the text (keys of FIELDS); text with personal data is not stored. Raises `Refused`."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise ValueError(f"no such parts: {sorted(unknown)}")
    reason = "、".join(FIELDS[name] for name in fields)
    return await _act(app, guidance_id, Act.EDIT, actor, Change(fields=fields, reason=reason))


async def submit(app: AppContext, guidance_id: int, actor: Actor, *, checked: bool = False) -> GuidanceCard:
    """报审. Raises `Refused` when a part is missing, personal data is in it, or nobody touched the machine's draft.

    `checked` says that the person has read what the machine drafted; the record and the reviewer hear so.
    """
    return await _act(app, guidance_id, Act.SUBMIT, actor, Change(checked=checked))


async def give_back(app: AppContext, guidance_id: int, actor: Actor, reason: str) -> GuidanceCard:
    """退回修改, with a reason. Raises `Refused`."""
    return await _act(app, guidance_id, Act.RETURN, actor, Change(reason=reason))


async def approve(app: AppContext, guidance_id: int, actor: Actor, *, checked: bool = False) -> GuidanceCard:
    """审核通过, before a joint publication is agreed; `checked` as of 报审. Raises `Refused`."""
    return await _act(app, guidance_id, Act.APPROVE, actor, Change(checked=checked))


async def publish(
    app: AppContext, guidance_id: int, actor: Actor, bodies: tuple[str, ...] = (), *, checked: bool = False
) -> GuidanceCard:
    """发布, alone or with `bodies`: from now on everybody finds it; `checked` as of 报审. Raises `Refused`."""
    return await _act(app, guidance_id, Act.PUBLISH, actor, Change(bodies=bodies, checked=checked))


async def withdraw(app: AppContext, guidance_id: int, actor: Actor, reason: str) -> GuidanceCard:
    """撤回, with a reason: nobody finds it any more. Raises `Refused`."""
    return await _act(app, guidance_id, Act.WITHDRAW, actor, Change(reason=reason))


async def _act(app: AppContext, guidance_id: int, act: Act, actor: Actor, change: Change | None = None) -> GuidanceCard:
    change = change or Change()
    for _ in range(ATTEMPTS):
        async with transaction():
            row = await GuidanceRow.get(id=guidance_id)
            before = await _guarded(app, row)
            after = decide(before, act, actor, change)
            # Reasons are read by many; a name in one is no better than a name in the text.
            reason = scrub(change.reason.strip(), before.known) or _knowingly(before, change)
            columns = await _columns(app, after, act, actor)
            if not await compare_and_set(row.id, row.version, **columns):
                continue
            seq = await _note(app, row.id, after, act, actor, reason)
            await keep_findable(row.id, after)
            await _tell(app, after, act, actor, reason, seq)
            card = await card_of(await GuidanceRow.get(id=guidance_id))
        app.wake()
        return card
    raise Contended(str(guidance_id))


def _knowingly(before: Guidance, change: Change) -> str:
    """What the record and the next reader hear of parts nobody rewrote (第十一条“分析整理”)."""
    if not before.machine or not change.checked:
        return ""
    return f"{'、'.join(FIELDS[name] for name in before.machine)}为系统草拟，未改写，已核对"


async def _columns(app: AppContext, after: Guidance, act: Act, actor: Actor) -> dict[str, object]:
    columns: dict[str, object] = {name: after.text(name) for name in FIELDS}
    columns |= {"state": after.state.value, "bodies": list(after.bodies), "submitter": after.submitter}
    if act is Act.PUBLISH:
        columns |= {"publisher": await _publisher(after, actor), "published_at": app.clock.now()}
    return columns


async def _publisher(guidance: Guidance, actor: Actor) -> str:
    """发布单位: the publisher's department, else the body of the centre's level in the words of 第十一条."""
    card = await person(actor.person) if actor.person is not None else None
    return (card.department if card else "") or f"{guidance.centre_name}同级政务服务和大数据管理部门"


async def _number(app: AppContext) -> str:
    """The next number of the year. Runs in the caller's transaction."""
    year = app.clock.now().astimezone(TZ).year
    return f"AL{year}-{await next_number(f'AL{year}')}"


async def _create(app: AppContext, made: Guidance, actor: Actor, case_id: int | None) -> GuidanceRow:
    text: dict[str, Any] = {name: made.text(name) for name in FIELDS}
    row = await GuidanceRow.create(
        no=made.no,
        centre_id=made.centre,
        case_id=case_id,
        state=made.state.value,
        created_at=app.clock.now(),
        **text,
    )
    await _note(app, row.id, made, Act.NOMINATE, actor, "")
    return row


async def _note(app: AppContext, guidance_id: int, after: Guidance, act: Act, actor: Actor, reason: str) -> int:
    """Append to the history; returns the line's number."""
    text = canonical({**{name: after.text(name) for name in FIELDS}, "bodies": list(after.bodies)})
    seq = await GuidanceActRow.filter(guidance_id=guidance_id).count() + 1
    who = next((role for role in Role if role in actor.roles and role in MANAGERS | PUBLISHERS), None)
    await GuidanceActRow.create(
        guidance_id=guidance_id,
        seq=seq,
        act=act.value,
        at=app.clock.now(),
        actor=actor.person,
        role=who.value if who else "",
        via=actor.via,
        reason=reason,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )
    return seq


async def _tell(app: AppContext, after: Guidance, act: Act, actor: Actor, reason: str, seq: int) -> None:
    """Queue word of the act for whoever comes next. They sit outside the centre: nothing outside office hours."""
    roles = HEARD.get(act, ())
    for place, role in enumerate(roles):
        listeners = [each for each in await people(after.centre, role=role) if each.id != actor.person]
        if not listeners:
            continue
        # The lead hears in the publishers' place when the directory names none: the post is to be filled.
        facts = {
            "act": act.value,
            "no": after.no,
            "title": after.title,
            "centre": after.centre_name,
            "who": actor.name,
            "reason": reason,
            "vacant": roles[0].value if place else "",
        }
        for listener in listeners:
            await OutboxRow.create(
                key=f"{after.no}/{seq}/{GUIDANCE.name}/p{listener.id}",
                kind=GUIDANCE.name,
                person_id=listener.id,
                payload=facts,
                not_before=app.calendar_of(listener.centre_id).next_open(app.clock.now()),
                created_at=app.clock.now(),
            )
        return


async def _guarded(app: AppContext, row: GuidanceRow) -> Guidance:
    """The guidance case with the strings that must not be in it."""
    known: tuple[str, ...] = ()
    if row.case_id is not None:
        known = (await read(row.case_id, app.sealer)).case.private.known
    return replace(await plain(row), known=known, machine=await machine_parts(row))

"""The sealed store: put bytes in, take them out, join them to a case; what nobody claims is forgotten."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.case import Actor, Case
from domain.commands import AddMaterial, Command
from models.database import transaction
from models.errors import Conflict
from models.materials import BlobPart, BlobRow, MaterialRow, forget_blobs, forget_waiting, waiting
from models.sealing import Damaged, SealError
from services.cases.execute import Outcome, execute
from services.materials.kinds import kind_of, safe_name, type_of
from services.materials.sealing import new_key, open_parts, seal_parts
from services.store.app import AppContext

#: How long something without a case waits for its sender's word.
WAITS_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Held:
    """A stored content: row id, what it is, and its name as people see it. `size` in bytes."""

    id: int
    kind: str
    type: str
    name: str
    size: int
    sha256: str


def origin_of(platform: str, event_key: str, place: int) -> str:
    """What names one arrival: the same for every repeat of its event."""
    return hashlib.sha256(f"{platform}\n{event_key}\n{place}".encode()).hexdigest()


async def put(
    app: AppContext,
    origin: str,
    name: str,
    content: bytes,
    *,
    kind: str = "",
    person: int | None = None,
    chat: str = "",
) -> Held:
    """Seal and store bytes as they were sent; the same arrival again is the one that is there."""
    if (known := await stored(app, origin)) is not None:
        return known
    found = type_of(content)
    kind = kind_of(found, kind)
    name = safe_name(name, kind, found)
    key = new_key()
    digest, parts = await asyncio.to_thread(_prepared, key, origin, content)
    secret = json.dumps({"name": name, "key": base64.b64encode(key).decode()}, ensure_ascii=False)
    try:
        async with transaction():
            row = await BlobRow.create(
                origin=origin,
                kind=kind,
                type=found,
                size=len(content),
                sha256=digest,
                sealed=app.sealer.seal(secret, f"blobs:{origin}"),
                person_id=person,
                chat=chat,
                received_at=app.clock.now(),
            )
            for place, part in enumerate(parts):
                await BlobPart.create(blob_id=row.id, place=place, data=part)
    except Conflict:
        again = await stored(app, origin)
        if again is None:
            raise
        return again
    return Held(row.id, kind, found, name, len(content), digest)


def _prepared(key: bytes, origin: str, content: bytes) -> tuple[str, list[bytes]]:
    return hashlib.sha256(content).hexdigest(), list(seal_parts(key, origin, content))


async def stored(app: AppContext, origin: str) -> Held | None:
    """What this arrival was stored as; None when it was not."""
    row = await BlobRow.get_or_none(origin=origin)
    return _held(app, row) if row is not None else None


def _held(app: AppContext, row: BlobRow) -> Held:
    return Held(row.id, row.kind, row.type, _secret(app, row)[0], row.size, row.sha256)


def _secret(app: AppContext, row: BlobRow) -> tuple[str, bytes]:
    """Name and key. Raises models.sealing.SealError."""
    secret = json.loads(app.sealer.open(row.sealed, f"blobs:{row.origin}"))
    return str(secret["name"]), base64.b64decode(secret["key"])


async def waiting_of(app: AppContext, person: int, chat: str) -> list[Held]:
    """What this person sent here and nobody claimed yet, oldest first."""
    since = app.clock.now() - WAITS_FOR
    rows = await waiting(person_id=person, chat=chat, received_at__gt=since).order_by("id")
    return [_held(app, row) for row in rows]


async def let_go(person: int, chat: str) -> int:
    """Forget what this person sent here and nobody claimed; how many there were."""
    ids = [row["id"] for row in await waiting(person_id=person, chat=chat).values("id")]
    if ids:
        await forget_blobs(ids)
    return len(ids)


async def let_go_of_unclaimed(app: AppContext) -> int:
    """Forget whatever waited too long: it may hold personal data."""
    return await forget_waiting(app.clock.now() - 2 * WAITS_FOR)


async def join(app: AppContext, case_id: int, held: Sequence[Held], actor: Actor) -> tuple[Case | None, int]:
    """Join contents to a case: the case after it, and how many it did not have before. Raises `Refused`, `Contended`.

    Each is one act: bytes the case has already change nothing, and are not kept a second time.
    """
    case, new = None, 0
    for item in held:
        async with transaction():
            command = AddMaterial(item.kind, item.type, item.size, item.sha256, item.name)
            outcome = await execute(app, case_id, command, actor)
            case = outcome.case
            for event in outcome.events:
                await MaterialRow.create(case_id=case_id, number=event.data["number"], blob_id=item.id)
                new += 1
            if not await MaterialRow.filter(blob_id=item.id).exists():
                await forget_blobs([item.id])
    return case, new


async def execute_with(
    app: AppContext,
    case_id: int,
    command: Command | Callable[[Case], Command],
    actor: Actor,
    held: Sequence[Held],
    *,
    epoch: int | None = None,
) -> Outcome:
    """Do an act together with what proves it: both or neither, one transaction. Raises what `execute` raises."""
    async with transaction():
        outcome = await execute(app, case_id, command, actor, epoch=epoch)
        case, _ = await join(app, case_id, held, actor)
    app.wake()
    return replace(outcome, case=case or outcome.case)


async def joined_to(ids: Collection[int]) -> dict[int, tuple[str, int]]:
    """Which case has each of these contents, by its number, and as which of its materials."""
    rows = await MaterialRow.filter(blob_id__in=list(ids)).order_by("id").values("blob_id", "case__no", "number")
    return {row["blob_id"]: (row["case__no"], row["number"]) for row in rows}


async def content_of(app: AppContext, case_id: int, number: int) -> bytes:
    """The bytes of a material of a case, as they were sent. Raises LookupError, models.sealing.SealError."""
    row = await MaterialRow.get_or_none(case_id=case_id, number=number).prefetch_related("blob")
    if row is None:
        raise LookupError(f"{case_id}/{number}")
    return await _content(app, row.blob)


async def unfit(app: AppContext, case_id: int, number: int, sha256: str) -> str:
    """Why a material is not what the case's record says, "" when it is."""
    try:
        content = await content_of(app, case_id, number)
    except LookupError:
        return "内容被删去"
    except SealError:
        return "内容被改动、缺少一段，或换成了别的"
    return "" if hashlib.sha256(content).hexdigest() == sha256 else "内容不是收到时的那一份"


async def held_content(app: AppContext, blob_id: int) -> bytes:
    """The same of a content by row id, whether a case has it or not."""
    return await _content(app, await BlobRow.get(id=blob_id))


async def _content(app: AppContext, blob: BlobRow) -> bytes:
    _, key = _secret(app, blob)
    parts = [bytes(part.data) for part in await BlobPart.filter(blob_id=blob.id).order_by("place")]
    content = await asyncio.to_thread(open_parts, key, blob.origin, blob.size, parts)
    if hashlib.sha256(content).hexdigest() != blob.sha256:
        raise Damaged("the content is not the one that was stored")
    return content


async def held_by_id(app: AppContext, ids: Collection[int]) -> list[Held]:
    """Contents by row id, oldest first."""
    return [_held(app, row) for row in await BlobRow.filter(id__in=list(ids)).order_by("id")]

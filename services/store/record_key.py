"""The chain key: random, made once, kept in the database sealed under the data key."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from models.bookkeeping import AccessLog, MetaRow
from models.cases import CaseRow
from models.database import query, reader, remembered, writer
from models.people import Person
from models.record import HeadRow
from models.rulebook import RuleSetRow
from models.sealing import Sealer
from services.store.audit_chain import RecordKey

#: The row of `meta` and what its text is sealed for: whoever changes the data key seals this row anew.
KEY_ROW, CONTEXT = "record_key", "meta:record_key"
PUT_KEY = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING RETURNING id"


class RecordKeyLost(Exception):
    """The chain key is gone though the record was written under it: somebody removed it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the sealed row says: the key, and until it is `finished` up to which case old chains are taken over."""

    key: str
    upto: int
    finished: bool

    @property
    def record_key(self) -> RecordKey:
        """The key to hash with."""
        return RecordKey(bytes.fromhex(self.key))

    def sealed(self, sealer: Sealer) -> str:
        """The text to keep."""
        return sealer.seal({"key": self.key, "upto": self.upto, "finished": self.finished}, CONTEXT)


async def record_key(sealer: Sealer) -> RecordKey:
    """The chain key; made where there is none. One question to the database per process.

    Raises RecordKeyLost, models.sealing.SealError.
    """
    place = f"{KEY_ROW}/{sealer.fingerprint}"
    known: RecordKey | None = remembered().get(place)
    if known is not None:
        return known
    kept = await kept_key(sealer, reader()) if reader() is not writer() else None
    if kept is not None:
        # Only what is committed is remembered: a key of a transaction that rolls back never was.
        remembered()[place] = kept.record_key
    return (kept or await kept_key(sealer) or await _made(sealer)).record_key


async def kept_key(sealer: Sealer, using: Any = None) -> Kept | None:
    """What is kept, None before the first start. Raises models.sealing.SealError."""
    row = await MetaRow.filter(key=KEY_ROW).using_db(using).first()
    return Kept(**sealer.open(row.value, CONTEXT)) if row else None


async def _made(sealer: Sealer) -> Kept:
    keyed = await CaseRow.filter(mac__isnull=False).exists() or await HeadRow.all().exists()
    if keyed:
        raise RecordKeyLost(
            "数据库里的校验密钥（meta 表 record_key）不见了，而办理记录是用它写的：有人动过数据库。"
            "请停止服务、保留现场，从备份恢复到另一处比对。"
        )
    newest = await CaseRow.all().order_by("-id").first()
    fresh = newest is None
    for table in (Person, RuleSetRow, AccessLog):
        fresh = fresh and not await table.all().exists()
    made = Kept(secrets.token_hex(32), newest.id if newest else 0, fresh)
    await query(PUT_KEY, KEY_ROW, made.sealed(sealer))
    kept = await kept_key(sealer)
    if kept is None:
        raise RecordKeyLost(KEY_ROW)
    return kept


async def mark_finished(sealer: Sealer, kept: Kept) -> None:
    """From now on nothing counts as written by an older release."""
    done = Kept(kept.key, kept.upto, finished=True)
    await MetaRow.filter(key=KEY_ROW).update(value=done.sealed(sealer))

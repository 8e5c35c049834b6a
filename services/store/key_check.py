"""Which data keys a database was sealed with: the first start leaves the key's fingerprint, every other must match.

While keys are exchanged there are several, and a start must know them all; the last step of `yousu key rotate` leaves
one again.
"""

from __future__ import annotations

from models.bookkeeping import MetaRow
from models.database import reader
from models.sealing import Sealer

_FINGERPRINT = "data_key"


class WrongDataKey(Exception):
    """YOUSU_DATA_KEY is not the key this database was sealed with."""


async def check_data_key(sealer: Sealer) -> None:
    """Note a new key before anything is sealed with it. Raises WrongDataKey when a key in use is missing.

    Asked at every tick: who only looks takes no writer's turn.
    """
    while True:
        row = await MetaRow.filter(key=_FINGERPRINT).using_db(reader()).first()
        if row is None:
            row, _ = await MetaRow.get_or_create(key=_FINGERPRINT, defaults={"value": sealer.fingerprint})
        used = row.value.split(",")
        if missing := set(used) - sealer.fingerprints:
            raise WrongDataKey(_told(len(used) - len(missing)))
        if sealer.fingerprint in used or await _move(row.value, ",".join([*used, sealer.fingerprint])):
            return


async def noted_keys() -> list[str]:
    """Fingerprints of the keys in use; empty before the first start."""
    row = await MetaRow.get_or_none(key=_FINGERPRINT)
    return row.value.split(",") if row else []


async def leave_only(sealer: Sealer, noted: list[str]) -> bool:
    """Say that everything is sealed under the present key, unless another start noted one since."""
    return await _move(",".join(noted), sealer.fingerprint)


async def _move(before: str, after: str) -> bool:
    return await MetaRow.filter(key=_FINGERPRINT, value=before).update(value=after) == 1


def _told(known: int) -> str:
    if known:
        return (
            "这个数据库正在更换密钥，缺少其中一把，没有启动：YOUSU_DATA_KEY 填新的，YOUSU_DATA_KEY_OLD 填以前的，"
            "换完（yousu key rotate）才能去掉旧的。"
        )
    return "YOUSU_DATA_KEY 不是这个数据库当初使用的密钥，启动会把数据弄乱，所以没有启动。请从备份中找回原密钥。"


async def data_key_fits(sealer: Sealer) -> bool:
    """Tell whether every key the database is sealed with is here, or it was sealed with none yet; write nothing."""
    return set(await noted_keys()) <= sealer.fingerprints

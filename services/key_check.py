"""One database, one data key: the first start leaves the key's fingerprint, every other one must match it."""

from __future__ import annotations

from models.bookkeeping import MetaRow
from models.sealing import Sealer

_FINGERPRINT = "data_key"


class WrongDataKey(Exception):
    """YOUSU_DATA_KEY is not the key this database was sealed with."""


async def check_data_key(sealer: Sealer) -> None:
    """Raises WrongDataKey before anything could be sealed under a second key."""
    row, _ = await MetaRow.get_or_create(key=_FINGERPRINT, defaults={"value": sealer.fingerprint})
    if row.value != sealer.fingerprint:
        raise WrongDataKey(
            "YOUSU_DATA_KEY 不是这个数据库当初使用的密钥，启动会把数据弄乱，所以没有启动。请从备份中找回原密钥。"
        )


async def data_key_fits(sealer: Sealer) -> bool:
    """Whether this is the key the database was sealed with, or it was sealed with none yet; nothing is written."""
    row = await MetaRow.get_or_none(key=_FINGERPRINT)
    return row is None or row.value == sealer.fingerprint

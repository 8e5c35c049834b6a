"""What a backup file looks like: one page that describes it, then the database as its own tool wrote it.

The page is a line of letters and JSON padded with blanks to 4096 bytes, so that it can be written last over its place,
and read by a person with `head -c 4096`. The digest covers everything after the page.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import BinaryIO

from models.migrate import known_migrations
from operations.private_files import open_private, sync_folder
from operations.running import Failure

MAGIC = b"YOUSU-BACKUP\n"
PAGE = 4096
FORMAT = 1
CHUNK = 1 << 20
KINDS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


class NotPossible(Failure):
    """This backup cannot be made or used; the text says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `data_key` are fingerprints of keys, `counts` the rows of every table."""

    kind: str
    made_at: str
    migrations: tuple[str, ...]
    data_key: tuple[str, ...]
    counts: Mapping[str, int]
    schema: str = ""
    release: str = ""
    size: int = 0
    sha256: str = ""
    format: int = FORMAT


def release() -> str:
    """The release of this program."""
    return version("yousu")


@contextmanager
def new_backup(target: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write the payload into, after its page; it takes its name when the block ends well.

    Raises NotPossible when there is such a file already and `force` does not say that it may go.
    """
    if target.is_dir():
        raise NotPossible(f"{target} 是一个目录，请写出备份文件的名字")
    if target.exists() and not force:
        raise NotPossible(f"{target} 已经存在，没有覆盖；请换一个名字，确实要覆盖时加 --force")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(open_private(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC), "w+b") as file:
            file.write(b" " * PAGE)
            yield file
        _give_name(part, target, force=force)
    finally:
        part.unlink(missing_ok=True)


def finish_backup(file: BinaryIO, manifest: Manifest) -> None:
    """Write the page over its place: size and digest are those of what stands behind it."""
    size, digest = measure(file)
    page = {**asdict(manifest), "release": release(), "size": size, "sha256": digest}
    text = MAGIC + json.dumps(page, ensure_ascii=False).encode()
    if len(text) >= PAGE:
        raise NotPossible("备份的说明写不下，没有备份")
    file.seek(0)
    file.write(text.ljust(PAGE - 1) + b"\n")
    file.flush()
    os.fsync(file.fileno())


def measure(file: BinaryIO) -> tuple[int, str]:
    """Size and digest of everything after the page."""
    digest, size = hashlib.sha256(), 0
    file.seek(PAGE)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def read_backup(source: Path, kind: str) -> Manifest:
    """What a backup for a database of that kind says of itself, after every byte was compared. Raises NotPossible."""
    if not source.exists():
        raise NotPossible(f"备份文件 {source} 不存在")
    if not source.is_file():
        raise NotPossible(f"{source} 不是文件，没有恢复")
    with source.open("rb") as file:
        page = file.read(PAGE)
        if not page.startswith(MAGIC):
            raise NotPossible(f"{source} 不是 yousu backup 做的备份，没有恢复")
        manifest = _parse(page, source)
        if (manifest.size, manifest.sha256) != measure(file):
            raise NotPossible(f"{source} 不完整或被改动过，没有恢复；请换一份备份")
    if manifest.kind != kind:
        raise NotPossible(
            f"这是 {KINDS.get(manifest.kind, manifest.kind)} 的备份，现在的数据库是 {KINDS[kind]}，没有恢复"
        )
    return manifest


def check_manifest(manifest: Manifest, keys: frozenset[str]) -> None:
    """Whether this release and these keys can read the backup. Raises NotPossible."""
    if unknown := sorted(set(manifest.migrations) - set(known_migrations())):
        newer = f"（{manifest.release}）" if manifest.release else ""
        raise NotPossible(f"备份来自更新的版本{newer}，这个版本不认识 {'、'.join(unknown)}，没有恢复；请先升级程序")
    if not set(manifest.data_key) <= keys:
        raise NotPossible(
            "备份不是用现在的 YOUSU_DATA_KEY 加密的，没有恢复；"
            "请找回当时的密钥，写在 YOUSU_DATA_KEY 或 YOUSU_DATA_KEY_OLD"
        )


def copy_payload(source: Path, target: BinaryIO) -> None:
    """Copy everything after the page."""
    with source.open("rb") as file:
        file.seek(PAGE)
        shutil.copyfileobj(file, target, CHUNK)


def _parse(page: bytes, source: Path) -> Manifest:
    if len(page) < PAGE:
        raise NotPossible(f"{source} 不完整，没有恢复；请换一份备份")
    try:
        said = json.loads(page[len(MAGIC) :])
        if said["format"] > FORMAT:
            raise NotPossible(f"备份来自更新的版本（{said.get('release', '')}），没有恢复；请先升级程序")
        lists = {name: tuple(said[name]) for name in ("migrations", "data_key")}
        return Manifest(**{**said, **lists})
    except (ValueError, TypeError, KeyError):
        raise NotPossible(f"{source} 的说明读不懂，没有恢复；请换一份备份") from None


def _give_name(part: Path, target: Path, *, force: bool) -> None:
    if force:
        os.replace(part, target)
    else:
        try:
            os.link(part, target)  # unlike a rename it never takes the place of a file that came meanwhile
        except FileExistsError:
            raise NotPossible(f"{target} 已经存在，没有覆盖；请换一个名字，确实要覆盖时加 --force") from None
        except OSError:  # a file system without links
            with suppress(FileNotFoundError):
                os.replace(part, target)
    sync_folder(target.parent)

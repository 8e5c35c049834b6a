"""Files only their owner may read: everything this program writes may hold what people told it in confidence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that was nobody else's from the moment it existed, whatever the umask."""
    descriptor = os.open(path, flags, OWNER_ONLY)
    os.fchmod(descriptor, OWNER_ONLY)  # an older file may be wider, a strange umask narrower
    return descriptor


@contextmanager
def written_beside(target: Path) -> Iterator[BinaryIO]:
    """Write a file under another name; it takes its own, whole and synced, when the block ends well."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(open_private(part, os.O_RDWR | os.O_CREAT | os.O_EXCL), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
        sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def write_private(path: Path, content: bytes | str) -> None:
    """Write a whole file, or leave what was there."""
    with written_beside(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


def append_private(path: Path) -> BinaryIO:
    """A log to append to."""
    return os.fdopen(open_private(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "ab")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut, where the file system can say so."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems refuse; the file itself is synced
            os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""A folder that belongs to one running command."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from operations.running import Failure


@contextmanager
def held_folder(folder: Path, otherwise: str) -> Iterator[None]:
    """Make the folder and hold it alone; the lock is on the folder itself, so nothing in it need stay.

    Raises Failure with `otherwise` when another command holds it, or when it is no folder.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except (FileExistsError, NotADirectoryError):
        raise Failure(f"{folder} 不是目录，请换一个") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(otherwise) from None
        yield
    finally:
        os.close(descriptor)

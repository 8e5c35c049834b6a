"""What one process has worked out and the others need: kept in a folder of this machine, under what it was made from.

pytest-xdist gives every worker a process of its own. A walk of half a minute, a server or a template is made by whoever
asks first, under a file lock, and found ready by everybody after.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import hashlib
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: What came of older sources stays for other checkouts of today; older than this it goes.
KEPT_SECONDS = 3 * 24 * 3600


def folder() -> Path:
    """A folder of this user that outlives a run. Raises PermissionError when somebody else made it."""
    place = Path(tempfile.gettempdir()) / f"yousu-tests-{os.getuid()}"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.is_symlink() or place.stat().st_uid != os.getuid() or place.stat().st_mode & 0o077:
        raise PermissionError(f"{place} is not ours alone")
    return place


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock beside `path`; the kernel gives it up for a process that dies."""
    with path.with_suffix(path.suffix + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(places: Iterable[str]) -> str:
    """A hash of the Python that runs and of every file under these places of the project: names and contents."""
    told = hashlib.sha256(sys.version.encode())
    for place in places:
        top = ROOT / place
        files = sorted(path for path in top.rglob("*") if path.is_file()) if top.is_dir() else [top]
        for path in files:
            if path.suffix not in (".pyc", ".lock"):
                told.update(f"{path.relative_to(ROOT)}\0".encode())
                told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:32]


def made_once(name: str, places: Iterable[str], make: Callable[[], Any]) -> Any:
    """What `make` returns, from the pickle of whoever made it first out of exactly these sources."""
    path = folder() / f"{name}-{digest(places)}.pickle"
    with locked(path):
        if not path.exists():
            for old in folder().glob(f"{name}-*"):
                age = time.time() - old.stat().st_mtime  # noqa: TID251 - the age of a file of this machine
                if age > KEPT_SECONDS:
                    old.unlink(missing_ok=True)
            half = path.with_suffix(".half")
            half.write_bytes(pickle.dumps(make(), pickle.HIGHEST_PROTOCOL))
            half.replace(path)
    # Hundreds of thousands of small objects: collecting while they are read doubles the time.
    gc.disable()
    try:
        return pickle.loads(path.read_bytes())
    finally:
        gc.enable()

"""The default database of an older release, `data/yousu.sqlite3`: found, and moved to where this one keeps it.

The move is one rename of one file, so a crash leaves the database in the old place or in the new one, never in both.
Before it everybody else is kept out by the locks that servers and commands hold, in both places, and the write-ahead
log is folded in: what a killed server had accepted goes along. This process has no engine open yet.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

from models.errors import DatabaseInUse
from models.occupancy import have_alone, leave, serve_alone
from models.urls import sqlite_path
from operations.private_files import sync_folder
from operations.running import Failure
from settings import DEFAULTS

DEFAULT = DEFAULTS["YOUSU_DATABASE_URL"]
OLD, NEW = Path("data/yousu.sqlite3"), Path(sqlite_path(DEFAULT) or "")
#: What may lie beside a SQLite file and belongs to it.
COMPANIONS = ("-wal", "-shm", "-journal")
#: The files that servers and commands lock; they are empty.
MARKERS = (".lock", ".open")
#: Seconds another program's lock is waited for.
PATIENCE = 20.0


def bring_over(url: str) -> str:
    """Move an older release's default database to its new place; what the operator hears of it, "" when nothing moved.

    Another command that is at it is waited for. Raises Failure when the database is in use or another user's, when
    there is one in each place, or when it cannot be moved as one; everything is then as it was.
    """
    if url != DEFAULT or not _holds_data(OLD):
        return ""
    _must_be_the_owner()
    NEW.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(NEW.parent):
        if not _holds_data(OLD):
            return ""
        _refuse_what_cannot_move()
        with _nobody_else():
            _fold()
            _move()
    return (
        f"旧版本的数据库已从 {OLD} 移到 {NEW}（新版本的默认位置），内容没有变化。如果有脚本还写着 {OLD}，请一并修改。"
    )


def to_look_into(url: str) -> str:
    """The address for a command that only looks and moves nothing: the old place while nothing is in the new one."""
    return f"sqlite://{OLD}" if url == DEFAULT and _holds_data(OLD) and not _holds_data(NEW) else url


def _holds_data(path: Path) -> bool:
    """An empty file is what a start leaves that got no further; SQLite writes nothing beside one."""
    return os.path.lexists(path) and (path.is_symlink() or path.stat().st_size > 0)


def _refuse_what_cannot_move() -> None:
    there = [str(NEW) for _ in (NEW,) if _holds_data(NEW)]
    there += [f"{NEW}{end}" for end in COMPANIONS if os.path.lexists(f"{NEW}{end}")]
    if there:
        raise Failure(
            f"有两个数据库：旧位置 {OLD.absolute()}，新位置 {Path(there[0]).absolute()}。程序不能替您选，什么也没有动。"
            f"请停止服务，看清哪一个有最新的诉求（可在 .env 里写 YOUSU_DATABASE_URL=sqlite://{OLD} 后运行 yousu doctor "
            "核对旧的那个），把另一个连同名字以 -wal、-shm 结尾的文件一起移到别处保存，再运行这条命令。"
        )
    if OLD.is_symlink() or not OLD.is_file():
        raise Failure(
            f"{OLD.absolute()} 是链接或目录，不能移动。请在 .env 里用 YOUSU_DATABASE_URL 写明数据库的位置，"
            f"例如 sqlite://{OLD}。"
        )


def _must_be_the_owner() -> None:
    """A folder made by root would shut the service out of its own database."""
    owner = OLD.stat().st_uid
    if owner != os.geteuid():
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise Failure(
            f"数据库要从 {OLD} 移到 {NEW}，但它属于用户 {name}，没有移动。"
            f"请用这个用户运行，例如 sudo -u {name} -H .venv/bin/yousu doctor。"
        )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait for whoever else moves a database here; the lock is on the folder, so nothing stays."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _nobody_else() -> Iterator[None]:
    """Hold both places against servers and commands of either release."""
    with ExitStack() as stack:
        try:
            for path in (OLD, NEW):
                stack.callback(leave, serve_alone(str(path)))
                stack.callback(leave, have_alone(f"sqlite://{path}"))
        except DatabaseInUse as error:
            raise Failure(
                f"数据库要从 {OLD} 移到 {NEW}，但它正在使用（{error}），没有移动。"
                "请先停止旧版本的服务（systemctl stop yousu），等其他 yousu 命令结束，再运行这条命令。"
            ) from None
        yield


def _fold() -> None:
    """Put the write-ahead log into the file, so that one file is the whole database."""
    try:
        with closing(sqlite3.connect(f"{OLD.absolute().as_uri()}?mode=rw", uri=True, timeout=PATIENCE)) as connection:
            connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise Failure(
            f"{OLD.absolute()} 读不出来（{error}），没有移动。请用备份恢复，或把它移到别处保存后再运行。"
        ) from None
    beside = [name for end in COMPANIONS if os.path.exists(name := f"{OLD}{end}") and os.path.getsize(name)]
    if busy or beside:
        raise Failure(f"别的程序还开着 {OLD.absolute()}，没有移动。请关掉它（例如 sqlite3、备份软件）再运行。")


def _move() -> None:
    """The copies that migrations left first, the database last: as long as it is here, the next start goes on."""
    copies = [path for path in sorted(OLD.parent.glob(f"{OLD.name}.*")) if path.suffix not in MARKERS]
    try:
        for copy in copies:
            if not os.path.lexists(NEW.parent / copy.name):
                os.rename(copy, NEW.parent / copy.name)
        os.rename(OLD, NEW)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        raise Failure(
            f"{OLD.parent} 和 {NEW.parent} 不在同一个磁盘上，没有移动。请停止服务，用 mv {OLD} {NEW} 移过去；"
            f"或在 .env 里写 YOUSU_DATABASE_URL=sqlite://{OLD}，继续用原来的位置。"
        ) from None
    for folder in (NEW.parent, OLD.parent):
        sync_folder(folder)
    for end in (*COMPANIONS, *MARKERS):
        with suppress(FileNotFoundError):
            os.unlink(f"{OLD}{end}")
    with suppress(OSError):  # other things may lie there
        OLD.parent.rmdir()

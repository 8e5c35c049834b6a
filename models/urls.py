"""From `YOUSU_DATABASE_URL` to the ORM's connection settings."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

MEMORY = ":memory:"
DEFAULT_POOL = 10
READER_POOL = 3
#: How PostgreSQL watches over our connections: a machine that vanished is forgotten after some ten seconds.
KEEPALIVE = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
#: A transaction whose process fell silent ends by itself, and nobody waits for a lock longer (milliseconds).
#: `lock_timeout` is the longer one, so that who waits for a silent transaction outlasts it. What was answered
#: "accepted" is on the disk, also where the server's own default is faster.
POOL_SETTINGS = {
    **KEEPALIVE,
    "idle_in_transaction_session_timeout": "8000",
    "lock_timeout": "10000",
    "synchronous_commit": "on",
}
#: Long reads stay open while rows are drawn; they hold no locks that a writer waits for.
READER_SETTINGS = {**KEEPALIVE, "idle_in_transaction_session_timeout": "60000"}
#: The one session by which a process is known to live; it waits for nobody.
LEAD_SETTINGS = {**KEEPALIVE, "lock_timeout": "2000"}
# FULL: with a write-ahead log NORMAL syncs at checkpoints only, and a power cut takes back what was accepted.
PRAGMAS: dict[str, Any] = {
    "busy_timeout": 5000,
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "foreign_keys": "ON",
}


class BadDatabaseUrl(ValueError):
    """The database address is none we understand; the text never repeats the address (it may hold a password)."""


def sqlite_path(url: str) -> str | None:
    """The file of a `sqlite://` address as written (relative to the working directory), None for PostgreSQL."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme != "sqlite":
        return None
    path = rest.partition("?")[0]
    if not path:
        raise BadDatabaseUrl("sqlite:// needs a file, as in sqlite://var/yousu.sqlite3")
    return path


def read_only_uri(path: str) -> str:
    """Return the address by which SQLite opens an existing file for reading only; `path` may begin with `//`."""
    absolute = "/" + os.path.abspath(path).lstrip("/")
    return f"file:{quote(absolute)}?mode=ro"


def connections(url: str, *, read_only_alias: bool = True) -> dict[str, Any]:
    """The `connections` part of the ORM's configuration: "default", and "ro" for long reads when wanted.

    A memory database has no second connection. Raises BadDatabaseUrl.
    """
    path = sqlite_path(url)
    make = _postgres if path is None else _sqlite
    settings = {"default": make(url, read_only=False)}
    if read_only_alias and path != MEMORY:
        settings["ro"] = make(url, read_only=True)
    return settings


def prepare_file(url: str) -> None:
    """Make the folder and an empty SQLite file that only its owner may read; nothing for other databases.

    A file that is there is looked at and never opened: closing any descriptor of it would drop every lock this process
    holds on it, and the next command beside a server would then delete the log the server still writes. Raises OSError
    for what cannot be a database: a folder, or a file this user may not read and write.
    """
    path = sqlite_path(url)
    if path is None or path == MEMORY:
        return
    if os.path.exists(path):
        _check_usable(path)
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was faster: then it is not ours to open
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _check_usable(path: str) -> None:
    if os.path.isdir(path):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)


def _sqlite(url: str, *, read_only: bool) -> dict[str, Any]:
    credentials: dict[str, Any] = {"file_path": sqlite_path(url), **PRAGMAS}
    if read_only:
        credentials["query_only"] = "ON"
    return {"engine": "models.engine_sqlite", "credentials": credentials}


def _postgres(url: str, *, read_only: bool) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadDatabaseUrl("the database address must start with sqlite:// or postgres://")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    database = unquote(parts.path.lstrip("/"))
    if not database:
        raise BadDatabaseUrl("postgres:// needs a database name, as in postgres://user:password@host/yousu")
    try:
        port = parts.port or int(options.get("port", 5432))
    except ValueError:
        raise BadDatabaseUrl("the port of the database address is not a number") from None
    credentials: dict[str, Any] = {
        "host": options.get("host") or parts.hostname,
        "port": port,
        "user": unquote(parts.username) if parts.username else options.get("user"),
        "password": unquote(parts.password) if parts.password else options.get("password"),
        "database": database,
        "minsize": 0 if read_only else 1,
        "maxsize": READER_POOL if read_only else DEFAULT_POOL,
        "application_name": "yousu",
        "server_settings": {"default_transaction_read_only": "on", **READER_SETTINGS}
        if read_only
        else {**POOL_SETTINGS},
    }
    if ssl := options.get("sslmode") or options.get("ssl"):
        credentials["ssl"] = ssl
    return {"engine": "models.engine_asyncpg", "credentials": credentials}

"""The imported calendars, read beside the bot: on both databases, from none, and while the bot writes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.readonly import Unreadable, imported_texts
from models.rulebook import YearTableRow
from models.urls import read_only_uri


async def test_the_imported_tables_are_read_oldest_first(database: str) -> None:
    assert await asyncio.to_thread(imported_texts, database) == []
    for text in ("一", "二"):
        await YearTableRow.create(year=2027, text=text, imported_at=datetime(2026, 11, 23, tzinfo=UTC))
    assert await asyncio.to_thread(imported_texts, database) == ["一", "二"]


async def test_an_empty_database_has_imported_nothing(empty_url: str) -> None:
    assert await asyncio.to_thread(imported_texts, empty_url) == []


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert imported_texts(f"sqlite://{tmp_path / 'no ?#1.sqlite3'}") == []
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["mysql://somewhere/yousu", "postgres://nobody:secret@127.0.0.1:9/yousu"])
def test_what_cannot_be_read_says_so_without_the_address(url: str) -> None:
    with pytest.raises(Unreadable) as error:
        imported_texts(url)
    assert "secret" not in str(error.value)
    assert "127.0.0.1" not in str(error.value)


def test_a_path_with_two_slashes_is_a_path_like_any_other(tmp_path: Path):
    """SQLite would take what stands between two slashes and the next one for the name of a machine."""
    path = tmp_path / "y.sqlite3"
    sqlite3.connect(path).close()
    with closing(sqlite3.connect(read_only_uri(f"/{path}"), uri=True)) as connection:
        assert connection.execute("PRAGMA database_list").fetchone()[2] == str(path)

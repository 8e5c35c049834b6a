"""What is worked out once and shared between test processes is never older than its sources."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.kit import shared


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one source, and a shared folder of its own."""
    monkeypatch.setattr(shared, "ROOT", tmp_path / "checkout")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / "checkout" / "domain").mkdir(parents=True)
    (tmp_path / "checkout" / "domain" / "case.py").write_text("a = 1\n")
    return tmp_path / "checkout"


def test_what_was_made_is_found_by_the_next_and_made_anew_when_a_source_changes(sources):
    made = []

    def make() -> int:
        made.append(len(made))
        return made[-1]

    assert [shared.made_once("walk", ["domain"], make) for _ in range(3)] == [0, 0, 0]
    (sources / "domain" / "case.py").write_text("a = 2\n")
    assert shared.made_once("walk", ["domain"], make) == 1
    (sources / "domain" / "case.py").rename(sources / "domain" / "cases.py")
    assert shared.made_once("walk", ["domain"], make) == 2
    (sources / "domain" / "new.py").write_text("")
    assert shared.made_once("walk", ["domain"], make) == 3
    assert len(made) == 4


def test_of_several_that_ask_at_once_one_makes_it(sources):
    made = []
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(shared.made_once, "walk", ["domain"], lambda: made.append(1) or "made") for _ in "1234"]
        assert [future.result() for future in futures] == ["made"] * 4
    assert made == [1]


def test_a_maker_that_fails_leaves_nothing_half_made(sources):
    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours
        shared.made_once("walk", ["domain"], fail)
    assert shared.made_once("walk", ["domain"], lambda: "made") == "made"


def test_a_folder_that_others_can_write_is_not_trusted(sources, tmp_path):
    shared.folder().chmod(0o777)
    with pytest.raises(PermissionError):
        shared.made_once("walk", ["domain"], lambda: 1)

"""`yousu play`: one month of the practice city, told to the end; what it leaves and what it walks through."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from domain import commands as c
from domain.lifecycle import TRANSITIONS
from domain.vocabulary import Category, Rating, Release, Request, Role, State
from models.urls import sqlite_path
from operations import play
from tests.acceptance.deployment import done, yousu
from tests.kit.shared import locked

pytestmark = pytest.mark.acceptance


@dataclass(frozen=True)
class Left:
    """One event of the month: whose case, what, by whom, and its data without personal words."""

    case: int
    type: str
    role: str
    data: Mapping[str, Any]


#: What each act leaves in the record and nothing else does: event type, role of the person, and some of its data.
TRACES: dict[type, tuple[str, str, Mapping[str, object]]] = {
    c.Confirm: ("confirmed", "", {}),
    c.Supplement: ("supplemented", "", {}),
    c.AddMaterial: ("material_added", "", {}),
    c.Amend: ("amended", "", {}),
    c.Discard: ("discarded", "", {}),
    c.Correct: ("correction_requested", "", {}),
    c.Urge: ("urged", "", {}),
    c.Withdraw: ("withdrawn", "", {}),
    c.Void: ("voided", "", {}),
    c.MergeInto: ("merged_into", "", {}),
    c.Absorb: ("absorbed", "", {}),
    c.Follow: ("followed", Role.SYSTEM, {}),
    c.SettleOnSpot: ("settled_on_spot", "", {}),
    c.Submit: ("submitted", "", {}),
    c.Classify: ("classified", "", {}),
    c.Dispatch: ("dispatched", "", {}),
    c.Transfer: ("transferred", "", {}),
    c.Tell: ("told", "", {}),
    c.Consult: ("consulted", "", {}),
    c.Refer: ("referred", "", {}),
    c.Deliver: ("delivered", Role.SYSTEM, {}),
    c.Accept: ("accepted", "", {}),
    c.Promise: ("promised", "", {}),
    c.Plan: ("planned", "", {}),
    c.Answer: ("answered", "", {"cannot": False}),
    c.CannotDo: ("answered", "", {"cannot": True}),
    c.Decline: ("decline_requested", "", {}),
    c.Extend: ("extension_requested", "", {}),
    c.Suspend: ("suspension_requested", "", {}),
    c.Resume: ("resumed", Role.MANAGER, {}),
    c.Grant: ("extended", "", {}),
    c.Deny: ("request_denied", "", {}),
    c.Review: ("review_passed", "", {}),
    c.CallBack: ("called", "", {}),
    c.CalledMerged: ("merged_called", "", {}),
    c.Conclude: ("closed", Role.LEAD, {"state": "Z2"}),
    c.Nudge: ("nudged_by_hand", "", {}),
    c.Supervise: ("supervised", "", {}),
    c.Approve: ("circulated", "", {}),
    c.Hold: ("held", "", {}),
    c.Reopen: ("reopened", "", {}),
    c.Escalate: ("nudged", Role.SYSTEM, {}),
}
#: A changed calendar and an empty post belong to no ordinary month, nor do a master that is withdrawn or void, a merged
#: case that is opened again, a complaint of two matters, and a peer centre's answer; tests/scenario has them.
TECHNICAL = frozenset({c.Recalculate, c.NoteUnheard, c.StandAlone, c.Part, c.HearPeer, c.Split})


class Month:
    """What one play left: its folder, and the events of its database."""

    def __init__(self, out: Path) -> None:
        self.out = out
        with closing(sqlite3.connect(out / "kept.sqlite3")) as database:
            rows = database.execute("SELECT case_id, type, role, data FROM events ORDER BY id").fetchall()
        self.events = [Left(case, type_, role, json.loads(data)) for case, type_, role, data in rows]

    def left(self, type_: str, role: str, facts: Mapping[str, object]) -> list[Left]:
        """The events of that type, by that role (any when empty), that hold these facts."""
        found = [e for e in self.events if e.type == type_ and role in ("", e.role)]
        return [event for event in found if facts.items() <= event.data.items()]

    def values(self, name: str) -> set[str]:
        """Every value an entry took, as text."""
        return {str(event.data[name]) for event in self.events if name in event.data}


@pytest.fixture(scope="module")
def months(whole_run: Path) -> tuple[Month, dict[str, Path]]:
    """The month on both platforms (its database kept), and on each of them alone; played once in a run."""
    note = whole_run / "months.json"
    with locked(note):
        if not note.exists():
            note.write_text(json.dumps(played(Path(tempfile.mkdtemp(prefix="months-", dir=whole_run)))))
    mine, theirs = json.loads(note.read_text())
    return Month(Path(mine)), {kind: Path(place) for kind, place in theirs.items()}


def played(folder: Path) -> tuple[str, dict[str, str]]:
    """Play the month in this process and, one platform alone, by the command; where each was left."""
    mine, theirs = folder / "mixed", {kind: folder / kind for kind in ("wecom", "dingtalk")}
    for place in (mine, *theirs.values()):
        place.mkdir()

    async def keeping(*arguments: str, env: Mapping[str, str]) -> str:
        if arguments[0] == "verify":
            with (
                closing(sqlite3.connect(sqlite_path(env["YOUSU_DATABASE_URL"]))) as played,
                closing(sqlite3.connect(mine / "kept.sqlite3")) as kept,
            ):
                played.backup(kept)
        return await done(*arguments, env=env)

    async def command(kind: str) -> None:
        status, out, err = await yousu("play", "--out", str(theirs[kind]), "--platforms", kind, env={})
        assert status == 0, err
        assert "一个月演完" in out

    async def all_three() -> None:
        here, _ = await asyncio.gather(play.run(mine, speed=0.0), command("wecom"))
        assert here == 0
        await command("dingtalk")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(play, "run_tool", keeping)
        asyncio.run(all_three())
    return str(mine), {kind: str(place) for kind, place in theirs.items()}


def cells(path: Path) -> list[list[tuple[object, ...]]]:
    return [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(path).worksheets]


def test_the_month_leaves_a_transcript_a_ledger_and_the_papers(months):
    for out in (months[0].out, *months[1].values()):
        transcript = (out / "transcript.md").read_text(encoding="utf-8")
        assert "## 2026-11-23" in transcript
        assert "## 2026-12-23" in transcript
        assert "Traceback" not in transcript
        papers = sorted((out / "papers").glob("*.docx"))
        kinds = {path.stem.rpartition("-")[2] for path in papers}
        assert {"工作单", "督办单", "通报", "报告", "抄送函", "函转函", "转交函", "告知书"} <= kinds
        assert {"退单裁定书", "延期审批单", "中止通知", "恢复通知", "办不了答复", "退回重办通知"} <= kinds
        assert {f"有诉即办月报-2026-{month}" for month in (11, 12)} <= {path.stem for path in papers}
        for path in papers:
            assert Document(str(path)).element.body is not None
        letter = next(path for path in papers if path.stem.endswith("函转函"))
        said = [paragraph.text.strip() for paragraph in Document(str(letter)).paragraphs]
        assert "2026年11月30日" in said, "it keeps the day of its act, by the play's clock"


@pytest.mark.parametrize("kind", ["wecom", "dingtalk"])
def test_the_ledger_is_the_same_wherever_the_departments_chat(months, kind):
    assert cells(months[0].out / "ledger.xlsx") == cells(months[1][kind] / "ledger.xlsx")


def test_the_ledger_of_the_month_says_something_in_every_column(months):
    rows = cells(months[0].out / "ledger.xlsx")[0]
    header = next(n for n, row in enumerate(rows) if row[0] == "序号")
    body = [row for row in rows[header + 1 :] if row[0]]
    assert len(body) >= 14
    for place, name in enumerate(rows[header]):
        assert any(row[place] not in (None, "", "—") for row in body), name


@pytest.mark.parametrize("state", State, ids=lambda state: state.value)
def test_every_state_is_reached(months, state: State):
    reached = months[0].values("state")
    assert state is State.DRAFT or state.value in reached, "registration says D of every case"
    assert months[0].left("registered", "", {})


@pytest.mark.parametrize(
    "command",
    sorted(set(TRANSITIONS) - TECHNICAL, key=lambda command: command.__name__),
    ids=lambda command: command.__name__,
)
def test_every_act_is_done(months, command: type):
    assert months[0].left(*TRACES[command])


def test_a_case_is_concluded_by_the_lead_alone_and_another_because_a_call_back_asked_for_it(months):
    asked = {event.case for event in months[0].left("closing_requested", "", {"what": Request.LAWFUL.value})}
    concluded = {event.case for event in months[0].left(*TRACES[c.Conclude])}
    assert concluded & asked
    assert concluded - asked


def test_every_category_rating_release_and_request_occurs(months):
    month = months[0]
    assert {category.value for category in Category} <= month.values("category")
    missing = {rating.value for rating in Rating} - month.values("rating")
    assert missing <= {Rating.OUTRAGED.value}
    assert {release.value for release in Release} <= month.values("what")
    assert {request.value for request in Request} <= month.values("what")


def test_the_transcript_shows_no_complainant_in_a_group(months):
    transcript = (months[0].out / "transcript.md").read_text(encoding="utf-8")
    blocks = transcript.split("**")
    in_groups = [text for head, text in zip(blocks[1::2], blocks[2::2], strict=False) if "群　机器人" in head]
    assert in_groups
    assert not [text for text in in_groups if "0001234" in text]

"""Rows on their way to a file lie in a file, in order, and are read as often as somebody asks."""

from __future__ import annotations

import pickle

from services.papers.spool import Spool


def test_rows_come_back_in_their_order_also_in_another_process(tmp_path):
    spool = Spool(tmp_path / "rows")
    assert list(spool) == []
    spool.add([("1", "甲"), ("2", "乙\n")])
    spool.add([("3", "")])
    assert list(spool) == list(spool) == [("1", "甲"), ("2", "乙\n"), ("3", "")]
    assert len(spool) == 3
    assert ("2", "乙\n") in spool
    assert ("4", "") not in spool
    sent = pickle.loads(pickle.dumps(spool))
    assert list(sent) == list(spool)
    assert len(pickle.dumps(spool)) < 500, "a process is handed the place of the rows, not the rows"

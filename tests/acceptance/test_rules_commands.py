"""`yousu rules …` as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from in_force import shipped_rules_text
from tests.kit.town import DATA_KEY, ORG

pytestmark = pytest.mark.acceptance
CAOHE = "曹河镇便民服务中心"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("YOUSU_DATABASE_URL", "sqlite://yousu.sqlite3")
    monkeypatch.setenv("YOUSU_DATA_KEY", DATA_KEY)
    assert cli.main(["org", "import", str(ORG)]) == 0


def written(name: str, version: str, **changes: object) -> str:
    """A rule file in the current folder: the shipped one with changes."""
    raw = {**json.loads(shipped_rules_text()), "version": version, **changes}
    Path(name).write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")
    return name


def test_what_is_shown_can_be_applied_as_it_is(capsys):
    capsys.readouterr()
    assert cli.main(["rules", "show"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown) == json.loads(shipped_rules_text())
    Path("same.json").write_text(shown, encoding="utf-8")
    assert cli.main(["rules", "apply", "same.json"]) == 0
    assert "0 处不同" in capsys.readouterr().out


def test_a_comparison_changes_nothing_and_an_application_does(capsys):
    file = written("new.json", "2026-2", redo_days=2)
    for _ in range(2):
        assert cli.main(["rules", "diff", file]) == 0
        assert "redo_days：3 → 2" in capsys.readouterr().out
    assert cli.main(["rules", "apply", file]) == 0
    assert "规则 2026-2 已生效（全部没有单独规则的中心）" in capsys.readouterr().out
    assert cli.main(["rules", "show"]) == 0
    assert json.loads(capsys.readouterr().out)["redo_days"] == 2
    cli.main(["doctor"])
    assert "✓ 现行规则 2026-2" in capsys.readouterr().out


def test_one_centre_may_have_its_own(capsys):
    file = written("caohe.json", "曹河-1", hours=[["08:30", "12:00"], ["14:00", "17:30"]])
    assert cli.main(["rules", "apply", file, "--centre", CAOHE]) == 0
    capsys.readouterr()
    assert cli.main(["rules", "show", "--centre", CAOHE]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "曹河-1"
    assert cli.main(["rules", "show"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == json.loads(shipped_rules_text())["version"]
    cli.main(["doctor"])
    assert f"{CAOHE}用 曹河-1" in capsys.readouterr().out


def test_every_fault_is_a_line_and_nothing_is_applied(capsys):
    file = written("bad.json", "2026-2", redo_days=-1, overdue=["boss"])
    for verb in ("diff", "apply"):
        assert cli.main(["rules", verb, file]) == 1
        faults = capsys.readouterr().err.splitlines()
        assert len(faults) == 4
        assert faults[-1] == "未能完成：规则文件有 3 处错误，请按上面的提示修改后重试。"
    assert cli.main(["rules", "show"]) == 0
    assert json.loads(capsys.readouterr().out)["redo_days"] == 3


@pytest.mark.parametrize("verb", ["diff", "apply"])
def test_an_old_version_number_an_unknown_centre_and_another_encoding_are_refused(capsys, verb: str):
    same = written("new.json", json.loads(shipped_rules_text())["version"], redo_days=2)
    assert cli.main(["rules", verb, same]) == 1
    assert "请在文件里换一个新的版本号" in capsys.readouterr().err
    assert cli.main(["rules", verb, written("new.json", "2026-2"), "--centre", "没有"]) == 1
    assert "名册里没有“没有”这个中心" in capsys.readouterr().err
    Path("new.json").write_bytes("版本".encode("gbk"))
    assert cli.main(["rules", verb, "new.json"]) == 1
    assert "UTF-8" in capsys.readouterr().err

"""The `yousu` command as an operator runs it: what it prints, how it exits, and errors in words."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook

import cli
from domain.ledger_form import HEADERS
from models.urls import sqlite_path
from tests.acceptance.deployment import running, yousu
from tests.kit.town import DATA_KEY, ORG

pytestmark = pytest.mark.acceptance


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"YOUSU_DATABASE_URL": f"sqlite://{tmp_path / 'yousu.sqlite3'}", "YOUSU_DATA_KEY": DATA_KEY}


@pytest.fixture
def here(env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings and the folder of a command that is run in this process."""
    monkeypatch.chdir(tmp_path)
    for name, value in env.items():
        monkeypatch.setenv(name, value)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def test_a_good_directory_is_imported_and_a_bad_one_is_refused_line_by_line(here, capsys, tmp_path: Path):
    assert cli.main(["org", "import", str(ORG)]) == 0
    assert "名册已导入：15 人（新增 15" in capsys.readouterr().out
    bad = tmp_path / "bad.csv"
    bad.write_text(ORG.read_text(encoding="utf-8") + "某中心,省,,张三,大王,zhangsan,\n", encoding="utf-8")
    assert cli.main(["org", "import", str(bad)]) == 1
    err = capsys.readouterr().err
    assert "第 17 行" in err
    assert "没有导入" in err
    assert cli.main(["org", "import", str(tmp_path / "nothing.csv")]) == 1
    assert is_chinese(capsys.readouterr().err)


async def test_a_forwarded_text_is_parsed_to_json(env):
    text = "来电人：测甲一 联系电话：00012340001 诉求内容：退休手续窗口不予受理，要求说明原因。"
    status, out, _ = await yousu("parse", "--now", "2026-11-23T09:00:00+08:00", env=env, given=text)
    parsed = json.loads(out)
    assert status == 0
    assert {"cases", "missing", "questions"} <= set(parsed)
    phone = parsed["cases"][0]["phone"]
    assert phone["value"] == "00012340001"
    start, end = phone["span"]
    assert text[start:end] == "00012340001"


def test_a_limit_is_computed_and_explained_singly_and_in_batches(here, capsys, monkeypatch):
    assert cli.main(["due", "--received", "2026-09-30T10:00:00+08:00", "--days", "3"]) == 0
    due = json.loads(capsys.readouterr().out)
    assert (due["due_date"], due["due_at"]) == ("2026-10-10", "2026-10-10T17:00:00+08:00")
    assert {"date", "counted", "why"} <= set(due["steps"][0])
    lines = "\n".join(json.dumps({"received": "2026-11-23T10:00:00+08:00", "days": days}) for days in (1, 3, 5))
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))
    assert cli.main(["due", "--batch"]) == 0
    assert [json.loads(line)["due_date"] for line in capsys.readouterr().out.splitlines()] == [
        "2026-11-24",
        "2026-11-26",
        "2026-11-30",
    ]


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (("due",), ""),
        (("due", "--received", "gestern", "--days", "3"), ""),
        (("due", "--received", "2026-02-30T10:00:00+08:00", "--days", "3"), ""),
        (("due", "--received", "2026-11-23T10:00:00+08:00", "--days", "-3"), ""),
        (("due", "--batch"), "not json\n"),
        (("due", "--batch"), '{"received": "2026-11-23T10:00:00+08:00"}\n'),
        (("parse", "--now", "soon"), "x"),
        (("case", "show", "YS20261123-9999"), ""),
        (("case", "show", "nonsense", "--json"), ""),
        (("ledger", "export", "--out", "/nowhere/ledger.xlsx"), ""),
        (("restore", "/nowhere/backup.sqlite3"), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_answered_with_a_chinese_sentence(here, capsys, monkeypatch, arguments, given: str):
    monkeypatch.setattr(sys, "stdin", io.StringIO(given))
    assert cli.main(arguments) == 1
    assert is_chinese(capsys.readouterr().err)


@pytest.mark.parametrize(
    "wrong",
    [
        {"YOUSU_DATA_KEY": ""},
        {"YOUSU_DATA_KEY": "short"},
        {"YOUSU_HTTP_PORT": "many"},
        {"YOUSU_HTTP_PORT": "70000"},
        {"YOUSU_DATABASE_URL": "mysql://x"},
        {"YOUSU_DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"},
        {"YOUSU_TICK_SECONDS": "0"},
        {"YOUSU_TICK_SECONDS": "nan"},
        {"YOUSU_INTAKE_KEYS": "onlyanid"},
        {"WECOM_AGENT_ID": "x"},
        {"WECOM_AES_KEY": "short", "WECOM_CORP_ID": "x", "WECOM_TOKEN": "x"},
        {"YOUSU_PRACTICE": "1", "WECOM_API_BASE": "https://qyapi.weixin.qq.com"},
    ],
    ids=lambda wrong: "=".join(next(iter(wrong.items())))[:40],
)
def test_wrong_settings_are_named(here, capsys, monkeypatch, wrong):
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    assert cli.main(["doctor"]) == 1
    assert is_chinese(capsys.readouterr().err)


def test_a_database_that_does_not_exist_on_the_server_is_named(here, capsys, monkeypatch, postgres):
    monkeypatch.setenv("YOUSU_DATABASE_URL", postgres.url("no_such_database"))
    assert cli.main(["doctor"]) == 1
    assert is_chinese(capsys.readouterr().err)


async def test_serve_does_not_start_with_wrong_settings(env):
    status, _, err = await yousu("serve", env={**env, "YOUSU_DATA_KEY": "short"})
    assert status == 1
    assert "YOUSU_DATA_KEY" in err


def test_the_database_is_migrated_once(here, capsys):
    assert cli.main(["migrate"]) == 0
    assert "已执行 0 个迁移" not in capsys.readouterr().out
    assert cli.main(["migrate"]) == 0
    assert "已执行 0 个迁移" in capsys.readouterr().out


def test_the_calendar_of_a_year_is_shown_with_its_exchanges(here, capsys):
    assert cli.main(["calendar", "show", "2026"]) == 0
    out = capsys.readouterr().out
    assert "2026-10-10 上班" in out
    assert "2026-10-01 放假" in out


NEXT_YEAR = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号

经国务院批准，现将2027年元旦放假调休日期的具体安排通知如下。

一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月10日（周日）上班。
国务院办公厅
2026年12月31日
"""


def test_due_and_calendar_show_know_the_imported_calendar_and_say_so(here, capsys, tmp_path, monkeypatch):
    asked = ["due", "--received", "2026-12-30T10:00:00+08:00", "--days", "3"]
    assert cli.main(asked) == 0
    before = json.loads(capsys.readouterr().out)
    assert (before["due_date"], before["provisional"], before["imported_years"]) == ("2027-01-05", True, [])
    notice = tmp_path / "2027.txt"
    notice.write_text(NEXT_YEAR, encoding="utf-8")
    assert cli.main(["calendar", "import", str(notice)]) == 0
    capsys.readouterr()
    monkeypatch.delenv("YOUSU_DATA_KEY")
    assert cli.main(asked) == 0
    after = json.loads(capsys.readouterr().out)
    assert (after["due_date"], after["provisional"], after["imported_years"]) == ("2027-01-06", False, [2027])
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"received": "2026-12-30T10:00:00+08:00", "days": 3}\n'))
    assert cli.main(["due", "--batch"]) == 0
    assert json.loads(capsys.readouterr().out)["due_date"] == "2027-01-06"
    assert cli.main(["calendar", "show", "2027"]) == 0
    out = capsys.readouterr().out
    assert "2027-01-10 上班" in out
    assert "（按已导入的日历）" in out


def test_due_answers_without_a_database_and_from_a_broken_one(here, capsys, tmp_path, monkeypatch):
    asked = ["due", "--received", "2026-09-30T10:00:00+08:00", "--days", "3"]
    assert cli.main(asked) == 0
    assert not (tmp_path / "yousu.sqlite3").exists(), "nothing is made by asking"
    (tmp_path / "yousu.sqlite3").write_text("no database at all, only a file of the same name " * 40, encoding="utf-8")
    capsys.readouterr()
    assert cli.main(asked) == 0
    seen = capsys.readouterr()
    assert json.loads(seen.out)["due_date"] == "2026-10-10"
    assert "只按随程序附带的日历" in seen.err
    monkeypatch.setenv("YOUSU_DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")
    assert cli.main(asked) == 0
    assert "只按随程序附带的日历" in capsys.readouterr().err


def test_doctor_says_what_is_missing_and_exits_accordingly(here, capsys):
    assert cli.main(["migrate"]) == 0
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "没有配置任何聊天平台" in out
    assert "人员名册为空" in out
    assert cli.main(["org", "import", str(ORG)]) == 0
    cli.main(["doctor"])
    assert "示例区政务服务中心" in capsys.readouterr().out


async def test_a_living_deployment_is_shown_exported_verified_backed_up_and_restored(
    tmp_path: Path, sqlite_migrated_url: str
):
    async with running(tmp_path, sqlite_migrated_url) as place:
        no = await place.dispatched()
        before = "2026-11-23T09:30:00+08:00"
        await place.city.turn("2026-11-23T10:00:00+08:00")
        await place.say("chenjing", "人社局", f"/答复 {no} 已为群众办结")
        await place.say("zhaogang", "app", f"/质检 {no} 通过")
        await place.say("wangmin", "app", f"/回访 {no} 满意")

        status, out, _ = await place.yousu("case", "show", "1", "--json")
        shown = json.loads(out)
        assert status == 0
        assert (shown["case_no"], shown["state"], shown["state_name"]) == (no, "Z1", "清零销号")
        assert "测甲一" not in out
        status, out, _ = await place.yousu("case", "show", no)
        assert no in out
        assert "清零销号" in out

        masked, full, past = (tmp_path / name for name in ("masked.xlsx", "full.xlsx", "past.xlsx"))
        assert (await place.yousu("ledger", "export", "--out", str(masked)))[0] == 0
        assert (await place.yousu("ledger", "export", "--out", str(full), "--full"))[0] == 0
        assert (await place.yousu("ledger", "export", "--out", str(past), "--as-of", before))[0] == 0
        cells = [_cells(path) for path in (masked, full, past)]
        assert "测甲一" not in cells[0]
        assert "测甲一" in cells[1]
        assert "00012340001" in cells[1]
        assert "销号" in cells[0]
        assert "销号" not in cells[2], "the ledger as it was before the answer"
        assert "已转办待签收" in cells[2]

        saved = tmp_path / "saved.sqlite3"
        status, _, err = await place.yousu("backup", str(saved))
        assert (status, err) == (0, "")
        status, out, _ = await place.yousu("doctor")
        assert "数据库可用" in out

    env = place.env
    status, out, _ = await yousu("verify", env=env)
    assert status == 0
    assert "全部相符" in out
    file = sqlite_path(env["YOUSU_DATABASE_URL"])
    with closing(sqlite3.connect(file)) as database:
        data = database.execute("SELECT data FROM events WHERE type = 'answered'").fetchone()[0]
        database.execute("DROP TRIGGER IF EXISTS events_no_update")
        database.execute("UPDATE events SET data = ? WHERE type = 'answered'", (data.replace("false", "true"),))
        database.commit()
    status, out, err = await yousu("verify", env=env)
    assert status == 1
    assert no in err
    assert "内容与校验值不符" in err

    assert (await yousu("restore", str(saved), env=env))[0] == 0
    assert (await yousu("verify", env=env))[0] == 0
    other = "b3RoZXItb3RoZXItb3RoZXItb3RoZXItMTIzNDU2Nzg="
    status, out, err = await yousu("case", "show", no, env={**env, "YOUSU_DATA_KEY": other})
    assert status == 1
    assert is_chinese(err)
    assert "测甲一" not in out + err
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"no database" * 100)
    status, _, err = await yousu("restore", str(garbage), env=env)
    assert status == 1
    assert "没有恢复" in err


async def test_relative_paths_are_relative_to_where_the_command_is_run(tmp_path: Path):
    (tmp_path / ".env").write_text(f"YOUSU_DATA_KEY={DATA_KEY}\n", encoding="utf-8")
    status, _, err = await yousu("org", "import", str(ORG), env={}, cwd=tmp_path)
    assert (status, err) == (0, "")
    assert (tmp_path / "var" / "yousu.sqlite3").exists()


def test_a_ledger_is_written_as_what_its_name_says_or_not_at_all(here, capsys, tmp_path: Path):
    assert cli.main(["org", "import", str(ORG)]) == 0
    assert cli.main(["ledger", "export", "--out", "t.csv"]) == 0
    content = (tmp_path / "t.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf"), "Excel takes it for GBK without the mark"
    (head,) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert tuple(head) == HEADERS
    capsys.readouterr()
    for name in ("t.xls", "t.pdf", "t"):
        assert cli.main(["ledger", "export", "--out", name]) == 1
        assert ".xlsx、.csv" in capsys.readouterr().err
        assert not (tmp_path / name).exists()


def _cells(path: Path) -> str:
    sheet = load_workbook(path).worksheets[0]
    return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None)

"""The ledger (台账) of many cases, from the database to the .xlsx, by the command an operator types."""

from __future__ import annotations

import asyncio
import base64
import os
import sys
import time
from pathlib import Path

from openpyxl import load_workbook

from benchmarks.measure import Figure, WrongAnswer
from benchmarks.processes import peak_mb
from benchmarks.seed import FINISHED, FRIDAY, KEY, copy_many, number, office_at, plant, settle_in, story
from main import database
from operations.practice import ROOT


async def run(folder: Path, *, quick: bool) -> list[Figure]:
    """Measure. Raises WrongAnswer when the workbook does not hold a row for every case."""
    count = 1_000 if quick else 10_000
    url = f"sqlite:///{folder}/ledger.sqlite3"
    app = office_at(FRIDAY)
    async with database(url, FRIDAY):
        place = await settle_in(FRIDAY)
        whole = story(app, place, number(FRIDAY, 1), place.units[0], FRIDAY, FINISHED)
        model = (await plant(app, [whole]))[0]
        await copy_many(app, model, count - 1, FRIDAY.date())
    out = folder / "ledger.xlsx"
    env = {**os.environ, "YOUSU_DATABASE_URL": url, "YOUSU_DATA_KEY": base64.b64encode(KEY).decode()}
    started = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli", "ledger", "export", "--out", str(out), env=env, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    most = await peak_mb(child.pid)
    said, _ = await child.communicate()
    took = time.perf_counter() - started
    if child.returncode != 0 or f"{count} 件" not in said.decode():
        raise WrongAnswer(said.decode())
    sheet = load_workbook(out, read_only=True).worksheets[0]
    rows = sum(1 for row in sheet.iter_rows(values_only=True) if str(row[0]).isdigit())
    if rows != count:
        raise WrongAnswer(f"{count} cases, {rows} rows in the ledger")
    detail = (
        f"峰值内存 {most:.0f} MB（命令及其写表子进程之和）；每件 {len(whole)} 个事件，逐件解密、重放、脱敏；"
        f"文件 {out.stat().st_size / 1e6:.1f} MB；含命令自身启动"
    )
    return [Figure(f"导出 {count} 行台账", f"{took:.1f} 秒", detail=detail)]

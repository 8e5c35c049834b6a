"""Rows pasted from a sheet: each keeps its own number, so that a second push finds it and an urging call reaches it."""

from __future__ import annotations

import pytest

from domain.case import OPERATOR
from models.cases import CaseRow
from services.cases.intake import take_text
from tests.service.test_rulebook import CITY, Place

HEAD = "工单编号\t来电时间\t姓名\t电话\t诉求内容\n"
ROWS = (
    "PDS20261121000901\t2026-11-21 08:33\t测甲一\t13600000501\t老年优待证办了三次都说机器坏了\n",
    "PDS20261121000902\t2026-11-21 08:47\t测乙二\t13600000502\t异地落户需要带什么材料\n",
    "PDS20261121000903\t2026-11-21 09:20\t测丙三\t13600000503\t结婚证补办被要求回原籍开证明\n",
)


@pytest.fixture
async def place(database: str) -> Place:
    place = Place()
    await place.open()
    return place


async def numbers() -> list[str | None]:
    return [row.external_no for row in await CaseRow.all().order_by("id")]


async def test_each_row_keeps_its_own_number(place: Place) -> None:
    taken = await take_text(place.app, place.centres[CITY], HEAD + "".join(ROWS), OPERATOR)
    assert [item.created for item in taken] == [True, True, True]
    assert await numbers() == [row.split("\t")[0] for row in ROWS]
    again = await take_text(place.app, place.centres[CITY], HEAD + ROWS[1] + ROWS[2], OPERATOR)
    assert [item.created for item in again] == [False, False]
    urged = await take_text(place.app, place.centres[CITY], "催单：原工单PDS20261121000903，测丙三再次来电", OPERATOR)
    assert [item.urged for item in urged] == [True]
    assert len(await numbers()) == 3


async def test_the_matters_of_one_order_are_counted(place: Place) -> None:
    text = (
        "工单编号：PDS20261121000904\n诉求内容：1、社保卡补办一个月没有制出来，影响看病；"
        "2、政务大厅没有无障碍通道，轮椅进不去。"
    )
    await take_text(place.app, place.centres[CITY], text, OPERATOR)
    assert await numbers() == ["PDS20261121000904", "PDS20261121000904#2"]

"""Documents and sheets a clerk forwards are read and taken in; what cannot be read gets a friendly sentence."""

from __future__ import annotations

import io

from docx import Document
from openpyxl import Workbook
from PIL import Image

from models.cases import CaseRow
from models.materials import MaterialRow
from tests.kit.town import Town, sent, words

COMPLAINT = "本人测丁四，电话00012340044，在社保窗口办理退休手续，材料补齐两次仍不予受理，要求尽快受理。"
MATTER = "的窗口办理退休手续不予受理，要求尽快处理"
#: A title row and a serial column, as the hotline's lists have them.
ROWS = [
    ("示例市12345热线转办清单", "", "", "", "", ""),
    ("序号", "工单编号", "来电时间", "来电人", "联系电话", "诉求内容"),
    *(
        (str(n), f"41040020261120-{n:04d}", "2026-11-21 08:33", f"测{name}", f"0001234{n:04d}", f"第{n}个路口{MATTER}")
        for n, name in enumerate("甲乙丙丁", start=1)
    ),
]


def docx(text: str) -> bytes:
    made, document = io.BytesIO(), Document()
    document.add_paragraph(text)
    document.save(made)
    return made.getvalue()


def xlsx(rows: list[tuple[str, ...]]) -> bytes:
    made, book = io.BytesIO(), Workbook()
    for row in rows:
        book.active.append(row)
    book.save(made)
    return made.getvalue()


async def told(town: Town, name: str, content: bytes, kind: str = "file") -> str:
    return words(await town.send("wangmin", "bot", sent(kind, name, content)))


async def test_a_document_is_registered_and_stays_with_its_case(town: Town):
    said = await told(town, "来信.docx", docx(COMPLAINT))
    assert "附件 1" in said
    record = await town.record("YS20261123-0001")
    assert "退休手续" in record.case.private.content
    assert [material.name for material in record.case.materials] == ["来信.docx"]


async def test_a_text_in_gb18030_and_a_mail_are_read(town: Town):
    await told(town, "来信.txt", COMPLAINT.encode("gb18030"))
    mail = f"From: a@example.invalid\nSubject: complaint\nContent-Type: text/plain; charset=utf-8\n\n{COMPLAINT}"
    await told(town, "来信.eml", mail.replace("0044", "0055").encode())
    assert await CaseRow.all().count() == 2


async def test_a_sheet_is_shown_first_and_registered_by_one_word(town: Town):
    said = await told(town, "台账.xlsx", xlsx(ROWS))
    assert "4 件" in said
    assert await CaseRow.all().count() == 0
    await town.say("wangmin", "app", "/登记")
    assert await CaseRow.all().count() == 4
    assert await MaterialRow.all().count() == 0, "a sheet speaks of other complainants too"
    again = await told(town, "台账.xlsx", xlsx(ROWS))
    assert "其中 4 件已登记" in again


async def test_what_cannot_be_read_is_said_and_breaks_nothing(town: Town):
    for name, content in (
        ("坏.pdf", b"%PDF-1.7 broken"),
        ("坏.docx", docx(COMPLAINT)[:800]),
        ("乱.dat", bytes(range(256)) * 40),
    ):
        assert "没读出文字" in await told(town, name, content), name
    assert await CaseRow.all().count() == 0


async def test_a_picture_is_shown_without_where_it_was_taken(town: Town):
    no = await town.push()
    exif = Image.Exif()
    exif[0x010F] = "a telephone of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    made = io.BytesIO()
    Image.new("RGB", (80, 60), "green").save(made, "JPEG", exif=exif)
    await told(town, "现场.jpg", made.getvalue(), "image")
    await town.say("wangmin", "app", no)
    await town.say("wangmin", "app", f"/附件 {no} 1")
    _, shown = (await town._files("wangmin"))[-1]
    assert not Image.open(io.BytesIO(shown)).getexif()
    assert b"telephone" not in shown
    assert (await town.record(no)).case.materials[0].size == len(made.getvalue())


async def test_a_picture_of_too_many_pixels_is_kept_and_not_opened(town: Town):
    no = await town.push()
    made = io.BytesIO()
    Image.new("1", (9000, 9000)).save(made, "PNG")
    await told(town, "大.png", made.getvalue(), "image")
    await town.say("wangmin", "app", no)
    assert "像素太多" in words(await town.say("wangmin", "app", f"/附件 {no} 1"))

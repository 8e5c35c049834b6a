"""The yearly notice as it reaches an office: any encoding, .docx, the news agencies' form; and what is no notice."""

from __future__ import annotations

import io
from datetime import date

import pytest
from docx import Document

from services.rules.calendar_import import BadCalendar, read_calendar_file
from tests.unit.calendar.test_notice_text import CLAUSES, SHIPPED, notice

TEXT = notice(2026, CLAUSES[2026])
NO, PUBLISHED = "国办发明电〔2025〕7号", date(2025, 11, 4)
NEWS = f"""新华社北京11月4日电 国务院办公厅4日发布关于2026年部分节假日安排的通知。通知说，经国务院批准，现将2026年\
元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下：

{CLAUSES[2026]}

通知要求，节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。（完）
"""


def docx(text: str, *, in_table: bool = False) -> bytes:
    document = Document()
    if in_table:
        document.add_table(1, 1).cell(0, 0).text = text
    else:
        for line in text.splitlines():
            document.add_paragraph(line)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_notice_in_any_encoding(encoding: str) -> None:
    assert read_calendar_file(TEXT.encode(encoding)) == SHIPPED[2026]


@pytest.mark.parametrize("in_table", [False, True])
def test_a_notice_as_a_word_document(in_table: bool) -> None:
    assert read_calendar_file(docx(TEXT, in_table=in_table)) == SHIPPED[2026]


def test_the_news_of_an_agency_needs_the_number_and_the_date_given_and_says_how() -> None:
    with pytest.raises(BadCalendar) as refused:
        read_calendar_file(NEWS.encode())
    assert "--notice-no" in str(refused.value)
    assert "--published" in str(refused.value)
    assert read_calendar_file(NEWS.encode(), NO, PUBLISHED) == SHIPPED[2026]


@pytest.mark.parametrize(
    "written", ["国办发明电〔2025〕7号", "国办发明电(2025)7号", "国办发明电［2025］第7号", " 国办发明电 [2025] 7 号"]
)
def test_the_number_may_be_typed_with_any_brackets(written: str) -> None:
    assert read_calendar_file(NEWS.encode(), written, PUBLISHED) == SHIPPED[2026]


def test_the_clauses_of_a_news_page_may_stand_without_numbers() -> None:
    text = "2026年部分节假日安排公布。发布时间：2025-11-04 10:00\n" + "\n".join(
        line.partition("、")[2] for line in CLAUSES[2026].splitlines()
    )
    assert read_calendar_file(text.encode(), NO) == SHIPPED[2026]


def test_a_number_that_is_not_the_one_in_the_text_is_refused() -> None:
    with pytest.raises(BadCalendar, match="原文里的文号是国办发明电〔2025〕7号"):
        read_calendar_file(TEXT.encode(), "国办发明电〔2025〕8号")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "没有文字"),
        (b"\xff\xff\xff\xff", "编码"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "另存为"),
        (b"%PDF-1.7 ...", "复制到记事本"),
        (b"\x89PNG\r\n", "图片"),
        (b"<!DOCTYPE html><html>", "网页"),
        (b"PK\x03\x04 broken", "重新另存"),
        ("放假通知".encode(), "--notice-no"),
        (TEXT.replace("共9天", "共8天").encode("gb18030"), "对照"),
        (TEXT.replace("2025年11月4日", "2025年11月34日").encode(), "没有这一天"),
        (b"{}", "缺少 notice_no"),
        (b'{"notice_no": "x"}', "shipped/calendar/2026.json"),
        (b"{" * 20_000, "shipped/calendar/2026.json"),
        (docx(""), "没有文字"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(BadCalendar) as refused:
        read_calendar_file(content)
    assert told in str(refused.value)


@pytest.mark.parametrize("written", ["2025年7号", "国办发明电", "7"])
def test_a_number_that_is_none_is_shown_an_example(written: str) -> None:
    with pytest.raises(BadCalendar, match="国办发明电〔2025〕7号"):
        read_calendar_file(NEWS.encode(), written, PUBLISHED)

"""The words of a document an office keeps: plain text in any encoding, or .docx."""

from __future__ import annotations

import io
import zipfile

from services.files.text import TooBig, Unreadable, decoded

MAX_UNPACKED_BYTES = 20_000_000
_ZIP = b"PK\x03\x04"
#: What is recognised and not read, by how the file begins: what it is, and what to do instead.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "旧版的 .doc、.xls 或 .wps 文件读不了。请打开后“另存为” .docx，或把全文复制到记事本里保存"),
    (b"%PDF", "PDF 读不了。请打开后把全文复制到记事本里保存，再导入那个 .txt 文件"),
    (b"\x89PNG", "这是图片。请找文字版，把全文复制到记事本里保存"),
    (b"\xff\xd8\xff", "这是图片。请找文字版，把全文复制到记事本里保存"),
)
_WEB = (b"<html", b"<!doctype")


def document_text(content: bytes) -> str:
    """Read the text of a document, told apart by its content. Raises Unreadable."""
    for mark, told in _OTHERS:
        if content.startswith(mark):
            raise Unreadable(told)
    if content.lstrip()[:20].lower().startswith(_WEB):
        raise Unreadable("这是保存下来的网页。请在浏览器里打开，把正文复制到记事本里保存，再导入那个 .txt 文件")
    text = _docx_text(content) if content.startswith(_ZIP) else decoded(content)
    if not text.strip():
        raise Unreadable("文件里没有文字。扫描件请找文字版，把全文复制到记事本里保存")
    return text


def _docx_text(content: bytes) -> str:
    """Paragraphs and the cells of tables, each on a line of its own."""
    from docx import Document  # a quarter of a second to import, and few commands need it

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(member.file_size for member in packed.infolist()) > MAX_UNPACKED_BYTES:
                raise TooBig("文件解压后过大，请把需要的文字复制到记事本里保存")
        body = Document(io.BytesIO(content)).element.body
    except Unreadable:
        raise
    except Exception as error:  # a broken file raises anything between a KeyError and an XML fault
        told = "无法作为 .docx 文件打开。请重新另存为 .docx（设了打开密码的先去掉密码），或把全文复制到记事本里保存"
        raise Unreadable(told) from error
    paragraphs = (node for node in body.iter() if node.tag.endswith("}p"))
    return "\n".join("".join(_spoken(node) for node in paragraph.iter()) for paragraph in paragraphs)


def _spoken(node: object) -> str:
    """The text of a run, a tab or a line break; what was struck out in review is not text any more."""
    tag = str(getattr(node, "tag", "")).rpartition("}")[2]
    if tag == "t":
        return str(getattr(node, "text", "") or "")
    return {"tab": "\t", "br": "\n"}.get(tag, "")

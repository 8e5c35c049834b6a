"""Reads what strangers made, in a process of its own: bounded memory and time, no file written, no secret at hand.

`python -m services.files.worker text|picture` takes the content on its standard input. The answer begins with a sign:
`+` before what was made of it, `-` before the sentence that says why nothing was.
"""

from __future__ import annotations

import io
import resource
import sys

#: Bytes of address space, seconds of computing.
MEMORY, SECONDS = 1 << 30, 20
#: Characters of one document that are read; a forwarded text has no more.
MOST_TEXT = 64_000
#: Pixels of one picture: what a good telephone makes is less.
MOST_PIXELS = 40_000_000
#: The longer side of a picture as it is shown, in pixels.
SHOWN_SIDE = 2560
MOST_PAGES = 50
TOO_MANY_PIXELS = "图片的像素太多，无法处理，请用手机相册缩小后再发"
BROKEN_PICTURE = "图片打不开，可能没有传完整，请重新发送"
BROKEN_PDF = "PDF 打不开：可能没有传完整，或设了打开密码。请去掉密码另存后再发，或把文字复制出来发给我"
SCANNED = "这个 PDF 里没有文字（是扫描件），请把要点用文字说明"


def main(task: str) -> int:
    """Do one task on the standard input; 0 when there is an answer."""
    _limit()
    content = sys.stdin.buffer.read()
    from services.files.text import Unreadable

    try:
        made = {"text": text, "picture": picture}[task](content)
    except Unreadable as error:
        made = b"-" + str(error).encode()
    else:
        made = b"+" + made
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    return 0


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def text(content: bytes) -> bytes:
    """The words of a document or the rows of a sheet. Raises Unreadable."""
    if content.startswith(b"%PDF"):
        found = _pdf(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0") or b"xl/workbook" in content:
        found = _rows(content)
    elif _is_mail(content):
        found = _mail(content)
    else:
        from services.files.documents import document_text

        found = document_text(content)
    return found[:MOST_TEXT].encode()


def _rows(content: bytes) -> str:
    from services.files.tables import read_tables

    name = "a.xlsx" if content.startswith(b"PK") else "a.xls"
    lines = [cells for table in read_tables(content, name) for _, cells in table.lines]
    return "\n".join("\t".join(" ".join(cell.split()) for cell in cells) for cells in lines if any(cells))


def _pdf(content: bytes) -> str:
    import pypdfium2

    from services.files.text import Unreadable

    try:
        document = pypdfium2.PdfDocument(content)
        pages = [document[n].get_textpage().get_text_bounded() for n in range(min(len(document), MOST_PAGES))]
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Unreadable(BROKEN_PDF) from error
    found = "\n".join(pages).replace("\r\n", "\n").strip()
    if not found:
        raise Unreadable(SCANNED)
    return found


def _is_mail(content: bytes) -> bool:
    head = content[:2000].lower()
    return b"\nsubject:" in b"\n" + head and (b"\nfrom:" in b"\n" + head or b"\nmime-version:" in b"\n" + head)


def _mail(content: bytes) -> str:
    from email import message_from_bytes
    from email.policy import default

    from services.files.text import Unreadable

    mail = message_from_bytes(content, policy=default)
    part = mail.get_body(("plain", "html"))
    try:
        words = str(part.get_content()) if part is not None else ""
    except (LookupError, ValueError) as error:
        raise Unreadable("邮件的正文打不开，请把正文复制出来发给我") from error
    return f"{mail.get('subject', '')}\n{words}".strip()


def picture(content: bytes) -> bytes:
    """The picture written anew, without what the camera wrote into it (place, device, time). Raises Unreadable."""
    from PIL import Image, ImageOps

    from services.files.text import Unreadable

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "GIF", "BMP", "WEBP")) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Unreadable(TOO_MANY_PIXELS)
            shown = ImageOps.exif_transpose(opened)
            shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
            made = io.BytesIO()
            shown.convert("RGB").save(made, "JPEG", quality=88)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        raise Unreadable(BROKEN_PICTURE) from error
    return made.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

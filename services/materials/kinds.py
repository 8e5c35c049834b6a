"""Telling contents apart by how they begin, never by their name; and names that can be shown and saved."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

#: How a content begins: its type, and the ending such a file has.
_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"PK\x03\x04", "application/zip"),
)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT, UNKNOWN = "text/plain", "application/octet-stream"
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp", "image/webp": ".webp",
    "application/pdf": ".pdf", "audio/amr": ".amr", "audio/mpeg": ".mp3", "video/mp4": ".mp4",
    DOCX: ".docx", XLSX: ".xlsx", TEXT: ".txt",
}  # fmt: skip
#: What is called a program by its beginning is taken by nobody.
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!/", b"\xca\xfe\xba\xbe")
_KINDS = {"image": "image", "audio": "voice", "video": "video"}
_NAMES = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}
LONGEST = 80
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]')


def type_of(content: bytes) -> str:
    """The media type by content; `application/octet-stream` when nothing is recognised."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp":
        return "video/mp4"
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _packed(content) if name == "application/zip" else name
    return TEXT if _is_text(content) else UNKNOWN


def _packed(content: bytes) -> str:
    """Which office file a ZIP is, by the members its directory names."""
    if b"word/document.xml" in content:
        return DOCX
    return XLSX if b"xl/workbook" in content else "application/zip"


def _is_text(content: bytes) -> bool:
    head = content[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(head) and not any(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)


def is_program(content: bytes) -> bool:
    """Whether a content is something that runs: nobody's evidence, and nobody should open it."""
    return content.startswith(_PROGRAMS)


def kind_of(media_type: str, said: str) -> str:
    """image, voice, video or file; what the platform called it counts only where the content shows nothing."""
    found = _KINDS.get(media_type.partition("/")[0])
    if found is not None:
        return found
    return said if said in ("voice", "video") and media_type == UNKNOWN else "file"


def safe_name(name: str, kind: str, media_type: str) -> str:
    """A file name without path, control or direction signs, of a bearable length, with the ending of its content."""
    flat = unicodedata.normalize("NFC", _UNFIT.sub("_", name.replace("\\", "/").rpartition("/")[2])).strip(" ._")
    path = PurePosixPath(flat)
    ending = ENDINGS.get(media_type) or path.suffix[:10]
    if media_type == TEXT and path.suffix.lower() in (".csv", ".eml", ".txt", ".md"):
        ending = path.suffix.lower()
    stem = (path.stem if path.suffix else flat)[: LONGEST - len(ending)]
    return f"{stem or _NAMES[kind]}{ending}"

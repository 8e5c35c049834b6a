"""Every part of a .docx in Chinese and in the fonts of GB/T 9704, so that no word processor asks for another.

The template of the library names Calibri, Cambria, Courier, Symbol and ＭＳ 明朝 in theme and styles, and Japanese as
the language of East Asian text: WPS and Word then report missing fonts, though nothing of a paper is set in them.
"""

from __future__ import annotations

import re

_FONT, _LANGUAGE = "宋体", "zh-CN"
_FAMILY = f'<a:latin typeface="{_FONT}"/><a:ea typeface="{_FONT}"/><a:cs typeface="{_FONT}"/>'
_SCHEME = re.compile(r"<a:fontScheme .*?</a:fontScheme>", re.DOTALL)
_FONTS = re.compile(r"<w:rFonts [^>]*(?:Theme=|Courier|Symbol)[^>]*/>")
_LANG = re.compile(r"<w:(lang|themeFontLang) [^>]*/>")


def in_chinese(name: str, content: bytes) -> bytes:
    """A part of the package with the template's fonts and languages replaced; every other part as it is."""
    if not name.startswith("word/") or not name.endswith(".xml"):
        return content
    text = content.decode("utf-8")
    families = f"<a:majorFont>{_FAMILY}</a:majorFont><a:minorFont>{_FAMILY}</a:minorFont>"
    text = _SCHEME.sub(f'<a:fontScheme name="公文">{families}</a:fontScheme>', text)
    every = " ".join(f'w:{script}="{_FONT}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    text = _FONTS.sub(f"<w:rFonts {every}/>", text)
    text = _LANG.sub(rf'<w:\1 w:val="{_LANGUAGE}" w:eastAsia="{_LANGUAGE}"/>', text)
    return text.encode("utf-8")

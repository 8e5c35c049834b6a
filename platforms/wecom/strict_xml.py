"""A gate in front of wechatpy's XML reader: only the small, plain XML a WeCom callback is made of passes."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

_WHOLE = True
MAX_DEPTH = 8
MAX_ELEMENTS = 512


class NotPlainXml(ValueError):
    """The document has a DTD, entities, instructions, too much nesting or too many elements, or is not XML at all."""


def require_plain_xml(document: bytes) -> dict[str, str]:
    """Check a whole document and return the texts of the root's direct children (a child without text gives "").

    Stops at the first offence, before nesting or entities can cost anything. Raises `NotPlainXml`.
    """
    reader = _Reader()
    try:
        reader.parser.Parse(document, _WHOLE)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotPlainXml(type(error).__name__) from None
    return {name: "".join(parts) for name, parts in reader.texts.items()}


class _Reader:
    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._elements = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        for forbidden in ("StartDoctypeDecl", "EntityDecl", "ProcessingInstruction"):
            setattr(self.parser, f"{forbidden}Handler", self._refuse)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._elements += 1
        if len(self._path) > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise NotPlainXml("too big")
        if len(self._path) == 2:
            if name in self.texts:
                raise NotPlainXml("repeated field")
            self.texts[name] = []

    def _end(self, _name: str) -> None:
        self._path.pop()

    def _text(self, data: str) -> None:
        if len(self._path) == 2:
            self.texts[self._path[1]].append(data)

    def _refuse(self, *_args: Any) -> None:
        raise NotPlainXml("forbidden construct")

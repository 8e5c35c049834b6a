"""Addresses in memos that have no address label; a labelled address is taken as it stands."""

from __future__ import annotations

import re

_H = "\u4e00-\u9fff"
_AFTER_CUE = re.compile(
    rf"(?:家住|家在|家是|现住|住在|住址是?|地址是?|(?<!入)住(?!院|户|建|房|宿|校|址)|位于)[ ]?"
    rf"(?P<place>[{_H}\d-]{{2,30}})|(?:在|在那个|那个)[ ]"
    rf"(?P<loose>[{_H}\d]{{1,16}}?(?:街道|社区|小区|镇|乡|村))"
)
_TOKEN = re.compile(
    rf"(?:^|[\s,;。、:(/])(?P<place>[{_H}\d]{{2,30}}(?:号楼|单元|室|小区|街道"
    rf"|社区|花园|家园|村|乡|镇|号|组))(?=[\s,;。、)/]|$)"
)
_PART = re.compile(r"省|市|区|县|乡|镇|街道|社区|村|路|街|巷|小区|家园|花园|号楼|单元|室|号院|组|号")
_SENTENCE = re.compile(r"[让说问找给被了不请发拍送看]|(?<![\d一二三四五六七八九十〇])号$")
_OWNERS = re.compile(rf"(?P<place>[{_H}\d]{{2,16}}(?:家园|小区|花园|社区|村|号楼|单元|号院))的?(?:业主|居民|村民|住户)")
_ENDS = re.compile(rf"[{_H}\d-]*(?:号楼|单元|室|小区|街道|社区|花园|家园|村|乡|镇|路|街|巷|号|组|院)")

Place = tuple[int, int, float]
"""(flat start, flat end, confidence)."""


def in_memo(flat: str, start: int, end: int) -> Place | None:
    """The address a memo states: after 住/家住/位于, as a token of its own, or as 虚构家园小区业主."""
    for match in _AFTER_CUE.finditer(flat, start, end):
        group = "place" if match["place"] else "loose"
        whole = _ENDS.match(flat, match.start(group), match.end(group))
        if whole:
            return whole.start(), whole.end(), 0.8 if group == "place" else 0.6
    for match in _TOKEN.finditer(flat, start, end):
        if len(_PART.findall(match["place"])) >= 2 and not _SENTENCE.search(match["place"]):
            return match.start("place"), match.end("place"), 0.7
    return owners(flat, start, end)


def owners(flat: str, start: int, end: int) -> Place | None:
    """The estate or village whose owners or villagers speak."""
    match = _OWNERS.search(flat, start, end)
    if match is None:
        return None
    lead = re.match(r"我们?是?|是|在|到|去", match["place"])
    return match.start("place") + (lead.end() if lead else 0), match.end("place"), 0.5

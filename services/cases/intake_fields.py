"""What a registration records of the values that were read: what any part may show, and what is sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.entries import WAIVED
from domain.office_hours import TZ
from domain.vocabulary import Category
from parsing.titles import title_of

#: What the window should know about every complaint (第五条“详尽、准确”).
WANTED = ("name", "phone", "address", "reported_at", "kind", "content")
PRIVATE = ("name", "contact", "phone", "address", "content")
FLAGS = ("anonymous", "confidential", "no_reply", "staff_complaint")
#: What the ledger says where a complaint concerns everybody of a centre and there is no centre above.
NOBODY_ELSE = "涉及本中心全部人员且无上级中心，由本中心办理"


def public_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the record may show anywhere: no name, no number, no word of the complaint but a title of known words."""
    content = str(values.get("content") or "")
    fields: dict[str, Any] = {
        "source": values["source"],
        "external_no": values.get("external_no") or "",
        "reported_at": _iso(values.get("reported_at")),
        "external_due": _iso(values.get("external_deadline")),
        "kind": values.get("kind") or "",
        "title": title_of(f"{values.get('title') or ''}\n{content}", texts_of(values.get("departments"))),
        "title_by": "words",
        "suggested": texts_of(values.get("departments")),
        "similar": texts_of(values.get("similar")),
        "collective": values.get("collective"),
        "concerned": list(values.get("concerned") or ()),
        "unavoidable": values.get("unavoidable") or None,
        "remarks": [*texts_of(values.get("remarks")), *([NOBODY_ELSE] if values.get("unavoidable") else [])],
        "missing": [name for name in _wanted(values) if not values.get(name) and not _waived(name, values)],
    }
    category = values.get("category")
    if category in set(Category):
        fields["category"] = str(category)
    fields.update({flag: True for flag in FLAGS if values.get(flag)})
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _wanted(values: Mapping[str, Any]) -> tuple[str, ...]:
    """A unit is asked for whom to speak to (note 1 of the ledger)."""
    return (*WANTED, "contact") if values.get("is_unit") else WANTED


def _waived(name: str, values: Mapping[str, Any]) -> bool:
    """An anonymous complainant owes neither name nor number (第五条 within 最小必要)."""
    return bool(values.get("anonymous")) and name in WAIVED


def private_fields(values: Mapping[str, Any], raw: str) -> dict[str, Any]:
    """What is sealed: the complainant and the complaint, with the original words as evidence."""
    fields: dict[str, Any] = {name: str(values[name]) for name in PRIVATE if values.get(name)}
    phones = texts_of(values.get("phones")) or ([fields["phone"]] if "phone" in fields else [])
    if phones:
        fields.setdefault("phone", phones[0])
        fields["phones"] = phones
    if values.get("is_unit"):
        fields["is_unit"] = True
    if bodies := texts_of(values.get("bodies")):
        fields["bodies"] = bodies
    fields["raw"] = raw
    fields.setdefault("content", raw)
    return fields


def texts_of(value: Any) -> list[str]:
    """Return a field's value as texts: none, one or several."""
    if value is None:
        return []
    items: Sequence[Any] = value if isinstance(value, (list, tuple)) else [value]
    return [str(item) for item in items if item]


def _iso(value: Any) -> str | None:
    """An aware ISO moment, or None; a time without zone is local time."""
    if not value:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return (moment if moment.tzinfo else moment.replace(tzinfo=TZ)).isoformat()

"""一窗受理 (第五条) and what the window may do itself (第六条)."""

from __future__ import annotations

from domain import commands as c
from domain.case import Actor, Case
from domain.decisions.facts import Fact, close_unasked, need_text
from domain.privacy import masked_title
from domain.rules import Bench
from domain.vocabulary import Category, State

#: A late name or address may stand in the title that was masked without knowing it.
_TELLING = ("name", "contact", "phone", "address")


def confirm(case: Case, command: c.Confirm, actor: Actor, bench: Bench) -> list[Fact]:
    """确认登记: what was understood becomes the work order (第五条“详尽、准确记录”)."""
    return [Fact("confirmed", {"state": State.A1.value})]


def supplement(case: Case, command: c.Supplement, actor: Actor, bench: Bench) -> list[Fact]:
    """补充: fills gaps and adds to the record; the original words stay (第五条)."""
    text = need_text(case, "补充", command.text)
    filled = {name for name, value in {**command.fields, **command.private}.items() if value}
    missing = [name for name in case.missing if name not in filled]
    private = {**command.private, "notes": [*case.private.notes, text]}
    known = [str(command.private[name]) for name in _TELLING if command.private.get(name)]
    title = {"title": masked_title(case.title, known)} if known and case.title else {}
    return [Fact("supplemented", {**command.fields, **title, "missing": missing}, private)]


def urge(case: Case, command: c.Urge, actor: Actor, bench: Bench) -> list[Fact]:
    """催单: counted and told to the manager; the clock does not move (第五条)."""
    private = {"notes": [*case.private.notes, command.text]} if command.text else {}
    return [Fact("urged", {"count": case.urgings + 1}, private)]


def withdraw(case: Case, command: c.Withdraw, actor: Actor, bench: Bench) -> list[Fact]:
    """撤回: the complainant's right; the reason is kept (第五条)."""
    reason = need_text(case, "撤回", command.reason, "reason_needed")
    return [Fact("withdrawn", {"state": State.Z5.value}, {"opinion": reason})]


def settle_on_spot(case: Case, command: c.SettleOnSpot, actor: Actor, bench: Bench) -> list[Fact]:
    """一般性问题，当场予以协调解决 (第六条); the call-back still follows (有回访)."""
    text = need_text(case, "当场办结", command.text)
    category = case.category or Category.GENERAL
    settled = Fact("settled_on_spot", {"state": State.C2.value, "category": category.value}, {"outcome": text})
    return [settled, *close_unasked(case)]


def submit(case: Case, command: c.Submit, actor: Actor, bench: Bench) -> list[Fact]:
    """受理后第一时间提交管理机构处理 (第六条)."""
    return [Fact("submitted", {"state": State.A2.value, "category": command.category.value})]

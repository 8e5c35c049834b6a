"""Pieces several cards share. In a group (`view.reader is None`) none of them shows anything personal."""

from __future__ import annotations

from bot import texts
from domain.case import Case
from domain.explain import clock_for, limit_words, why
from domain.privacy import HIDDEN, scrub, without_numbers
from domain.view import View
from domain.vocabulary import LEVEL_NAMES, STATE_NAMES, Level

Fact = tuple[str, str]


def headline(case: Case) -> str:
    """`YS20261123-0007 不给办`: what everybody calls the case."""
    return f"{case.no} {case.category.value if case.category else '待分类'}"


def title(case: Case) -> str:
    """What the case is about, in known words: the same for a group and for everybody else."""
    return case.heading


def category(case: Case) -> Fact:
    """诉求类别 as the ledger prints it."""
    names = [case.kind, case.category.value if case.category else ""]
    return ("诉求类别", "／".join(name for name in names if name) or "待分类")


def state(case: Case) -> Fact:
    """当前状态, with the pressing level and the round where there is one."""
    words = [STATE_NAMES[case.state]]
    if case.round > 1 and case.state.is_open:
        words.append(f"第{case.round}轮")
    if case.level > Level.NONE and case.running is not None:
        words.append(LEVEL_NAMES[case.level])
    return ("当前状态", "·".join(words))


def limit(view: View) -> list[Fact]:
    """办理期限 with what is due then; empty when no limit runs."""
    case = view.case
    if case is None or (clock := clock_for(case, view.context)) is None:
        return []
    words = limit_words(clock)
    return [("办理期限", f"已超期·{words}" if view.context.now > clock.at else words)]


def reason(view: View) -> str:
    """Why that limit; empty when no limit runs."""
    case = view.case
    if case is None or (clock := clock_for(case, view.context)) is None:
        return ""
    return why(case, clock, view.context)


def content(view: View) -> str:
    """The words of the complaint for this reader: nothing in a group, no number outside the centre.

    A department needs the matter and the place; how to reach the complainant it asks for (/联系方式), and that is
    written down. Of a guarded complainant no trace is left.
    """
    case, reader = view.case, view.reader
    if case is None or reader is None:
        return ""
    if reader.department is None:
        return case.private.content
    private = case.private
    if case.guarded:
        shown = scrub(private.content, private.known)
        return shown if shown != HIDDEN else texts.CONTENT_WITHHELD
    return without_numbers(private.content, (private.name, private.contact, private.phone, *private.phones))


def lessons(view: View) -> list[Fact]:
    """Published guidance cases like this one, with how to read them: a fact is not cut off behind a long complaint."""
    return [("同类案例", f"/案例 {no} {title}") for no, title in view.lessons[:2]]


def unit(case: Case) -> list[Fact]:
    """承办部门, once there is one."""
    return [("承办部门", case.departments)] if case.units else []


def complainant(case: Case) -> list[Fact]:
    """Who complains and how to reach them: for the centre's own people, one-to-one only."""
    private = case.private
    name = private.name or ("匿名" if case.anonymous else "未留姓名")
    facts = [("诉求人", f"{name}（联系人{private.contact}）" if private.contact else name)]
    facts.append(("联系方式", "、".join(private.phones) or private.phone or "未留"))
    if private.address:
        facts.append(("联系地址", private.address))
    return facts


def materials(case: Case) -> list[Fact]:
    """That there is something beside words, and how to see it; what it is, nobody is told in passing."""
    count = len(case.materials)
    return [("附件", texts.MATERIAL_COUNT.format(count=count, number=case.number))] if count else []

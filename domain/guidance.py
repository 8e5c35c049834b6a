"""指导案例 (第十一条, 通知第四条): what a guidance case is, how it gets published, and who may move it.

The centre's management writes and submits (报审); the 政务服务和大数据管理部门 of the same level reviews, returns,
publishes (also jointly with departments) and withdraws. Nothing that names or reaches a complainant may enter the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.case import Actor, Case, Event
from domain.events import EventType
from domain.privacy import leaks, scrub
from domain.refusals import Refused
from domain.timeline import sentence
from domain.vocabulary import STATE_NAMES, Role, State


class GuidanceState(StrEnum):
    """Where a guidance case stands."""

    DRAFT = "草稿"
    SUBMITTED = "报审"
    RETURNED = "退回修改"
    APPROVED = "审核通过"
    PUBLISHED = "已发布"
    WITHDRAWN = "撤回"


class Act(StrEnum):
    """What a person does with a guidance case."""

    NOMINATE = "推荐"
    EDIT = "修改"
    SUBMIT = "报审"
    RETURN = "退回"
    APPROVE = "审核通过"
    PUBLISH = "发布"
    WITHDRAW = "撤回"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: the act, where it is allowed, who may do it, where it leads, and the article."""

    act: Act
    states: frozenset[GuidanceState]
    who: frozenset[Role]
    to: GuidanceState
    article: str


#: 政务服务中心、便民服务中心管理机构: they analyse, write and submit.
MANAGERS = frozenset({Role.MANAGER, Role.LEAD, Role.OPERATOR})
#: 同级政务服务和大数据管理部门: it reviews and publishes.
PUBLISHERS = frozenset({Role.PUBLISHER})
_NAMES: dict[frozenset[Role], str] = {
    MANAGERS: "管理机构",
    PUBLISHERS: "同级政务服务和大数据管理部门（角色“案例发布”）",
}

_S = GuidanceState
_OPEN = frozenset({_S.DRAFT, _S.RETURNED})

RULES: tuple[Rule, ...] = (
    Rule(Act.EDIT, _OPEN, MANAGERS, _S.DRAFT, "第十一条：分析整理"),
    Rule(Act.EDIT, frozenset({_S.WITHDRAWN}), MANAGERS, _S.DRAFT, "第十一条：分析整理"),
    Rule(Act.SUBMIT, _OPEN, MANAGERS, _S.SUBMITTED, "第十一条：报经同级政务服务和大数据管理部门"),
    Rule(Act.RETURN, frozenset({_S.SUBMITTED, _S.APPROVED}), PUBLISHERS, _S.RETURNED, "第十一条：审核"),
    Rule(Act.APPROVE, frozenset({_S.SUBMITTED}), PUBLISHERS, _S.APPROVED, "第十一条：审核"),
    Rule(Act.PUBLISH, frozenset({_S.SUBMITTED, _S.APPROVED}), PUBLISHERS, _S.PUBLISHED, "第十一条：审核并发布"),
    Rule(Act.WITHDRAW, _OPEN | {_S.SUBMITTED}, MANAGERS, _S.WITHDRAWN, "第十一条：报审前后由起草单位撤回"),
    Rule(Act.WITHDRAW, frozenset({_S.APPROVED, _S.PUBLISHED}), PUBLISHERS, _S.WITHDRAWN, "第十一条：由发布单位撤回"),
)

#: What would work in a state, as a sentence.
HINTS: dict[GuidanceState, str] = {
    _S.DRAFT: "管理机构可以修改（/案例改 {no} 字段：内容）或报审（/报审 {no}）。",
    _S.RETURNED: "管理机构修改后重新报审：/报审 {no}",
    _S.SUBMITTED: "正在审核：案例发布人员可以 /案例准 {no}、/案例退 {no} 理由 或 /发布 {no}。",
    _S.APPROVED: "案例发布人员可以发布：/发布 {no} [联合单位]",
    _S.PUBLISHED: "需要更正请案例发布人员先撤回：/案例撤 {no} 理由",
    _S.WITHDRAWN: "管理机构修改后会重新成为草稿：/案例改 {no} 字段：内容",
}

#: The parts of the text, in the order of the form; the four in the middle are the words of 第十一条.
FIELDS: dict[str, str] = {
    "title": "标题",
    "problem": "问题详情",
    "method": "处理方法",
    "steps": "步骤",
    "conclusion": "结论意见",
    "scope": "适用范围与依据",
}
#: Without these nothing is submitted (第十一条 names the four elements).
REQUIRED = ("title", "problem", "method", "steps", "conclusion")
TITLE_LENGTH = 60
FIELD_LENGTH = 4000
#: Characters a joint publisher's name may have.
BODY_LENGTH = 40

#: `AL2026-3`, `2026-3`, `3`, `#3`, `3号`; a longer run of digits is a word to look for, such as 12345.
_NUMBER = re.compile(
    r"^\s*[#＃]?(?:AL)?(?:(?P<year>\d{4})[-—－_])?(?P<n>\d{1,4})号?(?=$|[\s，,：:；;。])[\s，,：:；;。]*", re.IGNORECASE
)

#: A complaint that was solved; what was handed on, withdrawn or merged is nobody's example (第十一条: 解决的问题).
SOLVED = frozenset({State.SATISFIED, State.CLOSED_LAWFUL, State.CLOSED_UNREACHED})
#: Events of a case that are steps of its solution, in the words of its history.
TELLING = frozenset(
    {
        EventType.SETTLED_ON_SPOT,
        EventType.DISPATCHED,
        EventType.PLANNED,
        EventType.PROMISED,
        EventType.ANSWERED,
        EventType.REVIEW_PASSED,
        EventType.CLOSED,
    }
)


@dataclass(frozen=True, slots=True)
class Guidance:
    """A guidance case: its text, its state, and what must not be in the text.

    `known` are the strings that would give the complainant of the source case away; `submitter` is a person's id.
    """

    no: str
    centre: int
    centre_name: str
    state: GuidanceState = GuidanceState.DRAFT
    title: str = ""
    problem: str = ""
    method: str = ""
    steps: str = ""
    conclusion: str = ""
    scope: str = ""
    bodies: tuple[str, ...] = ()
    submitter: int | None = None
    known: tuple[str, ...] = ()
    #: Of the four elements those that stand as the machine drafted them: nobody has touched them.
    machine: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """One part of the text; `name` is a key of FIELDS."""
        return str(getattr(self, name))


@dataclass(frozen=True, slots=True)
class Change:
    """What an act brings with it: new parts of the text, a reason, joint publishers."""

    fields: Mapping[str, str] | None = None
    reason: str = ""
    bodies: tuple[str, ...] = ()
    #: The person says that they have checked what the machine drafted.
    checked: bool = False


def decide(guidance: Guidance, act: Act, actor: Actor, change: Change | None = None) -> Guidance:
    """The guidance case after the act. Raises `Refused`; nothing has happened then."""
    change = change or Change()
    rule = _rule(guidance, act, actor)
    after = replace(guidance, state=rule.to)
    match act:
        case Act.EDIT:
            after = _edited(after, change.fields or {})
        case Act.SUBMIT:
            _check_complete(after)
            after = replace(after, submitter=actor.person)
        case Act.RETURN | Act.WITHDRAW if not change.reason.strip():
            verb = "案例退" if act is Act.RETURN else "案例撤"
            raise Refused("reason_needed", verb=verb, number=guidance.no)
        case Act.PUBLISH:
            after = replace(after, bodies=_checked_bodies(change.bodies) or after.bodies)
    if act in (Act.EDIT, Act.SUBMIT, Act.APPROVE, Act.PUBLISH):
        _check_clean(after)
    if act in _JUDGED and guidance.state is not GuidanceState.APPROVED and not change.checked:
        _check_touched(after, _JUDGED[act])
    return after


def _rule(guidance: Guidance, act: Act, actor: Actor) -> Rule:
    rules = [rule for rule in RULES if rule.act is act]
    here = [rule for rule in rules if guidance.state in rule.states]
    if not here:
        hint = HINTS[guidance.state].format(no=guidance.no)
        raise Refused("wrong_state", no=guidance.no, state=guidance.state.value, verb=act.value, hint=hint)
    if actor.has(Role.OPERATOR) and here[0].who is MANAGERS:
        return here[0]
    if not actor.has(*here[0].who):
        raise Refused("not_allowed", verb=f"{act.value}指导案例", who=_NAMES[here[0].who])
    if actor.centre != guidance.centre:
        raise Refused("other_centre", no=guidance.no, centre=guidance.centre_name)
    if act in (Act.APPROVE, Act.PUBLISH) and actor.person is not None and actor.person == guidance.submitter:
        raise Refused("guidance_own", no=guidance.no)
    return here[0]


def may_read(guidance: Guidance, actor: Actor) -> bool:
    """Everybody reads what is published; before that its writers and its reviewers do."""
    if guidance.state is GuidanceState.PUBLISHED or actor.has(Role.OPERATOR):
        return True
    return actor.centre == guidance.centre and actor.has(*MANAGERS, *PUBLISHERS)


def _edited(guidance: Guidance, fields: Mapping[str, str]) -> Guidance:
    fields = {name: text.strip() for name, text in fields.items()}
    for name, text in fields.items():
        most = TITLE_LENGTH if name == "title" else FIELD_LENGTH
        if len(text) > most:
            raise Refused("guidance_too_long", field=FIELDS[name], length=len(text), most=most)
    return replace(guidance, **fields)  # type: ignore[arg-type]  # keys are FIELDS, values text


def _check_complete(guidance: Guidance) -> None:
    empty = [FIELDS[name] for name in REQUIRED if not guidance.text(name).strip()]
    if empty:
        raise Refused("guidance_incomplete", no=guidance.no, fields="、".join(empty), first=empty[0])


#: Acts by which a person stands for the text, and their words.
_JUDGED = {Act.SUBMIT: "报审", Act.APPROVE: "案例准", Act.PUBLISH: "发布"}
#: What a machine can draft: the four elements of 第十一条.
ELEMENTS = ("problem", "method", "steps", "conclusion")


def _check_touched(guidance: Guidance, verb: str) -> None:
    """分析整理 is people's work (第十一条): what nobody touched is submitted, approved and published only knowingly."""
    if guidance.machine:
        fields = "、".join(FIELDS[name] for name in guidance.machine)
        raise Refused("guidance_untouched", no=guidance.no, fields=fields, verb=verb, first=FIELDS[guidance.machine[0]])


def _checked_bodies(bodies: Iterable[str]) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in bodies if name.strip()))
    for name in names:
        if len(name) > BODY_LENGTH or not re.search(r"[\u4e00-\u9fff]{2}", name):
            raise Refused("guidance_body", name=name[:BODY_LENGTH])
    return names


def exposures(guidance: Guidance) -> list[str]:
    """Where personal data stands in the text and of what kind: `问题详情（电话、姓名）`; empty when it may be shown."""
    parts = [(label, guidance.text(name)) for name, label in FIELDS.items()]
    parts += [("联合单位", name) for name in guidance.bodies]
    found = [(label, leaks(text, guidance.known)) for label, text in parts]
    return [f"{label}（{'、'.join(kinds)}）" for label, kinds in found if kinds]


def _check_clean(guidance: Guidance) -> None:
    found = exposures(guidance)
    if found:
        raise Refused("guidance_exposes", no=guidance.no, found="；".join(found))


def take_number(text: str, year: int) -> tuple[str, str]:
    """Split a leading number off: `("AL2026-3", "…")`, the year added when it was left out; "" when there is none."""
    match = _NUMBER.match(text)
    if match is None:
        return "", text.strip()
    return f"AL{match['year'] or year}-{int(match['n'])}", text[match.end() :].strip()


# The first draft


def check_nomination(case: Case, actor: Actor) -> None:
    """Whether this person may make an example of this case now. Raises `Refused`."""
    if not actor.has(*MANAGERS):
        raise Refused("not_allowed", verb="推荐为指导案例", who=_NAMES[MANAGERS])
    if actor.centre != case.centre and not actor.has(Role.OPERATOR):
        raise Refused("other_centre", no=case.no, centre=case.centre_name)
    if case.state not in SOLVED:
        raise Refused("guidance_unsolved", no=case.no, state=STATE_NAMES[case.state])


def draft(no: str, case: Case, history: Iterable[Event]) -> Guidance:
    """A first draft from a solved case: what is known of it, scrubbed; the writer does the rest.

    Of a confidential complaint nothing is taken over in the complainant's words.
    """
    private, known = case.private, case.private.known
    problem = "" if case.confidential else scrub(private.content, known)
    told = [scrub(sentence(event), known) for event in history if event.type in TELLING]
    steps = "\n".join(f"{place}. {line}" for place, line in enumerate(told, start=1))
    title = "" if case.confidential else case.matter[:TITLE_LENGTH]
    method = f"由{case.departments}办理。" if case.units else ""
    return Guidance(
        no=no,
        centre=case.centre,
        centre_name=case.centre_name,
        title=title,
        problem=problem[:FIELD_LENGTH],
        method=(method + scrub(private.plan, known))[:FIELD_LENGTH],
        steps=steps[:FIELD_LENGTH],
        conclusion=scrub(private.outcome, known)[:FIELD_LENGTH],
        scope=scrub(private.basis, known)[:FIELD_LENGTH],
        known=known,
    )

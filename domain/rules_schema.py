"""The words a rule set may use: who can be told, what can be said, and after which event each makes sense."""

from __future__ import annotations

from domain.fold import FOLDS
from domain.papers.catalogue import CATALOGUE
from domain.vocabulary import OPEN, RUNNING, Category, Stage, StepKind

EVENTS = frozenset({"registered", *FOLDS})
REQUESTED = frozenset(event for event in EVENTS if event.endswith("_requested"))

#: Audiences spoken to in their group chat, and those spoken to one-to-one.
CHAT_AUDIENCES = frozenset({"department", "added"})
PERSON_AUDIENCES = frozenset(
    {
        "window", "manager", "lead", "discipline", "hotline",
        "liaisons", "superior", "lead_liaisons", "removed", "decider",
    }
)  # fmt: skip
AUDIENCES = CHAT_AUDIENCES | PERSON_AUDIENCES
#: Audience → the only events that say who that is.
AUDIENCE_EVENTS: dict[str, frozenset[str]] = {
    "added": frozenset({"reassigned"}),
    "removed": frozenset({"reassigned", "decline_granted"}),
    "decider": REQUESTED,
}
#: Whom a reminder of the clock may name: nobody whom only an event could tell.
CLOCK_AUDIENCES = AUDIENCES - set(AUDIENCE_EVENTS)
#: 督办期满 prepares 通报、报告、抄送: nobody else may hear of them before the lead releases them (第九条).
IGNORED_AUDIENCES = frozenset({"lead", "manager"})

#: Messages → the events they can be drawn for; None for any.
MESSAGES: dict[str, frozenset[str] | None] = {
    "confirm": None,
    "dispatch": None,
    "referral": None,
    "request": REQUESTED,
    "review": None,
    "call_back": None,
    "task": None,
    "redraw": None,
    "line": frozenset(
        {
            "decline_granted", "request_denied", "extended", "planned", "promised", "review_failed", "dissatisfied",
            "closed", "withdrawn", "merged_into", "sent_back", "reassigned", "assisted", "assist_overdue", "suspended",
            "resumed", "recalculated", "returned_again", "external_due", "absorbed", "urged", "left",
            "peer_closed",
        }
    ),
    "hotline": None,
    "nudge": None,
    "supervision_draft": None,
    "supervision": None,
    "circular": None,
    "seal": frozenset({"circulated", "government_told", "discipline_copied"}),
    "copy": None,
    **{f"paper:{kind.name}": None for kind in CATALOGUE},
}  # fmt: skip

#: (event, audience) whose work order must be sent: its receipt starts the clock (第八条).
WORK_ORDERS = (
    ("dispatched", "department"),
    ("reassigned", "added"),
    ("review_failed", "department"),
    ("dissatisfied", "department"),
    ("sent_back", "department"),
)

#: Categories with a limit of their own; 范围外 is transferred and has none.
LIMITED = tuple(category for category in Category if category is not Category.OUT_OF_SCOPE)
#: Stages a category may begin with; the others follow from what happens.
FIRST_STAGES = (Stage.ANSWER, Stage.PLAN, Stage.PROMISE)
#: States in which the centre itself owes the next step.
OWNED = tuple(sorted(OPEN - RUNNING))
OWNERS = frozenset({"window", "manager", "lead"})

#: Rung of the ladder, and audience → what people call it.
_STEPS = {
    StepKind.NUDGE: "催办",
    StepKind.ASSIST: "催办",
    StepKind.LATE: "配合超期提醒",
    StepKind.EXTERNAL: "热线期限提醒",
    StepKind.RESUME: "恢复计时",
    StepKind.OVERDUE: "督办提请",
    StepKind.IGNORED: "签发提请",
    StepKind.OWNER: "待办提醒",
}
AUDIENCE_NAMES = {
    "department": "承办部门",
    "unit": "承办部门",
    "window": "窗口",
    "manager": "管理机构",
    "lead": "负责人",
    "discipline": "纪检",
    "hotline": "热线",
    "liaisons": "联络员",
    "lead_liaisons": "牵头部门联络员",
    "removed": "原承办部门联络员",
    "superior": "分管领导",
}


def step_words(step: str, audience: str) -> tuple[str, str]:
    """`nudge-1d`, `manager` → `催办`, `管理机构`; a department comes by its name, or as `unit:3`."""
    return _STEPS[StepKind.of(step)], audience_words(audience)


def audience_words(audience: str) -> str:
    """`manager` → `管理机构`, `unit:3` → `承办部门`; what is not an audience is a name already."""
    return AUDIENCE_NAMES.get(audience.partition(":")[0], audience)

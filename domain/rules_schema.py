"""The words a rule set may use: who can be told, what can be said, and after which event each makes sense."""

from __future__ import annotations

from domain.audiences import TRAITS, WRITABLE, AudienceKind, Whose
from domain.events import EventType
from domain.messages import KINDS, TASK
from domain.vocabulary import OPEN, RUNNING, Category, Stage

EVENTS = frozenset(event.value for event in EventType)

#: Audiences spoken to in their group chat, and all there are.
CHAT_AUDIENCES = frozenset(kind.value for kind in WRITABLE if TRAITS[kind].whose is Whose.GROUP)
AUDIENCES = frozenset(kind.value for kind in WRITABLE)
#: Audience → the only events that say who that is.
AUDIENCE_EVENTS = {kind.value: events for kind in WRITABLE if (events := TRAITS[kind].events) is not None}
#: Whom a reminder of the clock may name: nobody whom only an event could tell.
CLOCK_AUDIENCES = AUDIENCES - set(AUDIENCE_EVENTS)
#: 督办期满 prepares 通报、报告、抄送: nobody else may hear of them before the lead releases them (第九条).
IGNORED_AUDIENCES = frozenset({AudienceKind.LEAD.value, AudienceKind.MANAGER.value})

#: Messages → the events they can be drawn for; None for any.
MESSAGES = {kind.name: kind.events for kind in KINDS.values() if kind.by_rules}

#: (event, audience, message): the work order that must be sent, its receipt starts the clock (第八条).
WORK_ORDERS = (
    (EventType.DISPATCHED, AudienceKind.DEPARTMENT, TASK.name),
    (EventType.REASSIGNED, AudienceKind.ADDED, TASK.name),
    (EventType.REVIEW_FAILED, AudienceKind.DEPARTMENT, TASK.name),
    (EventType.DISSATISFIED, AudienceKind.DEPARTMENT, TASK.name),
    (EventType.SENT_BACK, AudienceKind.DEPARTMENT, TASK.name),
)

#: Categories with a limit of their own; 范围外 is transferred and has none.
LIMITED = tuple(category for category in Category if category is not Category.OUT_OF_SCOPE)
#: Stages a category may begin with; the others follow from what happens.
FIRST_STAGES = (Stage.ANSWER, Stage.PLAN, Stage.PROMISE)
#: States in which the centre itself owes the next step.
OWNED = tuple(sorted(OPEN - RUNNING))
OWNERS = frozenset({AudienceKind.WINDOW.value, AudienceKind.MANAGER.value, AudienceKind.LEAD.value})

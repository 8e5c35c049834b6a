"""Every kind of message there is, in one table: what it is called, what it does, and how it travels.

A row of the outbox and a rule file carry a kind's `name`; `kind_of` reads it, once, at the border.
Drawings stand in `bot.cards.drawing`, one for each kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.audiences import Audience, AudienceKind
from domain.events import REQUESTED, EventType
from domain.papers import CASE_PAPERS, PaperName
from domain.vocabulary import StepKind


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message; without a trait of its own it is a sentence or card that is sent to each reader at once."""

    #: Stored in rows and rule files: never renamed.
    name: str
    #: What people call it when it could not be delivered, and what the record calls it where that is shorter.
    title: str = "消息"
    recorded: str = ""
    #: What many of it for one person are called when they go as one; empty: always sent one by one, because work
    #: orders start clocks, papers are files, alarms and results differ from each other.
    many: str = ""
    #: Whether a rule set may ask for it, and the only events it can be drawn for (None: any).
    by_rules: bool = False
    events: frozenset[EventType] | None = None
    #: It puts the work order into the department's hands: its receipt starts the clock (第八条).
    starts_clock: bool = False
    #: It calls the liaisons by name in their group.
    calls_liaisons: bool = False
    #: It can wait while a platform's budget is short.
    deferrable: bool = False
    #: The clock's messages of one day for one reader go as one, with those of every kind that has the same word here.
    merged_by_day: str = ""
    #: It carries what was learnt from like cases (第十一条).
    shows_lessons: bool = False
    #: Before it the platform is asked whether the department has read its card.
    asks_read_status: bool = False
    #: Never for whoever answered (第十条: 回访 by somebody else), nor for whoever asked (a correction, 第五条).
    not_to_answerer: bool = False
    not_to_asker: bool = False
    #: For one person, not for all of a post: whoever did what it tells of if it is their post, else the first on duty.
    for_one: bool = False
    #: It redraws the card a place shows already, and is sent only where there is none.
    redraws: bool = False
    #: It is a paper of the case, as a file.
    paper: PaperName | None = None

    @property
    def in_record(self) -> str:
        """What the record of the case calls it."""
        return self.recorded or self.title


CONFIRM = MessageKind("confirm", "登记核对卡片", many="待确认的登记", by_rules=True, for_one=True, shows_lessons=True)
DISPATCH = MessageKind("dispatch", "转办卡片", many="待分类转办的诉求", by_rules=True, shows_lessons=True)
REFERRAL = MessageKind("referral", "函转卡片", many="待函转的诉求", by_rules=True)
REQUEST = MessageKind("request", "申请裁定卡片", many="待批的申请", by_rules=True, events=REQUESTED, not_to_asker=True)
REVIEW = MessageKind("review", "质检卡片", many="待质检的答复", by_rules=True)
CALL_BACK = MessageKind("call_back", "回访卡片", many="待回访的诉求", by_rules=True, not_to_answerer=True)
TASK = MessageKind("task", "工作单", by_rules=True, starts_clock=True, calls_liaisons=True, shows_lessons=True)
REDRAW = MessageKind("redraw", "办理进度", by_rules=True, deferrable=True, redraws=True)
LINE = MessageKind(
    "line",
    "办理进度",
    many="诉求的办理消息",
    by_rules=True,
    deferrable=True,
    events=frozenset(
        {
            EventType.DECLINE_GRANTED,
            EventType.REQUEST_DENIED,
            EventType.EXTENDED,
            EventType.PLANNED,
            EventType.PROMISED,
            EventType.REVIEW_FAILED,
            EventType.DISSATISFIED,
            EventType.CLOSED,
            EventType.WITHDRAWN,
            EventType.MERGED_INTO,
            EventType.SENT_BACK,
            EventType.REASSIGNED,
            EventType.ASSISTED,
            EventType.ASSIST_OVERDUE,
            EventType.SUSPENDED,
            EventType.RESUMED,
            EventType.RECALCULATED,
            EventType.RETURNED_AGAIN,
            EventType.EXTERNAL_DUE,
            EventType.ABSORBED,
            EventType.URGED,
            EventType.LEFT,
            EventType.PEER_CLOSED,
        }
    ),
)
HOTLINE = MessageKind("hotline", "热线办理结果", by_rules=True, deferrable=True)
NUDGE = MessageKind("nudge", "催办提醒", recorded="催办", by_rules=True, calls_liaisons=True, merged_by_day="nudge")
OWNER = MessageKind("owner", "待办提醒", deferrable=True, merged_by_day="owner")
OVERDUE = MessageKind("overdue", "超期提醒", many="超期未办的诉求", merged_by_day="overdue")
SUPERVISION_DRAFT = MessageKind(
    "supervision_draft",
    "督办单草稿",
    many="待签发的督办单",
    by_rules=True,
    asks_read_status=True,
    merged_by_day="decisions",
)
SUPERVISION = MessageKind("supervision", "督办单", by_rules=True, calls_liaisons=True)
DRAFTS = MessageKind("drafts", "通报、报告和抄送草稿", many="待签发的通报、报告和抄送函", merged_by_day="decisions")
#: The same as they would be signed, word for word, as one file.
DRAFTS_IN_FULL = MessageKind("drafts_in_full", "通报、报告和抄送草稿全文", merged_by_day="drafts_in_full")
#: What lies before somebody for a decision, again.
WAITING = MessageKind("waiting", "待决提醒", merged_by_day="decisions")
CIRCULAR = MessageKind("circular", "通报", by_rules=True)
SEAL = MessageKind(
    "seal",
    "用印提醒",
    by_rules=True,
    events=frozenset({EventType.CIRCULATED, EventType.GOVERNMENT_TOLD, EventType.DISCIPLINE_COPIED}),
)
COPY = MessageKind("copy", "抄送摘要", by_rules=True)
UNDELIVERED = MessageKind("undelivered", "未送达提醒", many="没有送到的消息")
NOBODY = MessageKind("nobody", "无人可收提醒", many="无人可收的消息")
DIGEST = MessageKind("digest", "每日对账", deferrable=True)
SUMMARY = MessageKind("summary", "纪检月度情况", deferrable=True)
ALARM = MessageKind("alarm", "系统告警")
GUIDANCE = MessageKind("guidance", "指导案例消息", deferrable=True)
#: Many messages of a kind for one person, as one.
MANY = MessageKind("many", "合并提醒")
#: A request to bring one shown card up to date; drawn as one of `Look`.
REFRESH = MessageKind("refresh", "卡片更新")

_PAPERS = tuple(MessageKind(f"paper:{name}", name.value, by_rules=True, paper=name) for name in CASE_PAPERS)

KINDS: dict[str, MessageKind] = {
    kind.name: kind
    for kind in (
        CONFIRM, DISPATCH, REFERRAL, REQUEST, REVIEW, CALL_BACK, TASK, REDRAW, LINE, HOTLINE, NUDGE, OWNER, OVERDUE,
        SUPERVISION_DRAFT, SUPERVISION, DRAFTS, DRAFTS_IN_FULL, WAITING, CIRCULAR, SEAL, COPY, UNDELIVERED, NOBODY,
        DIGEST, SUMMARY, ALARM, GUIDANCE, MANY, REFRESH, *_PAPERS,
    )
}  # fmt: skip


class Look(StrEnum):
    """What a card that is out of date is redrawn as: the case as it is, or what stays of it with whoever lost it."""

    NOW = "now"
    GONE = "gone"


def kind_of(name: str) -> MessageKind:
    """The kind a row names; one without traits, and without a drawing, for a name this version does not know."""
    return KINDS.get(name) or MessageKind(name)


#: Kind of step → the message its audience gets; the others speak by the notices of the event they leave.
STEP_MESSAGES: dict[StepKind, MessageKind] = {
    StepKind.NUDGE: NUDGE,
    StepKind.ASSIST: NUDGE,
    StepKind.OVERDUE: OVERDUE,
    StepKind.IGNORED: DRAFTS,
    StepKind.OWNER: OWNER,
    StepKind.AGAIN: WAITING,
}

#: What the clock's steps say: it goes out when the look at the clock is over, so that what falls together is together.
OF_THE_CLOCK = frozenset(STEP_MESSAGES.values()) | {SUPERVISION_DRAFT, DRAFTS_IN_FULL, NOBODY}


def step_message(step: StepKind, audience: Audience) -> MessageKind | None:
    """What a step of the clock says to an audience; None where the notices of its event speak.

    超期 is drafted to the manager with a one-tap 督办单; everybody else gets a ping.
    """
    if step is StepKind.OVERDUE and audience.kind is AudienceKind.MANAGER:
        return SUPERVISION_DRAFT
    return STEP_MESSAGES.get(step)


#: What a message takes along of its event, beside its type.
CARRIED = frozenset(
    {"added", "removed", "name", "unit", "count", "what", "rating", "merged", "moved", "orders", "for", "granted"}
)

"""One-line news, redrawn cards, alarms and the morning digest."""

from __future__ import annotations

from bot import texts
from bot.cards import parts, task
from domain.case import Case
from domain.view import View
from domain.vocabulary import STATE_NAMES
from platforms.contract import Message, Text

#: Most cases a merged reminder lists.
LISTED = 10


def _case(view: View) -> Case:
    if view.case is None:
        raise ValueError("this message is drawn for a case")
    return view.case


def redraw(view: View) -> Message:
    """The work order as it is now, for the card already shown in the department's group."""
    return task.draw(view)


def line(view: View) -> Message:
    """What just happened to a case, in one line."""
    case = _case(view)
    template = texts.LINES[str(view.facts["event"])]
    clock = case.running
    return Text(
        template.format(
            no=case.no,
            number=case.number,
            title=parts.title(case),
            departments=case.departments,
            state=STATE_NAMES[case.state],
            round=case.round,
            limit=f"{clock.date:%m-%d}" if clock else "待送达",
            opinion=(case.private.opinion or "无") if view.reader is not None else texts.ONE_TO_ONE_OPINION,
            urgings=case.urgings,
        )
    )


def owner(view: View) -> Message | None:
    """The centre's own reminder: what still waits for this person, merged."""
    asked = [case for case in view.cases if case.state in texts.OWNER_LINES]
    if not asked:
        return None
    lines = [texts.OWNER_HEAD.format(count=len(asked))]
    lines += [
        f"- **{case.no}** {parts.title(case)}：{texts.OWNER_LINES[case.state].format(number=case.number)}"
        for case in asked[:LISTED]
    ]
    return Text("\n".join(lines))


def undelivered(view: View) -> Message:
    """To the manager: this did not reach the department, and what to do."""
    case = _case(view)
    facts = view.facts
    what = texts.MESSAGE_NAMES.get(str(facts["what"]), "消息")
    return Text(
        texts.UNDELIVERED.format(
            no=case.no, department=facts["department"] or "收件人", what=what, code=facts["code"], number=case.number
        )
    )


def nobody(view: View) -> Message:
    """To the manager: the post this level should reach is empty."""
    case = _case(view)
    audience = texts.AUDIENCE_NAMES.get(str(view.facts["audience"]), str(view.facts["audience"]))
    return Text(texts.NOBODY.format(no=case.no, departments=case.departments, audience=audience))


def digest(view: View) -> Message:
    """每日对账: what was due, what was delivered, what failed, in plain words."""
    facts = view.facts
    lines = [texts.DIGEST_HEAD.format(**facts), texts.DIGEST_DUE.format(**facts), texts.DIGEST_SENT.format(**facts)]
    lines += [texts.DIGEST_FAILED.format(**failed) for failed in facts["failed"]]
    if facts["gap_minutes"]:
        lines.append(texts.DIGEST_GAP.format(minutes=facts["gap_minutes"]))
    if facts["inbox_failed"]:
        lines.append(texts.DIGEST_INBOX.format(count=facts["inbox_failed"]))
    return Text("\n".join(lines))


def alarm(view: View) -> Message:
    """A broken channel, in words for whoever looks after the machine."""
    code = str(view.facts["code"])
    return Text(texts.ALARMS.get(code, texts.ALARM).format(code=code, detail=view.facts["detail"]))

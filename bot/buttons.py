"""What a button carries: command, case, epoch and perhaps an argument; parsed once, at the border."""

from __future__ import annotations

from dataclasses import dataclass

from domain import commands as c
from domain.case import Case
from domain.given_dates import LARGEST_ID, whole_number
from platforms.contract import Button, Tone

PREFIX = "y1"
MAX_BYTES = 1024

#: Command of a button → the command that does the same, before the button's argument.
TYPED: dict[str, str] = {
    "accept": "签收 {no}",
    "answer": "答复 {no}",
    "approve": "签发 {no}",
    "call_back": "回访 {no}",
    "cannot_do": "办不了 {no}",
    "classify": "分类 {no}",
    "confirm": "确认 {no}",
    "decline": "退单 {no}",
    "deny": "不准 {no}",
    "dispatch": "转办 {no}",
    "extend": "延期 {no}",
    "grant": "准 {no}",
    "hold": "暂缓 {no}",
    "nominate": "荐 {no}",
    "nudge": "催办 {no}",
    "plan": "方案 {no}",
    "promise": "承诺 {no}",
    "review": "质检 {no} 通过",
    "review_fail": "质检 {no} 不合格",
    "settle": "当场办结 {no}",
    "show": "查 {no}",
    "supervise": "督办 {no}",
    "supplement": "补充 {no}",
    "tell": "告知 {no}",
    "withdraw": "撤回 {no}",
}


#: Command of a button → the act it asks for. A button that is not here only shows or asks for something else.
ACTS: dict[str, type[c.Command]] = {
    "accept": c.Accept,
    "answer": c.Answer,
    "approve": c.Approve,
    "call_back": c.CallBack,
    "cannot_do": c.CannotDo,
    "classify": c.Classify,
    "confirm": c.Confirm,
    "decline": c.Decline,
    "deny": c.Deny,
    "dispatch": c.Dispatch,
    "extend": c.Extend,
    "grant": c.Grant,
    "hold": c.Hold,
    "nudge": c.Nudge,
    "plan": c.Plan,
    "promise": c.Promise,
    "review": c.Review,
    "review_fail": c.Review,
    "settle": c.SettleOnSpot,
    "supervise": c.Supervise,
    "supplement": c.Supplement,
    "tell": c.Tell,
    "withdraw": c.Withdraw,
}


@dataclass(frozen=True, slots=True)
class Press:
    """A parsed button: the command's code, the case's row id and epoch, and the argument the button stands for."""

    code: str
    case_id: int
    epoch: int
    arg: str = ""


class BadButton(ValueError):
    """A key that no button of ours carries."""


def pack(press: Press) -> str:
    """The key of a button. Raises ValueError when it is longer than a platform allows or holds a separator."""
    key = "|".join((PREFIX, press.code, str(press.case_id), str(press.epoch), press.arg))
    if len(key.encode()) > MAX_BYTES or "|" in press.code + press.arg:
        raise ValueError(f"a button key may not hold this argument: {press.code}")
    return key


def unpack(key: str) -> Press:
    """Parse a pressed key. Raises BadButton for a foreign or damaged one."""
    parts = key.split("|")
    if len(parts) != 5 or parts[0] != PREFIX:
        raise BadButton(key[:40])
    case_id, epoch = whole_number(parts[2], LARGEST_ID), whole_number(parts[3], LARGEST_ID)
    if case_id is None or epoch is None:
        raise BadButton(key[:40])
    return Press(parts[1], case_id, epoch, parts[4])


def button(caption: str, code: str, case: Case, case_id: int, arg: str = "", tone: Tone = Tone.PLAIN) -> Button:
    """A button for one command on one case as it stands now."""
    return Button(caption, pack(Press(code, case_id, case.epoch, arg)), tone, typed(code, case, arg))


def typed(code: str, case: Case, arg: str = "") -> str:
    """The command that does what the button does."""
    return f"/{TYPED[code].format(no=case.no)} {arg}".rstrip()

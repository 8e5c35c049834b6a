"""Weather: faults that a test or a player orders and that the next matching call meets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

# kind -> what it does; the ones marked "at once" act when ordered, the others wait for their next `times` occasions.
KINDS = {
    "kick": "at once: another subscriber takes the bot's place (disconnected_event, then the socket closes)",
    "drop_connection": "at once: the bot's socket is cut without a close frame",
    "expire_token": "at once: every access token so far is expired (42001; InvalidAuthentication on DingTalk)",
    "silence": "the bot's next frames (not pings, unless match=ping) are swallowed: neither done nor acknowledged",
    "lose_ack": "the bot's next frames are done but the acknowledgement is lost",
    "lose_press": "the next presses never reach the bot",
    "refuse_send": "the bot's next sends (aibot_* but subscribe and ping, or message/appchat/webhook send) are refused",
    "api_error": "the next REST calls answer errcode (default -1; DingTalk's new API: `code`, default system.busy)",
    "http_error": "the next REST calls answer HTTP status errcode (default 502) with no JSON",
    "lose_answer": "the next REST calls are carried out, but answer HTTP status errcode (default 502) with no JSON",
    "slow": "the next REST calls and frames are answered only after `seconds` (default 1)",
    "stream_disconnect": "at once: DingTalk asks every connection to go (SYSTEM disconnect) and closes it 10 s later",
    "stream_cut": "at once: every DingTalk connection is cut without a close frame",
    "stream_rival": "at once: for `seconds` another client with the same clientId takes every second DingTalk push",
    "stream_double": "the next DingTalk pushes come twice, each time with another messageId",
    "stream_delay": "the next DingTalk pushes come `seconds` late",
    "stream_lose": "the next DingTalk pushes never come",
    "dead_ticket": "the next DingTalk connection tickets are not worth anything",
    "refuse_card": "the next DingTalk cards are refused with `code`; match=deliver: created, but success=false",
    "flow_control": "the next DingTalk one-to-one sends (match: a staff id) come back as flow-controlled",
    "repeat_callback": "the next application callbacks are sent a second time although they were answered",
}


@dataclass(slots=True)
class Fault:
    """One ordered fault. `match` narrows it to a cmd or to a path ending."""

    kind: str
    times: int = 1
    errcode: int | None = None
    seconds: float = 1.0
    match: str = ""
    code: str = ""


class Faults:
    """The faults still waiting for their occasion."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def order(self, fault: Fault) -> None:
        """Queue a fault; raises `ValueError` for an unknown kind or a count below 1."""
        if fault.kind not in KINDS:
            raise ValueError(f"unknown fault {fault.kind!r}; known: {', '.join(KINDS)}")
        if fault.times < 1:
            raise ValueError("times must be at least 1")
        self.waiting.append(fault)

    def take(self, kind: str, occasion: str = "") -> Fault | None:
        """The first waiting fault of this kind that fits the occasion, used up by one; None when the sky is clear."""
        for fault in self.waiting:
            if fault.kind == kind and (not fault.match or occasion.endswith(fault.match)):
                fault.times -= 1
                if fault.times == 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def to_json(self) -> dict[str, Any]:
        """What waits, and the kinds there are."""
        return {"waiting": [asdict(fault) for fault in self.waiting], "kinds": KINDS}

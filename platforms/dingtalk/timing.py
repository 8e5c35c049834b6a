"""Every waiting time of this platform in one place."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds, unless a name says otherwise.

    `press_window`: how long the acknowledgement of a press waits for the handler (DingTalk gives it 2 s).
    `message_window`: the same for a message or an event, which need no answer in the acknowledgement.
    `drain`: how long a socket that is being replaced may still send its acknowledgements (DingTalk drops it after
    10 s). `qps_pauses`: before each repeat of a call refused for its frequency. `alarm_after` counts failed
    connections in a row.
    """

    request: float = 10.0
    upload: float = 60.0
    connect: float = 5.0
    qps_pauses: tuple[float, ...] = (1.0, 2.0, 4.0)
    retry_pause: float = 1.0
    breaker: float = 3600.0
    punished: float = 300.0
    heartbeat: float = 15.0
    idle: float = 60.0
    backoff_first: float = 1.0
    backoff_cap: float = 30.0
    healthy_after: float = 30.0
    drain: float = 10.0
    press_window: float = 1.8
    message_window: float = 1.5
    denied: float = 300.0
    alarm_after: int = 5

"""Pushes endings to the systems that sent the cases: signed like what they send us, tried for three days."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.hotline import result_text
from models.database import reader
from models.webhooks import WebhookPush
from services.cases.public import public_case
from services.store.app import AppContext, Webhook
from services.store.event_store import read

log = logging.getLogger(__name__)

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Sends a body with headers to an address and returns the HTTP status. Raises OSError, TimeoutError."""

#: Pushes looked at in one round.
BATCH = 20
#: Minutes between the first tries; later ones are as far apart as the last two.
PAUSES = (1, 5, 15, 60, 240)
GIVEN_UP_AFTER = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class HookCounts:
    """How a webhook stands: endings that wait, endings given up, why the newest of them was not taken."""

    id: str
    waiting: int
    given_up: int
    fault: str


async def pushes(app: AppContext) -> list[HookCounts]:
    """How every webhook stands, read beside the writers."""
    found = []
    for hook in app.webhooks:
        left = WebhookPush.filter(hook=hook.id, state__in=["pending", "failed"]).using_db(reader())
        waiting = await left.filter(state="pending").count()
        last = await left.exclude(error="").order_by("-id").first()
        found.append(HookCounts(hook.id, waiting, await left.count() - waiting, last.error if last else ""))
    return found


async def push_endings(app: AppContext, post: Post) -> int:
    """Push what is due, oldest first; how many were taken. Any 2xx means taken.

    A system that cannot be reached holds up no other, and is asked once a round.
    """
    waiting = WebhookPush.filter(state="pending")
    if not await waiting.using_db(reader()).exists():
        return 0
    taken = 0
    for hook in app.webhooks:
        due = waiting.filter(hook=hook.id, next_try_at__lte=app.clock.now()).order_by("next_try_at", "id")
        for push in await due.limit(BATCH):
            fault = await _fault(app, hook, push, post)
            await _note(app, push, fault)
            if fault:
                break
            taken += 1
    known = [hook.id for hook in app.webhooks]
    await waiting.filter(hook__not_in=known, created_at__lte=app.clock.now() - GIVEN_UP_AFTER).update(
        state="failed", error="设置里没有这个标识了"
    )
    return taken


async def _fault(app: AppContext, hook: Webhook, push: WebhookPush, post: Post) -> str:
    """Push one; "" when it was taken, else why not."""
    body = await body_of(app, push.case_id)
    stamp = str(int(app.clock.now().timestamp()))
    try:
        status = await post(hook.url, signed(hook, stamp, secrets.token_hex(16), body), body)
    except (OSError, TimeoutError) as error:
        return f"没有连上（{type(error).__name__}）"
    return "" if 200 <= status < 300 else f"对方答 {status}"


async def body_of(app: AppContext, case_id: int) -> bytes:
    """The JSON of one ending: what `GET /api/v1/complaints/{case_no}` says, whose it is, and the answer, masked."""
    record = await read(case_id, app.sealer)
    case = record.case
    told = {"source": case.source, "external_no": case.external_no or None, "result_text": result_text(case)}
    return json.dumps({**public_case(record), **told}, ensure_ascii=False).encode()


def signed(hook: Webhook, stamp: str, nonce: str, body: bytes) -> dict[str, str]:
    """The headers of a push: the same signature as the intake interface asks for."""
    text = f"{stamp}\n{nonce}\n{hashlib.sha256(body).hexdigest()}"
    return {
        "Content-Type": "application/json; charset=utf-8",
        "X-Yousu-Key": hook.id,
        "X-Yousu-Timestamp": stamp,
        "X-Yousu-Nonce": nonce,
        "X-Yousu-Signature": hmac.new(hook.secret.encode(), text.encode(), hashlib.sha256).hexdigest(),
    }


async def _note(app: AppContext, push: WebhookPush, fault: str) -> None:
    now = app.clock.now()
    attempts = push.attempts + 1
    same = WebhookPush.filter(id=push.id, state="pending")
    if not fault:
        await same.update(state="taken", attempts=attempts, error="", taken_at=now)
        return
    gone = now - push.created_at >= GIVEN_UP_AFTER
    log.warning(
        "an ending was not taken",
        extra={"action": "push_failed", "hook": push.hook, "attempts": attempts, "given_up": gone},
    )
    pause = timedelta(minutes=PAUSES[min(attempts, len(PAUSES)) - 1])
    await same.update(
        state="failed" if gone else "pending", attempts=attempts, error=fault[:200], next_try_at=now + pause
    )

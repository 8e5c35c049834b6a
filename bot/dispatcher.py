"""The pipeline every chat event goes through: remember, identify, route, do, answer. Verification was before it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bot import texts
from bot.attachments import with_held, with_outcome
from bot.buttons import BadButton, unpack
from bot.cards.drawing import card_now
from bot.context import CommandArgs, Context, Reply
from bot.conversation import said
from bot.handlers import router
from bot.questions import ask
from bot.typed_commands import quiet
from bot.words import BadWords
from domain.prompts import Prompt
from domain.refusals import Refused
from platforms.contract import (
    Card,
    ChatPlatform,
    Incoming,
    IncomingKind,
    Message,
    PlatformError,
    Recipient,
    Text,
    TryLater,
)
from services.access.cases import (
    Ambiguous,
    NotFound,
    Stale,
    access_case_for_acting,
    access_case_for_reading,
    access_case_named,
)
from services.cases.execute import Contended
from services.delivery.greetings import first_today
from services.delivery.inbox import Answered, answered_at, remember, retry, say_all, work
from services.delivery.recipients import names_on_duty
from services.delivery.sent_cards import group_shown
from services.directory.deputies import with_deputised
from services.directory.people import actor_of, centre, note_chat, person_by_account
from services.materials.receive import Received
from services.outbox.leavers import left
from services.store.app import AppContext
from services.store.background import Background
from services.store.event_store import NoSuchCase

log = logging.getLogger(__name__)

#: How often an answer is tried.
ANSWER_TRIES = 4
#: The longest pause between two tries of an answer, in seconds of the clock that nobody sets.
ANSWER_PAUSE = 65.0
Outgoing = tuple[Recipient, Message, str]


@dataclass
class Dispatcher:
    """The chat door. `receive` works on the event before it returns, `accept` answers first and works after.

    While an answer waits for its turn, the clock is looked at every `answer_look` seconds.
    """

    app: AppContext
    platforms: Mapping[str, ChatPlatform]
    background: Background
    deployment_id: str = ""
    answer_look: float = 1.0

    async def receive(self, incoming: Incoming) -> None:
        """Store and handle one event; a repeat of a stored one does nothing."""
        row_id = await remember(self.app, incoming)
        if row_id is not None:
            await self._work(row_id, incoming)

    async def accept(self, incoming: Incoming) -> None:
        """Store one event and handle it in the background: the platform gets its answer at once."""
        row_id = await remember(self.app, incoming)
        if row_id is not None:
            self.background.spawn(self._work(row_id, incoming), "incoming")

    async def retry(self) -> int:
        """Handle again what failed or was left behind."""
        return await retry(self.app, self.background, self.handle)

    async def _work(self, row_id: int, incoming: Incoming) -> None:
        if not await work(self.app, self.background, row_id, incoming, self.handle):
            self.background.spawn(say_all(row_id, await self._say(incoming, Reply(texts.FAILED))), "answer")

    async def handle(self, incoming: Incoming) -> Answered:
        """One event, from the person to the answer."""
        if incoming.kind is IncomingKind.PRESS and incoming.chat_id is None:
            # Not every press says where its card lies; whoever sent the card has written it down.
            incoming = replace(incoming, chat_id=await group_shown(incoming.platform, incoming.card_id))
        reply = await self._reply(incoming)
        return await self._say(incoming, reply) if reply is not None else Answered()

    async def _reply(self, incoming: Incoming) -> Reply | None:
        if incoming.kind is IncomingKind.LEFT:
            await left(self.app, incoming.platform, incoming.account)
            return None
        host = None
        if incoming.chat_id is not None:
            group = await note_chat(incoming.platform, incoming.chat_id, self.app.clock.now())
            host = group.department_id
        person = await person_by_account(incoming.platform, incoming.account)
        if person is None:
            known = incoming.kind is not IncomingKind.OTHER or incoming.key in texts.MEDIA
            return Reply(texts.STRANGER) if known else None
        place = await centre(person.centre_id)
        if place is None:
            return Reply(texts.STRANGER)
        called = await names_on_duty(host, self.app.clock.now())
        actor = (await with_deputised(actor_of(person), self.app.clock.now())).speaking_for(host)
        ctx = Context(self.app, incoming, person, actor, place, self.platforms, router.commands, host, called)
        ctx, received = await with_held(ctx) if incoming.kind is IncomingKind.TEXT else (ctx, Received())
        reply = await self._routed(ctx)
        return await with_outcome(ctx, received, reply) if reply is not None else None

    async def _routed(self, ctx: Context) -> Reply | None:
        """The answer, or the sentence that says why not."""
        try:
            return await self._route(ctx)
        except (Refused, BadWords) as error:
            return Reply(str(error))
        except Stale as error:
            return await self._stale(ctx, error)
        except NotFound as error:
            return Reply(texts.NOT_FOUND.format(text=error.text))
        except NoSuchCase:
            return Reply(texts.BAD_BUTTON)
        except Ambiguous as error:
            return Reply(texts.AMBIGUOUS.format(numbers="、".join(error.numbers)))
        except Contended:
            return Reply(texts.CONTENDED)

    async def _route(self, ctx: Context) -> Reply | None:
        match ctx.incoming.kind:
            case IncomingKind.PRESS:
                return await self._pressed(ctx)
            case IncomingKind.TEXT:
                return _with_left_out(ctx, await said(ctx, ctx.incoming.text.replace("\x00", "").strip()))
            case IncomingKind.OTHER if ctx.incoming.key in texts.MEDIA:
                return Reply(texts.NOT_TAKEN.format(what=texts.MEDIA[ctx.incoming.key]))
            case IncomingKind.ENTER if await first_today(ctx.person.id, ctx.now):
                return Reply(texts.ENTER.format(name=ctx.person.name))
        return None

    async def _pressed(self, ctx: Context) -> Reply:
        try:
            press = unpack(ctx.incoming.key)
        except BadButton:
            return Reply(texts.BAD_BUTTON)
        command = router.by_code(press.code)
        if command is None:
            return Reply(texts.BAD_BUTTON)
        # Looking is never stale: it shows the case as it is.
        epoch = None if command.code == "show" else press.epoch
        record = await access_case_for_acting(self.app, ctx.actor, press.case_id, epoch)
        if command.asks is not None and not press.arg:
            return await ask(ctx, record, Prompt(command.asks))
        try:
            reply = await command.handler(ctx, CommandArgs(press.arg, record, press.epoch, pressed=True))
            return await ask(ctx, record, reply.ask) if reply.ask else quiet(ctx, record, reply)
        except (Refused, BadWords) as error:
            # The pressed card is answered in any case, with what is possible now.
            record = await access_case_for_reading(self.app, ctx.actor, press.case_id)
            return Reply(str(error), card=card_now(ctx.view(record.id, record.case)))

    async def _stale(self, ctx: Context, error: Stale) -> Reply:
        record = await access_case_named(self.app, ctx.actor, error.case.no)
        return Reply(str(error), card=card_now(ctx.view(record.id, record.case)))

    async def _say(self, incoming: Incoming, reply: Reply) -> Answered:
        """Answer in the reply window; when it is gone, as an ordinary message to the same place."""
        platform = self.platforms[incoming.platform]
        places = answered_at(incoming)
        here, them = places[0], places[-1]
        public = self._messages(here, incoming, reply.card, reply.text)
        private = self._messages(them, incoming, reply.private_card, reply.private, "p")
        if reply.file is not None:
            private.append((them, reply.file, self._key(incoming, "f")))
        left = [part for part in public if not await self._responded(platform, incoming, part[1])]
        said = [here] * (len(public) - len(left))
        return await self._send(platform, [*left, *private], ANSWER_TRIES, said)

    @staticmethod
    async def _responded(platform: ChatPlatform, incoming: Incoming, part: Message) -> bool:
        """Whether one part of an answer went through the reply window; a part that failed does not repeat another."""
        try:
            if isinstance(part, Card):
                return await platform.respond(incoming, card=part)
            return isinstance(part, Text) and await platform.respond(incoming, text=part.content)
        except PlatformError as error:
            log.warning("an answer goes as an ordinary message", extra={"action": "respond_failed", "code": error.code})
            return False

    async def _send(
        self, platform: ChatPlatform, left: Sequence[Outgoing], tries: int, said: Sequence[Recipient] = ()
    ) -> Answered:
        """Send the rest of an answer; what meets a passing fault is still owed, so that nobody meets silence."""
        sent = list(said)
        for place, (to, message, key) in enumerate(left):
            try:
                await platform.send(to, message, key=key, again=tries < ANSWER_TRIES)
                sent.append(to)
            except TryLater as error:
                if tries > 1:
                    # A spent budget is no failure: the answer waits for its turn however long that takes.
                    rest = tries if error.code == "budget" else tries - 1
                    return Answered(sent, partial(self._send_later, platform, left[place:], rest, error.after))
                log.warning("an answer was not delivered", extra={"action": "reply_failed", "code": error.code})
            except PlatformError as error:
                log.warning("an answer was not delivered", extra={"action": "reply_failed", "code": error.code})
        return Answered(sent)

    async def _send_later(self, platform: ChatPlatform, left: Sequence[Outgoing], tries: int, after: float) -> Answered:
        clock = self.app.clock
        turn = clock.paced() + timedelta(seconds=min(after, ANSWER_PAUSE))
        while (wait := (turn - clock.paced()).total_seconds()) > 0:  # noqa: ASYNC110 - time passes without an event
            await asyncio.sleep(min(wait, self.answer_look))
        return await self._send(platform, left, tries)

    def _messages(
        self, to: Recipient, incoming: Incoming, card: Card | None, text: str, mark: str = ""
    ) -> list[Outgoing]:
        parts = [part for part in (card, Text(text) if text else None) if part is not None]
        return [(to, part, self._key(incoming, f"{mark}{place}")) for place, part in enumerate(parts)]

    def _key(self, incoming: Incoming, mark: str) -> str:
        """The same answer to the same event has the same key, so that a repeat shows once."""
        event = hashlib.sha256(incoming.event_key.encode()).hexdigest()[:24]
        return f"{self.deployment_id}-r{event}-{mark}"


def _with_left_out(ctx: Context, reply: Reply) -> Reply:
    """The answer to a text with a picture in it says that the picture was not taken."""
    kind = ctx.incoming.left_out
    if not kind:
        return reply
    note = texts.LEFT_OUT.format(what=texts.MEDIA.get(kind, texts.MEDIA["unknownMsgType"]))
    return replace(reply, text=f"{reply.text}\n{note}".strip())

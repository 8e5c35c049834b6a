"""The application's callbacks: the city calls the bot's address, encrypted and signed, and insists on an answer.

Five seconds for each try, three more tries when the answer is late or is not HTTP 200 (path/90238). The address is
verified by GET before the first delivery, as the administrator's console does when the address is saved.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from sandbox.city.chats import Message
from sandbox.city.crypto import Envelope, EnvelopeError
from sandbox.city.world import ResponseCode, World
from sandbox.wecom import xml
from sandbox.wecom.card_tables import APP
from sandbox.wecom.cards import validate
from sandbox.wecom.errors import WireError

PATH = "/callback/wecom"
TRIES = 4
PAUSE = 0.1  # real seconds between tries
PASSIVE_TEXT_BYTES = 2048


@dataclass(slots=True)
class Delivery:
    """How one callback went: `answered_ms` is None when nobody answered with 200."""

    ok: bool
    tries: int
    answered_ms: int | None
    reply: dict[str, Any] | None = None
    problem: str = ""


class Callback:
    """Sends callbacks and carries out the passive replies."""

    def __init__(self, world: World) -> None:
        corp = world.city.corp
        self.world = world
        self.envelope = Envelope(corp.token, corp.aes_key, corp.corp_id)
        self.verified = False
        self.delivered = 0
        self.failed = 0
        self.problem = ""

    def to_json(self) -> dict[str, Any]:
        """The channel's state for the page."""
        return {
            "url": self.world.bot_url and self.world.bot_url + PATH,
            "verified": self.verified,
            "delivered": self.delivered,
            "failed": self.failed,
            "problem": self.problem,
        }

    def _query(self, encrypted: str) -> dict[str, str]:
        timestamp, nonce = str(int(self.world.clock.unix())), str(secrets.randbelow(10**10))
        signed = self.envelope.sign(timestamp, nonce, encrypted)
        return {"msg_signature": signed, "timestamp": timestamp, "nonce": nonce}

    def _timeout(self) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=self.world.window)

    async def verify(self) -> bool:
        """GET with an encrypted echostr; the bot must answer exactly the plain number."""
        plain = str(secrets.randbelow(10**19))
        encrypted = self.envelope.encrypt(plain.encode())
        query = {**self._query(encrypted), "echostr": encrypted}
        try:
            url = self.world.bot_url + PATH
            async with self.world.session.get(url, params=query, timeout=self._timeout()) as response:
                answer = await response.text()
                self.verified = response.status == 200 and answer == plain
                self.problem = (
                    "" if self.verified else f"回调地址验证没有通过：HTTP {response.status}，没有原样返回 echostr"
                )
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            self.verified = False
            self.problem = f"回调地址验证没有通过：没有应答（{type(error).__name__}）"
        return self.verified

    async def deliver(self, fields: dict[str, object]) -> Delivery:
        """Deliver one message or event until it is answered with 200 or the tries are spent."""
        world = self.world
        if not world.bot_url:
            return Delivery(False, 0, None, problem="没有设置机器人地址")
        world.traffic.busy += 1
        try:
            if not self.verified and not await self.verify():
                return Delivery(False, 0, None, problem=self.problem)
            delivery = await self._try(fields)
            if delivery.ok and world.faults.take("repeat_callback"):
                await self._once(fields)
        finally:
            world.traffic.busy -= 1
            world.traffic.hear()
        self.delivered += delivery.ok
        self.failed += not delivery.ok
        self.problem = delivery.problem
        return delivery

    async def _try(self, fields: dict[str, object]) -> Delivery:
        started = time.monotonic()
        problem = ""
        for attempt in range(1, TRIES + 1):
            if attempt > 1:
                await asyncio.sleep(PAUSE)
            body, problem = await self._once(fields)
            if body is not None:
                took = round((time.monotonic() - started) * 1000)
                reply, problem = self._read_reply(body)
                return Delivery(True, attempt, took, reply, problem)
        return Delivery(False, TRIES, None, problem=problem)

    async def _once(self, fields: dict[str, object]) -> tuple[str | None, str]:
        """(body of the 200 answer or None, problem). Every try is encrypted and signed anew."""
        corp = self.world.city.corp
        encrypted = self.envelope.encrypt(xml.element("xml", fields).encode())
        outer = {"ToUserName": corp.corp_id, "AgentID": str(corp.agent_id), "Encrypt": encrypted}
        self.world.traffic.tell()
        try:
            async with self.world.session.post(
                self.world.bot_url + PATH,
                params=self._query(encrypted),
                data=xml.element("xml", outer).encode(),
                headers={"Content-Type": "text/xml"},
                timeout=self._timeout(),
            ) as response:
                body = await response.text()
                return (body, "") if response.status == 200 else (None, f"机器人回了 HTTP {response.status}")
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            return None, f"机器人没有应答（{type(error).__name__}）"

    def _read_reply(self, body: str) -> tuple[dict[str, Any] | None, str]:
        """A passive reply, checked and decrypted; an empty body and the word success are no reply."""
        if body.strip() in ("", "success"):
            return None, ""
        try:
            outer = xml.parse(body)
            encrypted = str(outer["Encrypt"])
            self.envelope.check(str(outer["MsgSignature"]), str(outer["TimeStamp"]), str(outer["Nonce"]), encrypted)
            return xml.parse(self.envelope.decrypt(encrypted).decode()), ""
        except (KeyError, UnicodeDecodeError, xml.XmlError, EnvelopeError) as error:
            return None, f"被动回复不合规，已忽略：{type(error).__name__} {error}"

    def _head(self, user: str, kind: str) -> dict[str, object]:
        head = {"ToUserName": self.world.city.corp.corp_id, "FromUserName": user}
        return {**head, "CreateTime": int(self.world.clock.unix()), "MsgType": kind}

    async def say(self, user: str, text: str) -> Delivery:
        """A member wrote to the application."""
        fields = {**self._head(user, "text"), "Content": text, "MsgId": secrets.randbits(62)}
        delivery = await self.deliver({**fields, "AgentID": self.world.city.corp.agent_id})
        self._carry_out_text(user, delivery)
        return delivery

    async def send(self, user: str, kind: str, media_id: str) -> Delivery:
        """A member sent the application a picture, a voice or a video (path/90239); files it is never told of."""
        more = {"image": {"PicUrl": "http://example.invalid/pic"}, "voice": {"Format": "amr"}}.get(
            kind, {"ThumbMediaId": media_id}
        )
        fields = {**self._head(user, kind), "MediaId": media_id, **more, "MsgId": secrets.randbits(62)}
        delivery = await self.deliver({**fields, "AgentID": self.world.city.corp.agent_id})
        self._carry_out_text(user, delivery)
        return delivery

    async def enter(self, user: str) -> Delivery:
        """A member opened the application."""
        fields = {**self._head(user, "event"), "Event": "enter_agent", "EventKey": ""}
        delivery = await self.deliver({**fields, "AgentID": self.world.city.corp.agent_id})
        self._carry_out_text(user, delivery)
        return delivery

    async def press(
        self, user: str, message: Message, key: str, menu: bool, selected: dict[str, list[str]]
    ) -> tuple[Delivery, ResponseCode]:
        """A member pressed a button of a card: the event, with a fresh response_code of its own."""
        world = self.world
        code = world.new_code(message.group_key)
        card = message.card_for(user) or {}
        items = [{"QuestionKey": question, "OptionIds": {"OptionId": ids}} for question, ids in selected.items()]
        fields: dict[str, object] = {
            **self._head(user, "event"),
            "Event": "template_card_menu_event" if menu else "template_card_event",
            "EventKey": key,
            "TaskId": message.task_id,
            "CardType": card.get("card_type", ""),
            "ResponseCode": code.code,
            "AgentID": world.city.corp.agent_id,
        }
        if not menu:
            fields["SelectedItems"] = {"SelectedItem": items} if items else {}
        delivery = await self.deliver(fields)
        if delivery.reply is not None:
            try:
                self._carry_out_press(user, message, delivery.reply, code)
            except (WireError, xml.XmlError) as error:
                delivery.problem = self.problem = f"被动回复不合规，已忽略：{error}"
        return delivery, code

    def _carry_out_text(self, user: str, delivery: Delivery) -> None:
        reply = delivery.reply or {}
        content = reply.get("Content")
        if reply.get("MsgType") == "text" and isinstance(content, str) and len(content.encode()) <= PASSIVE_TEXT_BYTES:
            self.world.chats.add(f"app:{user}", "app", "text", "app", to=[user], text=content)
        elif reply:
            delivery.problem = self.problem = "被动回复不合规，已忽略：这里只显示不超过 2048 字节的文本"

    def _carry_out_press(self, user: str, message: Message, reply: dict[str, Any], code: ResponseCode) -> None:
        """update_button and update_template_card redraw the presser's own copy only (path/90241)."""
        kind = reply.get("MsgType")
        if kind == "update_button":
            name = reply.get("Button", {}).get("ReplaceName")
            card = {**(message.card_for(user) or {}), "replace_text": str(name)}
        elif kind == "update_template_card":
            card = validate(xml.card_from_tree(reply.get("TemplateCard", {})), APP, updating=True)
        elif kind == "text":
            self.world.chats.add(f"app:{user}", "app", "text", "app", to=[user], text=str(reply.get("Content", "")))
            return
        else:
            raise xml.XmlError(f"unknown passive reply {kind!r}")
        self.world.chats.redraw(message, card, users=None, by="passive reply")
        code.spent.set()

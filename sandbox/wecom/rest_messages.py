"""message/send, update_template_card and recall of the self-built application (path/90236, 94888, 94867)."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from sandbox.city.chats import DROPPED, SHOWN
from sandbox.city.people import Person
from sandbox.city.world import ResponseCode, Sent, World
from sandbox.wecom.card_tables import APP, INTERACTIONS
from sandbox.wecom.cards import validate
from sandbox.wecom.errors import (
    BAD_AGENT,
    BAD_PARAMETER,
    BAD_TASK_ID,
    EMPTY_PARAMETER,
    NO_CALLBACK_URL,
    WireError,
)
from sandbox.wecom.rest_parts import TEXT_BYTES, content_of, json_body

RECALL_SECONDS = 24 * 3600.0
RECEIVERS = {"touser": 1000, "toparty": 100, "totag": 100}
SEND_FIELDS = {
    *RECEIVERS,
    "msgtype",
    "agentid",
    "safe",
    "enable_id_trans",
    "enable_duplicate_check",
    "duplicate_check_interval",
}
UPDATE_LISTS = {"userids": 1000, "partyids": 100, "tagids": 100}
DUPLICATE_SECONDS = (1800, 4 * 3600)


def _split(body: dict[str, Any], name: str) -> list[str]:
    raw = body.get(name, "")
    if not isinstance(raw, str):
        raise WireError(BAD_PARAMETER, f"{name} must be a string with | between receivers")
    parts = [part.strip() for part in raw.split("|") if part.strip()]
    if len(parts) > RECEIVERS[name]:
        raise WireError(
            40032 if name == "touser" else BAD_PARAMETER, f"{name} has more than {RECEIVERS[name]} receivers"
        )
    return parts


class Receivers:
    """Who a message goes to, and who it cannot go to."""

    def __init__(self, world: World, body: dict[str, Any]) -> None:
        city = world.city
        self.people: dict[str, Person] = {}
        self.invalid: dict[str, list[str]] = {
            "invaliduser": [],
            "invalidparty": [],
            "invalidtag": [],
            "unlicenseduser": [],
        }
        users, parties, tags = (_split(body, name) for name in RECEIVERS)
        if not users and not parties and not tags:
            raise WireError(82001, "touser, toparty and totag are all empty")
        if users == ["@all"]:
            self._reach(city.members())
            return
        for userid in users:
            person = city.person(userid)
            if person is None:
                self.invalid["invaliduser"].append(userid.lower())
            else:
                self._reach([person])
        for party in parties:
            if not party.isdigit() or int(party) not in city.units:
                self.invalid["invalidparty"].append(party)
            else:
                self._reach(city.everyone_under(int(party)))
        self.invalid["invalidtag"] += tags
        if not self.people and not self.invalid["unlicenseduser"]:
            raise WireError(81013, "user, party and tag are all invalid")

    def _reach(self, people: Iterable[Person]) -> None:
        for person in people:
            if person.licensed:
                self.people[person.id] = person
            else:
                self.invalid["unlicenseduser"].append(person.id.lower())

    def to_json(self) -> dict[str, str]:
        """The four lists, pipes between, only those that are not empty."""
        return {name: "|".join(values) for name, values in self.invalid.items() if values}


def _check_agent(world: World, body: dict[str, Any]) -> None:
    agent = body.get("agentid")
    if agent is None:
        raise WireError(41011, "agentid missing")
    if agent != world.city.corp.agent_id or isinstance(agent, bool):
        raise WireError(BAD_AGENT, "invalid agentid")


def _check_fields(body: dict[str, Any]) -> None:
    unknown = sorted(set(body) - SEND_FIELDS - {str(body.get("msgtype"))})
    if unknown:
        raise WireError(BAD_PARAMETER, f"unknown field {unknown[0]}")
    for name in ("safe", "enable_id_trans", "enable_duplicate_check"):
        if body.get(name, 0) not in (0, 1):
            raise WireError(BAD_PARAMETER, f"{name} must be 0 or 1")
    interval = body.get("duplicate_check_interval", DUPLICATE_SECONDS[0])
    if not isinstance(interval, int) or not 0 < interval <= DUPLICATE_SECONDS[1]:
        raise WireError(BAD_PARAMETER, "duplicate_check_interval must be 1 to 14400")


def can_call_back(card: dict[str, Any]) -> bool:
    """Whether pressing this card calls the bot back (and so the card has response codes)."""
    return card.get("card_type") in INTERACTIONS or "action_menu" in card


def _card_of(world: World, body: dict[str, Any]) -> dict[str, Any]:
    card = validate(body.get("template_card"), APP)
    if can_call_back(card) and not world.bot_url:
        raise WireError(NO_CALLBACK_URL, "the app has no callback url, cards with buttons cannot be sent")
    task_id = card.get("task_id")
    if task_id is not None:
        if task_id in world.task_ids:
            raise WireError(BAD_TASK_ID, "template_card.task_id was used before")
        world.task_ids.add(task_id)
    return card


def _answered_before(world: World, body: dict[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """(what identifies the message, the answer given to the same one within the interval asked for).

    Compared is what is sent and to whom, whether or not the earlier call asked for the check.
    """
    same = {name: value for name, value in body.items() if "duplicate_check" not in name}
    key = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
    if not body.get("enable_duplicate_check"):
        return key, None
    at, answer = world.duplicates.get(key, (float("-inf"), {}))
    interval = body.get("duplicate_check_interval", DUPLICATE_SECONDS[0])
    return key, answer if world.clock.unix() < at + interval else None


async def send(world: World, request: web.Request) -> dict[str, Any]:
    """Send to persons. A spent per-member budget drops that member's copy without a word."""
    body = await json_body(request)
    _check_agent(world, body)
    _check_fields(body)
    receivers = Receivers(world, body)
    kind = body.get("msgtype")
    if kind == "template_card":
        content = {"card": _card_of(world, body)}
    else:
        content = content_of(world, body, ("text", "markdown", "textcard", "news", "file", "image"), TEXT_BYTES)
    key, before = _answered_before(world, body)
    if before is not None:
        return before
    card = content.get("card", {})
    sent = Sent(secrets.token_urlsafe(40), world.clock.unix(), card_type=card.get("card_type", ""))
    for person in receivers.people.values():
        reached = world.member_budget.take(person.id, world.clock.unix())
        message = world.chats.add(
            f"app:{person.id}",
            "app",
            str(kind),
            "app",
            to=[person.id],
            status=SHOWN if reached else DROPPED,
            task_id=card.get("task_id", ""),
            group_key=sent.msgid,
            **content,
        )
        sent.copies[person.id] = message.id
    world.sent[sent.msgid] = sent
    answer = {**receivers.to_json(), "msgid": sent.msgid}
    if kind == "template_card" and can_call_back(card):
        answer["response_code"] = world.new_code(sent.msgid).code
    world.duplicates[key] = (world.clock.unix(), answer)
    return answer


def _redeem(world: World, given: object) -> ResponseCode:
    code = world.codes.get(given) if isinstance(given, str) else None
    if code is None:
        raise WireError(BAD_PARAMETER, "invalid response_code")
    if code.used:
        raise WireError(BAD_PARAMETER, "response_code was used before")
    if code.expires < world.clock.unix():
        raise WireError(BAD_PARAMETER, "response_code expired after 72 hours")
    return code


def _whose_copies(world: World, body: dict[str, Any], sent: Sent) -> tuple[list[str], list[str]]:
    """(receivers to redraw, userids that are none)."""
    if body.get("atall") == 1:
        return list(sent.copies), []
    for name, most in UPDATE_LISTS.items():
        value = body.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise WireError(BAD_PARAMETER, f"{name} must be a list of at most {most}")
    wanted: dict[str, None] = {}
    invalid = []
    for userid in body.get("userids", []):
        person = world.city.person(str(userid))
        if person is None or person.id not in sent.copies:
            invalid.append(str(userid).lower())
        else:
            wanted[person.id] = None
    for party in body.get("partyids", []):
        wanted |= {person.id: None for person in world.city.everyone_under(int(party)) if person.id in sent.copies}
    if not wanted and not invalid and not body.get("tagids"):
        raise WireError(82001, "userids, partyids and tagids are all empty and atall is not 1")
    return list(wanted), invalid


def replacement(world: World, body: dict[str, Any], sent: Sent, user: str) -> dict[str, Any]:
    """The card one receiver sees after the update: their own card with a grey button, or the new card."""
    message = world.chats.get(sent.copies[user])
    if message is None or message.card is None:
        raise WireError(BAD_PARAMETER, "the message is no card")
    if "button" in body:
        return {**(message.card_for(user) or {}), "replace_text": body["button"]["replace_name"]}
    return dict(body["template_card"])


def _check_update(body: dict[str, Any], sent: Sent) -> None:
    if ("button" in body) == ("template_card" in body):
        raise WireError(EMPTY_PARAMETER, "exactly one of button and template_card is required")
    if "template_card" in body:
        validate(body["template_card"], APP, updating=True)
        return
    button = body["button"]
    if not isinstance(button, dict) or not isinstance(button.get("replace_name"), str) or not button["replace_name"]:
        raise WireError(42020, "button.replace_name is required")
    if sent.card_type not in INTERACTIONS:
        raise WireError(BAD_PARAMETER, "a button can only be replaced on a card with buttons")


async def update_card(world: World, request: web.Request) -> dict[str, Any]:
    """Redraw a sent card for some or all of its receivers; each response_code does this once within 72 hours."""
    body = await json_body(request)
    _check_agent(world, body)
    code = _redeem(world, body.get("response_code"))
    sent = world.sent[code.msgid]
    _check_update(body, sent)
    wanted, invalid = _whose_copies(world, body, sent)
    code.used = True
    for user in wanted:
        message = world.chats.get(sent.copies[user])
        if message is not None:
            world.chats.redraw(message, replacement(world, body, sent, user), users=None, by="app")
    code.spent.set()
    return {"invaliduser": invalid} if invalid else {}


async def recall(world: World, request: web.Request) -> dict[str, Any]:
    """Take a message back within 24 hours of city time."""
    body = await json_body(request)
    sent = world.sent.get(str(body.get("msgid", "")))
    if sent is None:
        raise WireError(BAD_PARAMETER, "invalid msgid")
    if world.clock.unix() - sent.sent_at > RECALL_SECONDS:
        raise WireError(42052, "msgid expired: only messages of the last 24 hours can be recalled")
    for message_id in sent.copies.values():
        message = world.chats.get(message_id)
        if message is not None:
            world.chats.recall(message)
    return {}

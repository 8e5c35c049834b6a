"""What GET /sandbox/state tells: people, groups, connections and quotas, all the page needs to draw itself."""

from __future__ import annotations

from typing import Any

from sandbox.city.chats import DROPPED
from sandbox.city.people import Group, Person
from sandbox.city.timemachine import TimeMachine
from sandbox.city.world import World


def _person(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "centre": person.centre,
        "department": person.department,
        "roles": list(person.roles),
        "playable": person.playable,
        "platform": person.home,
        "platforms": list(person.accounts),
        "outside": person.outside,
    }


def _group(world: World, group: Group) -> dict[str, Any]:
    spoken = world.doors[group.platform].spoken
    return {
        "chatid": group.chatid,
        "name": group.name,
        "department": group.department,
        "members": group.members,
        "bot_inside": group.bot_inside,
        "spoken": group.chatid in spoken,
        "platform": group.platform,
    }


def state_of(world: World) -> dict[str, Any]:
    """The city as it is now."""
    return {
        "city": world.city.name,
        "platforms": world.city.kind,
        "bot_name": world.city.bot.name,
        "app_name": world.city.corp.app_name,
        "clock": world.part(TimeMachine).to_json(),
        "people": [_person(person) for person in world.city.people.values()],
        "groups": [_group(world, group) for group in world.city.groups.values()],
        "samples": world.city.samples,
        "connection": {
            "bot_url": world.bot_url,
            **{name: state for door in world.doors.values() for name, state in door.channels().items()},
        },
        "quota": {kind: used for door in world.doors.values() for kind, used in door.quota().items()},
        "messages": len(world.chats.messages),
        "dropped": sum(message.status == DROPPED for message in world.chats.messages),
    }

"""What a bot of this city is started with: its credentials, ready as environment variables, and the directory file."""

from __future__ import annotations

import csv
import io
from typing import Any

from sandbox.city.people import DINGTALK, WECOM, City
from sandbox.city.world import World

ORG_HEADER = ("中心", "层级", "部门", "姓名", "角色", "企业微信账号", "钉钉账号")


def credentials_of(world: World, base: str) -> dict[str, Any]:
    """The practice credentials, also as the environment a bot would be started with (`base` is the city's own URL)."""
    city = world.city
    corp, bot, intake = city.corp, city.bot, city.intake
    env = {"YOUSU_INTAKE_KEYS": f"{intake.key_id}:{intake.secret}"}
    for platform in city.platforms:
        env |= world.doors[platform].env(base)
    return {
        "corp_id": corp.corp_id,
        "agent_id": corp.agent_id,
        "secret": corp.secret,
        "token": corp.token,
        "aes_key": corp.aes_key,
        "bot_id": bot.bot_id,
        "bot_secret": bot.secret,
        "intake": {"key_id": intake.key_id, "secret": intake.secret},
        "dingtalk": {"corp_id": city.ding.corp_id, "own_template_id": city.ding.template_id},
        "env": env,
    }


def org_csv(city: City) -> str:
    """The directory file: everybody of the organisation in order, with their accounts in this kind of city."""
    lines = io.StringIO()
    rows = csv.writer(lines, lineterminator="\n")
    rows.writerow(ORG_HEADER)
    for person in city.people.values():
        if person.outside or not person.accounts:
            continue
        who = (person.centre, person.level, person.department, person.name, "、".join(person.roles))
        wecom = person.id if WECOM in person.accounts else ""
        rows.writerow((*who, wecom, person.staff_id if DINGTALK in person.accounts else ""))
    return lines.getvalue()

"""What a bot of this city is started with: its credentials, ready as environment variables, and the directory file."""

from __future__ import annotations

import csv
import io
from typing import Any

from sandbox.city import DINGTALK, WECOM, City
from sandbox.world import World

ORG_HEADER = ("中心", "层级", "部门", "姓名", "角色", "企业微信账号", "钉钉账号")


def _wecom_env(city: City, base: str) -> dict[str, str]:
    corp, bot = city.corp, city.bot
    groups = [group for group in city.groups.values() if group.department and group.platform == WECOM]
    return {
        "WECOM_API_BASE": base,
        "WECOM_CORP_ID": corp.corp_id,
        "WECOM_AGENT_ID": str(corp.agent_id),
        "WECOM_SECRET": corp.secret,
        "WECOM_TOKEN": corp.token,
        "WECOM_AES_KEY": corp.aes_key,
        "WECOM_BOT_WS_URL": base.replace("http", "ws", 1) + "/aibot",
        "WECOM_BOT_ID": bot.bot_id,
        "WECOM_BOT_SECRET": bot.secret,
        "WECOM_OAUTH_BASE": base + "/connect/oauth2/authorize",
        "WECOM_GROUP_WEBHOOKS": ",".join(f"{group.department}:{group.webhook_key}" for group in groups),
    }


def _dingtalk_env(city: City, base: str, mode: str) -> dict[str, str]:
    ding = city.ding
    return {
        "DINGTALK_API_BASE": base + "/dingtalk/api",
        "DINGTALK_OAPI_BASE": base + "/dingtalk/oapi",
        "DINGTALK_CLIENT_ID": ding.client_id,
        "DINGTALK_CLIENT_SECRET": ding.client_secret,
        "DINGTALK_ROBOT_CODE": ding.client_id,
        "DINGTALK_CARD_TEMPLATE_ID": "",
        "DINGTALK_MODE": mode,
        "DINGTALK_EVENT_TOKEN": ding.event_token,
        "DINGTALK_EVENT_AES_KEY": ding.event_aes_key,
    }


def credentials_of(world: World, base: str) -> dict[str, Any]:
    """The practice credentials, also as the environment a bot would be started with (`base` is the city's own URL)."""
    city = world.city
    corp, bot, intake = city.corp, city.bot, city.intake
    env = {"YOUSU_INTAKE_KEYS": f"{intake.key_id}:{intake.secret}"}
    if WECOM in city.platforms:
        env |= _wecom_env(city, base)
    if DINGTALK in city.platforms:
        env |= _dingtalk_env(city, base, world.ding.mode)
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

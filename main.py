"""The only composition root: settings → database → platforms → services → doors."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from in_force import shipped_calendar, shipped_rules
from models.database import connect, disconnect
from models.migrate import migrate
from models.sealing import Sealer
from platforms.contract import ChatPlatform
from platforms.dingtalk import DingTalk, DingTalkConfig
from platforms.wecom import WeCom, WeComConfig
from scheduler.clock import PracticeClock, SystemClock
from server import Server
from services.store.app import AppContext, Webhook
from services.store.usage_counter import MonthlyCounter
from settings import Settings


def build_app(settings: Settings) -> AppContext:
    """Build the app context with its clock, calendar, rules and sealer. Raises BadSettings without a data key."""
    rules = shipped_rules()
    clock = PracticeClock() if settings.practice else SystemClock()
    webhooks = tuple(Webhook(hook.id, hook.secret, hook.url) for hook in settings.webhooks)
    return AppContext(
        clock, shipped_calendar(rules), rules, sealer_of(settings), settings["YOUSU_PUBLIC_URL"], webhooks=webhooks
    )


def sealer_of(settings: Settings) -> Sealer:
    """The sealer with the present key and the former ones. Raises settings.BadSettings."""
    return Sealer(settings.data_key, settings.former_keys)


def build_platforms(settings: Settings, app: AppContext) -> dict[str, ChatPlatform]:
    """Every configured platform by name; one that is not configured is simply absent."""
    built = {name: build(settings, app) for name, build in BUILDERS.items()}
    return {name: platform for name, platform in built.items() if platform is not None}


def _wecom(settings: Settings, app: AppContext) -> ChatPlatform | None:
    config = wecom_config(settings)
    wanted = config.has_application or config.has_bot or config.has_callback
    return WeCom(config, app.clock.now, app.clock.paced) if wanted else None


def _dingtalk(settings: Settings, app: AppContext) -> ChatPlatform | None:
    config = dingtalk_config(settings)
    if not config.has_application:
        return None
    counter = app.usage_counters.setdefault("dingtalk", MonthlyCounter("dingtalk", app.clock.now))
    return DingTalk(config, app.clock.now, counter, app.clock.paced)


#: How each platform of `platforms.known.KNOWN` is made of the settings; None where they do not ask for it.
BUILDERS: Mapping[str, Callable[[Settings, AppContext], ChatPlatform | None]] = {"wecom": _wecom, "dingtalk": _dingtalk}


def wecom_config(settings: Settings) -> WeComConfig:
    """What the settings say of WeCom."""
    return WeComConfig(
        api_base=settings["WECOM_API_BASE"],
        corp_id=settings["WECOM_CORP_ID"],
        agent_id=int(settings["WECOM_AGENT_ID"] or 0),
        secret=settings["WECOM_SECRET"],
        token=settings["WECOM_TOKEN"],
        aes_key=settings["WECOM_AES_KEY"],
        bot_ws_url=settings["WECOM_BOT_WS_URL"],
        bot_id=settings["WECOM_BOT_ID"],
        bot_secret=settings["WECOM_BOT_SECRET"],
        group_webhooks=settings.group_webhooks,
        public_url=settings["YOUSU_PUBLIC_URL"],
        oauth_base=settings["WECOM_OAUTH_BASE"],
    )


def dingtalk_config(settings: Settings) -> DingTalkConfig:
    """What the settings say of DingTalk."""
    return DingTalkConfig(
        api_base=settings["DINGTALK_API_BASE"],
        oapi_base=settings["DINGTALK_OAPI_BASE"],
        client_id=settings["DINGTALK_CLIENT_ID"],
        client_secret=settings["DINGTALK_CLIENT_SECRET"],
        robot_code=settings["DINGTALK_ROBOT_CODE"],
        card_template_id=settings["DINGTALK_CARD_TEMPLATE_ID"],
        mode=settings["DINGTALK_MODE"],
        event_token=settings["DINGTALK_EVENT_TOKEN"],
        event_aes_key=settings["DINGTALK_EVENT_AES_KEY"],
        public_url=settings["YOUSU_PUBLIC_URL"],
        api_limit=int(settings["DINGTALK_API_LIMIT"]),
        stream_limit=int(settings["DINGTALK_STREAM_LIMIT"]),
    )


@asynccontextmanager
async def database(url: str, now: datetime) -> AsyncIterator[None]:
    """The database, migrated to this version and closed whatever happens."""
    await migrate(url, now)
    await connect(url)
    try:
        yield
    finally:
        await disconnect()


async def serve(settings: Settings) -> None:
    """Run the bot until SIGTERM or SIGINT."""
    app = build_app(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with database(settings["YOUSU_DATABASE_URL"], app.clock.now()):
        await Server(settings, app, build_platforms(settings, app)).run(stop)

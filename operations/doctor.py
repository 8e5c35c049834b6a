"""`yousu doctor`: settings, directory, queues, calendar, rules in words; exit 1 when something needs a person."""

from __future__ import annotations

from collections.abc import Mapping

from domain.vocabulary import Role
from platforms.contract import ChatPlatform
from platforms.known import KNOWN
from services.delivery.pushes import pushes
from services.directory.people import centre, chats_of, departments, first_centre, people
from services.store.app import AppContext
from services.upkeep.health_counts import condition, disk
from services.upkeep.usage_report import usage
from settings import Settings


async def examine(settings: Settings, app: AppContext, platforms: Mapping[str, ChatPlatform]) -> int:
    """Print one line per finding."""
    room = disk(settings["YOUSU_DATABASE_URL"])
    findings = [
        (True, "数据密钥与数据库相符"),
        *_channels(settings, platforms),
        *await _quotas(app, platforms),
        *await _directory(),
        *await _queues(app),
        *([(room.ok, room.detail or f"磁盘还有 {room.free_bytes // 2**20} MB")] if room else []),
        *_calendar(app),
        *await _rules(app),
    ]
    for good, text in findings:
        print(f"{'✓' if good else '✗'} {text}")
    for platform in platforms.values():
        await platform.close()
    return 0 if all(good for good, _ in findings) else 1


def wrong_key() -> int:
    """Print what an operator must know when nothing can be read; return the exit status."""
    print("✗ YOUSU_DATA_KEY 不是这个数据库当初使用的密钥，里面的个人信息读不出来，服务也不会启动：请找回原密钥")
    return 1


Finding = tuple[bool, str]
#: Seconds the clock of another machine may be ahead.
AHEAD = 5
#: What a metered platform counts.
COUNTED = {"api": "接口调用", "stream": "消息推送"}


def _channels(settings: Settings, platforms: Mapping[str, ChatPlatform]) -> list[Finding]:
    if not platforms:
        return [(False, "没有配置任何聊天平台：请填写 WECOM_CORP_ID 或 DINGTALK_CLIENT_ID 等设置（见 .env.example）")]
    found = [(True, f"平台已配置：{'、'.join(KNOWN[name].title for name in platforms)}")]
    if "wecom" in platforms and not settings["WECOM_BOT_ID"]:
        found.append((False, "没有配置智能机器人（WECOM_BOT_ID），群里不能推送可点的卡片，只能单聊"))
    if not settings["YOUSU_INTAKE_KEYS"]:
        found.append((True, "没有配置热线推送密钥（YOUSU_INTAKE_KEYS），诉求只能在聊天里登记"))
    return found


async def _quotas(app: AppContext, platforms: Mapping[str, ChatPlatform]) -> list[Finding]:
    """What metered platforms have left this month, and what a case costs of it."""
    for counter in app.usage_counters.values():
        await counter.load()
    found = [
        (item.ok, item.detail)
        for platform in platforms.values()
        for item in platform.health()
        if item.channel.endswith(".quota")
    ]
    for used in await usage(app.clock.now()):
        each = [
            f"{COUNTED[what]} {used.counts.get(what, 0)} 次（平均每件 {'—' if mean is None else f'{mean:.1f}'}）"
            for what in COUNTED
            for mean in [used.per_case(what)]
        ]
        found.append((True, f"{KNOWN[used.platform].title}本月经手 {used.cases} 件：{'，'.join(each)}"))
    return found


async def _directory() -> list[Finding]:
    place = await first_centre()
    if place is None:
        return [(False, "人员名册为空：请运行 yousu org import 文件")]
    found = [(True, f"名册的第一个中心：{place.name}（{place.level}）")]
    for role in (Role.WINDOW, Role.MANAGER, Role.LEAD):
        if not await people(place.id, role=role):
            found.append((False, f"{place.name}没有{role.value}，这一环节的消息会转给下一顺位"))
    for card in await departments(place.id):
        groups = [chat for chat in await chats_of(card.id) if chat.state == "ok"]
        liaisons = await people(place.id, role=Role.LIAISON, department_id=card.id)
        if not groups:
            found.append((bool(liaisons), f"{card.name}没有绑定群，工作单将单聊发给联络员"))
        if not liaisons:
            found.append((False, f"{card.name}没有联络员"))
    return found


async def _queues(app: AppContext) -> list[Finding]:
    found = await condition(app.clock.now)
    ahead = found.tick_age is not None and found.tick_age < -AHEAD
    age = "还没有运行过" if found.tick_age is None else f"{max(found.tick_age, 0):.0f} 秒前"
    age = "记在将来，服务器的时钟被往回拨过，请核对时间" if ahead else age
    return [
        (found.database, "数据库可用" if found.database else "数据库没有回答"),
        (not ahead, f"在办 {found.open_cases} 件，已超期 {found.overdue} 件；上次检查到期事项：{age}"),
        (found.outbox_failed == 0, f"待发消息 {found.outbox_pending} 条，发送失败 {found.outbox_failed} 条"),
        (found.inbox_failed == 0, f"处理失败的来消息 {found.inbox_failed} 条"),
        *await push_findings(app),
    ]


async def push_findings(app: AppContext) -> list[Finding]:
    """What other systems have not taken, each with why."""
    found: list[Finding] = []
    for hook in await pushes(app):
        why = f"，最近一次没有推成：{hook.fault}" if hook.fault else ""
        words = f"办理结果推送 {hook.id}：待推 {hook.waiting} 件，三天没有推成而放弃的 {hook.given_up} 件{why}"
        found.append((hook.given_up == 0, words))
    return found


async def _rules(app: AppContext) -> list[Finding]:
    own = [(await centre(id_), rules.version) for id_, rules in sorted(app.own_rules.items())]
    apart = "".join(f"，{card.name}用 {version}" for card, version in own if card is not None)
    return [(True, f"现行规则 {app.rules.version}{apart}")]


def _calendar(app: AppContext) -> list[Finding]:
    today = app.clock.now().date()
    later = today.replace(year=today.year + 1, month=7, day=1)
    if app.calendar.is_provisional(later):
        return [(today.month < 12, f"{later.year} 年放假通知尚未导入，跨年的期限按“暂定”显示")]
    return [(True, f"工作日历已到 {later.year} 年")]

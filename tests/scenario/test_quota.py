"""A metered platform: what waits when the month gets short, what goes on, and who is told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from models.queues import OutboxRow
from operations import doctor
from services.store.usage_counter import MonthlyCounter
from tests.kit.town import Town, heard_by, running_town, words
from tests.scenario.test_dingtalk import api_calls, cards_in


@pytest.fixture
def platforms() -> str:
    """Everybody is on DingTalk."""
    return "dingtalk"


@pytest.fixture
async def mixed(sqlite_migrated_url: str) -> AsyncIterator[Town]:
    """The manager and 人社局 are on WeCom, 自然资源局 is on DingTalk."""
    async with running_town(sqlite_migrated_url, platforms="mixed") as town:
        yield town


async def test_what_is_not_urgent_waits_for_the_next_month_and_what_is_urgent_does_not(sqlite_migrated_url: str):
    more = {"DINGTALK_API_LIMIT": "60", "DINGTALK_STREAM_LIMIT": "3000"}
    async with running_town(sqlite_migrated_url, platforms="dingtalk", **more) as town:
        numbers = []
        while await api_calls(town) < 58:
            numbers.append(await town.dispatched(external_no=f"Q{len(numbers)}"))
        heard = heard_by(await town.messages(user="zhaogang"), "zhaogang")
        assert heard.count("额度已用到 70%") == 1
        assert heard.count("额度已用到 90%") == 1
        assert len(await cards_in(town, "人社局", numbers[-1])) == 1, "work orders still go out"
        await town.say("wangmin", "app", f"/补充 {numbers[0]} 群众补充：已带齐材料")
        waiting = await OutboxRow.filter(state="pending").values_list("kind", "error")
        assert waiting
        assert {error for _, error in waiting} == {"quota_held"}
        await town.turn("12-01 09:00", stepwise=True)
        await town.until(_nothing_waits, "what was held back did not go out in the new month")


async def _nothing_waits() -> bool:
    return not await OutboxRow.filter(error="quota_held", state="pending").exists()


async def test_when_the_month_is_used_up_the_manager_is_told_elsewhere_and_the_order_follows_later(mixed: Town):
    await mixed.call("quota", {"api": 5000})
    no = await mixed.dispatched("自然资源局")
    told = heard_by(await mixed.messages(user="zhaogang"), "zhaogang")
    assert "没有送到自然资源局" in told
    assert "本月接口额度已用完" in told
    assert (await mixed.case(no))["due_at"] is None, "what never arrived starts no clock"
    await mixed.call("quota", {"api": 0})
    await mixed.turn("11-23 11:30")
    await mixed.until(lambda: _arrived(mixed, no), "the work order did not follow")


async def _arrived(town: Town, no: str) -> bool:
    return bool(await cards_in(town, "自然资源局", no))


async def test_without_calls_left_people_who_speak_are_still_answered(town: Town):
    await town.call("quota", {"api": 5000})
    came = await town.say("chenjing", "人社局", "/帮助")
    assert "/签收" in words(came)


async def test_when_the_platform_no_longer_passes_messages_on_somebody_is_told(mixed: Town):
    await mixed.call("quota", {"stream": 3000})
    await mixed.say("sunwei", "自然资源局", "/我的")
    assert "推送额度" in heard_by(await mixed.messages(user="zhaogang"), "zhaogang")


async def test_the_operator_sees_what_the_month_and_a_case_cost(town: Town, capsys: pytest.CaptureFixture[str]):
    await town.closed()
    await town.until(lambda: _saved(town), "the counts were not saved")
    quota = (await town.call("state"))["quota"]
    api, pushed = quota["api"]["used"], quota["stream"]["used"]
    await doctor.examine(town.config, town.app, town.server.platforms)
    printed = capsys.readouterr().out
    assert f"本月接口调用 {api}/5000" in printed
    assert f"消息推送 {pushed}/3000" in printed
    assert f"钉钉本月经手 1 件：接口调用 {api} 次（平均每件 {api:.1f}）" in printed


async def _saved(town: Town) -> bool:
    kept = MonthlyCounter("dingtalk", town.app.clock.now)
    await kept.load()
    live = town.app.usage_counters["dingtalk"]
    return all(kept.this_month(what) == live.this_month(what) > 0 for what in ("api", "stream"))


async def test_the_month_goes_on_counting_after_a_restart_and_the_next_one_begins_at_nothing(town: Town):
    await town.dispatched()
    await town.until(lambda: _saved(town), "the counts were not saved")
    before = town.app.usage_counters["dingtalk"].this_month("api")
    await town.restart()
    assert town.app.usage_counters["dingtalk"].this_month("api") == before
    await town.turn("12-01 08:00")
    assert town.app.usage_counters["dingtalk"].this_month("api") < before

"""corpwechatbot #25, dify-on-dingtalk #16, botmux #111: the platform repeats itself and the bot acted every time."""

from __future__ import annotations

from models.queues import InboxRow
from tests.kit.town import Town, shown
from tests.kit.town_fixtures import on_both_databases


@on_both_databases
async def test_the_same_callback_several_times_is_one_act_and_one_answer(town: Town):
    no = await town.push()
    await town.fault("repeat_callback", times=2)
    rows = await InboxRow.all().count()
    came = await town.say("wangmin", "app", f"/确认 {no}")
    assert await InboxRow.all().count() == rows + 1
    assert (await town.events(no)).count("confirmed") == 1
    assert len([m for m in came if m["chat"] == "app:wangmin" and "已登记" in shown(m)]) == 1


async def test_the_same_registration_twice_is_one_case(town: Town):
    await town.fault("repeat_callback")
    await town.say("wangmin", "app", "测乙二 00012340003 说老宅确权档案找不到，自然资源那边没法查，跑了四趟")
    assert (await InboxRow.filter(state="done").count()) >= 1
    assert len([m for m in await town.messages("wangmin", "app") if "待核对" in shown(m)]) == 1

"""A body the text names that is no department of the centre is said to whoever checks and dispatches the complaint."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, words

TEXT = """群众测甲一（00012340001）反映，其家门口的农村公路要开口接道，交通运输局窗口说归别处批，
两个月没有结果，要求明确由谁办。"""


async def test_the_clerk_reads_on_the_draft_which_body_the_directory_lacks(town: Town):
    came = await town.say("wangmin", "app", f"/登记 {TEXT}")
    assert "文中提到交通运输局，名录里没有" in words(came)
    number = words(came).split("YS", 1)[1][:13]
    await town.say("wangmin", "app", f"/确认 YS{number}")
    assert "文中提到交通运输局" in heard_by(await town.messages("zhaogang"), "zhaogang")


async def test_a_body_of_the_directory_and_a_guess_from_the_matter_are_no_strangers(town: Town):
    came = await town.say("wangmin", "app", "/登记 测甲一 00012340001 反映人社局社保窗口不给办退休手续，要求尽快受理。")
    assert "名录里没有" not in words(came)
    came = await town.say("wangmin", "app", "/登记 测甲一 00012340001 反映车辆年审线上提交后一直没有结果。")
    assert "名录里没有" not in words(came)

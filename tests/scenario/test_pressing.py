"""第九条 by turning the clock: 催办 before the limit, 督办 after it, 通报、报告、抄送 only from the lead's hand."""

from __future__ import annotations

from tests.kit.town import Seen, Town, shown, words


def chats(messages: list[Seen]) -> set[str]:
    return {message["chat"] for message in messages}


GROUP = "wrkSFfCgAA-RenShe01"


async def test_the_whole_ladder_from_the_first_nudge_to_the_discipline_office(town: Town):
    no = await town.dispatched(category="办不了")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"

    assert no in words([m for m in await town.turn("11-25 09:00") if m["chat"] == GROUP])
    assert no in words([m for m in await town.turn("11-26 09:00") if m["chat"] == GROUP])
    two_hours = await town.turn("11-26 15:00")
    assert {GROUP, "app:zhaogang"} <= chats([m for m in two_hours if no in shown(m)])
    assert not [m for m in await town.turn("11-26 17:30") if no in shown(m)]

    overdue = [m for m in await town.turn("11-27 09:00") if no in shown(m)]
    assert chats(overdue) - {"app:lijianguo"} == {"app:zhaogang", "app:zhenghua"}
    await town.expect("app", no, "督办单草稿", "12-01", user="zhaogang")
    await town.expect("app", no, "已超过办理期限", user="zhenghua")

    issued = await town.press("zhaogang", "督办")
    assert {GROUP, "app:chenjing", "app:zhenghua"} <= chats([m for m in issued if no in shown(m)])
    paper = await town.expect("人社局", no, "督办单 2026督1", "12-01 17:00")
    assert "签收" in [button["text"] for button in paper["buttons"]]

    drafts = [m for m in await town.turn("12-02 09:00") if no in shown(m)]
    assert chats(drafts) == {"app:lijianguo"}
    assert "第九条" not in words(await town.messages("fenglei"))
    refused = await town.say("zhaogang", "app", f"/签发 {no}")
    assert "负责人" in words(refused)
    assert "没有找到" in words(await town.say("fenglei", "app", f"/查 {no}"))

    released = await town.press("lijianguo", "签发")
    assert {GROUP, "app:zhaogang", "app:zhenghua", "app:fenglei"} <= chats([m for m in released if no in shown(m)])
    assert (await town.events(no))[-3:] == ["circulated", "government_told", "discipline_copied"]
    await town.expect("人社局", no, "通报")
    await town.expect("app", no, "抄送同级纪委监委", user="fenglei")
    assert no in words(await town.say("fenglei", "app", f"/查 {no}"))
    row = await town.row(no)
    assert "已通报 2026-12-02" in row["备注"]
    assert row["是否催办及时间"].count("第") == 3
    assert row["是否督办及时间"].startswith("是 2026-11-27 09:00（第1次）")
    assert "超期4个工作日" in row["备注"]

    await town.say("chenjing", "人社局", f"/答复 {no} 已办结")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert "超期4个工作日" in (await town.row(no))["备注"], "late stays late, however well it ended"


async def test_the_lead_may_release_one_paper_and_hold_the_rest(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    await town.turn("12-02 09:00")
    await town.say("lijianguo", "app", f"/签发 {no} 通报")
    assert (await town.events(no))[-1] == "circulated"
    assert "已经签发过" in words(await town.say("lijianguo", "app", f"/签发 {no} 通报"))
    await town.press("lijianguo", "暂缓", about=no)
    await town.say("lijianguo", "app", "部门已承诺本周办结")
    assert (await town.events(no))[-1] == "held"
    assert "抄送" not in words(await town.messages("fenglei"))


async def test_nothing_is_supervised_before_it_is_overdue(town: Town):
    no = await town.dispatched(category="办不了")
    assert "尚未到期" in words(await town.say("zhaogang", "app", f"/督办 {no} 2026-11-26"))


async def test_an_answer_silences_every_later_reminder(town: Town):
    no = await town.answered(category="办不了")
    came = [await town.turn(moment) for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00")]
    assert not [m for messages in came for m in messages if m["chat"] == GROUP]
    assert "nudged" not in await town.events(no)


async def test_several_cases_of_a_department_make_one_message_and_departments_do_not_mix(town: Town):
    mine = [await town.dispatched(category="办不了", external_no=f"A{n}") for n in range(3)]
    other = await town.dispatched("住建局", "办不了", external_no="B")
    came = await town.turn("11-25 09:00")
    to_group = [m for m in came if m["chat"] == GROUP]
    assert len(to_group) == 1
    assert all(no in shown(to_group[0]) for no in mine)
    assert other not in shown(to_group[0])
    assert "3 件" in shown(to_group[0])
    manager = [m for m in await town.turn("11-26 15:00") if m["chat"] == "app:zhaogang" and "催办" in shown(m)]
    assert len(manager) == 1
    assert all(no in shown(manager[0]) for no in (*mine, other))


async def test_an_answered_case_drops_out_of_the_merged_reminder(town: Town):
    first, second = [await town.dispatched(category="办不了", external_no=f"A{n}") for n in range(2)]
    await town.say("chenjing", "人社局", f"/答复 {first} 已办结")
    to_group = [m for m in await town.turn("11-25 09:00") if m["chat"] == GROUP]
    assert first not in words(to_group)
    assert second in words(to_group)


async def test_a_manager_nudges_by_hand_but_not_twice_in_ten_minutes(town: Town):
    no = await town.dispatched(category="办不了")
    assert GROUP in chats(await town.say("zhaogang", "app", f"/催办 {no}"))
    assert "10 分钟内" in words(await town.say("zhaogang", "app", f"/催办 {no}"))
    await town.turn("11-23 09:15")
    assert "已催办" in words(await town.say("zhaogang", "app", f"/催办 {no}"))


async def test_after_a_stop_over_two_levels_only_the_later_one_is_sent_and_the_gap_is_reported(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-24 16:00")
    await town.stop_bot()
    await town.turn_city("11-26 15:30")
    before = town.last
    await town.start_bot()
    await town.settle()
    came = await town.since(before)
    assert len([m for m in came if m["chat"] == GROUP and no in shown(m)]) == 1
    assert (await town.events(no)).count("nudged") == 1
    await town.expect_soon("app", "停顿", user="zhaogang")


async def test_a_stop_over_the_limit_drafts_the_supervision_and_does_not_nudge_afterwards(town: Town):
    no = await town.dispatched(category="办不了")
    await town.stop_bot()
    await town.turn_city("11-30 10:00")
    before = town.last
    await town.start_bot()
    await town.settle()
    came = [m for m in await town.since(before) if no in shown(m)]
    assert "督办单草稿" in words([m for m in came if m["chat"] == "app:zhaogang"])
    assert {"app:zhaogang", "app:zhenghua"} <= chats(came)


async def test_every_morning_the_centre_reads_what_was_due_sent_and_failed(town: Town):
    await town.dispatched(category="办不了")
    came = await town.turn("11-24 09:00")
    for reader in ("app:zhaogang", "app:lijianguo"):
        digest = [m for m in came if m["chat"] == reader and "每日对账" in shown(m)]
        assert len(digest) == 1
        assert "在办 1 件" in shown(digest[0])
    assert not [m for m in await town.turn("11-24 09:30") if "每日对账" in shown(m)]

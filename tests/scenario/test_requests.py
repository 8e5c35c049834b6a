"""退单 and 延期: the department asks, the centre decides, the clock goes on meanwhile (第七条、第八条)."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, heard_in, shown, words


async def test_a_declined_case_is_granted_and_goes_to_another_department_with_a_new_clock(town: Town):
    no = await town.dispatched(category="办不了")
    await town.press("chenjing", "退单", "人社局")
    await town.say("chenjing", "人社局", "不属于我局职责，应由医保局办理")
    await town.expect("app", no, "申请退单", "应由医保局办理", user="zhaogang")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"
    await town.turn("11-24 10:00")
    before = town.last
    await town.press("zhaogang", "准")
    await town.expect("app", no, "同意退单", user="chenjing")
    assert not heard_in(await town.since(before), "人社局"), "no card of a case that is theirs no longer"
    assert (await town.case(no))["state"] == "A2"
    await town.say("zhaogang", "app", f"/转办 {no} 医保局")
    case = await town.case(no)
    assert (case["departments"], case["due_at"]) == (["医保局"], "2026-11-27T17:00:00+08:00")
    assert "退单改派（人社局）" in (await town.row(no))["备注"]
    assert "没有找到" in words(await town.say("chenjing", "app", f"/查 {no}"))


async def test_a_refused_return_keeps_the_limit_and_is_not_asked_twice(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/退单 {no} 不归我们")
    await town.press("zhaogang", "不准")
    await town.say("zhaogang", "app", "三定方案明确由你局负责")
    await town.expect("app", no, "三定方案明确由你局负责", "11-26", user="chenjing")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"
    assert "已退单过一次" in words(await town.say("chenjing", "人社局", f"/退单 {no} 还是不归我们"))


async def test_a_return_after_the_first_working_day_is_too_late(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-25 09:30")
    assert "不能再退单" in words(await town.say("chenjing", "人社局", f"/退单 {no} 不归我们"))


async def test_only_the_lead_extends_a_limit_of_the_eighth_article(town: Town):
    no = await town.dispatched(category="办不了")
    await town.press("chenjing", "延期", "人社局")
    await town.say("chenjing", "人社局", "2026-11-27 需现场核验")
    await town.expect("app", no, "申请延期", "需现场核验", user="lijianguo")
    assert "负责人裁定" in words(await town.say("zhaogang", "app", f"/准 {no}"))
    await town.press("lijianguo", "准")
    case = await town.case(no)
    assert case["due_at"] == "2026-11-27T17:00:00+08:00"
    await town.expect("app", no, "同意延期", "11-27", user="chenjing")
    assert "已经延期过一次" in words(await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-30 再等等"))
    assert "延期：2026-11-26延至2026-11-27" in (await town.row(no))["备注"]


async def test_an_extension_moves_the_reminders_with_it(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 需现场核验")
    await town.say("lijianguo", "app", f"/准 {no}")
    assert no not in words([m for m in await town.turn("11-25 09:00") if m["chat"].startswith("wrk")])
    assert no in words([m for m in await town.turn("11-26 09:00") if m["chat"].startswith("wrk")])


async def test_a_refused_extension_leaves_the_old_limit(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 忙")
    await town.press("lijianguo", "不准")
    await town.say("lijianguo", "app", "理由不充分")
    await town.expect("app", no, "理由不充分", user="chenjing")
    assert (await town.case(no))["due_at"] == "2026-11-26T17:00:00+08:00"


async def test_an_extension_is_refused_with_the_latest_date_that_would_work(town: Town):
    no = await town.dispatched(category="办不了")
    assert "最晚可延至 2026-12-01" in words(await town.say("chenjing", "人社局", f"/延期 {no} 2026-12-31 忙"))
    assert "休息日" in words(await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-28 忙"))
    assert "晚于现在的期限" in words(await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-26 忙"))
    await town.turn("11-27 09:30")
    assert "不能再申请延期" in words(await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-30 忙"))


async def test_a_newer_request_of_the_same_department_replaces_the_one_that_waits(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 忙")
    message, _ = await town.find_button("lijianguo", "准", about=no)
    assert "申请延期" in shown(message)
    said = words(await town.say("chenjing", "人社局", f"/退单 {no} 不归我们"))
    assert "原来的延期申请随之撤回" in said
    await town.expect("app", no, "申请退单", "不归我们", user="zhaogang")
    again, _ = await town.find_button("lijianguo", "准", about=no)
    assert again["id"] == message["id"], "the card that asked for the extension"
    assert "申请退单" in shown(again), "asks for what waits now"
    await town.press("zhaogang", "准", about=no)
    assert (await town.case(no))["state"] == "A2"


async def test_a_request_that_was_denied_leaves_the_group_a_card_that_works(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 忙")
    await town.say("lijianguo", "app", f"/不准 {no} 理由不充分")
    await town.press("chenjing", "签收", "人社局")
    assert (await town.case(no))["state"] == "B2"


async def test_a_second_request_waits_for_the_first_decision(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 忙")
    await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077 录入有误")
    assert "延期申请" in words(await town.say("wangmin", "app", f"/更正 {no} 电话：00012340077 录入有误"))
    assert "没有待裁定" in words(await town.say("lijianguo", "app", f"/准 {await town.dispatched('医保局')}"))


async def test_a_far_promise_waits_for_the_manager_and_the_department_hears_the_answer(town: Town):
    no = await town.dispatched(category="不给办")
    due = (await town.case(no))["due_at"]
    said = words(await town.say("chenjing", "人社局", f"/承诺 {no} 2027-03-31 需换发新证"))
    assert "须管理机构同意" in said
    assert "最晚 2026-12-21" in said
    assert (await town.case(no))["due_at"] == due
    await town.expect("app", no, "申请承诺期限", "需换发新证", "2027-03-31", user="zhaogang")
    assert "承诺期限申请待裁定" in words(await town.say("zhaogang", "app", "/我的"))
    await town.press("zhaogang", "不准", about=no)
    await town.say("zhaogang", "app", "太久，请在一个月内办结")
    assert "承诺期限" not in words(await town.say("zhaogang", "app", "/我的"))
    await town.expect("app", no, "请在一个月内办结", user="chenjing")
    await town.say("chenjing", "人社局", f"/承诺 {no} 2027-01-29 需换发新证，省厅制证")
    before = town.last
    await town.press("zhaogang", "准")
    assert (await town.case(no))["due_at"] == "2027-01-29T17:00:00+08:00"
    await town.expect("app", no, "同意承诺", "01-29", user="chenjing")
    assert "同意承诺" in heard_by(await town.since(before), "chenjing")
    assert (await town.row(no))["要求办理期限"].startswith("2027-01-29")


async def test_a_near_promise_stands_at_once_and_is_not_told_to_who_gave_it(town: Town):
    no = await town.dispatched(category="不给办")
    await town.say("chenjing", "人社局", f"/承诺 {no} 2026-12-04")
    assert (await town.case(no))["due_at"] == "2026-12-04T17:00:00+08:00"
    await town.expect("app", no, "承诺 12-04 前办结", user="zhaogang")
    assert "同意承诺" not in words(await town.since(0))


async def test_a_far_plan_reads_on_the_managers_card_and_stands_once_agreed(town: Town):
    no = await town.dispatched(category="很难办")
    await town.say("chenjing", "人社局", f"/方案 {no} 2027-03-31 先补正材料再核验")
    await town.expect("app", no, "申请方案期限", "先补正材料再核验", user="zhaogang")
    assert (await town.case(no))["state"] == "B2"
    await town.say("zhaogang", "app", f"/准 {no} 同意")
    case = await town.case(no)
    assert (case["state"], case["due_at"]) == ("B3", "2027-03-31T17:00:00+08:00")
    assert "先补正材料再核验" in (await town.row(no))["办理情况"]

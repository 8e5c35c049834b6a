"""How a case ends when nobody says “满意” (第十条), and what coming back again and again leads to (第九条)."""

from __future__ import annotations

from tests.kit.town import Town, heard_by, heard_in, words


async def test_three_calls_on_two_days_that_nobody_answers_are_put_before_the_lead(town: Town):
    no = await town.reviewed()
    for _ in range(3):
        said = await town.say("wangmin", "app", f"/回访 {no} 未接通")
    assert "第 3 次回访未接通" in words(said), "three times on one day are one day"
    await town.turn("11-24 10:00")
    came = await town.say("liujie", "app", f"/回访 {no} 未接通")
    assert "待负责人裁定" in heard_by(came, "liujie")
    assert "申请未联系上办结" in heard_by(came, "lijianguo")
    assert "由负责人裁定" in words(await town.say("zhaogang", "app", f"/准 {no}"))
    await town.press("lijianguo", "准")
    assert (await town.case(no))["state"] == "Z3"
    assert (await town.row(no))["办理结果满意度"] == "未评价（未联系上）"


async def test_the_lead_may_want_another_call(town: Town):
    no = await town.reviewed()
    for _ in range(2):
        await town.say("wangmin", "app", f"/回访 {no} 未接通")
    await town.turn("11-24 10:00")
    await town.say("wangmin", "app", f"/回访 {no} 未接通")
    assert "待裁定" in words(await town.say("wangmin", "app", f"/回访 {no} 满意"))
    await town.say("lijianguo", "app", f"/不准 {no} 晚上再打一次")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert (await town.case(no))["state"] == "Z1"


async def test_a_complainant_without_an_opinion_does_not_count_as_satisfied(town: Town):
    no = await town.reviewed()
    await town.say("wangmin", "app", f"/回访 {no} 拒评")
    assert (await town.case(no))["state"] == "Z3"
    row = await town.row(no)
    assert "拒" in row["办理结果满意度"]
    assert "满意" not in row["办理结果满意度"].replace("不满意", "")


async def lawful_no(town: Town) -> str:
    """A lawful “no” with reason and basis that its complainant does not accept."""
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/办不了 {no} 不符合参保条件；《社会保险法》第十六条")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 不满意 不认可这个结论")
    return no


async def test_a_lawful_no_that_displeases_is_the_leads_to_judge(town: Town):
    no = await lawful_no(town)
    await town.expect("app", no, "申请依法办结", "不认可这个结论", user="lijianguo")
    assert (await town.case(no))["state"] == "C2"
    assert "由负责人裁定" in words(await town.say("zhaogang", "app", f"/准 {no} 已说明"))
    assert "请写明内容" in words(await town.say("lijianguo", "app", f"/准 {no}"))
    await town.say("lijianguo", "app", f"/准 {no} 已书面说明依据和救济途径")
    assert (await town.case(no))["state"] == "Z2"
    assert (await town.record(no)).case.private.explanation == "已书面说明依据和救济途径"
    row = await town.row(no)
    assert row["办理结果满意度"].startswith("不满意")
    assert "销号" not in row["备注"].replace("未销号", "")


async def test_a_no_the_lead_does_not_confirm_goes_back_to_the_department(town: Town):
    no = await lawful_no(town)
    came = await town.say("lijianguo", "app", f"/不准 {no} 依据引用有误")
    assert "退回重办·第2轮" in heard_in(came, "人社局")
    assert "依据引用有误" in heard_by(came, "chenjing")
    case = await town.case(no)
    assert (case["state"], case["round"], case["due_at"]) == ("R", 2, "2026-11-26T17:00:00+08:00")


async def test_the_lead_ends_a_case_whose_lawful_result_never_satisfies(town: Town):
    no = await town.reviewed()
    assert "还没有不满意的回访结果" in words(await town.say("lijianguo", "app", f"/依法办结 {no} 说明"))
    await town.say("wangmin", "app", f"/回访 {no} 不满意 要求赔偿误工")
    assert "负责人" in words(await town.say("zhaogang", "app", f"/依法办结 {no} 说明"))
    assert "请写明内容" in words(await town.say("lijianguo", "app", f"/依法办结 {no}"))
    came = await town.say("lijianguo", "app", f"/依法办结 {no} 赔偿请求没有法律依据，已书面告知")
    assert (await town.case(no))["state"] == "Z2"
    assert "办结未销号（不满意）" in heard_by(came, "chenjing")


async def test_what_comes_back_again_and_again_reaches_the_lead_and_then_a_supervision(town: Town):
    no = await town.answered(category="办不了")
    first = await town.say("zhaogang", "app", f"/质检 {no} 不合格 第一次")
    assert not heard_by(first, "lijianguo")
    await town.say("chenjing", "人社局", f"/答复 {no} 再次办理")
    second = await town.say("zhaogang", "app", f"/质检 {no} 不合格 第二次")
    assert "已第 2 次退回重办" in heard_by(second, "lijianguo")
    assert "督办单草稿" not in words(second)
    await town.say("chenjing", "人社局", f"/答复 {no} 第三次办理")
    third = await town.say("zhaogang", "app", f"/质检 {no} 不合格 第三次")
    assert "已第 3 次退回重办" in heard_by(third, "lijianguo")
    assert "督办单草稿" in heard_by(third, "zhaogang")
    assert "多次退回重办" in heard_by(third, "zhaogang")
    issued = await town.press("zhaogang", "督办")
    assert "多次退回重办" in heard_in(issued, "人社局")
    assert (await town.case(no))["round"] == 4


async def test_the_third_urging_is_ground_for_a_supervision_before_the_limit(town: Town):
    no = await town.dispatched(category="办不了", external_no="PDS20261105000321")
    urging = next(item["text"] for item in town.world.city.samples if item["id"] == "S11")
    for count in (1, 2):
        before = town.last
        await town.push_raw({"text": urging})
        came = await town.since(before)
        assert f"第 {count} 次催单" in heard_by(came, "zhaogang")
        assert "督办单草稿" not in words(came)
    before = town.last
    await town.push_raw({"text": urging})
    assert "督办单草稿" in heard_by(await town.since(before), "zhaogang")
    await town.press("zhaogang", "督办")
    await town.expect("人社局", "督办单 2026督1", "多次催单")
    paper = next(text for name, text in (await town.papers("zhaogang")).items() if "督办单" in name)
    assert "■多次催单" in paper
    assert "催单3次" in (await town.row(no))["备注"]


async def test_urging_a_case_the_centre_still_has_drafts_nothing_against_a_department(town: Town):
    no = await town.push(external_no="PDS20261105000321")
    urging = next(item["text"] for item in town.world.city.samples if item["id"] == "S11")
    for _ in range(3):
        await town.push_raw({"text": urging})
    assert (await town.events(no)).count("urged") == 3
    assert "supervision_drafted" not in await town.events(no)

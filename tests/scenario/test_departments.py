"""Several departments on one case (第七条): one leads and submits, the others help by a limit of their own."""

from __future__ import annotations

from tests.kit.town import GROUPS, Town, captions, heard_by, heard_in, shown, words
from tests.kit.town_fixtures import on_every_platform

pytestmark = on_every_platform

BOTH = "住建局,自然资源局"


async def test_the_lead_submits_and_the_co_department_helps_on_a_card_of_its_own(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    lead = await town.expect("住建局", no, "有诉即办·工作单", "吴强", "11-30 17:00前")
    co = await town.expect("自然资源局", no, "有诉即办·配合办理", "孙伟", "11-27 17:00前")
    assert {"方案", "延期"} <= set(captions(lead))
    assert captions(co) == ["签收", "答复", "退单", "详情"]

    for refused in ("/方案 {no} 2026-12-10 先行验收", "/延期 {no} 2026-12-01 忙", "/中止 {no} 待上级批复"):
        assert "由牵头部门住建局" in words(await town.say("sunwei", "自然资源局", refused.format(no=no)))
    assert (await town.case(no))["state"] == "B1"

    came = await town.say("sunwei", "自然资源局", f"/答复 {no} 不动产登记档案可以先行调取")
    assert "自然资源局已反馈配合意见" in heard_by(came, "wuqiang")
    assert "先行调取" not in words([m for m in came if m["chat"].startswith("wrk")])
    assert (await town.case(no))["state"] == "B1"
    assert "已经收到" in words(await town.say("sunwei", "自然资源局", f"/答复 {no} 再说一次"))

    await town.say("wuqiang", "住建局", f"/方案 {no} 2026-12-10 两家联合验收")
    await town.turn("12-09 10:00")
    await town.say("wuqiang", "住建局", f"/答复 {no} 已联合验收，核发许可")
    review = await town.expect("app", no, "待质检", user="zhaogang")
    assert "自然资源局：不动产登记档案可以先行调取" in shown(review)
    await town.press("zhaogang", "质检通过")
    await town.press("liujie", "满意")
    assert (await town.case(no))["state"] == "Z1"
    row = await town.row(no)
    assert row["政务服务部门及牵头部门"] == "牵头：住建局；配合：自然资源局"
    assert row["备注"].startswith("未超期")


async def test_each_department_is_reminded_of_its_own_limit_only(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    before_co = await town.turn("11-26 09:00")
    assert no in heard_in(before_co, "自然资源局")
    assert no not in heard_in(before_co, "住建局")
    before_lead = await town.turn("11-27 09:00")
    assert no in heard_in(before_lead, "住建局")
    assert "11-30" in heard_in(before_lead, "住建局")


async def test_a_co_department_that_is_late_is_told_to_the_manager_and_not_to_the_leads_account(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.turn("11-27 09:00")
    came = await town.turn("11-30 09:00")
    assert "有配合单位超期未反馈" in heard_by(came, "zhaogang")
    assert "督办单草稿" not in words(came)
    await town.say("sunwei", "自然资源局", f"/答复 {no} 档案已调出")
    await town.say("wuqiang", "住建局", f"/方案 {no} 2026-12-10 两家联合验收")
    remark = (await town.row(no))["备注"]
    assert "配合单位自然资源局超期1个工作日" in remark
    assert remark.startswith("未超期"), "the lead was in time"


async def test_a_co_department_may_be_excused_and_the_lead_goes_on(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.press("sunwei", "退单", "自然资源局")
    await town.say("sunwei", "自然资源局", "不涉及不动产登记")
    await town.expect("app", no, "申请退单", "不涉及不动产登记", user="zhaogang")
    due = (await town.case(no))["due_at"]
    came = await town.press("zhaogang", "准")
    case = await town.case(no)
    assert (case["departments"], case["state"], case["due_at"]) == (["住建局"], "B1", due)
    assert "退单（自然资源局）" in (await town.row(no))["备注"]
    later = [*came, *await town.turn("11-26 09:00"), *await town.turn("11-27 09:00")]
    assert no not in heard_in(later, "自然资源局")
    assert no in heard_in(later, "住建局")
    assert "没有找到" in words(await town.say("sunwei", "app", f"/查 {no}"))


async def test_the_excused_department_hears_that_it_is_excused(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.say("sunwei", "自然资源局", f"/退单 {no} 不涉及不动产登记")
    came = await town.say("zhaogang", "app", f"/准 {no}")
    assert "同意退单" in heard_by(came, "sunwei")
    assert "同意退单" not in heard_by(came, "wuqiang"), "the lead is not excused"


async def test_a_new_lead_midway_gets_the_work_order_and_no_new_time(town: Town):
    no = await town.dispatched(category="办不了")
    due = (await town.case(no))["due_at"]
    await town.turn("11-24 10:00")
    came = await town.say("zhaogang", "app", f"/转办 {no} 医保局")
    assert {m["chat"] for m in came if m["chat"].startswith("wrk") and no in shown(m)} == {GROUPS["医保局"]}
    assert "签收" in captions(await town.expect("医保局", no, "何青"))
    assert "已改由医保局承办" in heard_by(came, "chenjing")
    case = await town.case(no)
    assert (case["departments"], case["state"], case["due_at"]) == (["医保局"], "B1", due)
    nudged = await town.turn("11-25 09:00")
    assert no in heard_in(nudged, "医保局")
    assert no not in heard_in(nudged, "人社局")
    assert "牵头部门由人社局改为医保局" in (await town.row(no))["备注"]


async def test_who_stays_when_the_lead_changes_is_not_told_again(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    came = await town.say("zhaogang", "app", f"/转办 {no} 市场监管局,自然资源局")
    assert "有诉即办·工作单" in heard_in(came, "市场监管局")
    assert no not in heard_in(came, "自然资源局")
    assert "已改由" in heard_by(came, "wuqiang")
    assert "没有变化" in words(await town.say("zhaogang", "app", f"/转办 {no} 市场监管局,自然资源局"))


async def test_a_department_called_in_later_has_its_own_card_and_limit(town: Town):
    no = await town.dispatched("住建局", "复杂")
    await town.turn("11-25 10:00")
    came = await town.say("zhaogang", "app", f"/转办 {no} 住建局,自然资源局")
    assert "有诉即办·配合办理" in heard_in(came, "自然资源局")
    assert "11-27 17:00前" in heard_in(came, "自然资源局")
    assert "有诉即办·工作单" not in heard_in(came, "住建局")


async def test_what_comes_back_comes_back_to_both(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.say("sunwei", "自然资源局", f"/答复 {no} 档案已调出")
    await town.say("wuqiang", "住建局", f"/答复 {no} 已办结")
    came = await town.say("zhaogang", "app", f"/质检 {no} 不合格 没有逐条回应")
    assert "退回重办·第2轮" in heard_in(came, "住建局")
    assert "有诉即办·配合办理" in heard_in(came, "自然资源局")
    order = (await town.record(no)).case.orders[0]
    assert order.received_at is not None
    assert order.fed_back_at is None


async def test_a_department_that_lost_the_case_before_it_could_be_delivered_never_gets_it(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await town.turn("11-23 18:30")
    assert "11-24 09:00 送达" in words(await town.say("zhaogang", "app", f"/转办 {no} 人社局"))
    await town.say("zhaogang", "app", f"/转办 {no} 医保局")
    came = await town.turn("11-24 09:00")
    assert no not in heard_in(came, "人社局")
    assert no in heard_in(came, "医保局")
    assert (await town.case(no))["due_at"] == "2026-11-25T17:00:00+08:00"


async def test_a_co_department_that_did_its_part_is_neither_supervised_nor_named_to_anybody(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.say("sunwei", "自然资源局", f"/答复 {no} 不动产登记档案可以先行调取")
    before = town.last
    await town.turn("12-01 09:00")
    await town.say("zhaogang", "app", f"/督办 {no} 2026-12-03")
    await town.turn("12-04 09:00")
    await town.say("lijianguo", "app", f"/签发 {no}")
    await town.turn("12-04 10:00")
    came = await town.since(before)
    assert no in heard_in(came, "住建局")
    assert no not in heard_in(came, "自然资源局")
    assert no not in heard_by(came, "sunwei")
    circulars = [words([m]) for m in came if "的通报】" in words([m])]
    assert circulars
    assert not [text for text in circulars if "自然资源局" in text]
    case = (await town.record(no)).case
    assert [unit.name for unit in case.answerable] == ["住建局"]
    papers = await town.papers("zhaogang")
    for what in ("督办单", "通报", "报告", "抄送"):
        text = next(text for name, text in papers.items() if what in name)
        assert "住建局" in text
        assert all("配合" in line for line in text.splitlines() if "自然资源局" in line), what
        if what != "督办单":
            assert "配合单位自然资源局已按期答复" in text


async def test_a_co_department_whose_own_part_is_late_is_named_with_the_lead(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.turn("12-01 09:00")
    await town.say("zhaogang", "app", f"/督办 {no} 2026-12-03")
    assert [unit.name for unit in (await town.record(no)).case.answerable] == ["住建局", "自然资源局"]


async def test_reminders_of_a_co_department_are_not_counted_against_the_lead(town: Town):
    no = await town.dispatched(BOTH, "复杂")
    await town.turn("11-26 09:00")
    assert (await town.row(no))["是否催办及时间"] == "否"

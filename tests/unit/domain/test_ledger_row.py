"""The seventeen cells of the 台账 (annex 3) after several histories."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain import ledger, ledger_form
from domain.vocabulary import Category, Pause, Rating
from tests.kit.cases import (
    CO_LIAISON,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OTHER_WINDOW,
    SOCIAL,
    UNIT_PRIVATE,
    WINDOW,
    Story,
    on,
)


def test_the_columns_are_the_printed_form():
    """附件3: seventeen columns, in order."""
    assert tuple(header for header, _ in ledger.COLUMNS) == ledger_form.HEADERS
    assert len(ledger_form.HEADERS) == 17


def test_a_person_who_was_satisfied_in_time():
    story = Story(fields={"external_no": "RX1"}).given()
    story.tick("11-25 09:00")
    story.do("11-25 10:00", LIAISON, c.Answer("已办理转移"))
    story.reviewed("11-25 11:00")
    story.do("11-25 14:00", WINDOW, c.CallBack(Rating.SATISFIED))
    assert story.row() == {
        "序号": "1",
        "姓名或单位名称": "测甲一",
        "单位联系人": "—",
        "联系方式": "00012340001；00012340002",
        "主要诉求": "社保转移材料已经交齐，窗口一直不给办理，前后跑了四趟，口令蓝鲸三十七请尽快答复处理",
        "诉求类别": "投诉／办不了",
        "政务服务部门及牵头部门": "人社局",
        "分办转办时间": "2026-11-23 10:00",
        "要求办理期限": "2026-11-26",
        "是否催办及时间": "是 2026-11-25 09:00（第1次）",
        "是否督办及时间": "否",
        "是否退回重办及时间": "否",
        "实际办结时间": "2026-11-25 10:00",
        "办理情况": "已办理转移",
        "回访时间": "2026-11-25 14:00",
        "办理结果满意度": "满意",
        "备注": "未超期｜热线单号RX1｜2026-11-25销号",
    }


def test_the_masked_row_names_nobody():
    story = Story(private=UNIT_PRIVATE).given()
    story.do("11-25 10:00", LIAISON, c.Answer("已电话告知测乙二 00012340001"))
    row = story.row(masked=True)
    assert row["姓名或单位名称"] == "某机械企业"
    assert row["单位联系人"] == "测某"
    assert row["联系方式"] == "000****0001；000****0002"
    for secret in ("测乙二", "虚构机械", "00012340001", "样板路88号"):
        assert secret not in "".join(row.values())


def test_a_unit_has_a_contact():
    """注1."""
    assert Story(private=UNIT_PRIVATE).row()["单位联系人"] == "测乙二"


def test_several_departments_have_a_lead():
    """注2."""
    row = Story().given(Category.COMPLEX, SOCIAL, HOUSING).row("11-24 10:00")
    assert row["政务服务部门及牵头部门"] == "牵头：人社局；配合：住建局"


def test_two_stages_print_two_dates():
    """第八条: 方案 and 结果; the plan's day goes to 办理情况."""
    story = Story().given(Category.HARD)
    assert story.row("11-24 10:00")["要求办理期限"] == "方案：2026-11-30"
    story.do("11-27 10:00", LIAISON, c.Plan(on("12-18"), "先补正再核验"))
    story.do("12-16 10:00", LIAISON, c.Answer("已核验"))
    row = story.row()
    assert row["要求办理期限"] == "方案：2026-11-30；结果：2026-12-18"
    assert row["办理情况"] == "方案（2026-11-27）：先补正再核验；已核验"
    assert row["实际办结时间"] == "2026-12-16 10:00"


def test_a_promise_replaces_the_day_that_was_given_to_promise():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 15:00", LIAISON, c.Promise(on("11-27")))
    assert story.row("11-24 10:00")["要求办理期限"] == "2026-11-27"


def test_an_extension_prints_the_new_date_and_remarks_the_old():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.Extend(on("11-30"), "核档"))
    story.do("11-24 11:00", LEAD, c.Grant())
    row = story.row("11-25 10:00")
    assert row["要求办理期限"] == "2026-11-30"
    assert row["备注"] == "未超期｜答复意见延期：2026-11-26延至2026-11-30"


def test_what_happened_twice_is_counted():
    """“是否…及时间” is compound."""
    story = Story().given()
    story.do("11-23 14:00", MANAGER, c.Nudge())
    story.tick("11-25 09:00")
    story.tick("11-27 09:00")
    story.do("11-27 09:30", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    story.answered("11-30 10:00")
    story.do("11-30 11:00", MANAGER, c.Review(False, "没有答到点上"))
    story.deliver("11-30 11:01").answered("12-01 10:00").reviewed("12-01 11:00")
    story.do("12-01 14:00", WINDOW, c.CallBack(Rating.OUTRAGED, "还是没办"))
    row = story.row("12-01 15:00")
    assert row["是否催办及时间"] == "是 2026-11-23 14:00（第1次）；2026-11-25 09:00（第2次）"
    assert row["是否督办及时间"] == "是 2026-11-27 09:30（第1次）"
    assert row["是否退回重办及时间"] == "是 2026-11-30 11:00（第1次）；2026-12-01 14:00（第2次）"
    assert row["实际办结时间"] == ""
    assert row["要求办理期限"] == "2026-11-26；重办：2026-12-03"
    assert row["备注"] == "超期2个工作日（答复意见应11-26，实11-30）"


def test_an_open_case_that_is_late_says_so_today():
    """注3."""
    story = Story().given()
    assert story.row("11-26 17:00")["备注"] == "未超期"
    assert story.row("11-30 10:00")["备注"] == "超期2个工作日（答复意见应11-26，未办结）"


def test_a_release_is_remarked_with_its_day():
    story = Story().given()
    story.do("11-27 09:30", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    story.tick("12-02 09:00")
    story.do("12-02 10:00", LEAD, c.Approve(()))
    remarks = story.row("12-02 11:00")["备注"]
    assert remarks.endswith("已通报 2026-12-02｜已报告同级政府 2026-12-02｜已抄送同级纪委监委 2026-12-02")


def test_cannot_prints_reason_and_basis():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    assert story.row()["办理情况"] == "办不了：不符合条件；依据：《条例》第三条"


def test_settled_on_the_spot_has_no_dispatch_and_no_limit():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    row = story.row("11-23 11:00")
    assert (row["分办转办时间"], row["要求办理期限"], row["是否催办及时间"]) == ("—（当场）", "—（当场）", "")
    assert row["实际办结时间"] == "2026-11-23 10:00"


def test_settled_on_the_spot_and_dispatched_after_all_has_both():
    story = Story().confirm()
    story.do("11-23 10:00", WINDOW, c.SettleOnSpot("当场解释"))
    story.do("11-23 11:00", OTHER_WINDOW, c.CallBack(Rating.DISSATISFIED, "没说清楚"))
    assert story.row("11-23 11:05")["实际办结时间"] == ""
    story.do("11-23 11:10", MANAGER, c.Dispatch((HOUSING,)))
    story.deliver("11-23 11:11")
    row = story.row("11-23 12:00")
    assert row["分办转办时间"] == "2026-11-23 11:10"
    # Dispatched for the first time: the limit of its category, not that of a redo.
    assert row["要求办理期限"] == "2026-11-26"


def test_an_anonymous_complaint():
    story = Story(fields={"anonymous": True}, private={"content": "窗口不给办"}).given().answered()
    story.do("11-24 11:00", MANAGER, c.Review(True))
    row = story.row()
    assert (row["姓名或单位名称"], row["联系方式"]) == ("匿名", "匿名")
    assert (row["回访时间"], row["办理结果满意度"]) == ("无需回访", "未评价（匿名）")


def test_a_transfer_a_referral_and_a_withdrawal_stay_in_the_ledger():
    transfer, refer, withdrawn = Story().confirm(), Story().confirm(), Story().given()
    transfer.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    transfer.do("11-23 10:00", MANAGER, c.Transfer("示例市法院", ""))
    refer.do("11-23 10:00", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    withdrawn.do("11-23 15:00", WINDOW, c.Withdraw("自己办好了"))
    assert transfer.row()["办理情况"] == "已转交示例市法院，待告知诉求人"
    transfer.do("11-23 11:00", WINDOW, c.Tell("已电话告知"))
    assert transfer.row()["办理情况"] == "已转交示例市法院，已告知诉求人"
    assert refer.row("11-24 10:00")["办理情况"] == "已函转示例市供电公司，跟踪中"
    assert (withdrawn.row()["办理情况"], withdrawn.row()["实际办结时间"]) == ("诉求人撤回", "—")
    assert withdrawn.row()["备注"] == "未超期｜诉求人撤回"


def test_a_lawful_no_that_nobody_likes_prints_its_explanation():
    """第十条: 办结未销号, the complainant's rating stays what it is."""
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有道理"))
    story.do("11-24 15:00", LEAD, c.Grant("已书面说明依据和救济途径"))
    row = story.row()
    assert row["办理情况"] == "办不了：不符合条件；依据：《条例》第三条；依法办结说明：已书面说明依据和救济途径"
    assert (row["办理结果满意度"], row["实际办结时间"]) == ("不满意", "2026-11-24 10:00")
    assert "销号" not in row["备注"]


def test_merged_and_void_rows_stay_in_the_ledger():
    """Annex 3 has no place for a number that vanished."""
    merged, void, master = Story().confirm(), Story().confirm(), Story().given()
    merged.do("11-23 10:00", MANAGER, c.MergeInto("YS20261123-0001"))
    void.do("11-23 10:00", LEAD, c.Void("重复录入"))
    master.do("11-23 11:00", MANAGER, c.Absorb("YS20261123-0009"))
    assert merged.row()["办理情况"] == "并入YS20261123-0001办理"
    assert merged.row()["备注"] == "未超期｜并入YS20261123-0001"
    assert (void.row()["办理情况"], void.row()["备注"]) == ("作废", "未超期｜作废")
    assert master.row("11-24 10:00")["备注"] == "未超期｜并有YS20261123-0009"


def test_who_gave_no_opinion_is_printed_as_such():
    declined, unreached = Story().given().answered().reviewed(), Story().given().answered().reviewed()
    declined.do("11-24 14:00", WINDOW, c.CallBack(Rating.DECLINED))
    for moment in ("11-24 14:00", "11-24 16:00", "11-25 10:00"):
        unreached.do(moment, WINDOW, c.CallBack(Rating.UNANSWERED))
    unreached.do("11-25 11:00", LEAD, c.Grant())
    assert declined.row()["办理结果满意度"] == "未评价（拒评）"
    assert unreached.row()["办理结果满意度"] == "未评价（未联系上）"
    assert unreached.row()["回访时间"] == "2026-11-24 14:00；2026-11-24 16:00；2026-11-25 10:00"


def test_the_helpers_parts_are_printed_with_their_names():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    story.do("11-24 09:00", CO_LIAISON, c.Answer("我局无异议"))
    story.answered()
    assert story.row()["办理情况"] == "配合：住建局：我局无异议；已经办好"


def test_a_case_that_stands_still_says_so_and_remembers_it():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.Suspend(Pause.EXAMINATION, "送检"))
    story.do("11-24 11:00", MANAGER, c.Grant())
    assert story.row("12-02 10:00")["备注"] == "未超期｜中止中（检验鉴定听证）"
    story.do("12-02 10:00", MANAGER, c.Resume())
    row = story.row("12-02 11:00")
    assert (row["要求办理期限"], row["备注"]) == ("2026-12-04", "未超期｜中止6个工作日（检验鉴定听证）")


def test_a_name_that_was_corrected_is_masked_like_the_new_one():
    """更正: people go on saying the old name."""
    story = Story().given()
    story.do("11-24 09:00", WINDOW, c.Correct("name", "测丁四", "登记时听错"))
    story.do("11-24 09:10", MANAGER, c.Grant())
    story.do("11-24 10:00", LIAISON, c.Answer("已电话告知测甲一（测丁四）"))
    row = story.row(masked=True)
    assert row["姓名或单位名称"] == "测某"
    assert not [name for name in ("测甲一", "测丁四") if name in "".join(row.values())]


def test_a_provisional_limit_is_marked():
    story = Story("2027-02-01 09:30").confirm("2027-02-01 09:40")
    story.dispatch(Category.CANNOT, moment="2027-02-01 10:00").deliver("2027-02-01 10:01")
    assert story.row("2027-02-01 11:00")["要求办理期限"] == "2027-02-04（暂定）"


def test_urging_is_remarked():
    story = Story()
    story.do("11-23 09:50", WINDOW, c.Urge())
    assert story.row()["备注"] == "未超期｜催单1次"


def test_a_long_complaint_is_a_summary_where_it_is_masked_and_whole_in_the_full_ledger():
    story = Story(private={"content": "这是一段很长的诉求" * 20})
    assert len(story.row(masked=True)["主要诉求"]) == 60
    assert story.row()["主要诉求"] == "这是一段很长的诉求" * 20, "the full ledger keeps the record of the complaint"


@pytest.mark.parametrize("masked", [True, False])
def test_the_bare_registration_already_has_seventeen_cells(masked):
    row = Story(fields={"kind": "", "title": ""}, private={}).row("11-23 09:31", masked=masked)
    assert len(row) == 17
    assert row["备注"] == "未超期"

"""Every act of the transition table once, the lawful way, with the article it rests on.

`test_<command in snake case>_…` is what the last test looks for.
"""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import replace

import pytest

from domain import commands as c
from domain.case import Joined
from domain.lifecycle import TRANSITIONS
from domain.timeline import sentence
from domain.vocabulary import MOST_MATERIALS, Category, Level, Pause, Rating, Release, State
from tests.kit.cases import (
    CO_LIAISON,
    FOREIGN_MANAGER,
    HOTLINE,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    OPERATOR,
    OTHER_WINDOW,
    SOCIAL,
    STRANGE_LIAISON,
    SYSTEM,
    WINDOW,
    Story,
    on,
    when,
)
from tests.unit.calendar.shipped import calendar_with


def test_confirm_makes_a_draft_a_registered_case():
    """第五条: 窗口核对后登记."""
    assert Story().confirm().case.state is State.REGISTERED


def test_supplement_fills_a_gap_and_keeps_the_words():
    """第五条: 详尽、准确记录."""
    story = Story(fields={"missing": ["address", "kind"]})
    case = story.do("11-23 09:50", WINDOW, c.Supplement("地址补一下", {}, {"address": "示例市样板路"}))
    assert case.missing == ("kind",)
    assert case.private.address == "示例市样板路"
    assert case.private.notes == ("地址补一下",)


def test_add_material_keeps_each_content_once_and_moves_nothing():
    """第五条: 随诉求提交的材料一并留存."""
    story = Story().given()
    before = story.case
    photo = c.AddMaterial("image", "image/jpeg", 1000, "a" * 64, "现场.jpg")
    case = story.do("11-23 15:00", LIAISON, photo)
    assert (case.state, case.clock, case.epoch) == (before.state, before.clock, before.epoch)
    (material,) = case.materials
    assert (material.number, material.name, material.department) == (1, "现场.jpg", LIAISON.department)
    assert "现场" not in str(story.events[-1].data)
    assert story.do("11-23 15:01", WINDOW, photo).materials == case.materials
    assert story.refused("11-23 15:02", STRANGE_LIAISON, replace(photo, sha256="b" * 64)) == "other_department"


def test_add_material_has_an_end():
    story = Story().given()
    for n in range(MOST_MATERIALS):
        story.do("11-23 15:00", WINDOW, c.AddMaterial("file", "text/plain", 1, f"{n:064}", "一.txt"))
    assert story.refused("11-23 15:01", WINDOW, c.AddMaterial("file", "text/plain", 1, "f" * 64, "多.txt")) == (
        "too_many_materials"
    )


def test_urge_counts_and_moves_no_limit():
    """第五条: 诉求人再次催问要记录, 期限不因此变化."""
    story = Story().given()
    limit = story.case.clock
    story.do("11-23 15:00", HOTLINE, c.Urge("怎么还没办"))
    assert story.do("11-23 16:00", HOTLINE, c.Urge()).urgings == 2
    assert story.case.clock == limit


def test_withdraw_closes_at_the_complainants_wish():
    """第五条: 诉求人撤回."""
    assert Story().given().do("11-23 15:00", WINDOW, c.Withdraw("自己办好了")).state is State.WITHDRAWN


def test_settle_on_spot_waits_for_the_call_only():
    """第六条: 一般性问题当场协调解决, 仍要回访."""
    case = Story().confirm().do("11-23 09:50", WINDOW, c.SettleOnSpot("已当场告知材料"))
    assert (case.state, case.category, case.units) == (State.CALL_BACK, Category.GENERAL, ())


def test_submit_hands_the_case_to_the_manager():
    """第六条: 受理后第一时间提交管理机构."""
    case = Story().confirm().do("11-23 09:50", WINDOW, c.Submit(Category.HARD))
    assert (case.state, case.category) == (State.SUBMITTED, Category.HARD)


def test_classify_sets_the_category_before_dispatch():
    """第六条: 研判分类."""
    case = Story().confirm().do("11-23 09:50", WINDOW, c.Classify(Category.UNWILLING))
    assert (case.state, case.category) == (State.REGISTERED, Category.UNWILLING)


def test_dispatch_names_one_lead_and_its_helpers():
    """第七条: 涉及多个部门的明确牵头部门, 同时转办各部门."""
    case = Story().dispatch(Category.COMPLEX, SOCIAL, HOUSING, SOCIAL).case
    assert case.state is State.DISPATCHED
    assert case.departments == "牵头：人社局；配合：住建局"


def test_transfer_closes_what_is_out_of_scope():
    """第六条: 不属于政务服务范围的, 转交并告知."""
    story = Story().confirm()
    story.do("11-23 09:45", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    assert story.refused("11-23 09:46", MANAGER, c.Dispatch((SOCIAL,))) == "use_transfer"
    case = story.do("11-23 09:50", MANAGER, c.Transfer("示例市法院", "电话已告知"))
    assert (case.state, case.departments) == (State.TRANSFERRED, "示例市法院")


@pytest.mark.parametrize("category", [category for category in Category if category is not Category.OUT_OF_SCOPE])
def test_transfer_of_anything_else_is_refused(category: Category):
    """第六条: only 不属于政务服务范围 is given away, everything else is handled, answered and called back."""
    story = Story().confirm()
    assert story.refused("11-23 09:40", MANAGER, c.Transfer("示例市法院")) == "category_needed"
    story.do("11-23 09:45", MANAGER, c.Classify(category))
    assert story.refused("11-23 09:50", MANAGER, c.Transfer("示例市法院")) == "transfer_only_out_of_scope"


def test_consult_is_noted_and_moves_nothing():
    story = Story().given(Category.HARD)
    case = story.do("11-24 10:00", MANAGER, c.Consult("人社局补录档案"))
    assert (case.state, case.consulted, case.private.minutes) == (
        State.DISPATCHED,
        (when("11-24 10:00"),),
        ("人社局补录档案",),
    )


def test_tell_is_noted_when_it_happened_and_never_before():
    """第六条 (and 第八条, 通知第三条（一）): no telling stands in the record that nobody wrote down."""
    story = Story().confirm()
    story.do("11-23 09:45", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    story.do("11-23 09:50", MANAGER, c.Transfer("示例市法院", "  "))
    assert not story.case.tellings
    assert "告知" not in "".join(sentence(event) for event in story.events)
    case = story.do("11-24 10:00", WINDOW, c.Tell("已电话告知"))
    assert [about for about, _ in case.tellings] == ["转交情况"]
    assert case.private.tellings == ("已电话告知",)
    plan = Story().given(Category.COMPLEX)
    plan.do("11-24 10:00", LIAISON, c.Plan(on("12-10"), "先行核验"))
    assert plan.do("11-24 11:00", WINDOW, c.Tell("已当面答复方案")).was_told("解决方案")
    refer = Story().confirm()
    refer.do("11-23 09:45", MANAGER, c.Classify(Category.NOT_STATIONED))
    refer.do("11-23 09:50", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    assert refer.do("11-23 10:00", MANAGER, c.Tell("请到供电营业厅办理")).was_told("办理渠道")


@pytest.mark.parametrize("text", ["这个办不了", "不能办理，请理解", "经核实不符合条件"])
def test_answer_that_says_no_needs_its_basis(text: str):
    """第八条: 告知“办不了”的具体理由和依据, whatever command the liaison typed."""
    story = Story().given(Category.CANNOT)
    assert story.refused("11-24 10:00", LIAISON, c.Answer(text)) == "cannot_needs_basis"
    assert story.do("11-24 10:05", LIAISON, c.Answer(f"{text}，依据《条例》第三条")).state is State.REVIEW


def test_refer_tracks_an_outside_body():
    """通知第三条（一）: 未进驻的即函转并跟踪."""
    story = Story().confirm()
    story.do("11-23 09:45", MANAGER, c.Classify(Category.NOT_STATIONED))
    assert story.refused("11-23 09:46", MANAGER, c.Dispatch((SOCIAL,))) == "use_referral"
    case = story.do("11-23 09:50", MANAGER, c.Refer("示例市供电公司", on("11-30")))
    assert case.state is State.REFERRED
    assert case.running is not None
    assert case.running.date == on("11-30")
    assert story.do("11-27 10:00", MANAGER, c.Answer("供电公司已回函")).state is State.REVIEW


def test_deliver_starts_the_clock_once():
    """第八条: 收到《工作单》后."""
    story = Story().dispatch(Category.CANNOT)
    assert story.case.running is None
    limit = story.deliver("11-23 10:05").case.running
    assert story.deliver("11-24 16:00").case.running == limit
    assert story.types().count("delivered") == 1


def test_accept_signs_and_nothing_else():
    """第七条: 承办部门签收."""
    story = Story().given()
    limit = story.case.clock
    case = story.do("11-23 16:00", LIAISON, c.Accept())
    assert (case.state, case.clock) == (State.ACCEPTED, limit)


def test_promise_becomes_the_limit():
    """第八条: “不给办”不能当场办的, 在承诺时限内办结."""
    case = Story().given(Category.UNWILLING).do("11-23 15:00", LIAISON, c.Promise(on("11-27")))
    assert case.state is State.ACCEPTED
    assert case.running is not None
    assert (case.running.stage, case.running.date) == ("result", on("11-27"))


def test_plan_opens_the_second_stage():
    """第八条: 5 个工作日内提出解决方案, 再按承诺时限出具结果."""
    case = Story().given(Category.HARD).do("11-26 15:00", LIAISON, c.Plan(on("12-18"), "先补正再核验"))
    assert case.state is State.PLANNED
    assert case.running is not None
    assert (case.running.stage, case.running.date) == ("result", on("12-18"))


def test_answer_goes_to_the_review():
    """第十条: 办理结果送至窗口, 质检."""
    assert Story().given().answered().case.state is State.REVIEW


def test_cannot_do_needs_reason_and_basis():
    """第八条: 告知“办不了”的具体理由和依据."""
    story = Story().given()
    assert story.refused("11-24 10:00", LIAISON, c.CannotDo("不符合条件", " ")) == "basis_needed"
    case = story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    assert (case.state, case.cannot, case.private.basis) == (State.REVIEW, True, "《条例》第三条")


def test_decline_waits_for_a_decision():
    """第七条: 管理机构审核确定."""
    case = Story().given().do("11-23 15:00", LIAISON, c.Decline("不属于我局职责"))
    assert case.pending is not None
    assert (case.state, case.pending.what) == (State.DISPATCHED, "退单")
    assert case.private.request == "不属于我局职责"


def test_extend_waits_for_a_decision():
    """第八条: 到期前申请."""
    case = Story().given().do("11-24 10:00", LIAISON, c.Extend(on("11-27"), "需要核档"))
    assert case.pending is not None
    assert (case.pending.what, case.pending.date) == ("延期", on("11-27"))


def test_grant_of_a_decline_returns_the_case_to_the_manager():
    """第七条: 审核确定后重新转办."""
    story = Story().given()
    story.do("11-23 15:00", LIAISON, c.Decline("不属于我局职责"))
    case = story.do("11-23 16:00", MANAGER, c.Grant())
    assert (case.state, case.units, case.clock, case.pending) == (State.SUBMITTED, (), None, None)
    assert case.remarks == ("退单改派（人社局）",)


def test_deny_leaves_the_limit_and_forbids_a_second_try():
    """第七条: 不准的, 原期限不变."""
    story = Story().given()
    limit = story.case.clock
    story.do("11-23 15:00", LIAISON, c.Decline("不属于我局职责"))
    assert story.refused("11-23 15:30", MANAGER, c.Deny("")) == "reason_needed"
    case = story.do("11-23 16:00", MANAGER, c.Deny("三定方案写明归你局"))
    assert (case.pending, case.clock, case.private.ruling) == (None, limit, "三定方案写明归你局")
    assert story.refused("11-23 16:10", LIAISON, c.Decline("还是不属于")) == "decline_once"


def test_review_passes_on_to_the_call():
    """第十条: 第一时间进行质检."""
    assert Story().given().answered().reviewed().case.state is State.CALL_BACK


def test_call_back_satisfied_clears_the_number():
    """第十条: 满意的, 在《工作台账》上清零销号."""
    case = Story().closed().case
    assert (case.state, case.rating) == (State.SATISFIED, Rating.SATISFIED)


def test_nudge_by_hand_has_a_pause_of_ten_minutes():
    """第九条: 对即将到期的事项进行催办."""
    story = Story().given()
    assert story.do("11-23 14:00", MANAGER, c.Nudge()).level is Level.NUDGED
    assert story.refused("11-23 14:09", MANAGER, c.Nudge()) == "nudged_recently"
    assert len(story.do("11-23 14:10", MANAGER, c.Nudge()).nudged) == 2


def test_supervise_only_what_is_overdue():
    """第九条: 对逾期未反馈结果的事项进行督办."""
    story = Story().given()
    assert story.refused("11-26 16:59", MANAGER, c.Supervise(on("11-30"), "2026督1")) == "not_overdue"
    case = story.do("11-27 09:10", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    assert (case.level, case.grounds, case.supervision_no) == (Level.SUPERVISED, "逾期未反馈", "2026督1")


def test_approve_releases_each_grave_act_once_and_by_the_lead_alone():
    """第九条: 予以通报, 并向同级政府报告、抄送同级纪委监委."""
    story = Story().given()
    assert story.refused("11-30 10:00", LEAD, c.Approve(())) == "nothing_to_release"
    story.do("11-27 09:10", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    story.tick("12-02 09:00")
    assert story.case.level is Level.IGNORED
    assert story.refused("12-02 10:00", MANAGER, c.Approve(())) == "not_allowed"
    assert story.do("12-02 10:00", LEAD, c.Approve((Release.CIRCULAR,))).level is Level.CIRCULATED
    assert story.refused("12-02 10:05", LEAD, c.Approve((Release.CIRCULAR,))) == "already_released"
    assert story.do("12-02 10:10", LEAD, c.Approve(())).level is Level.REPORTED
    assert story.types()[-3:] == ["circulated", "government_told", "discipline_copied"]
    assert story.refused("12-02 10:20", LEAD, c.Approve(())) == "already_released"


def test_hold_sets_the_drafts_aside_with_a_reason():
    """第九条: 是否通报由负责人决定."""
    story = Story().given()
    story.do("11-27 09:10", MANAGER, c.Supervise(on("12-01"), "2026督1"))
    story.tick("12-02 09:00")
    assert story.refused("12-02 09:10", LEAD, c.Hold("")) == "reason_needed"
    assert story.do("12-02 09:10", LEAD, c.Hold("部门已说明，今天办结")).held_at


def test_suspend_waits_for_a_decision():
    """第八条: 中止 for one of four reasons, decided by the manager; asking stops nothing."""
    story = Story().given()
    limit = story.case.running
    case = story.do("11-24 10:00", LIAISON, c.Suspend(Pause.MATERIALS, "待补缴费凭证"))
    assert case.pending is not None
    assert (case.pending.what, case.pending.why, case.running) == ("中止", "待补充材料", limit)
    case = story.do("11-24 11:00", MANAGER, c.Grant())
    assert case.suspension is not None
    assert (case.running, case.suspension.why) == (None, Pause.MATERIALS)


def test_resume_lets_the_clock_run_again():
    """第八条: the limit moves by the working days it stood still."""
    story = Story().given()
    assert story.refused("11-24 09:00", MANAGER, c.Resume()) == "not_suspended"
    story.do("11-24 10:00", LIAISON, c.Suspend(Pause.SUPERIOR, "请示省厅"))
    story.do("11-24 11:00", MANAGER, c.Grant())
    assert story.refused("11-26 09:00", LIAISON, c.Resume()) == "not_allowed"
    case = story.do("11-26 09:00", MANAGER, c.Resume())
    assert case.running is not None
    assert case.running.date == on("11-30")


def test_recalculate_follows_a_changed_calendar():
    """第八条: 工作日 by the notice in force; the receipt stays where it is."""
    story = Story().given()
    story.calendar = calendar_with(on("11-25"))
    case = story.do("11-24 10:00", SYSTEM, c.Recalculate("国办发明电〔2026〕1号"))
    assert case.running is not None
    assert case.running.date == on("11-27")
    assert story.events[-1].data["moved"] == {"from": "2026-11-26", "to": "2026-11-27"}


def test_correct_asks_a_second_person():
    """第五条: 准确记录; the old entry stays in the events."""
    story = Story().given()
    assert story.refused("11-24 10:00", WINDOW, c.Correct("phone", "00012340009", "")) == "reason_needed"
    case = story.do("11-24 10:00", WINDOW, c.Correct("phone", "00012340009", "录入有误"))
    assert case.pending is not None
    assert (case.pending.what, case.private.phone) == ("更正", "00012340001")
    assert story.do("11-24 10:10", MANAGER, c.Grant()).private.phone == "00012340009"


def test_void_is_the_leads_and_keeps_the_number():
    """第五条: registered by mistake; 台账 keeps the row."""
    story = Story().confirm()
    assert story.refused("11-23 09:50", MANAGER, c.Void("重复录入")) == "not_allowed"
    assert story.refused("11-23 09:50", LEAD, c.Void(" ")) == "reason_needed"
    assert story.do("11-23 09:50", LEAD, c.Void("重复录入")).state is State.VOID
    assert Story().given().refused("11-23 15:00", LEAD, c.Void("重复录入")) == "wrong_state"


def test_amend_puts_a_draft_right_and_nothing_else():
    """第五条“准确”: at once while it is a draft; a registered case takes a second person."""
    story = Story(fields={"missing": ["kind", "address"], "title": "退休手续"})
    case = story.do(
        "11-23 09:40", WINDOW, c.Amend((("name", "孟老根"), ("kind", "投诉"), ("title", "孟老根的退休手续")))
    )
    assert (case.private.name, case.kind, case.missing) == ("孟老根", "投诉", ("address",))
    assert "孟老根" not in case.title
    assert "孟老根" not in str(story.events[-1].data)
    assert "姓名或单位名称" in sentence(story.events[-1])
    case = story.do("11-23 09:41", WINDOW, c.Amend((("external_no", "PDS1"), ("source", "12345热线"))))
    assert (case.external_no, case.source) == ("PDS1", "12345热线")
    assert story.do("11-23 09:42", WINDOW, c.Amend((("is_unit", "是"),))).missing == ("address", "contact")
    assert story.do("11-23 09:43", WINDOW, c.Amend((("contact", "测乙二"),))).missing == ("address",)
    assert Story().confirm().refused("11-23 09:50", WINDOW, c.Amend((("kind", "投诉"),))) == "wrong_state"


@pytest.mark.parametrize(
    ("field", "value", "now"),
    [
        ("title", "窗口无人值守", lambda case: case.title),
        ("source", "万人助万企窗口", lambda case: case.source),
        ("external_no", "PDS9", lambda case: case.external_no),
        ("reported_at", "2026-11-20T09:00:00+08:00", lambda case: case.reported_at.isoformat()),
        ("external_deadline", "2026-11-27T17:00:00+08:00", lambda case: case.external_due.isoformat()),
        ("anonymous", "是", lambda case: "是" if case.anonymous else "否"),
        ("confidential", "是", lambda case: "是" if case.confidential else "否"),
        ("is_unit", "是", lambda case: "是" if case.private.is_unit else "否"),
    ],
)
def test_correct_takes_every_entry_of_the_intake(field: str, value: str, now):
    """第五条: whatever was registered wrongly is put right by two people, the old entry stays in the events."""
    story = Story().confirm()
    story.do("11-24 10:00", WINDOW, c.Correct(field, value, "录入有误"))
    assert now(story.do("11-24 10:10", MANAGER, c.Grant())) == value


def test_discard_is_for_a_draft_and_leaves_no_case():
    """第五条: what was no complaint is no case; a case that was confirmed is not thrown away."""
    story = Story()
    case = story.do("11-23 09:40", WINDOW, c.Discard())
    assert (case.state, case.state.is_open) == (State.DISCARDED, False)
    assert "放弃" in sentence(story.events[-1])
    assert story.refused("11-23 09:50", LEAD, c.Reopen("想起来了")) == "discarded"
    assert Story().confirm().refused("11-23 09:50", WINDOW, c.Discard()) == "wrong_state"


def test_merge_into_ends_the_case_that_follows():
    """第七条: one matter, one work order."""
    story = Story().given()
    case = story.do("11-23 15:00", MANAGER, c.MergeInto("YS20261123-0001"))
    assert (case.state, case.master, case.running) == (State.MERGED, "YS20261123-0001", None)


def test_split_records_the_number_of_the_other_matter():
    """第七条: 一件诉求里有两件事的, 另一件单独登记办理."""
    story = Story().given()
    before = story.case
    case = story.do("11-23 15:00", MANAGER, c.Split("YS20261123-0009"))
    assert "拆出YS20261123-0009" in case.remarks
    assert (case.state, case.clock) == (before.state, before.clock)
    for stranger in (WINDOW, LIAISON, HOTLINE, STRANGE_LIAISON):
        assert story.refused("11-23 15:01", stranger, c.Split("YS20261123-0010")) == "not_allowed"
    assert story.refused("11-23 15:01", FOREIGN_MANAGER, c.Split("YS20261123-0010")) == "other_centre"
    story.do("11-23 15:02", WINDOW, c.Withdraw("自己办好了"))
    assert story.refused("11-23 15:03", MANAGER, c.Split("YS20261123-0010")) == "closed"


def test_absorb_takes_the_stricter_limit():
    """第七条、第八条: whose complainant waits longer decides."""
    story = Story().given()
    limit = story.case.clock
    assert limit is not None
    later = replace(limit, date=on("11-30"), at=when("11-30 17:00"))
    assert story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009", later)).clock == limit
    sooner = replace(limit, date=on("11-25"), at=when("11-25 17:00"))
    case = story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0010", sooner))
    assert case.running is not None
    assert (case.running.date, case.uncalled) == (on("11-25"), ("YS20261123-0009", "YS20261123-0010"))


def test_called_merged_is_on_the_masters_record_too():
    """第十条: 结果回访 of everybody."""
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009"))
    story.answered().reviewed()
    assert story.refused("11-24 14:00", LIAISON, c.CalledMerged("YS20261123-0009", Rating.SATISFIED)) == "not_allowed"
    case = story.do("11-24 14:00", WINDOW, c.CalledMerged("YS20261123-0009", Rating.SATISFIED))
    assert (case.state, case.merged) == (State.CALL_BACK, (Joined("YS20261123-0009", rating=Rating.SATISFIED),))


def test_hear_peer_records_the_result_of_the_other_centre():
    """第七条、通知第三条（一）: followed to its end, reviewed and called back here."""
    story = Story().confirm()
    story.do("11-23 10:00", MANAGER, c.Classify(Category.NOT_STATIONED))
    story.do("11-23 10:10", MANAGER, c.Refer("示例镇便民服务中心", on("11-30")))
    other = c.HearPeer("另一个中心", "YS20261123-0009", State.SATISFIED, outcome="已办")
    assert story.do("11-24 10:00", SYSTEM, other).state is State.REFERRED
    ended = c.HearPeer("示例镇便民服务中心", "YS20261123-0009", State.WITHDRAWN)
    assert story.do("11-24 10:00", SYSTEM, ended).state is State.REFERRED
    assert sentence(story.events[-1]) == "示例镇便民服务中心办结（YS20261123-0009）：已撤回"
    told = c.HearPeer("示例镇便民服务中心", "YS20261123-0009", State.SATISFIED, outcome="已补办")
    assert story.refused("11-24 10:00", MANAGER, told) == "not_allowed"
    case = story.do("12-01 10:00", SYSTEM, told)
    assert (case.state, case.private.outcome) == (State.REVIEW, "示例镇便民服务中心办理结果：已补办")
    assert case.missed[0].days == 1


def test_follow_keeps_the_masters_end_on_the_merged_record():
    """第七条、第十条: 件件有回应, on everybody's own row."""
    story = Story().confirm()
    story.do("11-23 10:00", MANAGER, c.MergeInto("YS20261123-0001"))
    told = c.Follow(State.SATISFIED, when("11-24 10:00"), False, "已经办好")
    assert story.refused("11-24 10:00", MANAGER, told) == "not_allowed"
    case = story.do("11-24 10:00", SYSTEM, told)
    assert (case.state, case.followed, case.private.outcome) == (State.MERGED, State.SATISFIED, "已经办好")


def test_stand_alone_hands_a_merged_case_to_the_manager():
    """第七条: its master is gone, the complaint is not."""
    story = Story().confirm()
    assert story.refused("11-23 10:00", SYSTEM, c.StandAlone()) == "wrong_state"
    story.do("11-23 10:00", MANAGER, c.MergeInto("YS20261123-0001"))
    assert story.do("11-23 11:00", SYSTEM, c.StandAlone()).state is State.SUBMITTED


def test_part_lets_a_merged_case_go():
    """第七条、第十条: nobody waits for who is handled by themselves."""
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.Absorb("YS20261123-0009"))
    assert story.do("11-23 16:00", SYSTEM, c.Part("YS20261123-0009")).merged == ()


def test_conclude_is_the_leads_with_an_explanation():
    """第十条: 依法办结未销号."""
    story = Story().given().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有道理"))
    assert story.refused("11-24 15:00", MANAGER, c.Conclude("已书面说明")) == "not_allowed"
    assert story.refused("11-24 15:00", LEAD, c.Conclude("")) == "text_needed"
    case = story.do("11-24 15:00", LEAD, c.Conclude("已书面说明"))
    assert (case.state, case.private.explanation) == (State.CLOSED_LAWFUL, "已书面说明")


def test_note_unheard_is_on_the_record_and_changes_nothing():
    """第九条: what nobody could hear was not said."""
    story = Story().given()
    before = story.case
    case = story.do("11-26 15:00", SYSTEM, c.NoteUnheard("督办提请", "分管领导"))
    assert replace(case, seq=before.seq) == before
    assert sentence(story.events[-1]) == "督办提请无人可收（分管领导）"


def test_reopen_starts_a_new_round_at_the_manager():
    """第十条: 发现新情况退回重办."""
    story = Story().closed()
    case = story.do("11-25 10:00", LEAD, c.Reopen("结果不实"))
    assert (case.state, case.round, case.closed_at, case.rating) == (State.SUBMITTED, 2, None, None)
    assert case.remarks == ("2026-11-25重新打开",)


def test_escalate_reminds_and_drafts_and_does_nothing_graver():
    """第九条: 系统只催办和形成草稿."""
    story = Story().given()
    for moment in ("11-25 09:00", "11-26 09:00", "11-26 15:00", "11-27 09:00"):
        story.tick(moment)
    assert story.types()[-4:] == ["nudged", "nudged", "nudged", "supervision_drafted"]
    assert not story.case.supervised


@pytest.mark.parametrize(
    ("actor", "command", "code"),
    [
        (WINDOW, c.Dispatch((SOCIAL,)), "not_allowed"),
        (FOREIGN_MANAGER, c.Classify(Category.HARD), "other_centre"),
        (MANAGER, c.Answer("代答"), "wrong_state"),
    ],
)
def test_a_refusal_names_its_reason_before_dispatch(actor, command, code):
    assert Story().confirm().refused("11-23 10:00", actor, command) == code


@pytest.mark.parametrize(
    ("actor", "code"),
    [(STRANGE_LIAISON, "other_department"), (MANAGER, "not_allowed"), (WINDOW, "not_allowed"), (SYSTEM, "not_allowed")],
)
def test_only_a_liaison_of_a_department_on_the_case_answers(actor, code):
    assert Story().given(Category.COMPLEX, SOCIAL, HOUSING).refused("11-23 15:00", actor, c.Answer("好了")) == code


def test_a_helping_department_signs_for_itself_and_speaks_to_the_lead():
    """第七条: 牵头部门汇总; the helper's signature and part are its own, the case stays the lead's."""
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    case = story.do("11-23 15:00", CO_LIAISON, c.Accept())
    assert (case.state, case.orders[0].accepted_at is not None) == (State.DISPATCHED, True)
    assert story.do("11-23 16:00", CO_LIAISON, c.Accept()).orders == case.orders
    for command in (c.Plan(on("12-18"), "方案"), c.Promise(on("11-27")), c.Extend(on("12-01"), "核档")):
        assert story.refused("11-24 10:00", CO_LIAISON, command) == "lead_submits"
    case = story.do("11-24 10:00", CO_LIAISON, c.Answer("我局无异议"))
    assert (case.state, case.private.assists) == (State.DISPATCHED, ("住建局：我局无异议",))
    assert story.refused("11-24 10:10", CO_LIAISON, c.Answer("再补一句")) == "assisted_already"
    assert story.do("11-24 11:00", LIAISON, c.Answer("综合答复")).state is State.REVIEW


def test_the_operator_may_do_everything():
    assert Story().given().do("11-23 15:00", OPERATOR, c.Answer("代录")).state is State.REVIEW
    together = Story().given(Category.COMPLEX, SOCIAL, HOUSING)
    assert together.do("11-23 15:00", OPERATOR, c.Answer("代录")).state is State.REVIEW


def test_after_dispatch_only_the_manager_reclassifies():
    """第七条: 管理机构审核确定."""
    assert Story().given().refused("11-23 15:00", OTHER_WINDOW, c.Classify(Category.HARD)) == "not_allowed"


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("command", list(TRANSITIONS), ids=lambda command: command.__name__)
def test_every_act_of_the_table_has_a_test_here(command):
    assert [
        name
        for name, _ in inspect.getmembers(sys.modules[__name__], inspect.isfunction)
        if name.startswith(f"test_{_snake(command.__name__)}_")
    ]

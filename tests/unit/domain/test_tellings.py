"""告知诉求人 (第六条、第八条、通知第三条（一）) and 会商: owed until they happened, then on the record."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.case import Case
from domain.tellings import owed
from domain.timeline import sentence
from domain.vocabulary import Category, State
from papers.text.supervision import government_report
from tests.kit.cases import LEAD, LIAISON, MANAGER, WINDOW, Story, on
from tests.unit.papers.papers_kit import CENTRE


def abouts(case: Case) -> list[str]:
    return [about for about, _ in owed(case)]


def transferred(**fields: object) -> Story:
    story = Story(fields=fields).confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    story.do("11-23 10:00", MANAGER, c.Transfer("示例市法院"))
    return story


def referred(category: Category = Category.NOT_STATIONED) -> Story:
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(category))
    story.do("11-23 10:00", MANAGER, c.Refer("示例市供电公司", on("11-27")))
    return story


def planned() -> Story:
    story = Story().given(Category.HARD)
    story.do("11-23 15:00", LIAISON, c.Plan(on("12-04"), "先补正再核验"))
    return story


@pytest.mark.parametrize(
    ("story", "about"), [(transferred(), "转交情况"), (referred(), "办理渠道"), (planned(), "解决方案")]
)
def test_what_is_owed_is_reminded_of_until_it_is_told(story, about):
    assert abouts(story.case) == [about]
    assert ("again-1", "manager") in story.heard("11-24 09:01")
    second = story.heard("11-25 09:01")
    assert ("again-2", "manager") in second
    assert ("again-2", "lead") not in second
    assert ("again-4", "lead") in story.heard("11-27 09:01"), "in time the lead hears of it"
    case = story.do("11-27 10:00", WINDOW, c.Tell("电话 已说明去向和下一步"))
    assert sentence(story.events[-1]) == f"电话告知诉求人{about}"
    assert abouts(case) == []
    assert not [id_ for id_, _ in story.heard("11-30 09:01") if id_.startswith("again")]


def test_whom_nobody_can_reach_nobody_must_tell():
    assert abouts(transferred(no_reply=True).case) == []
    nameless = Story(fields={"anonymous": True}, private={"content": "窗口午间无人", "raw": "窗口午间无人"}).confirm()
    nameless.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    assert abouts(nameless.do("11-23 10:00", MANAGER, c.Transfer("示例市法院"))) == []


def test_a_channel_and_a_plan_are_told_one_by_one():
    story = referred(Category.COMPLEX)
    story.do("11-25 10:00", MANAGER, c.Plan(on("12-04"), "分步办理"))
    assert abouts(story.case) == ["办理渠道", "解决方案"]
    assert abouts(story.do("11-25 11:00", WINDOW, c.Tell("电话 方案已说明"))) == ["办理渠道"]
    assert abouts(story.do("11-25 11:10", WINDOW, c.Tell("短信 请到供电营业厅"))) == []


def test_a_failed_review_asks_for_no_second_telling_of_the_plan():
    story = planned()
    story.do("11-24 10:00", WINDOW, c.Tell("电话 方案已答复"))
    story.answered("11-25 10:00")
    story.do("11-25 11:00", MANAGER, c.Review(False, "没有办成"))
    assert abouts(story.case) == []


def test_what_was_studied_together_stands_in_the_ledger_and_on_the_papers():
    story = Story().given(Category.HARD)
    before = (story.case.state, story.case.clock, story.case.epoch)
    case = story.do("11-24 10:00", MANAGER, c.Consult("测甲一（00012340001）的档案由人社局补录"))
    assert (case.state, case.clock, case.epoch) == before
    assert sentence(story.events[-1]) == "组织会商"
    row = story.row()
    assert "2026-11-24会商" in row["备注"]
    assert "会商（2026-11-24）：测甲一（00012340001）的档案由人社局补录" in row["办理情况"]
    masked = story.row(masked=True)["办理情况"]
    assert "测甲一" not in masked
    assert "00012340001" not in masked
    story.tick("12-01 09:01")
    story.do("12-01 10:00", MANAGER, c.Supervise(on("12-02"), "2026督1"))
    story.tick("12-03 09:01")
    paper = str(government_report(story.case, CENTRE, story.context("12-03 10:00")))
    assert "于2026年11月24日10时组织会商" in paper
    assert "测甲一" not in paper


def test_minutes_are_the_managers_and_never_empty():
    story = Story().given(Category.HARD)
    assert story.refused("11-24 10:00", LIAISON, c.Consult("纪要")) == "not_allowed"
    assert story.refused("11-24 10:00", WINDOW, c.Consult("纪要")) == "not_allowed"
    assert story.refused("11-24 10:00", MANAGER, c.Consult(" ")) == "text_needed"
    assert story.do("11-24 10:00", LEAD, c.Consult("纪要")).state is State.DISPATCHED

"""Papers as issued: kept word for word with their act, printed again as they were, whatever became of the case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from domain import commands as c
from domain.case import Event
from domain.event_fields import PAPERS
from domain.fold import fold
from domain.vocabulary import Category, Rating
from papers.drawing.paper import draw
from papers.text.catalogue import Folder
from papers.text.issued import all_of, in_force, issue, issued, kept, newest, restored
from papers.text.shapes import WorkOrder
from tests.kit.cases import LEAD, LIAISON, MANAGER, WINDOW, Story, on
from tests.kit.histories import beginning, chance, step
from tests.unit.papers.papers_kit import CENTRE, every_paper, ignored, text


def folder(story: Story, moment: str) -> Folder:
    return Folder(story.case, tuple(story.events), CENTRE, story.context(moment))


def keeping(story: Story) -> Story:
    """The same history, each act's papers kept in its event as the program writes them."""
    events: list[Event] = []
    for event in story.events:
        # An act has a moment of its own here: its papers say what all of it brought.
        history = tuple(other for other in story.events if other.at <= event.at)
        made = issue(event, Folder(fold(history), history, CENTRE, replace(story.context("11-23 10:00"), now=event.at)))
        words = json.loads(json.dumps({name: kept(paper) for name, paper in made.items()}))
        events.append(replace(event, private={**event.private, PAPERS: words}) if words else event)
    story.events = events
    assert fold(events) == story.case, "what is kept changes nothing of the case"
    return story


ISSUABLE = [paper for paper in every_paper() if not isinstance(paper, WorkOrder)]


@pytest.mark.parametrize("paper", ISSUABLE, ids=lambda paper: str(paper.genre))
def test_every_paper_can_be_kept_and_comes_back_word_for_word(paper):
    back = restored(json.loads(json.dumps(kept(paper))))
    assert back == replace(paper, mark=back.mark)
    assert draw(back) == draw(replace(paper, mark=back.mark))


def supervised_and_closed() -> Story:
    story = ignored()
    story.do("12-02 10:00", LEAD, c.Approve(()))
    story.do("12-02 16:00", LIAISON, c.Answer("已办结"))
    story.do("12-03 10:00", MANAGER, c.Review(True))
    story.do("12-03 11:00", WINDOW, c.CallBack(Rating.SATISFIED))
    return story


@pytest.mark.parametrize("keep", [True, False], ids=["kept", "older record"])
def test_a_paper_printed_after_the_end_is_the_one_that_was_issued(keep):
    story = supervised_and_closed()
    before = {one.name: one.paper for one in issued(folder(story, "12-02 10:00"))}
    if keep:
        keeping(story)
    after = in_force(folder(story, "12-31 10:00"))
    for name in ("督办单", "通报", "报告", "抄送函"):
        paper, one = after[name]
        assert one is not None
        assert one.kept is keep
        assert paper == replace(before[name], mark=paper.mark), name
        assert "副本" in paper.mark
        assert "12月31日" not in text(paper), name
    form = text(after["督办单"][0])
    assert "2026督3" in form
    assert "请于2026年12月1日17时前" in form
    assert "2026年11月27日" in after["督办单"][0].mark


def test_a_kept_paper_is_what_is_printed_even_if_the_office_is_called_otherwise_now():
    story = keeping(supervised_and_closed())
    renamed = replace(folder(story, "12-31 10:00"), centre=replace(CENTRE, name="另一个名称"))
    assert "另一个名称" not in text(in_force(renamed)["通报"][0])
    assert in_force(renamed)["工作单"][1] is None, "the 工作单 is the case as it stands"


def test_an_extension_names_the_limit_it_moved_and_its_stage():
    story = Story().given(Category.HARD)
    story.do("11-24 10:00", LIAISON, c.Plan(on("12-04"), "先补正再核验"))
    story.do("12-03 10:00", LIAISON, c.Extend(on("12-08"), "需现场核验"))
    draft, one = in_force(folder(story, "12-03 11:00"))["延期审批单"]
    assert one is None
    assert "□同意" in text(draft)
    story.do("12-03 15:00", MANAGER, c.Grant())
    story.answered("12-07 10:00")
    story.do("12-07 11:00", MANAGER, c.Review(False, "没有办成"))
    form = text(in_force(folder(story, "12-31 10:00"))["延期审批单"][0])
    assert "2026年12月4日" in form
    assert "2026年12月8日" in form
    assert "办理结果" in form
    assert "重办结果" not in form


def test_a_notice_to_the_complainant_keeps_saying_where_the_matter_went():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    story.do("11-23 10:00", MANAGER, c.Transfer("区城市管理局"))
    story.do("12-22 09:00", LEAD, c.Reopen("属于政务服务"))
    story.do("12-22 09:10", MANAGER, c.Classify(Category.CANNOT))
    story.dispatch(Category.CANNOT, moment="12-22 09:20")
    notice = text(in_force(folder(story, "12-23 10:00"))["告知书"][0])
    assert "已于2026年11月23日将该诉求转交区城市管理局" in notice
    assert "人社局" not in notice


def test_a_second_supervision_makes_a_second_paper_and_the_first_is_not_lost():
    story = Story().given(Category.HARD)
    story.tick("12-01 09:00")
    story.do("12-01 09:30", MANAGER, c.Supervise(on("12-03"), "2026督1"))
    story.do("12-02 10:00", LIAISON, c.Plan(on("12-08"), "方案"))
    story.tick("12-09 09:00")
    story.do("12-09 09:30", MANAGER, c.Supervise(on("12-11"), "2026督2"))
    papers = dict(all_of(folder(story, "12-10 10:00")))
    assert "2026督2" in text(papers["督办单"])
    assert "2026督1" in text(papers["督办单（20261201）"])


def test_what_waits_for_the_lead_again_is_a_draft_until_it_is_signed():
    story = ignored()
    draft, one = in_force(folder(story, "12-02 09:30"))["通报"]
    assert (one, draft.mark) == (None, "（草稿，用印后生效）")
    story.do("12-02 10:00", LEAD, c.Approve(()))
    signed = story.events[-3]
    assert newest(folder(story, "12-02 10:00"), signed.seq, "通报").mark == draft.mark, "for the seal it is no copy"


def test_whatever_happens_to_a_case_its_papers_can_be_made_and_found():
    for seed in range(60):
        dice = Random(seed)
        story = beginning("2026-11-23", "", {"source": "12345热线"})
        now = story.events[0].at
        for _ in range(40):
            now += timedelta(minutes=(attempt := chance(dice)).pause)
            before = len(story.events)
            step(story, story.context(now), attempt)
            for event in story.events[before:]:
                issue(event, Folder(story.case, tuple(story.events), CENTRE, story.context(now)))
        whole = Folder(story.case, tuple(story.events), CENTRE, story.context(now))
        assert all(draw(paper) for _, paper in all_of(whole))

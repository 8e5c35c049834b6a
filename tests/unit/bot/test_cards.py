"""Everything the bot draws: for every message there is a drawing, of a sane size, and in a group nothing personal."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import guidance_texts, texts
from bot.buttons import unpack
from bot.cards import summary
from bot.cards.centre import BY_STATE
from bot.cards.drawing import DRAWINGS, REFRESHED, card_now, draw
from bot.handlers import router
from domain import commands as c
from domain import messages as m
from domain.audiences import Audience, AudienceKind
from domain.case import Actor
from domain.papers import CASE_PAPERS
from domain.refusals import REFUSALS
from domain.view import View
from domain.vocabulary import Category, Request, State, StepKind
from papers.text.catalogue import CATALOGUE
from platforms.contract import Card, File, Message, Text
from services.cases import tick
from services.papers.ledger_pages import page_of
from tests.kit.cases import (
    CO_LIAISON,
    DISCIPLINE,
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    PRIVATE,
    RULES,
    SOCIAL,
    SUPERIOR,
    UNIT_PRIVATE,
    WINDOW,
    Story,
    on,
)
from tests.kit.explore import Place, explore
from tests.kit.histories import SECRET, Try, beginnings, chance, step, tries

#: What a message of each kind brings with it; a kind that is not here brings nothing.
FACTS: dict[m.MessageKind, list[dict[str, Any]]] = {
    m.LINE: [
        *({"event": event} for event in texts.LINES),
        *({"event": "request_denied", "what": what.value} for what in Request),
    ],
    m.SEAL: [{"event": event} for event in ("circulated", "government_told", "discipline_copied")],
    m.UNDELIVERED: [
        {"what": "task", "department": "人社局", "code": "93000"},
        {"what": "unheard of", "department": "", "code": "1"},
    ],
    m.NOBODY: [{"audience": audience.value} for audience in AudienceKind],
    m.ALARM: [{"code": "kicked", "detail": ""}, {"code": "99", "detail": "断开"}],
    m.GUIDANCE: [
        {"act": act, "no": "AL2026-1", "title": "", "centre": "示例市政务服务中心", "who": "管甲", "reason": "补充步骤",
         "vacant": vacant}
        for act in guidance_texts.NEWS for vacant in ("", "案例发布")
    ],
    m.MANY: [
        {"what": "待确认的登记", "count": 2400, "numbers": [f"YS20261123-{n:04d}" for n in range(1, 31)]},
        {"what": "待质检的答复", "count": 11, "numbers": [f"YS20261123-{n:04d}" for n in range(1, 12)]},
    ],
    m.DIGEST: [
        {
            "day": "11-23", "open": 3, "due_today": 1, "overdue": 1, "planned": 4, "delivered": 5, "pending": 0,
            "failed_count": 1, "failed": [{"no": "YS20261123-0007", "what": "task", "code": "93000"}],
            "gap_minutes": 30, "inbox_failed": 2, "untold": ["YS20261123-0007"],
            "external_missed": ["YS20261123-0007"],
        }
    ],
    m.SUMMARY: [
        {
            "centre": "示例市政务服务中心", "month": "2026年11月", "received": 3, "finished": 1, "due": 2,
            "due_in_time": 1, "nudged": 4, "supervised": 1, "returned": 1, "circulated": ["YS20261123-0007"],
            "copied": ["YS20261123-0007"],
        }
    ],
}  # fmt: skip
EXTENSION = c.Extend(on("11-27"), "需要核对档案")
PRIVATE_WORDS = (
    PRIVATE["name"],
    *PRIVATE["phones"],
    "样板路88号",
    "蓝鲸三十七",
    "测丙三",
    "测乙二",
    "虚构机械",
    SECRET,
)


def _view(
    story: Story, moment: Any, reader: Actor | None, facts: dict[str, Any] | None = None, department: int | None = None
) -> View:
    return View(
        case=story.case,
        context=story.context(moment),
        reader=reader,
        facts=facts or {},
        liaisons=("联甲",) if reader is None else (),
        suggestions=("人社局", "住建局"),
        case_id=42,
        department=department if reader is None else reader.department,
        events=tuple(story.events),
    )


def _real(kind: m.MessageKind, story: Story) -> bool:
    """Whether a case in this situation can bring about this message at all."""
    return kind is not m.DRAFTS or story.case.supervision_due is not None


def _all(story: Story, moment: Any, reader: Actor | None, department: int | None = None) -> list[tuple[str, Message]]:
    """Every message that could be drawn of this case now."""
    found: list[tuple[str, Message | None]] = [("now", card_now(_view(story, moment, reader, None, department)))]
    for kind in filter(lambda kind: _real(kind, story), DRAWINGS):
        for facts in FACTS.get(kind, [{}]):
            found.append((kind.name, draw(kind, _view(story, moment, reader, facts, department))))
    return [(kind, message) for kind, message in found if message is not None]


def test_every_kind_of_message_has_its_drawing_and_its_name():
    """Papers are drawn by their name; redrawing a shown card is no message of its own."""
    kinds = set(m.KINDS.values())
    papers = {kind for kind in kinds if kind.paper}
    assert set(DRAWINGS) == kinds - papers - {m.REFRESH}
    assert {kind.paper for kind in papers} == {kind.name for kind in CATALOGUE} == set(CASE_PAPERS)
    assert [kind.name for kind in kinds if kind.title == m.MessageKind("").title or not kind.title] == []
    assert set(REFRESHED) == set(m.Look)


def _kinds_named() -> set[str]:
    """Every kind the services name where they queue something (`m.TASK`, `NUDGE` …), by its constant."""
    found: set[str] = set()
    for path in Path(tick.__file__).parent.parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found |= {node.id} if isinstance(node, ast.Name) else set()
    return found


def test_every_kind_of_message_is_sent_by_somebody():
    by_rules = {notice.message for notice in RULES.notices}
    by_clock = {m.step_message(kind, Audience(who)) for kind in StepKind for who in AudienceKind}
    names = _kinds_named()
    by_code = {kind for name, kind in vars(m).items() if isinstance(kind, m.MessageKind) and name in names}
    papers = {kind for kind in m.KINDS.values() if kind.paper}
    assert set(m.KINDS.values()) - papers - by_rules - by_clock - by_code == set()


def test_what_many_are_called_is_said_only_of_what_one_person_gets():
    """Work orders start clocks, papers are files: those are never put together."""
    assert not [kind.name for kind in m.KINDS.values() if kind.many and (kind.starts_clock or kind.paper)]


def test_an_unknown_message_is_a_mistake_and_not_silence():
    with pytest.raises(KeyError):
        draw(m.kind_of("unknown"), _view(Story(), "11-23 10:00", None))


def _check(message: Message) -> None:
    assert not isinstance(message, File)
    if isinstance(message, Text):
        assert message.content
        assert len(message.content) <= 2000
        assert "None" not in message.content
        return
    assert 0 < len(message.title) <= 36
    assert len(message.subtitle) <= 40
    assert len(message.source) <= 13
    assert len(message.facts) <= 7
    assert len(message.buttons) <= 6
    assert len(message.body) <= 1000
    keys = [button.key for button in message.buttons]
    assert len(set(keys)) == len(keys)
    for label, value in message.facts:
        assert 0 < len(label) <= 5
        assert value
        assert "None" not in value
    for button in message.buttons:
        assert 0 < len(button.caption) <= 10
        assert router.by_code(unpack(button.key).code), button.key
    assert not set(message.title + message.body) & set("{}")


@pytest.fixture(scope="module")
def places() -> list[Place]:
    """Every ninth situation, and one of every state."""
    found = list(explore().values())
    return [*{place.case.state: place for place in found}.values(), *found[::9]]


@pytest.mark.parametrize(
    "reader", [None, WINDOW, MANAGER, LEAD, LIAISON], ids=lambda reader: reader.name if reader else "群"
)
def test_every_message_of_every_situation_has_a_sane_size(places, reader):
    story = Story()
    states = set()
    for place in places:
        story.case = place.case
        states.add(place.case.state)
        for department in (None, HOUSING.id) if reader is None else (None,):
            for _, message in _all(story, place.now + timedelta(days=2), reader, department):
                _check(message)
    assert states == set(State)


def test_the_turn_on_every_button_is_the_cases():
    story = Story().given()
    card = card_now(_view(story, "11-23 10:30", None))
    assert {unpack(button.key).epoch for button in card.buttons} == {story.case.epoch}
    assert {unpack(button.key).case_id for button in card.buttons} == {42}


@pytest.mark.parametrize(
    ("story", "captions"),
    [
        (lambda: Story().given(), ["签收", "答复", "办不了", "延期", "退单", "详情"]),
        (lambda: Story().given(Category.HARD), ["签收", "答复", "方案", "延期", "退单", "详情"]),
        (lambda: Story().given(Category.UNWILLING), ["签收", "答复", "承诺", "延期", "退单", "详情"]),
        (lambda: Story().given().answered(), ["详情"]),
    ],
)
def test_the_department_sees_what_it_can_do_now(story, captions):
    card = card_now(_view(story(), "11-23 10:30", None))
    assert [button.caption for button in card.buttons] == captions


@pytest.mark.parametrize(
    ("story", "reader", "captions"),
    [
        (lambda: Story(), WINDOW, ["确认", "当场办结", "补充", "撤回"]),
        (lambda: Story().confirm(), MANAGER, ["不给办", "办不了", "很难办", "一般"]),
        (
            lambda: Story(fields={"category": "很难办"}).confirm(),
            LEAD,
            ["转办人社局", "转办住建局", "改分类", "其他部门"],
        ),
        (lambda: Story().given().answered(), MANAGER, ["质检通过", "不合格", "详情"]),
        (
            lambda: Story().given().answered().reviewed(),
            WINDOW,
            ["非常满意", "满意", "基本满意", "不满意", "非常不满意", "未接通"],
        ),
    ],
)
def test_whoever_must_act_sees_the_next_step_and_nobody_else(story, reader, captions):
    assert not card_now(_view(story(), "11-24 12:00", DISCIPLINE)).buttons
    card = card_now(_view(story(), "11-24 12:00", reader))
    assert [button.caption for button in card.buttons] == captions


def test_a_pending_request_comes_first_and_shows_its_reason():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, EXTENSION)
    card = card_now(_view(story, "11-24 10:30", LEAD))
    assert [button.caption for button in card.buttons] == ["准", "不准", "详情"]
    assert "需要核对档案" in card.body
    assert ("裁定人", "负责人") in card.facts


def test_a_refused_request_tells_the_liaison_why():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, EXTENSION)
    story.do("11-24 11:00", LEAD, c.Deny("按期办理即可"))
    news = {"event": "request_denied", "what": "延期", "seq": story.case.seq}
    said = draw(m.LINE, _view(story, "11-24 11:01", LIAISON, news))
    assert isinstance(said, Text)
    assert "按期办理即可" in said.content


def test_news_that_is_drawn_late_quotes_its_own_event_and_no_newer_one():
    story = Story().given().answered()
    story.do("11-24 11:00", MANAGER, c.Review(False, "没有写明办理时间"))
    news = {"event": "review_failed", "seq": story.case.seq}
    story.answered("11-24 14:00").do("11-24 15:00", MANAGER, c.Review(False, "没有告知诉求人"))
    said = draw(m.LINE, _view(story, "11-24 15:01", LIAISON, news))
    assert isinstance(said, Text)
    assert "没有写明办理时间" in said.content
    assert "没有告知诉求人" not in said.content


@pytest.mark.parametrize("what", ["更正", "未联系上办结", "依法办结"])
def test_a_refusal_of_what_no_department_asked_for_is_none_of_its_business(what):
    """The reason of a refused correction may name the complainant."""
    story = Story().given()
    story.do("11-24 10:00", WINDOW, c.Correct("phone", "00012340009", "录入有误"))
    story.do("11-24 11:00", MANAGER, c.Deny("与录音一致"))
    assert draw(m.LINE, _view(story, "11-24 11:01", LIAISON, {"event": "request_denied", "what": what})) is None


def test_who_decides_a_correction_sees_the_new_entry_and_a_group_does_not():
    story = Story().given()
    story.do("11-24 10:00", WINDOW, c.Correct("phone", "00012340009", "录入有误"))
    card = card_now(_view(story, "11-24 10:30", MANAGER))
    assert "更正为：00012340009" in card.body
    assert ("更正项目", "联系电话") in card.facts
    assert "00012340009" not in repr(_all(story, "11-24 10:30", None))
    assert "00012340009" not in repr(card_now(_view(story, "11-24 10:30", LIAISON)))


def test_a_closing_the_lead_decides_says_what_yes_and_no_mean():
    story = Story().given()
    story.do("11-24 10:00", LIAISON, c.CannotDo("不符合条件", "《条例》第三条"))
    story.reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(c.Rating.DISSATISFIED, "没有道理"))
    card = card_now(_view(story, "11-24 14:30", LEAD))
    assert [button.caption for button in card.buttons] == ["准", "不准", "详情"]
    assert "书面说明" in card.body
    assert "期限不停" not in card.body
    reminder = draw(m.OWNER, _view(story, "11-25 14:00", LEAD))
    assert isinstance(reminder, Text)
    assert "依法办结待裁定" in reminder.content
    assert "/回访" not in reminder.content


def test_the_helpers_card_is_its_own():
    """第七条: its limit, its part; no plan, no promise, no extension."""
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    card = card_now(_view(story, "11-23 10:30", None, department=HOUSING.id))
    assert [button.caption for button in card.buttons] == ["签收", "答复", "退单", "详情"]
    assert ("办理期限", "11-27 17:00前·解决方案") in card.facts
    assert "配合" in card.source


def test_the_helper_is_reminded_of_its_own_limit_and_only_while_it_owes_its_part():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    said = draw(m.NUDGE, _view(story, "11-26 09:00", None, {"step": "assist-nudge-1d"}, HOUSING.id))
    assert isinstance(said, Text)
    assert "11-27 17:00前" in said.content
    assert draw(m.NUDGE, _view(story, "11-27 17:30", None, {"step": "assist-nudge-2h"}, HOUSING.id)) is None
    story.do("11-26 10:00", CO_LIAISON, c.Answer("我局意见"))
    assert draw(m.NUDGE, _view(story, "11-26 10:30", None, {}, HOUSING.id)) is None
    assert draw(m.NUDGE, _view(story, "11-26 10:30", None, {}, SOCIAL.id)) is not None


def test_the_leader_of_a_helper_that_did_its_part_is_not_told_of_the_leads_delay():
    story = Story().given(Category.COMPLEX, SOCIAL, HOUSING).deliver(unit=HOUSING)
    story.do("11-26 10:00", CO_LIAISON, c.Answer("我局意见"))
    helper = replace(SUPERIOR, department=HOUSING.id)
    assert draw(m.OVERDUE, _view(story, "12-01 09:00", helper)) is None
    assert draw(m.OVERDUE, _view(story, "12-01 09:00", SUPERIOR)) is not None


def test_a_case_sent_back_again_and_again_is_drafted_before_its_work_order_arrives():
    """The event and the return are one moment: the redo is not delivered yet, and the draft must not be lost."""
    story = Story().given()
    for day in ("24", "25", "26"):
        story.answered(f"11-{day} 10:00")
        story.do(f"11-{day} 11:00", MANAGER, c.Review(False, "没有答到点上"))
        if day != "26":
            story.deliver(f"11-{day} 11:01")
    card = draw(m.SUPERVISION_DRAFT, _view(story, "11-26 11:00", MANAGER))
    assert isinstance(card, Card)
    assert ("督办理由", "多次退回重办") in card.facts


def test_the_department_of_a_merged_case_hears_where_it_went():
    story = Story().given()
    story.do("11-23 15:00", MANAGER, c.MergeInto("YS20261123-0001"))
    said = draw(m.LINE, _view(story, "11-23 15:01", LIAISON, {"event": "merged_into"}))
    assert isinstance(said, Text)
    assert "YS20261123-0001" in said.content


def test_the_limit_on_the_card_explains_itself():
    card = card_now(_view(Story().given(), "11-23 10:30", None))
    assert ("办理期限", "11-26 17:00前·答复意见") in card.facts
    assert "次日起第3个工作日（第八条）" in card.body


def test_an_overdue_card_says_so_loudly():
    card = card_now(_view(Story().given(), "11-27 09:00", None))
    assert dict(card.facts)["办理期限"].startswith("已超期")
    assert card.tone == "danger"


def test_a_nudge_for_many_cases_lists_ten_and_counts_the_rest():
    story = Story().given()
    view = View(story.case, story.context("11-25 09:00"), None, others=(story.case,) * 13, liaisons=("联甲", "联乙"))
    said = draw(m.NUDGE, view)
    assert isinstance(said, Text)
    assert said.content.count("- YS") == 10
    assert "另有 4 件" in said.content
    assert said.content.startswith("联甲、联乙：")


@pytest.mark.parametrize("kind", [m.NUDGE, m.OVERDUE, m.DRAFTS, m.SUPERVISION], ids=lambda kind: kind.name)
def test_what_was_answered_meanwhile_is_not_pressed(kind):
    assert draw(kind, _view(Story().given().answered(), "11-25 09:00", MANAGER)) is None


def test_an_owner_is_not_reminded_of_what_is_done():
    assert draw(m.OWNER, _view(Story().given(), "11-25 09:00", MANAGER)) is None


def test_every_state_of_the_centre_has_its_card():
    assert (
        set(BY_STATE)
        == {State.DRAFT, State.REGISTERED, State.SUBMITTED, State.REVIEW, State.CALL_BACK}
        == set(RULES.owners)
    )


def _personal(messages: list[tuple[str, Message]]) -> list[tuple[str, str]]:
    return [(kind, word) for kind, message in messages for word in PRIVATE_WORDS if word in repr(message)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(story=beginnings(), attempts=st.lists(tries(), min_size=3, max_size=25))
def test_nothing_drawn_for_a_group_names_the_complainant_or_quotes_anybody(story: Story, attempts: list[Try]):
    now = story.events[0].at
    for attempt in attempts:
        now += timedelta(minutes=attempt.pause)
        step(story, story.context(now), attempt)
        assert not _personal([*_all(story, now, None), *_all(story, now, None, HOUSING.id)])


def test_nor_in_long_histories_of_a_unit():
    for seed in range(40):
        dice = Random(seed)
        story = Story(
            "2026-11-23 09:30", fields={"source": dice.choice(("窗口", "万人助万企窗口"))}, private=UNIT_PRIVATE
        )
        now = story.events[0].at
        for _ in range(30):
            attempt = chance(dice)
            now += timedelta(minutes=attempt.pause)
            step(story, story.context(now), attempt)
            assert not _personal(_all(story, now, None)), seed


def test_the_ledger_in_a_chat_never_names_the_complainant():
    story = Story(private=UNIT_PRIVATE).given().answered()
    cells = tuple(story.row("11-25 10:00").values())
    said = summary.one(story.case.no, cells) + summary.rows(
        page_of([story.case], 1, 10), "在办", story.context("11-25 10:00")
    )
    assert not [word for word in (*PRIVATE_WORDS, "已经办好") if word in said]


def test_one_to_one_the_people_who_work_on_it_read_the_complaint():
    story = Story().given()
    assert "蓝鲸三十七" in repr(card_now(_view(story, "11-23 10:30", LIAISON)))
    story.answered()
    assert "蓝鲸三十七" in repr(card_now(_view(story, "11-24 10:30", MANAGER)))


def test_the_department_never_reads_name_or_number_on_its_card():
    card = card_now(_view(Story().given(), "11-23 10:30", LIAISON))
    assert not [word for word in (PRIVATE["name"], *PRIVATE["phones"], "样板路88号") if word in repr(card)]


def test_refusals_and_texts_speak_one_language():
    for sentence in (*REFUSALS.values(), *(str(getattr(texts, name)) for name in vars(texts) if name.isupper())):
        assert "  " not in sentence
        assert "please" not in sentence.lower()


def test_a_card_is_a_card_on_every_platform():
    assert isinstance(card_now(_view(Story(), "11-23 09:31", WINDOW)), Card)


def test_the_digest_names_what_failed_in_the_words_of_the_office():
    """The row carries the kind's name in the program; the manager reads what people call it."""
    facts = FACTS[m.DIGEST][0]
    said = draw(m.DIGEST, _view(Story(), "11-24 09:00", MANAGER, facts))
    assert isinstance(said, Text)
    assert "YS20261123-0007 的工作单（93000）" in said.content
    assert "task" not in said.content

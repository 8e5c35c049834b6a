"""The rule file: what it says is what holds, and every mistake of a hand gets one sentence."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from bot.cards.drawing import DRAWINGS
from domain import commands as c
from domain import rules_schema as words
from domain.audiences import TRAITS, WRITABLE, Audience, AudienceKind, Whose
from domain.messages import KINDS, LINE, SEAL
from domain.papers import MECHANISM, NOTICE
from domain.rules_diff import differences
from domain.rules_impact import impact_of
from domain.vocabulary import Category, Rating, State, StepId
from services.rules.rule_file import BadRules, RuleSetFile, load_rules
from tests.kit.cases import CALENDAR, LIAISON, MANAGER, RULES, RULES_FILE, WINDOW, Story, with_rules

SHIPPED: dict[str, Any] = json.loads(RULES_FILE.read_text(encoding="utf-8"))
SUMMER = {"from": "06-01", "to": "09-30", "hours": [["08:30", "12:00"], ["15:00", "18:30"]]}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The shipped file with one value replaced; `path` like `limits.一般.days` or `notices.0.to`."""
    raw = copy.deepcopy(SHIPPED)
    *way, last = path.split(".")
    place: Any = raw
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value
    return raw


def faults(raw: Any) -> tuple[str, ...]:
    with pytest.raises(BadRules) as caught:
        load_rules(json.dumps(raw, ensure_ascii=False))
    return caught.value.faults


def is_a_sentence(text: str) -> bool:
    return bool(re.search(r"[\u4e00-\u9fff]", text)) and "Error" not in text and "\n" not in text


def test_the_shipped_file_is_without_fault():
    assert load_rules(json.dumps(SHIPPED)).version == SHIPPED["version"]


def test_hours_without_seasons_hold_all_year():
    assert RULES.hours.on(date(2026, 7, 1)) == RULES.hours.usual
    seasonal = load_rules(json.dumps({**SHIPPED, "seasons": [SUMMER]}))
    assert seasonal.hours.on(date(2026, 7, 1)) != seasonal.hours.usual
    assert seasonal.hours.on(date(2026, 10, 1)) == seasonal.hours.usual == RULES.hours.usual


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", "", "version：应是"),
        ("version", 2026, "version：应是"),
        ("hours", [], "hours：应是按先后排列"),
        ("hours", [["13:00", "17:00"], ["09:00", "12:00"]], "hours：应是按先后排列"),
        ("hours", [["9点", "12点"]], "hours：应是按先后排列"),
        ("hours", "09:00-17:00", "hours：应是按先后排列"),
        ("seasons", {"夏": SUMMER}, "seasons：应是一个列表"),
        ("seasons", [{"from": "06-01", "to": "09-30"}], "seasons 第 1 项：应写"),
        ("seasons", [{**SUMMER, "from": "06-31"}], "seasons 第 1 项 的 from：应是月-日"),
        ("seasons", [{**SUMMER, "hours": [["18:00", "08:00"]]}], "seasons 第 1 项 的 hours：应是按先后排列"),
        ("seasons", [SUMMER, {**SUMMER, "from": "09-30", "to": "02-01"}], "第 1 项和seasons 第 2 项的日期重叠"),
        ("limits.一般.days", -3, "limits.一般.days：应是 0 到 10000 的工作日数，现在是 -3"),
        ("limits.一般.days", "3", "limits.一般.days：应是 0 到 10000 的工作日数，现在是 “3”"),
        ("limits.一般.days", True, "limits.一般.days：应是 0 到 10000 的工作日数"),
        ("limits.一般.stage", "anser", "limits.一般.stage：应是 answer（答复）、plan（方案）、promise（承诺）之一"),
        ("limits.一般.stage", "redo", "limits.一般.stage：应是"),
        ("limits.一般.cap", "no", "limits.一般.cap：应是 true 或 false"),
        ("limits.一般.article", "", "limits.一般.article：请写依据"),
        ("limits.一般", 3, "limits.一般：应写"),
        ("limits.特急", SHIPPED["limits"]["一般"], "limits.特急：没有这个类别"),
        ("redo_days", 30000, "redo_days：应是 1 到 10000 的整数，现在是 30000"),
        ("redo_days", 0, "redo_days：应是 1 到 10000 的整数，现在是 0"),
        ("suspensions", 1.5, "suspensions：应是 0 到 10000 的整数"),
        ("thresholds.0", {"workdays": 1, "to": ["department"]}, "thresholds 第 1 项：缺少 id"),
        ("thresholds.0.id", "remind", "thresholds 第 1 项：缺少 id，或不是以 nudge- 开头"),
        ("thresholds.1.id", "nudge-1d", "thresholds 第 2 项：id “nudge-1d” 已经用过"),
        ("thresholds.0.minutes", 30, "写且只写一个"),
        ("thresholds.0.workdays", -1, "thresholds 第 1 项 的 workdays：应是 0 到 10000 的整数"),
        ("thresholds.0.to", [], "thresholds 第 1 项 的 to：应是至少一个对象"),
        ("thresholds.0.to", ["unit:11"], "thresholds 第 1 项 的 to：没有对象 “unit:11”"),
        ("thresholds.0.to", ["decider"], "没有对象 “decider”"),
        ("thresholds.0.when", 3, "thresholds 第 1 项：不认识“when”"),
        ("overdue", ["superior"], "overdue：要有 manager"),
        ("overdue", ["manager", "boss"], "overdue：没有对象 “boss”"),
        ("ignored", ["discipline", "lead"], "ignored：没有对象 “discipline”，可写 lead、manager"),
        ("ignored", ["manager"], "ignored：要有 lead"),
        ("owner_minutes.Q", 30, "owner_minutes.Q：这里没有这个状态"),
        ("owner_minutes.B1", 30, "owner_minutes.B1：这里没有这个状态"),
        ("owner_minutes.A1", 0, "owner_minutes.A1：应是 1 到 10000 的办公分钟数"),
        ("owners.A1", "管理机构", "owners.A1：应是 lead、manager、window 之一"),
        ("owners", dict.fromkeys(("D", "A1", "A2", "C1"), "window"), "owners：owner_minutes 里有 C2"),
        ("ratings", ["满意"], "ratings：应写成"),
        ("ratings.satisfied", ["很好"], "ratings.satisfied：没有 “很好” 这一档"),
        ("ratings.satisfied", ["非常满意", "满意", "基本满意", "不满意"], "不满意不能清零销号"),
        ("ratings.satisfied", ["非常满意", "基本满意"], "不能跳过一档"),
        ("papers.code", 5, "papers.code：应是文字"),
        ("papers.fax", "000", "papers：不认识“fax”"),
        ("papers.mechanism", "", "papers.mechanism：不能空着"),
        ("notices.0.on", "regestered", "notices 第 1 项 的 on：没有事件 “regestered”"),
        ("notices.0.on", ["registered"], "notices 第 1 项 的 on：没有事件"),
        ("notices.0.to", "windows", "notices 第 1 项 的 to：没有对象 “windows”"),
        ("notices.0.to", "unit:11", "notices 第 1 项 的 to：没有对象 “unit:11”"),
        ("notices.0.message", "hello", "notices 第 1 项 的 message：没有消息 “hello”"),
        ("notices.0.message", "paper:情书", "没有消息 “paper:情书”"),
        ("notices.0.place", "chat", "notices 第 1 项 的 place：window 应写 person"),
        ("notices.0.to", "removed", "事件 registered 不能用 removed"),
        ("notices.0.message", "seal", "事件 registered 不能用 seal"),
        ("notices.0", {"on": "registered"}, "notices 第 1 项：应写"),
        ("notices.1", SHIPPED["notices"][0], "notices 第 2 项：和前面的一项重复"),
        ("call_atempts", 3, "不认识“call_atempts”"),
    ],
)
def test_a_mistake_of_the_hand_is_told_in_one_sentence(path: str, value: Any, said: str):
    told = faults(changed(path, value))
    assert len(told) == 1, told
    assert said in told[0]
    assert is_a_sentence(told[0])


@pytest.mark.parametrize("name", [name for name, part in RuleSetFile.model_fields.items() if part.is_required()])
def test_a_part_that_is_missing_is_named(name: str):
    raw = {key: value for key, value in SHIPPED.items() if key != name}
    assert faults(raw) == (f"缺少“{name}”",)


def test_all_mistakes_are_told_at_once():
    raw = changed("redo_days", -1)
    raw["limits"]["一般"]["stage"] = "x"
    raw["notices"][0]["to"] = "nobody"
    assert len(faults(raw)) == 3


def test_a_work_order_must_be_sent_or_no_limit_begins():
    raw = {**SHIPPED, "notices": [n for n in SHIPPED["notices"] if n["message"] != "task"]}
    told = faults(raw)
    assert len(told) == len(words.WORK_ORDERS)
    assert all("部门收不到工作单" in fault for fault in told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "第 1 行第 2 个字符附近"),
        ('{"version": "1",\n "hours": [,]}', "第 2 行"),
        ("[]", "应是一个 { … }"),
        ("", "不是正确的 JSON"),
    ],
)
def test_a_text_that_is_no_json_is_told_where(text: str, said: str):
    with pytest.raises(BadRules) as caught:
        load_rules(text)
    assert said in caught.value.faults[0]


def test_a_rule_written_twice_is_told():
    text = json.dumps(SHIPPED, ensure_ascii=False).replace('"redo_days": 3', '"redo_days": 3, "redo_days": 5')
    with pytest.raises(BadRules, match="“redo_days”写了两次"):
        load_rules(text)


def _places(value: Any, path: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    here = [f"{path}.{key}".lstrip(".") for key, _ in inner]
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return here + [place for key, item in inner for place in _places(item, f"{path}.{key}")]


@given(
    st.sampled_from(_places(SHIPPED)),
    st.sampled_from([None, 0, -1, 10**9, 1.5, True, "", "x", "on", [], [[]], [["x"]], {}, {"a": 1}, [None], [{}]]),
)
def test_whatever_a_hand_writes_there_are_rules_or_sentences(path: str, value: Any):
    told = ("没有错误",)
    try:
        load_rules(json.dumps(changed(path, value), ensure_ascii=False))
    except BadRules as error:
        told = error.faults
    assert told
    assert all(is_a_sentence(fault) for fault in told)


# The words of the file are the words of the program


def test_every_message_of_the_words_can_be_drawn():
    assert {kind for name in words.MESSAGES if not (kind := KINDS[name]).paper} <= set(DRAWINGS)
    assert LINE.events == set(texts.LINES)
    assert SEAL.events == set(texts.SEALED)


def test_every_audience_of_the_words_is_understood():
    """A group is found by the case, people by their role; only who decides a request depends on the request."""
    people = {kind: traits for kind, traits in TRAITS.items() if traits.whose is not Whose.GROUP}
    assert {kind for kind, traits in people.items() if traits.role is None} == {AudienceKind.DECIDER}
    assert set(TRAITS) == set(AudienceKind)


@pytest.mark.parametrize("text", [*(kind.value for kind in WRITABLE), "unit:3"])
def test_an_audience_is_read_as_it_is_written(text: str):
    assert str(Audience.parse(text)) == text


@pytest.mark.parametrize("text", ["", "windows", "unit:x", "承办部门"])
def test_what_no_audience_is_called_is_none(text: str):
    with pytest.raises(ValueError, match=r"valid|invalid"):
        Audience.parse(text)


@pytest.mark.parametrize("text", ["nudge-1d", "assist-nudge-1d", "late-12", "overdue", "nudge-"])
def test_a_step_is_read_as_it_is_written(text: str):
    assert str(StepId.parse(text)) == text


def test_every_state_the_centre_owns_has_a_reminder():
    assert set(words.OWNED) == set(texts.OWNER_LINES)


# What the rules say holds


def test_a_centre_may_want_more_than_barely_satisfied():
    strict = with_rules(satisfied=frozenset({Rating.DELIGHTED, Rating.SATISFIED}))
    story = Story(rules=strict).given().answered().reviewed()
    assert story.refused("11-24 14:00", WINDOW, c.CallBack(Rating.ACCEPTABLE)) == "opinion_needed"
    case = story.do("11-24 14:00", WINDOW, c.CallBack(Rating.ACCEPTABLE, "还行"))
    assert (case.state, case.round) == (State.REDO, 2)
    lenient = Story().given().answered().reviewed()
    assert lenient.do("11-24 14:00", WINDOW, c.CallBack(Rating.ACCEPTABLE)).state is State.SATISFIED


def test_the_case_remembers_the_version_it_was_opened_under():
    assert Story(rules=with_rules(version="2027-1")).case.rules == "2027-1"


# What a change would touch


def _standing(story: Story, moment: str, **changes: Any):
    context = story.context(moment)
    rules = with_rules(**changes)
    return impact_of(story.case, type(context)(context.now, CALENDAR.with_hours(rules.hours), rules))


def _limits(**days: int):
    return {name: replace(limit, days=days.get(name, limit.days)) for name, limit in RULES.limits.items()}


def test_a_shorter_limit_moves_the_limit_and_its_reminders():
    story = Story().given(Category.GENERAL)
    now, then = _standing(story, "11-23 11:00"), _standing(story, "11-23 11:00", limits=_limits(一般=2))
    assert now.limit is not None
    assert then.limit is not None
    assert (now.limit.date.isoformat(), then.limit.date.isoformat()) == ("2026-11-26", "2026-11-25")
    assert now.limit == story.case.clock
    assert [step.id for step in now.steps] == [step.id for step in then.steps]
    assert "期限11-25 17:00前·答复意见" in then.words(story.case)
    assert "催办人社局" in then.words(story.case)


def test_another_category_s_limit_touches_nothing():
    story = Story().given(Category.GENERAL)
    assert _standing(story, "11-23 11:00") == _standing(story, "11-23 11:00", limits=_limits(复杂=2))


def test_a_date_somebody_chose_stays_and_only_its_hour_follows_the_office():
    story = Story().given(Category.UNWILLING)
    story.do("11-23 11:00", LIAISON, c.Promise(date(2026, 12, 1)))
    assert _standing(story, "11-23 12:00") == _standing(story, "11-23 12:00", limits=_limits(不给办=5))
    winter = load_rules(json.dumps({**SHIPPED, "seasons": [{**SUMMER, "from": "12-01", "to": "12-31"}]})).hours
    then = _standing(story, "11-23 12:00", hours=winter)
    assert then.limit is not None
    assert then.limit.at.strftime("%m-%d %H:%M") == "12-01 18:30"


def test_a_case_before_dispatch_is_touched_by_the_limit_it_would_get():
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.GENERAL))
    now, then = _standing(story, "11-23 11:00"), _standing(story, "11-23 11:00", limits=_limits(一般=2))
    assert now != then
    assert Story().confirm().case.category is None
    unclassified = Story().confirm()
    assert _standing(unclassified, "11-23 11:00") == _standing(unclassified, "11-23 11:00", limits=_limits(一般=2))


def test_a_closed_case_is_touched_by_nothing():
    story = Story().closed()
    assert _standing(story, "11-25 11:00", limits=_limits(办不了=9)) == _standing(story, "11-25 11:00")
    assert _standing(story, "11-25 11:00").words(story.case) == "还没有期限"


def test_the_lines_that_differ_are_named_as_in_the_file():
    after = changed("limits.一般.days", 2)
    after["version"] = "2026-2"
    after["seasons"] = [SUMMER]
    gone = after["notices"].pop(0)
    after["thresholds"][2]["minutes"] = 60
    told = [(d.name, d.before, d.after) for d in differences(json.dumps(SHIPPED), json.dumps(after))]
    assert ("limits.一般.days", "3", "2") in told
    assert ("seasons", "（无）", json.dumps(SUMMER, ensure_ascii=False)) in told
    assert ("notices", json.dumps(gone, ensure_ascii=False), "（无）") in told
    assert len([one for one in told if one[0] == "thresholds"]) == 2
    assert len(told) == 5


def test_a_file_that_still_says_where_each_notice_goes_means_the_same():
    older = copy.deepcopy(SHIPPED)
    for notice in older["notices"]:
        notice["place"] = "chat" if notice["to"] in words.CHAT_AUDIENCES else "person"
    assert load_rules(json.dumps(older)) == RULES
    assert differences(json.dumps(older), json.dumps(SHIPPED)) == []


def test_rules_kept_from_before_the_names_of_the_mechanism_could_be_set_are_still_read():
    older = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    shipped = {name: older["papers"].pop(name) for name in ("mechanism", "notice")}
    assert "mechanism" not in load_rules(json.dumps(older)).papers
    assert shipped == {"mechanism": MECHANISM, "notice": NOTICE}, "what stands where nothing is set is what is shipped"

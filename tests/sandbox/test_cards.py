"""The card tables: official examples pass, everything WeCom would refuse is refused with its code."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.wecom.card_tables import AIBOT, APP, WEBHOOK, Profile
from sandbox.wecom.cards import buttons, validate
from sandbox.wecom.errors import WireError
from sandbox.wecom.xml import card_from_tree, parse
from tests.sandbox.conftest import button_card

DATA = Path(__file__).parent / "data"
ACTION = {"type": 1, "url": "http://127.0.0.1/"}


def official(name: str) -> dict[str, Any]:
    raw = json.loads((DATA / name).read_text(encoding="utf-8"))
    return raw.get("template_card", raw)


def notice(**more: Any) -> dict[str, Any]:
    return {"card_type": "text_notice", "main_title": {"title": "t"}, "card_action": ACTION, **more}


def news(**more: Any) -> dict[str, Any]:
    card = {"card_type": "news_notice", "main_title": {"title": "t"}, "card_action": ACTION}
    return {**card, "card_image": {"url": "http://127.0.0.1/a.png"}, **more}


def vote(**more: Any) -> dict[str, Any]:
    options = [{"id": "a", "text": "满意"}, {"id": "b", "text": "不满意"}]
    return {
        "card_type": "vote_interaction",
        "main_title": {"title": "t"},
        "checkbox": {"question_key": "q", "option_list": options, "mode": 0},
        "submit_button": {"text": "提交", "key": "s"},
        "task_id": "v1",
        **more,
    }


def selects(count: int = 1, options: int = 2) -> list[dict[str, Any]]:
    items = [{"id": f"o{n}", "text": f"选项{n}"} for n in range(options)]
    return [{"question_key": f"q{n}", "title": "类别", "option_list": items} for n in range(count)]


def multiple(**more: Any) -> dict[str, Any]:
    card = {"card_type": "multiple_interaction", "main_title": {"title": "t"}, "task_id": "m1"}
    return {**card, "select_list": selects(), "submit_button": {"text": "提交", "key": "s"}, **more}


def pressed(**more: Any) -> list[dict[str, Any]]:
    return [{"text": "签收", "key": "a", **more}]


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("message_send_card_*.json")))
def test_the_official_application_cards_pass(name: str) -> None:
    card = official(name)
    assert validate(card, APP) == card


@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("aibot_card_*.json")))
def test_the_official_aibot_cards_pass(name: str) -> None:
    validate(official(name), AIBOT)


def test_the_official_webhook_card_passes() -> None:
    validate(official("webhook_template_card_text_notice.json"), WEBHOOK)


def test_the_official_update_passes_without_a_task_id() -> None:
    validate(official("update_template_card_button_interaction.json"), APP, updating=True)


def test_the_official_passive_update_reads_as_a_card() -> None:
    text = (DATA / "app_passive_update_template_card_button_interaction.xml").read_text(encoding="utf-8")
    card = card_from_tree(parse(text)["TemplateCard"])
    assert card["replace_text"] == "已提交"
    assert [fact["keyname"] for fact in card["horizontal_content_list"]] == ["应用名称", "跳转企业微信"]
    assert card["button_list"][1] == {"text": "按钮2", "style": 2, "key": "button_key_2"}


# What is wrong, the card, its channel, and the errcode.
REFUSED: list[tuple[str, dict[str, Any], Profile, int]] = [
    ("unknown kind", {"card_type": "poll"}, APP, 42031),
    ("a kind webhooks lack", button_card(), WEBHOOK, 42031),
    ("unknown field", button_card(body="x"), APP, 40058),
    ("unknown field inside", button_card(main_title={"title": "t", "subtitle": "s"}), APP, 40058),
    ("a field of another kind", button_card(emphasis_content={"title": "1"}), APP, 40058),
    ("no title", button_card(main_title={"desc": "d"}), APP, 42033),
    ("notice with neither title nor text", notice(main_title={"desc": "d"}), APP, 42033),
    ("title of 37 for the application", button_card(main_title={"title": "字" * 37}), APP, 40058),
    ("title of 27 for the aibot", button_card(main_title={"title": "字" * 27}), AIBOT, 40058),
    ("title desc of 45", button_card(main_title={"title": "t", "desc": "字" * 45}), APP, 40058),
    ("title desc of 31 for the aibot", button_card(main_title={"title": "t", "desc": "字" * 31}), AIBOT, 40058),
    ("source of 21", button_card(source={"desc": "字" * 21}), APP, 40058),
    ("source of 14 for the aibot", button_card(source={"desc": "字" * 14}), AIBOT, 40058),
    ("source colour 4", button_card(source={"desc": "x", "desc_color": 4}), APP, 40058),
    ("text of 161", button_card(sub_title_text="字" * 161), APP, 40058),
    ("text of 113 for the aibot", button_card(sub_title_text="字" * 113), AIBOT, 40058),
    ("text of 113 for a webhook", notice(sub_title_text="字" * 113), WEBHOOK, 40058),
    ("text that is a number", button_card(sub_title_text=5), APP, 40058),
    ("emphasis of 15", notice(emphasis_content={"title": "字" * 15}), APP, 40058),
    ("seven facts", button_card(horizontal_content_list=[{"keyname": "k"}] * 7), APP, 42035),
    ("fact without a name", button_card(horizontal_content_list=[{"value": "v"}]), APP, 42027),
    ("fact name of 7", button_card(horizontal_content_list=[{"keyname": "字" * 7}]), APP, 40058),
    ("fact name of 6 for the aibot", button_card(horizontal_content_list=[{"keyname": "字" * 6}]), AIBOT, 40058),
    ("fact of 31", button_card(horizontal_content_list=[{"keyname": "k", "value": "字" * 31}]), APP, 40058),
    (
        "fact of 27 for the aibot",
        button_card(horizontal_content_list=[{"keyname": "k", "value": "字" * 27}]),
        AIBOT,
        40058,
    ),
    ("fact link without url", button_card(horizontal_content_list=[{"keyname": "k", "type": 1}]), APP, 42028),
    ("fact file without media_id", button_card(horizontal_content_list=[{"keyname": "k", "type": 2}]), APP, 42029),
    ("fact file in an aibot card", button_card(horizontal_content_list=[{"keyname": "k", "type": 2}]), AIBOT, 40058),
    ("fact member without userid", button_card(horizontal_content_list=[{"keyname": "k", "type": 3}]), APP, 42050),
    ("four jumps", notice(jump_list=[{"title": "t"}] * 4), APP, 42042),
    ("jump without title", notice(jump_list=[{"type": 1, "url": "http://x"}]), APP, 42033),
    ("jump without url", notice(jump_list=[{"type": 1, "title": "t"}]), APP, 42028),
    ("jump into no mini program", notice(jump_list=[{"type": 2, "title": "t"}]), APP, 42030),
    ("notice without card_action", {"card_type": "text_notice", "main_title": {"title": "t"}}, APP, 42045),
    ("notice whose card_action does nothing", notice(card_action={"type": 0}), APP, 42045),
    ("card_action without url", notice(card_action={"type": 1}), APP, 42028),
    ("news without an image", {**news(), "card_image": {}}, APP, 42044),
    ("news image too wide", news(card_image={"url": "http://x", "aspect_ratio": 3}), APP, 40058),
    ("five vertical items", news(vertical_content_list=[{"title": "t"}] * 5), APP, 42036),
    ("no buttons", button_card(button_list=[]), APP, 42039),
    ("seven buttons", button_card(button_list=[{"text": "x", "key": f"k{n}"} for n in range(7)]), APP, 40058),
    ("caption of 11", button_card(button_list=pressed(text="字" * 11)), APP, 42038),
    ("button without caption", button_card(button_list=[{"key": "a"}]), APP, 42038),
    ("button without key", button_card(button_list=[{"text": "签收"}]), APP, 42039),
    ("key of 1025 bytes", button_card(button_list=pressed(key="k" * 1025)), APP, 42039),
    ("the same key twice", button_card(button_list=pressed() * 2), APP, 42039),
    ("style 5", button_card(button_list=pressed(style=5)), APP, 40058),
    ("style true", button_card(button_list=pressed(style=True)), APP, 40058),
    ("link button without url", button_card(button_list=pressed(type=1)), APP, 42028),
    ("link button in an aibot card", button_card(button_list=pressed(type=1, url="http://x")), AIBOT, 40058),
    ("no task_id", {k: v for k, v in button_card().items() if k != "task_id"}, APP, 42014),
    ("empty task_id", button_card(""), APP, 42014),
    ("task_id of 129", button_card("t" * 129), APP, 42014),
    ("task_id with a colon", button_card("case:1"), APP, 42014),
    ("task_id with a Chinese character", button_card("案1"), AIBOT, 42014),
    ("menu without task_id", notice(action_menu={"action_list": [{"text": "t", "key": "k"}]}), APP, 42014),
    ("menu in a webhook card", notice(action_menu={"action_list": [{"text": "t", "key": "k"}]}), WEBHOOK, 40058),
    (
        "menu with one key twice",
        notice(task_id="n", action_menu={"action_list": [{"text": "t", "key": "k"}] * 2}),
        APP,
        42051,
    ),
    (
        "menu of four",
        notice(task_id="n", action_menu={"action_list": [{"text": "t", "key": str(n)} for n in range(4)]}),
        APP,
        40058,
    ),
    ("replace_text when sending", button_card(replace_text="已办"), APP, 40058),
    ("feedback outside the aibot", button_card(feedback={"id": "f"}), APP, 40058),
    ("vote without choices", vote(checkbox={"question_key": "q", "option_list": []}), APP, 42037),
    ("vote without question", vote(checkbox={"option_list": [{"id": "a", "text": "x"}]}), APP, 42043),
    (
        "vote text of 18",
        vote(checkbox={"question_key": "q", "option_list": [{"id": "a", "text": "字" * 18}]}),
        APP,
        42041,
    ),
    (
        "vote text of 12 for the aibot",
        vote(checkbox={"question_key": "q", "option_list": [{"id": "a", "text": "字" * 12}]}),
        AIBOT,
        42041,
    ),
    (
        "one choice twice",
        vote(checkbox={"question_key": "q", "option_list": [{"id": "a", "text": "x"}] * 2}),
        APP,
        42040,
    ),
    ("vote without submit", {k: v for k, v in vote().items() if k != "submit_button"}, APP, 42046),
    ("submit without text", vote(submit_button={"key": "s"}), APP, 42049),
    ("submit without key", vote(submit_button={"text": "提交"}), APP, 42046),
    ("four selects", multiple(select_list=selects(4)), APP, 42047),
    ("eleven options", multiple(select_list=selects(1, 11)), APP, 42037),
    ("select title of 14 for the aibot", multiple(select_list=[{**selects()[0], "title": "字" * 14}]), AIBOT, 40058),
    ("no card", {}, APP, 40063),
]


@pytest.mark.parametrize(("card", "profile", "code"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_wecom_would_refuse_is_refused(card: dict[str, Any], profile: Profile, code: int) -> None:
    with pytest.raises(WireError) as refusal:
        validate(card, profile)
    assert refusal.value.errcode == code, refusal.value


@pytest.mark.parametrize(
    ("card", "profile"),
    [
        (button_card(main_title={"title": "字" * 36, "desc": "字" * 44}, sub_title_text="字" * 160), APP),
        (button_card(main_title={"title": "字" * 26, "desc": "字" * 30}, sub_title_text="字" * 112), AIBOT),
        (button_card("0-9_A@" + "z" * 122), AIBOT),
        (button_card(button_list=[{"text": "字" * 10, "key": f"{n}" * 1024} for n in range(6)]), AIBOT),
        (button_card(feedback={"id": "f"}), AIBOT),
        (notice(jump_list=[{"type": 3, "title": "t", "question": "q"}]), AIBOT),
        ({k: v for k, v in multiple().items() if k != "task_id"}, AIBOT),
        (notice(main_title={}, sub_title_text="只有正文"), APP),
        (news(), APP),
    ],
)
def test_a_card_at_the_limit_passes(card: dict[str, Any], profile: Profile) -> None:
    assert validate(copy.deepcopy(card), profile) == card


def test_a_replaced_card_shows_one_grey_button() -> None:
    assert [(b["text"], b["disabled"]) for b in buttons(button_card(replace_text="已签收"))] == [("已签收", True)]


def test_a_vote_has_one_submit_button() -> None:
    assert [(b["key"], b["kind"]) for b in buttons(vote())] == [("s", "submit")]

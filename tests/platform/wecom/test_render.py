"""Whatever the product draws, WeCom's stated limits hold."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import Button, Card, File, Link, Mention, Rejected, Text, Tone
from platforms.shared.limits import CUT_HINT, file_name
from platforms.wecom import render

# (source, title, desc, body, value, jump title): pages 90236, 101032 and 91770, written down a second time.
STATED = {
    "app": (render.APP, (20, 36, 44, 160, 30, 18)),
    "bot": (render.BOT, (13, 26, 30, 112, 26, 13)),
    "webhook": (render.WEBHOOK, (13, 26, 30, 112, 26, 13)),
}

words = st.text(max_size=250)
urls = st.one_of(words, words.map(lambda tail: f"https://example.test/{tail}"), st.just("https://e.test/" + "x" * 3000))
keys = st.from_regex(r"[0-9a-z:_]{1,40}", fullmatch=True)
captions = st.text(min_size=1, max_size=30).filter(lambda text: bool(render.shorten(text, 10)))
cards = st.builds(
    Card,
    title=words,
    subtitle=words,
    source=words,
    facts=st.lists(st.tuples(words, words), max_size=12).map(tuple),
    body=words,
    buttons=st.lists(
        st.builds(Button, captions, keys, st.sampled_from(Tone)), max_size=6, unique_by=lambda button: button.key
    ).map(tuple),
    links=st.lists(st.builds(Link, words, urls), max_size=5).map(tuple),
    tone=st.sampled_from(Tone),
)


def assert_within(card: dict, limits: tuple[int, ...]) -> None:
    source, title, desc, body, value, jump_title = limits
    assert set(card) <= {
        "card_type", "source", "main_title", "sub_title_text", "horizontal_content_list",
        "jump_list", "card_action", "task_id", "button_list",
    }  # fmt: skip
    assert card["card_type"] in ("button_interaction", "text_notice")
    assert 1 <= len(card["main_title"]["title"]) <= title
    assert 1 <= len(card["main_title"].get("desc", "x")) <= desc
    assert 1 <= len(card.get("sub_title_text", "x")) <= body
    if "source" in card:
        assert 1 <= len(card["source"]["desc"]) <= source
        assert card["source"]["desc_color"] in range(4)
    assert card["card_action"]["type"] == 1
    assert_url(card["card_action"]["url"])
    rows = card.get("horizontal_content_list", [])
    assert len(rows) <= 6
    for row in rows:
        assert 1 <= len(row["keyname"]) <= 5
        assert 1 <= len(row["value"]) <= value
        if row.get("type"):
            assert row["type"] == 1
            assert_url(row["url"])
    jumps = card.get("jump_list", [])
    assert len(jumps) <= 3
    assert not jumps or card["card_type"] == "text_notice"
    for jump in jumps:
        assert 1 <= len(jump["title"]) <= jump_title
        assert_url(jump["url"])
    json.dumps(card, ensure_ascii=False).encode()


def assert_url(url: str) -> None:
    assert url.startswith(("https://", "http://"))
    assert len(url.encode()) <= 2048
    assert not any(character.isspace() for character in url)


@pytest.mark.parametrize("channel", STATED)
@settings(max_examples=150, deadline=None)
@given(card=cards, public_url=urls)
def test_any_card_is_drawn_within_the_stated_limits(channel, card, public_url):
    limits, stated = STATED[channel]
    drawn = render.template_card(card, limits, task_id="t-1", public_url=public_url)
    assert_within(drawn, stated)
    if channel == "webhook" or not card.buttons:
        assert drawn["card_type"] == "text_notice"
        assert "button_list" not in drawn
    else:
        assert [button["key"] for button in drawn["button_list"]] == [button.key for button in card.buttons]
        assert all(1 <= len(button["text"]) <= 10 for button in drawn["button_list"])
        assert all(button["style"] in (1, 2, 3, 4) for button in drawn["button_list"])


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=3000), limit=st.integers(60, 3000))
def test_a_text_never_exceeds_its_bytes_and_is_never_empty(text, limit):
    drawn = render.markdown(Text(text), limit)
    assert 1 <= len(drawn.encode()) <= limit


def test_a_text_that_fits_is_untouched():
    assert render.markdown(Text("您好，3#楼 a_b@e.test"), 2048) == "您好，3#楼 a_b@e.test"


def test_a_cut_text_says_so_and_ends_on_a_whole_character():
    drawn = render.markdown(Text("投" * 2000), render.APP_TEXT_BYTES)
    assert drawn.endswith(f"\n{CUT_HINT}")
    assert set(drawn.removesuffix(f"\n{CUT_HINT}")) == {"投"}


def test_mentions_are_written_only_where_the_channel_can():
    text = Text("请签收", mentions=(Mention("zhangsan", "张三"), Mention("lisi", "李四")))
    assert render.markdown(text, 4096, mention=True) == "<@zhangsan> <@lisi>\n请签收"
    assert render.markdown(text, 4096) == "请签收"


def test_what_is_too_long_is_cut_with_an_ellipsis():
    drawn = render.template_card(Card(title="投" * 40), render.BOT)
    assert drawn["main_title"]["title"] == "投" * 25 + "…"


def test_facts_without_a_place_go_to_the_body():
    card = Card(title="t", body="正文", facts=tuple((f"项{n}", f"值{n}") for n in range(8)))
    drawn = render.template_card(card, render.APP)
    assert [row["keyname"] for row in drawn["horizontal_content_list"]] == [f"项{n}" for n in range(6)]
    assert drawn["sub_title_text"] == "正文\n项6：值6\n项7：值7"


def test_links_of_a_card_with_buttons_are_rows_and_the_first_is_the_whole_card():
    card = Card(title="t", buttons=(Button("签收", "a"),), links=(Link("网页办理", "https://e.test/1"),))
    drawn = render.template_card(card, render.APP, public_url="https://e.test")
    assert drawn["card_action"] == {"type": 1, "url": "https://e.test/1"}
    assert drawn["horizontal_content_list"][-1]["value"] == "网页办理"


def test_a_notice_without_a_link_leads_to_the_public_address():
    drawn = render.template_card(Card(title="t"), render.WEBHOOK, public_url="https://e.test/")
    assert drawn["card_action"]["url"] == "https://e.test/"


def test_on_a_webhook_buttons_become_words():
    card = Card(title="t", body="长" * 300, buttons=(Button("签收", "a"), Button("退单", "b")))
    drawn = render.template_card(card, render.WEBHOOK)
    assert drawn["sub_title_text"].endswith("可办：签收、退单")
    assert len(drawn["sub_title_text"]) == 112


@pytest.mark.parametrize(
    "buttons",
    [
        tuple(Button("签收", f"k{n}") for n in range(7)),
        (Button("签收", "a"), Button("退单", "a")),
        (Button("", "a"),),
        (Button(" ", "a"),),
        (Button("签收", ""),),
        (Button("签收", "键" * 400),),
        (Button("签收", "a\x00"),),
    ],
)
def test_a_card_no_platform_could_show_is_a_programming_error(buttons):
    with pytest.raises(Rejected):
        render.template_card(Card(title="t", buttons=buttons), render.APP, task_id="t")


@pytest.mark.parametrize("task_id", ["有诉", "a b", "x" * 129, "a/b"])
def test_a_malformed_task_id_is_a_programming_error(task_id):
    with pytest.raises(Rejected):
        render.template_card(Card(title="t"), render.APP, task_id=task_id)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("台账.xlsx", "台账.xlsx"),
        ("../a/b.xlsx", "_a_b.xlsx"),
        ("", "file"),
        ("长" * 200 + ".xlsx", "长" * 75 + ".xlsx"),
    ],
)
def test_a_file_name_is_one_every_client_can_save(name, safe):
    assert file_name(File(name, b"")) == safe

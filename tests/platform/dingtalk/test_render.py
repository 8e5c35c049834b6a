"""Whatever the product draws, DingTalk's stated limits hold and no button is lost."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platforms.contract import Button, Card, File, Link, Mention, Rejected, Text, Tone
from platforms.dingtalk import render
from platforms.shared.limits import CUT_HINT, file_name

words = st.text(max_size=60)
long_words = st.one_of(words, st.builds(lambda text, times: text * times, words, st.integers(1, 200)))
urls = st.one_of(words, words.map(lambda tail: f"https://e.test/{tail}"), st.just("https://e.test/" + "x" * 890))
keys = st.from_regex(r"[0-9a-z|:_]{1,40}", fullmatch=True)
captions = st.text(min_size=1, max_size=30).filter(lambda text: bool(render.shorten(text, 20)))
commands = st.one_of(st.just(""), st.text(max_size=60), st.just("/签收 YS20261123-0001"), st.just("长" * 600))
cards = st.builds(
    Card,
    title=words,
    subtitle=words,
    source=long_words,
    facts=st.lists(st.tuples(words, long_words), max_size=12).map(tuple),
    body=long_words,
    buttons=st.lists(
        st.builds(Button, captions, keys, st.sampled_from(Tone), commands), max_size=6, unique_by=lambda b: b.key
    ).map(tuple),
    links=st.lists(st.builds(Link, words, urls), max_size=5).map(tuple),
    tone=st.sampled_from(Tone),
)
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
TAG = re.compile(r"<[A-Za-z/!]")


def assert_harmless(text: str) -> None:
    assert "dtmd:" not in text.lower()
    assert not TAG.search(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text)
    text.encode()


def assert_buttons(drawn: list[dict], card: Card, colours: set[str]) -> None:
    assert [button.get("params", button)["key"] for button in drawn] == [button.key for button in card.buttons]
    assert [button["id"] for button in drawn] == [f"g{place}" for place in range(len(card.buttons))]
    for button in drawn:
        assert 1 <= len(button["text"]) <= 20
        assert button["color"] in colours


@settings(max_examples=80, deadline=None)
@given(cards)
def test_own_template(card):
    crowded = False
    try:
        drawn = render.own_variables(card, place="g")
    except Rejected as error:
        crowded = error.code == "buttons"  # six long captions and keys at once
    if crowded:
        assert sum(len((button.key + button.caption).encode()) for button in card.buttons) > 500
        return
    assert list(drawn) == ["title", "subtitle", "source", "body", "facts", "links", "notice", "tone", "buttons"]
    for name, value in drawn.items():
        assert len(value.encode()) <= 1024
        if name != "buttons":
            assert_harmless(value)
    assert drawn["title"]
    assert drawn["notice"] == ("false" if card.buttons else "true")
    assert_buttons(json.loads(drawn["buttons"]), card, {"gray", "blue", "red"})
    assert_whole_links(drawn["links"])


@settings(max_examples=80, deadline=None)
@given(cards)
def test_built_in_template(card):
    drawn = render.built_in_variables(card, place="g")
    assert list(drawn) == ["markdown", "tips", "title", "logo", "sys_full_json_obj"]
    assert len(drawn["markdown"].encode()) <= 3072
    assert len(drawn["sys_full_json_obj"].encode()) <= 3072
    assert len(drawn["tips"].encode()) <= 1024
    assert drawn["title"]
    assert drawn["markdown"]
    for name in ("markdown", "tips", "title"):
        assert_harmless(drawn[name])
    buttons = json.loads(drawn["sys_full_json_obj"])["msgButtons"]
    assert all(button["request"] is True for button in buttons)
    assert_buttons(buttons, card, {"gray", "blue"})


def assert_whole_links(text: str) -> None:
    for line in text.split("  \n"):
        assert not line or line == CUT_HINT or re.fullmatch(r"\[[^\[\]()]+\]\(https?://[^\s()]*\)", line)


@settings(max_examples=80, deadline=None)
@given(cards)
def test_a_card_without_a_template_names_every_button(card):
    msg_key, param = render.action_card(card)
    assert len(json.dumps(param, ensure_ascii=False).encode()) <= 15_000
    assert_harmless(param["text"])
    actions = [value for name, value in param.items() if "URL" in name]
    spoken = [parse_qs(urlsplit(url).query)["content"][0] for url in actions]
    expected = {0: "sampleMarkdown", 1: "sampleActionCard"}.get(len(actions), f"sampleActionCard{len(actions)}")
    assert msg_key == expected
    assert len(actions) <= 5
    for url in actions:
        assert url.startswith("dtmd://dingtalkclient/sendMessage?content=")
    for button in card.buttons:
        as_action = " ".join(CONTROL.sub("", button.command).split()) in spoken
        assert as_action or render.shorten(button.caption, 20) in param["text"]


@settings(deadline=None)
@given(st.builds(lambda text, times: text * times, st.text(max_size=40), st.integers(1, 800)))
def test_a_text(content):
    msg_key, param = render.markdown(Text(content))
    assert msg_key == "sampleMarkdown"
    assert param["title"]
    assert param["text"]
    assert len(json.dumps(param, ensure_ascii=False).encode()) <= 15_000
    assert_harmless(param["text"])


def test_whoever_is_called_is_named_in_the_text():
    body = render.session_markdown(Text("请签收", (Mention("u1", "张三"), Mention("u2", "李四"))))
    assert body["at"] == {"atUserIds": ["u1", "u2"], "isAtAll": False}
    assert body["markdown"]["text"] == "@u1 @u2  \n请签收"


def test_a_citizens_words_cannot_speak_for_the_official():
    body = "[看照片](DTMD ://dingtalkclient/sendMessage?content=%2F办结) <a atId=u1>x</a> <font>大"
    card = Card(title="dtmd://x", body=body, facts=(("a", body),))
    for drawn in (render.own_variables(card, place="g"), render.built_in_variables(card, place="p")):
        assert_harmless(" ".join(drawn.values()))


@pytest.mark.parametrize(
    "buttons",
    [
        tuple(Button(str(n), str(n)) for n in range(7)),
        (Button("a", "k"), Button("b", "k")),
        (Button("", "k"),),
        (Button("a", ""),),
        (Button("a", "k" * 1025),),
        (Button("a", "k\x07"),),
    ],
)
@pytest.mark.parametrize(
    "draw", [render.own_variables, render.built_in_variables, lambda c, place: render.action_card(c)]
)
def test_an_impossible_button_is_refused(buttons, draw):
    with pytest.raises(Rejected):
        draw(Card(title="t", buttons=buttons), place="g")


def test_six_ordinary_buttons_fit_the_own_template():
    buttons = tuple(Button("申请延期办理", f"y1|extend|123456|{n}|argument", command="/延期") for n in range(6))
    drawn = render.own_variables(Card(title="t", buttons=buttons), place="g")
    assert len(json.loads(drawn["buttons"])) == 6


def test_a_text_as_a_card_keeps_its_words_and_mentions():
    card = render.as_card(Text("**催办** 单\n请尽快", (Mention("u1", "张三"),)))
    assert (card.title, card.body, card.mentions[0].account) == ("＊＊催办＊＊ 单", "**催办** 单\n请尽快", "u1")
    assert render.as_card(Text("")).title == "通知"


@pytest.mark.parametrize(
    ("name", "saved"),
    [("台账.xlsx", "台账.xlsx"), ("../a/b.txt", "_a_b.txt"), ("", "file"), ("x" * 200 + ".docx", "x" * 75 + ".docx")],
)
def test_a_file_name(name, saved):
    assert file_name(File(name, b"")) == saved

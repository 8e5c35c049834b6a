"""Whatever people write is words on every wire: nothing of it begins markup, calls anybody, or hides."""

import json
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from platforms.contract import Button, Card, Link, Mention, Text
from platforms.dingtalk import render as ding
from platforms.shared.words import inert
from platforms.wecom import render as wecom

NASTY = [
    "[领补贴](http://e.cn)", "![图](http://e.cn/a.png)", "<@all>", "<@zhangsan>", '<font color="warning">急</font>',
    "# 标题",
    "@所有人", "@ALL", "[办](dtmd://dingtalkclient/sendMessage?content=x)", "dt\u200bmd:x", "<a href='http://e.cn'>x</a>",
    "**急**", "_急_", "~~急~~", "`x`", "> 引", "标题\n===", "|a|b|\n|-|-|", "\u202e文反\u202c",
    "零\u200b宽\ufeff", "\x1b[31m红",
    "[x]: http://e.cn\n[x]", "http://e.cn/x", "www.e.cn", "&lt;@all&gt;", "javascript:alert(1)", "\\[x](y)", "- # 标题",
    "a\u2028# b", "<!-- x -->", "@\u2066所有人",
]  # fmt: skip

#: A small reader of what a client may act on.
ACTIVE = re.compile(
    r"\[[^\]\n]*\]\s*[\[(:]"  # a link or an image, inline or by reference
    r"|</?[A-Za-z!@]"  # a tag, a comment, a mention
    r"|[*~]{1,3}\S|`"  # emphasis, code
    r"|(?<![0-9A-Za-z])_\S|\S_(?![0-9A-Za-z])"
    r"|(?m:^[ \t]*(?:[-+*>][ \t]*|\d+[.)][ \t]*)*(?:\#{1,6}|>))"  # heading, quotation
    r"|(?m:^[ \t]*=+[ \t]*$|^[ \t]*-+[ \t]*$|^[ \t]*(?:[-_][ \t]*){3,}$)"  # underline, rule
    r"|(?m:^(?=.*\|)[ \t|:-]*-[ \t|:-]*$)"  # table
    r"|(?i:dtmd|javascript|wxwork|weixin):|[A-Za-z][A-Za-z0-9+.\-]*://|(?i:\bwww\.)"  # an address
    r"|(?i:@\s*(?:所有人|全员|all|everyone))|&\#?\w{1,32};|\\"
)  # fmt: skip

values = st.text(max_size=60) | st.lists(st.sampled_from(NASTY) | st.text(max_size=5), max_size=6).map("".join)


def unseen(text: str) -> set[str]:
    return {sign for sign in text if unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign not in "\n\t"}


def check(words: str) -> None:
    found = ACTIVE.search(words)
    assert found is None, (found, words)
    assert not unseen(words), words


def strings(value: object) -> list[str]:
    """Every string of a drawn message that shows words."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, part in value.items() if name not in ("key", "url", "id") for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list | tuple) else []


def card_of(value: str) -> Card:
    return Card(
        value, value, value, ((value, value), ("事项", value)), value,
        (Button(f"按{value}", "k", command="/签收 1"),), (Link(value, "https://ours.test/x"),),
        mentions=(Mention(value, value),),
    )  # fmt: skip


@given(values)
@example("=")
@example("_")
def test_words_alone(value):
    check(inert(value))


@pytest.mark.parametrize("value", NASTY)
def test_each_known_trick(value):
    check(inert(value))


@given(values)
def test_every_text_on_every_wire(value):
    text = Text(f"甲：{value}\n- {value}", mentions=(Mention(value, value),))
    for mention in (False, True):
        check(re.sub(r"^(?:<@[0-9A-Za-z_.@-]{1,64}>)\n", "", wecom.markdown(text, 4096, mention=mention)))
    check(ding.markdown(text)[1]["text"])
    check(ding.markdown(text)[1]["title"])
    drawn = ding.session_markdown(text)
    assert drawn["at"]["isAtAll"] is False
    _, name, said = drawn["markdown"]["text"].partition("甲：")
    check(name + said)  # a line begins where it begins on the wire


@given(values)
def test_every_card_on_every_wire(value):
    card = card_of(value)
    for limits in (wecom.APP, wecom.BOT, wecom.WEBHOOK):
        for words in strings(wecom.template_card(card, limits, public_url="https://ours.test")):
            check(words)
    own = ding.own_variables(card, place="p")
    words = [own[name] for name in ("title", "subtitle", "source", "body")]
    words += [re.sub(r"(?m)^\*\*(.*?)\*\*：", r"\1：", own["facts"])]
    words += [button["text"] for button in json.loads(own["buttons"])]
    words += [re.sub(r"\[([^\[\]]*)\]\(https://ours\.test/x\)", r"〔\1〕", own["links"])]
    for part in words:
        check(part)


@given(st.text(alphabet="中文张三0123456789，。；（）、abcXYZ", max_size=80))
def test_plain_words_come_through_untouched(value):
    assert inert(value) == value


def test_what_a_person_needs_is_still_read():
    assert inert("3#楼2单元 a_b@e.test 18-3号 50%") == "3#楼2单元 a_b@e.test 18-3号 50%"
    assert inert("[领补贴](http://e.cn)") == "［领补贴］(http：//e.cn)"
    assert inert("<@all> **急**") == "＜＠all＞ ＊＊急＊＊"

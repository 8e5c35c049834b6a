"""The same on DingTalk's wire: download codes, rich text, replies, and voice that comes with its words."""

from __future__ import annotations

import pytest

from tests.kit.town import Town, heard_in, sent, shown, words
from tests.scenario.test_evidence import photo, picture


@pytest.fixture
def platforms() -> str:
    """Everybody is on DingTalk."""
    return "dingtalk"


async def test_rich_text_in_the_group_is_an_answer_with_evidence(town: Town):
    no = await town.dispatched()
    said = heard_in(await town.send("chenjing", "人社局", photo(), text=f"{no} 已为群众办结，见照片"), "人社局")
    assert "附件 1" in said
    (material,) = (await town.record(no)).case.materials
    assert (material.kind, material.size) == ("image", len(picture()))
    assert "1 件" in shown(await town.expect("app", no, "待质检", user="zhaogang"))


async def test_a_file_one_to_one_waits_for_its_words(town: Town):
    no = await town.dispatched()
    said = words(await town.send("chenjing", "app", sent("file", "结果.txt", b"done, see the stamp")))
    assert "还没有归到哪一件" in said
    await town.say("chenjing", "app", f"{no} 已为群众办结")
    (material,) = (await town.record(no)).case.materials
    assert material.name == "结果.txt"


async def test_a_voice_answers_with_the_words_it_was_heard_to_say(town: Town):
    no = await town.dispatched()
    said = words(await town.send("chenjing", "app", sent("voice", "v.amr", b"#!AMR\n12345", f"{no} 已为群众办结")))
    assert "语音转写" in said
    case = (await town.record(no)).case
    assert case.private.outcome == "已为群众办结"
    assert [material.kind for material in case.materials] == ["voice"]


async def test_an_answer_to_a_picture_takes_the_picture_with_it(town: Town):
    no = await town.dispatched()
    text = f"{no} 已为群众办结"
    await town.send("chenjing", "人社局", text=text, quoted_media=[photo()])
    assert len((await town.record(no)).case.materials) == 1

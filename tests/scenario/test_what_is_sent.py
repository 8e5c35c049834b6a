"""Every kind of message × where × in which state of the talk: each has one defined answer, and none is silence."""

from __future__ import annotations

import pytest

from models.materials import BlobRow, MaterialRow
from platforms.shared import download
from tests.kit.town import Town, sent, words
from tests.scenario.test_evidence import photo

KINDS = {
    "image": photo(),
    "file": sent("file", "说明.txt", b"plain words of an office"),
    "video": sent("video", "现场.mp4", b"\x00\x00\x00\x20ftypisom" + b"0" * 64),
    "voice": sent("voice", "v.amr", b"#!AMR\n0", "今天的事情已经处理好了"),
}
#: (who, kind) → what the answer holds, one-to-one with nothing open.
ALONE = {
    ("chenjing", "image"): "还没有归到哪一件",
    ("chenjing", "file"): "还没有归到哪一件",
    ("chenjing", "video"): "还没有归到哪一件",
    ("chenjing", "voice"): "语音转写",
    ("wangmin", "image"): "要登记新的诉求",
    ("wangmin", "file"): "没有",
    ("wangmin", "video"): "要登记新的诉求",
    ("wangmin", "voice"): "语音转写",
}


@pytest.mark.parametrize(("user", "kind"), ALONE, ids=lambda part: str(part))
async def test_one_to_one_with_nothing_open(town: Town, user: str, kind: str):
    assert ALONE[user, kind] in words(await town.send(user, "bot", KINDS[kind]))
    assert await MaterialRow.all().count() == 0


@pytest.mark.parametrize("kind", ["image", "file", "video"])
async def test_one_to_one_within_an_open_question(town: Town, kind: str):
    no = await town.dispatched()
    await town.say("chenjing", "app", f"/查 {no}")
    await town.press("chenjing", "答复", "app")
    assert "随您的文字一并提交" in words(await town.send("chenjing", "bot", KINDS[kind]))
    await town.say("chenjing", "app", "已为群众办结")
    assert len((await town.record(no)).case.materials) == 1


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_of_a_stranger_nothing_is_kept(town: Town, kind: str):
    await town.deactivate("chenjing")
    assert "不在有诉即办人员名册里" in words(await town.send("chenjing", "bot", KINDS[kind]))
    assert await BlobRow.all().count() == 0


async def test_of_another_department_nothing_reaches_the_case(town: Town):
    no = await town.dispatched()
    said = words(await town.send("sunwei", "自然资源局", photo(), text=f"{no} 已办结"))
    assert "没有找到" in said or "不是" in said
    assert (await town.record(no)).case.materials == ()


async def test_in_the_group_a_picture_without_words_is_asked_about(town: Town):
    await town.dispatched()
    assert "还没有归到哪一件" in words(await town.send("chenjing", "人社局", photo(), text=""))


async def test_what_is_too_large_or_a_program_is_said_and_not_kept(town: Town, monkeypatch: pytest.MonkeyPatch):
    no = await town.dispatched()
    monkeypatch.setattr(download, "MAX_ATTACHMENT", 100_000)
    large = sent("file", "大.zip", b"PK\x03\x04" + b"0" * 200_000)
    assert "超过 20 MB" in words(await town.send("chenjing", "bot", large))
    assert "程序文件" in words(await town.send("chenjing", "bot", sent("file", "看图.exe", b"MZ\x90" + b"0" * 99)))
    assert (await town.record(no)).case.materials == ()

"""Whatever somebody sends beside words is answered in words; nothing is dropped unsaid."""

from __future__ import annotations

import pytest

from models.cases import CaseRow
from platforms.contract import Incoming, IncomingKind
from tests.kit.town import Town, captions, shown, words


async def sent(town: Town, user: str, **what: object) -> str:
    """What comes back to this person for one message of a kind that the practice city does not send."""
    before = town.last
    event = Incoming("wecom", f"other-{what}", account=user, at=town.app.clock.now(), **what)  # type: ignore[arg-type]
    await town.server.dispatcher.receive(event)
    await town.settle()
    return words([m for m in await town.since(before) if m["chat"] == f"app:{user}"])


@pytest.mark.parametrize("kind", ["image", "voice", "video", "file", "location", "link"])
@pytest.mark.parametrize("user", ["wangmin", "chenjing"])
async def test_what_is_no_text_is_answered_with_what_to_do(town: Town, user: str, kind: str):
    said = await sent(town, user, kind=IncomingKind.OTHER, key=kind)
    assert "收不到" in said
    assert "文字" in said
    assert await CaseRow.all().count() == 0


async def test_a_report_of_the_platform_itself_is_no_message(town: Town):
    for name in ("change_contact", "inactive_alert", "location_report"):
        assert await sent(town, "wangmin", kind=IncomingKind.OTHER, key=name) == ""


async def test_a_picture_beside_an_answer_is_said_to_be_left_out(town: Town):
    await town.dispatched()
    said = await sent(town, "chenjing", kind=IncomingKind.TEXT, text="1 已办好，见照片", left_out="image")
    assert "只收了文字" in said
    assert "图片" in said


async def test_details_in_the_group_answer_the_pressed_card_and_the_presser(town: Town):
    no = await town.dispatched()
    await town.press("chenjing", "详情", "人社局")
    assert no in words(await town.messages("chenjing", "app"))
    card = await town.expect("人社局", no)
    assert "签收" in captions(card)
    assert "测甲一" not in shown(card)


async def test_the_request_card_says_which_department_asks(town: Town):
    no = await town.dispatched("住建局,自然资源局", category="复杂")
    await town.say("sunwei", "自然资源局", f"/退单 {no} 不属于本单位职责")
    card = await town.expect("app", no, "申请退单", user="zhaogang")
    assert "申请单位：自然资源局（配合）" in shown(card)

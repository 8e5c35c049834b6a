"""A sentence that is no complaint starts no case: what was understood is said, and one word registers it after all."""

from __future__ import annotations

import pytest

from models.bookkeeping import MetaRow
from models.cases import CaseRow
from services.upkeep.housekeeping import tidy
from tests.kit.town import Town, words

AMONG_PEOPLE = (
    "今天下午我请假，有事打我电话",
    "🙏🙏谢谢领导，辛苦了，麻烦您了！",
    "收到",
    "好的 谢谢",
    "👍",
    "明天上午九点在三楼会议室开例会，请大家准时参加",
    "打印机没纸了，谁去领一下",
    "通知：明天上午停电检修，各窗口提前备份",
    "我先下班了，剩下两件明天弄",
    "小刘，麻烦你把上周的考勤表发我一份",
)
COMPLAINTS = (
    "我妈的养老金到现在还没有发下来",
    "办个营业执照跑了三趟都没办成",
    "你们那个自助机老是坏，取不了号",
    "测甲一 00012340001 老年证办不下来",
    "希望便民服务中心中午也安排人值班，上班族没法请假",
    "领导你看一下，我这个事谁管",
    "社保卡丢了怎么办",
    "低保停了没人管",
)


@pytest.mark.parametrize("text", AMONG_PEOPLE)
async def test_a_word_among_people_registers_nothing_and_says_how_it_would_be(town: Town, text: str):
    said = words(await town.say("wangmin", "app", text))
    assert await CaseRow.all().count() == 0
    assert "没有登记" in said
    assert "回复“登记”" in said


@pytest.mark.parametrize("text", COMPLAINTS)
async def test_a_complaint_that_is_forwarded_is_registered_at_once(town: Town, text: str):
    said = words(await town.say("wangmin", "app", text))
    row = await CaseRow.first()
    assert row is not None
    assert row.no in said


@pytest.mark.parametrize("word", ["登记", "/登记", "是"])
async def test_one_word_registers_what_was_held_back(town: Town, word: str):
    await town.say("wangmin", "app", "打印机没纸了，谁去领一下")
    said = words(await town.say("wangmin", "app", word))
    row = await CaseRow.first()
    assert row.no in said
    assert (await town.record(row.no)).case.private.content == "打印机没纸了，谁去领一下"
    await town.say("wangmin", "app", word)
    assert await CaseRow.all().count() == 1


async def test_who_says_登记_with_the_text_insists(town: Town):
    await town.say("wangmin", "app", "/登记 今天下午我请假，有事打我电话")
    assert await CaseRow.all().count() == 1


async def test_cancel_or_half_an_hour_forgets_the_text(town: Town):
    await town.say("wangmin", "app", "打印机没纸了，谁去领一下")
    assert "已取消" in words(await town.say("wangmin", "app", "取消"))
    assert "请写明内容" in words(await town.say("wangmin", "app", "/登记"))
    await town.say("wangmin", "app", "打印机没纸了，谁去领一下")
    await town.turn("11-23 09:31")
    assert "请写明内容" in words(await town.say("wangmin", "app", "/登记"))
    assert await CaseRow.all().count() == 0


async def test_the_text_waits_sealed_and_is_tidied_away(town: Town):
    await town.say("wangmin", "app", "打印机没纸了，谁去领一下")
    row = await MetaRow.get(key__startswith="held/")
    assert "打印机" not in row.value
    await town.turn("11-23 10:00")
    await tidy(town.app)
    assert not await MetaRow.filter(key__startswith="held/").exists()


async def test_a_sentence_about_a_case_leads_to_it_and_makes_no_new_one(town: Town):
    no = await town.push()
    said = words(await town.say("wangmin", "app", f"请问{(await town.record(no)).case.number}现在到哪一步了"))
    assert no in said
    assert "/查 1123-1" in said
    assert "撤销刚才" not in words(await town.say("wangmin", "app", "撤销刚才的确认 1123-1"))
    assert await CaseRow.all().count() == 1


@pytest.mark.parametrize(
    ("user", "text", "part"),
    [
        ("wangmin", "你好", "/我的"),
        ("chenjing", "你好", "/我的"),
        ("chenjing", "怎么用？", "/帮助"),
        ("wangmin", "怎么用？", "/帮助"),
        ("chenjing", "👍", "没有记入任何诉求"),
        ("chenjing", "收到", "没有记入任何诉求"),
    ],
)
async def test_a_greeting_and_a_sign_are_answered_in_words(town: Town, user: str, text: str, part: str):
    said = words(await town.say(user, "app", text))
    assert part in said
    assert "这个指令" not in said


async def test_a_bare_mention_in_the_group_is_told_what_to_send(town: Town):
    said = words(await town.say("chenjing", "人社局", ""))
    assert "/我的" in said
    assert "“”" not in said

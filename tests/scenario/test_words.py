"""What people type: numbers long and short, mistakes, questions; nobody is ever met with silence."""

from __future__ import annotations

import pytest

from tests.kit.town import Town, words


async def test_help_lists_what_this_person_can_do(town: Town):
    liaison = words(await town.say("chenjing", "app", "/帮助"))
    assert "/答复 编号 内容" in liaison
    assert "/签发" not in liaison
    assert "/质检" not in liaison
    assert "/确认" in words(await town.say("wangmin", "bot", "/帮助"))


async def test_help_comes_in_pages_where_one_message_cannot_hold_it(town: Town):
    first = words(await town.say("lijianguo", "app", "帮助"))
    assert "/签发" in first
    assert "下一页：/帮助 2" in first
    later = [words(await town.say("lijianguo", "app", f"/帮助 {page}")) for page in (2, 3, 99)]
    whole = "\n".join([first, *later])
    for command in ("/转办", "/并单", "/中止", "/恢复", "/确认", "/代班", "/查", "/我的"):
        assert (command in whole) is (command != "/中止"), command
    assert "未显示完" not in whole
    assert "下一页" not in later[-1]
    manager = [words(await town.say("zhaogang", "app", f"/帮助 {page}")) for page in (1, 2, 3)]
    assert "/签发" not in "".join(manager)
    assert "/转办" in manager[0]


async def test_mine_lists_what_waits_with_the_nearest_limit_first(town: Town):
    later = await town.dispatched(category="很难办", external_no="A")
    sooner = await town.dispatched(category="办不了", external_no="B")
    said = words(await town.say("chenjing", "app", "/我的"))
    assert said.index(sooner) < said.index(later)
    assert "没有待办" in words(await town.say("sunwei", "app", "/我的"))
    waiting = await town.push(external_no="C")
    assert waiting in words(await town.say("wangmin", "app", "/我的"))
    await town.turn("11-27 10:00")
    assert "已超期" in words(await town.say("chenjing", "app", "/我的"))


async def test_show_tells_the_history_one_to_one_and_only_the_state_in_a_group(town: Town):
    no = await town.dispatched()
    private = words(await town.say("zhaogang", "app", f"/查 {no}"))
    assert "工作单送达人社局" in private
    assert "测甲一" in private or "系统没开" in private
    public = words(await town.say("zhaogang", "人社局", f"/查 {no}"))
    assert "已转办待签收" in public
    assert "系统没开" not in public


async def test_a_number_is_understood_in_every_unambiguous_form(town: Town):
    no = await town.dispatched()
    for form in ("1", "#1", "1号", "1123-1", "20261123-1", "YS20261123-0001", "ys20261123-1", "1123－1"):
        assert no in words(await town.say("chenjing", "人社局", f"/查 {form}")), form


async def test_a_glued_number_a_full_width_slash_and_a_missing_slash_are_forgiven(town: Town):
    await town.dispatched(external_no="A")
    await town.dispatched(external_no="B")
    assert "已签收" in words(await town.say("chenjing", "人社局", "／签收1"))
    assert "已收到答复" in words(await town.say("chenjing", "人社局", "答复 2 已办结"))


async def test_a_liaison_may_answer_with_number_and_text_alone(town: Town):
    await town.dispatched()
    assert "已收到答复" in words(await town.say("chenjing", "人社局", "1 已联系群众办结"))


async def test_an_ambiguous_number_is_asked_back_and_the_full_one_works(town: Town):
    first = await town.dispatched()
    await town.turn("11-24 10:00")
    second = await town.dispatched(external_no="B")
    said = words(await town.say("chenjing", "人社局", "/签收 1"))
    assert first in said
    assert second in said
    assert "已签收" in words(await town.say("chenjing", "人社局", "/签收 1124-1"))


async def test_a_short_number_means_the_only_open_case_that_has_it(town: Town):
    first = await town.answered()
    await town.say("zhaogang", "app", f"/质检 {first} 通过")
    await town.say("wangmin", "app", f"/回访 {first} 满意")
    await town.turn("11-24 10:00")
    second = await town.dispatched(external_no="B")
    assert second in words(await town.say("chenjing", "人社局", "/签收 1"))


async def test_a_typing_mistake_gets_the_nearest_command(town: Town):
    await town.dispatched()
    for typed, meant in (
        ("/签受 1", "/签收 编号"),
        ("/答覆 1 好了", "/答复 编号 内容"),
        ("/台帐", "/台账"),
        ("/延其 1", "/延期"),
        ("/我地", "/我的"),
    ):
        assert meant in words(await town.say("chenjing", "app", typed)), typed


@pytest.mark.parametrize(("user", "chat"), [("chenjing", "人社局"), ("zhaogang", "app"), ("fenglei", "bot")])
async def test_nobody_is_met_with_silence(town: Town, user: str, chat: str):
    await town.dispatched()
    for text in ("?", "你好", "/", "/xyz", "1", "@", "/签收", "/签收 abc", "/转办", "/承诺 1", "🙂🙂"):
        assert words(await town.say(user, chat, text)).strip(), text


async def test_an_impossible_date_is_refused_with_an_example(town: Town):
    no = await town.dispatched()
    for date in ("2026-02-30", "2026-13-01", "31.11", "2026/11/31"):
        said = words(await town.say("chenjing", "人社局", f"/承诺 {no} {date}"))
        assert "看不懂或不存在" in said, date
        assert "YYYY-MM-DD" in said


async def test_a_date_is_understood_in_the_ways_people_write_it(town: Town):
    for n, date in enumerate(("2026-11-25", "11-25", "2026年11月25日", "2026/11/25", "11.25", "后天")):
        no = await town.dispatched(external_no=f"A{n}")
        await town.say("chenjing", "人社局", f"/承诺 {no} {date}")
        assert (await town.case(no))["due_at"] == "2026-11-25T17:00:00+08:00", date


async def test_a_past_date_and_a_rest_day_are_refused_with_the_way_on(town: Town):
    no = await town.dispatched()
    for date, says in (("2026-11-20", "早于今天"), ("2026-11-28", "2026-11-27 或 2026-11-30")):
        assert says in words(await town.say("chenjing", "人社局", f"/承诺 {no} {date}"))


async def test_a_department_may_be_called_by_any_short_name_and_a_wrong_one_is_answered_with_the_list(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    said = words(await town.say("zhaogang", "app", f"/转办 {no} 教育局"))
    assert "人社局" in said
    assert "公安分局" in said
    await town.say("zhaogang", "app", f"/转办 {no} 市场监管")
    assert (await town.case(no))["departments"] == ["市场监管局"]


async def test_dispatch_needs_a_category_and_says_how_to_set_it(town: Town):
    no = await town.push(content="希望大厅多放几把椅子。")
    await town.say("wangmin", "app", f"/确认 {no}")
    case = (await town.record(no)).case
    assert case.category is None
    assert f"/分类 {case.number} 类别" in words(await town.say("zhaogang", "app", f"/转办 {no} 人社局"))


async def test_an_unknown_person_is_told_whom_to_ask_and_learns_nothing(town: Town):
    await town.dispatched()
    await town.deactivate("wuqiang")
    said = words(await town.say("wuqiang", "app", "/查 1"))
    assert "不在有诉即办人员名册里" in said


async def test_a_person_of_another_centre_finds_nothing(town: Town):
    no = await town.dispatched()
    assert "没有找到" in words(await town.say("tangxia", "app", f"/查 {no}"))
    assert "在办 0 件" in words(await town.say("tangxia", "app", "/台账"))


async def test_whoever_opens_the_chat_is_greeted_by_name(town: Town):
    before = town.last
    await town.call("enter", {"user": "chenjing", "chat": "bot"})
    await town.settle()
    assert "陈静" in words(await town.since(before))


async def test_who_may_not_is_told_who_may(town: Town):
    no = await town.dispatched()
    before = await town.events(no)
    for user, text, who in (
        ("chenjing", "/催办 1", "管理机构"),
        ("wangmin", "/准 1", "管理机构"),
        ("wangmin", "/签收 1", "联络员"),
        ("wangmin", "/督办 1 2026-11-25", "管理机构"),
        ("chenjing", "/确认 1", "不能确认"),
        ("chenjing", "/登记 有人来反映退休手续一直办不下来", "窗口"),
        ("chenjing", "/绑定 人社局", "管理机构"),
    ):
        assert who in words(await town.say(user, "app", text)), text
    assert await town.events(no) == before


async def test_the_department_does_not_review_its_own_answer(town: Town):
    no = await town.answered()
    assert "管理机构" in words(await town.say("chenjing", "app", f"/质检 {no} 通过"))
    assert (await town.case(no))["state"] == "C1"

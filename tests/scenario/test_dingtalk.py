"""DingTalk's own troubles, each with what people see of it: lost frames, dead tokens, refused cards, an empty quota."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from models.messages import ShownCard
from models.people import Account, Person, whole
from models.queues import OutboxRow
from platforms.contract import Incoming, IncomingKind
from platforms.dingtalk.dedup import SETTLED
from services.outbox.leavers import sync_directory
from tests.kit.town import GROUPS, Seen, Town, captions, heard_by, running_town, shown, words


@pytest.fixture
def platforms() -> str:
    """Everybody is on DingTalk."""
    return "dingtalk"


@pytest.fixture
async def mixed(sqlite_migrated_url: str) -> AsyncIterator[Town]:
    """The manager and 人社局 are on WeCom, 自然资源局 is on DingTalk."""
    async with running_town(sqlite_migrated_url, platforms="mixed") as town:
        yield town


async def cards_in(town: Town, department: str, no: str) -> list[Seen]:
    return [m for m in await town.messages(chat=department) if m["card"] and m["from"] == "bot" and no in shown(m)]


async def api_calls(town: Town) -> int:
    return int((await town.call("state"))["quota"]["api"]["used"])


async def press(town: Town, caption: str) -> Seen:
    """陈静 presses in her group; what became of the press."""
    message, button = await town.find_button("chenjing", caption, "人社局")
    done: Seen = await town.call(
        "press", {"user": "chenjing", "message_id": message["id"], "key": button["key"], "wait": 2.0}
    )
    await town.settle()
    return done


# A press


async def test_a_press_redraws_the_card_in_its_own_answer_and_costs_no_call(town: Town):
    no = await town.dispatched()
    # The manager's own card of the dispatch is redrawn once as well, which is a call of its own.
    await ShownCard.filter(place="person").update(current=False)
    before = await api_calls(town)
    done = await press(town, "签收")
    assert (done["updated"], done["problem"]) == (True, "")
    card = (await cards_in(town, "人社局", no))[-1]
    assert "办理中" in shown(card)
    assert "签收" not in captions(card)
    assert len(await cards_in(town, "人社局", no)) == 1, "the one card is redrawn, no second one is sent"
    assert await api_calls(town) == before
    await town.nothing_is_lost()


async def test_the_liaison_is_called_by_name_on_the_card(town: Town):
    no = await town.dispatched()
    card = (await cards_in(town, "人社局", no))[-1]
    assert card["mentions"] == ["chenjing"]


async def test_what_the_clock_changes_shows_on_the_groups_card(town: Town):
    no = await town.dispatched(category="办不了")
    order = (await cards_in(town, "人社局", no))[0]["id"]

    async def now() -> str:
        return next(shown(card) for card in await cards_in(town, "人社局", no) if card["id"] == order)

    await town.turn("11-25 09:00")
    assert "已催办" in await now()
    await town.turn("11-27 09:00")
    assert "已超期" in await now()


async def test_a_press_that_never_arrives_changes_nothing_and_the_next_one_does(town: Town):
    no = await town.dispatched()
    await town.fault("stream_lose")
    assert not (await press(town, "签收"))["updated"]
    assert (await town.case(no))["state"] == "B1"
    assert (await press(town, "签收"))["updated"]
    assert (await town.case(no))["state"] == "B2"


async def test_a_lost_press_can_be_typed_instead(town: Town):
    no = await town.dispatched()
    await town.fault("stream_lose")
    await press(town, "签收")
    await town.say("chenjing", "人社局", f"/签收 {no}")
    assert (await town.case(no))["state"] == "B2"
    card = (await cards_in(town, "人社局", no))[-1]
    assert "办理中" in shown(card), "the card above is redrawn"
    assert len(await cards_in(town, "人社局", no)) == 1


async def test_a_press_that_comes_twice_is_one_act(town: Town):
    no = await town.dispatched()
    await town.fault("stream_double")
    await press(town, "签收")
    assert (await town.events(no)).count("accepted") == 1
    assert "已过时" not in words(await town.messages(chat="人社局"))


async def test_a_message_that_comes_twice_is_answered_once(town: Town):
    no = await town.dispatched()
    await town.fault("stream_double")
    came = await town.say("chenjing", "人社局", f"/答复 {no} 已办结")
    assert (await town.events(no)).count("answered") == 1
    assert words(came).count("已提交") + words(came).count("已报送") <= 1


async def test_a_press_that_comes_late_still_counts_and_the_card_follows(town: Town):
    no = await town.dispatched()
    await town.fault("stream_delay", seconds=0.4)
    await press(town, "签收")
    await town.settle()
    assert (await town.case(no))["state"] == "B2"
    await town.until(lambda: _shows(town, no, "办理中"), "the card was not redrawn")


async def _shows(town: Town, no: str, word: str) -> bool:
    return word in shown((await cards_in(town, "人社局", no))[-1])


async def test_the_same_button_may_be_pressed_again(town: Town):
    no = await town.dispatched()
    for _ in range(2):
        await press(town, "答复")
        await town.say("chenjing", "人社局", "取消")
        await asyncio.sleep(SETTLED)  # a doubled frame comes sooner than anybody presses twice
    asked = [m for m in await town.messages(chat="人社局") if "请直接回复" in shown(m)]
    assert len(asked) == 2
    assert (await town.case(no))["state"] == "B1"


async def test_a_question_that_meets_a_passing_fault_does_not_show_the_card_again(town: Town):
    no = await town.dispatched()
    await town.fault("http_error", match="sendBySession", errcode=502)
    await press(town, "答复")
    await town.until(lambda: _asked(town), "the question never came")
    assert len(await cards_in(town, "人社局", no)) == 1


async def _asked(town: Town) -> bool:
    return "请直接回复" in words(await town.messages(chat="人社局"))


async def test_whoever_quotes_the_card_and_writes_has_answered(town: Town):
    no = await town.dispatched()
    shown_card = await ShownCard.get(place="chat")
    quote = Incoming(
        "dingtalk", "quote-1", IncomingKind.TEXT, town.world.city.people["chenjing"].staff_id,
        town.app.clock.now(), chat_id=shown_card.recipient, text="材料已补齐，当场办结", card_id=shown_card.key,
    )  # fmt: skip
    await town.server.dispatcher.receive(quote)
    await town.settle()
    assert (await town.case(no))["state"] == "C1"


# The connection


@pytest.mark.parametrize("fault", ["stream_disconnect", "stream_cut"])
async def test_a_connection_that_ends_is_taken_up_again_and_nobody_notices(town: Town, fault: str):
    no = await town.dispatched()
    await town.fault(fault)
    await town.until(town._connected, "the bot did not come back")
    await town.say("chenjing", "人社局", f"/签收 {no}")
    assert (await town.case(no))["state"] == "B2"
    await town.nothing_is_lost()


async def test_a_second_program_of_the_same_application_takes_presses_away_and_pressing_again_helps(town: Town):
    no = await town.dispatched()
    await town.fault("stream_rival", seconds=30)
    tries = 0
    while (await town.case(no))["state"] == "B1":
        await press(town, "签收")
        tries += 1
        assert tries < 4, "every second press arrives"
    assert (await town.events(no)).count("accepted") == 1


async def test_a_worthless_ticket_is_replaced_by_another(town: Town):
    await town.fault("dead_ticket")
    await town.fault("stream_cut")
    await town.until(town._connected, "the bot did not come back")
    assert "陈静" in words(await town.say("zhaogang", "app", "/帮助")) + "陈静"
    await town.say("zhaogang", "app", "/我的")
    await town.nothing_is_lost()


async def test_a_dead_token_is_renewed_and_nobody_notices(town: Town):
    await town.push(external_no="A")
    await town.fault("expire_token")
    no = await town.push(external_no="B")
    await town.expect("app", no, "待核对", user="wangmin")
    await town.nothing_is_lost()


@pytest.mark.parametrize(("kind", "more"), [("api_error", {"code": "system.busy"}), ("http_error", {"errcode": 502})])
async def test_a_passing_fault_of_the_platform_delays_a_card_and_doubles_none(town: Town, kind: str, more: Seen):
    await town.fault(kind, match="createAndDeliver", **more)
    no = await town.dispatched()
    await town.until(lambda: _count(town, no), "the card never came")
    await town.settle()
    assert len(await cards_in(town, "人社局", no)) == 1


async def _count(town: Town, no: str) -> bool:
    return len(await cards_in(town, "人社局", no)) > 0


# Cards that are refused


async def test_without_a_usable_template_the_buttons_are_links_that_speak_for_whoever_taps_them(town: Town):
    await town.fault("refuse_card", code="param.templateUnpublished")
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    message, button = await town.find_button("chenjing", "签收", "人社局")
    assert button["key"].startswith("dtmd:")
    await town.press_on("chenjing", message, button)
    assert (await town.case(no))["state"] == "B2"
    assert "卡片模板" in heard_by(await town.messages(user="zhaogang"), "zhaogang")


async def test_a_card_the_group_does_not_take_goes_to_the_liaison(town: Town):
    await town.call("group", {"chatid": GROUPS["人社局"], "bot_inside": False})
    no = await town.dispatched()
    card = await town.expect("app", no, "签收", user="chenjing")
    assert "系统没开" in shown(card), "one-to-one the work order has its text"
    await town.nothing_is_lost()


# People


async def test_a_stranger_in_the_group_is_answered_politely_and_can_do_nothing(town: Town):
    no = await town.dispatched("自然资源局")
    came = await town.say("waibu", "自然资源局", f"/签收 {no}")
    assert "不在有诉即办人员名册里" in words(came)
    assert (await town.case(no))["state"] == "B1"


async def test_whoever_leaves_the_organisation_is_off_the_list_and_the_manager_hears_of_it(town: Town):
    before = town.last
    await town.call("leave", {"user": "chenjing"})
    await town.settle()
    assert "人社局 陈静 已离开本单位" in heard_by(await town.since(before), "zhaogang")
    assert not (await Person.get(name="陈静")).active


async def test_a_liaison_who_left_one_platform_is_still_reached_on_the_other(mixed: Town):
    before = mixed.last
    await mixed.call("leave", {"user": "zhaogang"})
    await mixed.settle()
    assert "赵刚 已离开本单位" in heard_by(await mixed.since(before), "zhaogang")
    (left,) = await whole(Person.filter(name="赵刚"))
    assert (left.active, left.held) == (True, {"wecom": "zhaogang"})


async def unknown_to_the_platform(name: str) -> None:
    person = await Person.get(name=name)
    await Account.filter(person_id=person.id, platform="dingtalk").update(account="NoSuchAccount")


async def test_whom_the_platform_does_not_know_the_manager_is_asked_about_once_a_day(town: Town):
    town.altered = True  # rows are put here by hand
    await unknown_to_the_platform("陈静")
    # A day passes in a blink here; a roll of everybody would be too many questions for one second.
    others = await Person.exclude(name__in=["陈静", "赵刚"]).values_list("id", flat=True)
    await Account.filter(person_id__in=others, platform="dingtalk").delete()
    for _ in range(2):
        await sync_directory(town.app, town.server.platforms)
    await town.settle()
    heard = heard_by(await town.messages(user="zhaogang"), "zhaogang")
    assert heard.count("平台通讯录里找不到 陈静") == 1
    assert (await Person.get(name="陈静")).active, "perhaps the application may only not see them"
    await town.turn("11-24 09:00")
    await sync_directory(town.app, town.server.platforms)
    await town.settle()
    heard = heard_by(await town.messages(user="zhaogang"), "zhaogang")
    assert heard.count("平台通讯录里找不到 陈静") == 2


async def test_a_liaison_who_lost_a_case_keeps_neither_its_text_nor_its_buttons(town: Town):
    await town.call("group", {"chatid": GROUPS["人社局"], "bot_inside": False})
    no = await town.dispatched()
    await town.say("chenjing", "app", f"/退单 {no} 不属于我局职责")
    await town.say("zhaogang", "app", f"/准 {no}")
    await town.say("zhaogang", "app", f"/转办 {no} 住建局")
    await town.press("wuqiang", "签收", "住建局")
    cards = [m for m in await town.messages("chenjing", "app") if m["card"] and no in shown(m)]
    assert "已改由其他部门办理" in shown(cards[0])
    assert captions(cards[0]) == []
    assert "系统没开" not in shown(cards[0])


async def test_a_wrong_account_is_told_once_and_not_asked_for_ever(town: Town):
    town.altered = True  # rows are put here by hand
    await town.call("group", {"chatid": GROUPS["人社局"], "bot_inside": False})
    await unknown_to_the_platform("陈静")
    no = await town.dispatched()
    row = await OutboxRow.get(kind="task")
    assert (row.state, row.attempts) == ("failed", 1)
    assert "没有送到" in shown(await town.expect("app", "没有送到", no, user="zhaogang"))


async def test_a_missing_permission_is_told_with_its_name_and_the_order_follows(mixed: Town):
    await mixed.fault("refuse_card", code="Forbidden.AccessDenied.AccessTokenPermissionDenied", times=50)
    no = await mixed.dispatched("自然资源局")
    heard = heard_by(await mixed.messages(user="zhaogang"), "zhaogang")
    assert "AccessTokenPermissionDenied" in heard
    await mixed.call("clear_faults", {})
    await mixed.turn("11-23 10:00")
    await mixed.until(lambda: _shown_in(mixed, no), "the order did not follow")


async def _shown_in(town: Town, no: str) -> bool:
    return bool(await cards_in(town, "自然资源局", no))


async def test_a_department_that_lost_a_case_keeps_no_buttons_of_it(town: Town):
    no = await town.dispatched()
    await town.say("chenjing", "人社局", f"/退单 {no} 不属于我局职责")
    await town.say("zhaogang", "app", f"/准 {no}")
    await town.say("zhaogang", "app", f"/转办 {no} 住建局")
    card = (await cards_in(town, "人社局", no))[-1]
    assert "已改由其他部门办理" in shown(card)
    assert captions(card) == []
    assert "签收" in captions((await cards_in(town, "住建局", no))[-1])


@pytest.mark.parametrize("said", ["陈静 未读", "陈静 已读"])
async def test_before_a_case_escalates_the_manager_learns_whether_the_order_was_read(town: Town, said: str):
    no = await town.dispatched(category="办不了")
    if said == "陈静 已读":
        card = (await cards_in(town, "人社局", no))[-1]
        await town.call("read", {"user": "chenjing", "message_id": card["id"]})
    await town.turn("11-27 09:00")
    assert said in shown(await town.expect("app", "督办单", no, user="zhaogang"))


# Over HTTP instead of the stream


async def test_the_same_case_over_callbacks_instead_of_the_stream(sqlite_migrated_url: str):
    async with running_town(sqlite_migrated_url, platforms="dingtalk", dingtalk_mode="http") as town:
        no = await town.dispatched()
        done = await press(town, "签收")
        assert (done["updated"], done["problem"]) == (True, "")
        await town.restart()
        await press(town, "答复")
        card = (await cards_in(town, "人社局", no))[-1]
        assert "系统没开" not in shown(card), "a press that does not say where it was made is the group's all the same"
        await town.say("chenjing", "人社局", "已办结")
        await town.press("zhaogang", "质检通过")
        await town.press("liujie", "满意")
        assert (await town.case(no))["state"] == "Z1"
        before = town.last
        await town.call("leave", {"user": "chenjing"})
        await town.settle()
        assert "陈静 已离开本单位" in heard_by(await town.since(before), "zhaogang")
        await town.nothing_is_lost()


@pytest.mark.parametrize(("act", "state"), [("/撤回 {no} 诉求人已自行解决", "已撤回"), ("/分类 {no} 很难办", "很难办")])
async def test_a_card_that_went_through_unseen_shows_what_happened_before_that_was_known(
    town: Town, act: str, state: str
):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 不给办")
    await town.fault("lose_answer", match="createAndDeliver", times=2)
    await town.say("zhaogang", "app", f"/转办 {no} 人社局")
    assert state not in words(await cards_in(town, "人社局", no))
    await town.say("wangmin" if state == "已撤回" else "zhaogang", "app", act.format(no=no))
    for minute in ("09:01", "09:05"):
        await town.turn(f"11-23 {minute}")
    cards = await cards_in(town, "人社局", no)
    assert cards
    assert all(state in words([card]) for card in cards)

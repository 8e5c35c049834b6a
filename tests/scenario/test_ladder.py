"""The ladder of 第九条 never sleeps: what nobody decided is put before them again until somebody does."""

from __future__ import annotations

from models.bookkeeping import MetaRow
from models.cases import CaseRow
from services.store.event_store import row_mac
from services.store.record_key import record_key
from tests.kit.town import Seen, Town, captions, heard_by, heard_in, shown, words


async def overdue(town: Town, count: int = 1) -> list[str]:
    """Cases of 办不了 that nobody answered; it is the first morning after their limit (11-27)."""
    numbers = [await town.dispatched(category="办不了", external_no=f"o{n}") for n in range(count)]
    await town.turn("11-27 08:59")
    return numbers


async def ignored(town: Town) -> str:
    """A case whose 督办 was not heeded: the lead has just heard of the three drafts (12-02 09:00)."""
    [no] = await overdue(town)
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办", about=no)
    await town.turn("12-01 09:00")
    await town.turn("12-02 08:59")
    return no


def to(messages: list[Seen], user: str) -> list[Seen]:
    return [message for message in messages if message["chat"] == f"app:{user}"]


async def test_a_draft_nobody_issued_comes_back_every_second_working_day_with_a_date_that_is_valid(town: Town):
    [no] = await overdue(town)
    first = await town.turn("11-27 09:00")
    assert "督办单草稿" in heard_by(first, "zhaogang")
    assert no not in heard_by(await town.turn("11-30 09:00"), "zhaogang"), "not every day"
    again = await town.turn("12-01 09:00")
    assert no in heard_by(again, "zhaogang")
    assert "2026-12-03 前" in heard_by(again, "zhaogang")
    assert no not in heard_by(again, "lijianguo")
    await town.turn("12-02 09:00")
    fourth = await town.turn("12-03 09:00")
    assert no in heard_by(fourth, "zhaogang")
    assert "等管理机构（赵刚）签发" in heard_by(fourth, "lijianguo"), "the lead hears which case waits for whom"
    assert heard_in(again + fourth, "人社局") == ""


async def test_the_draft_stays_in_my_list_with_a_button_that_works(town: Town):
    [no] = await overdue(town)
    await town.turn("11-27 09:00")
    old, button = await town.find_button("zhaogang", "督办", about=no)
    await town.turn("12-04 09:00")
    said = await town.say("zhaogang", "app", "/我的")
    assert "督办单草稿待签发" in words(said)
    assert "督办" in [caption for message in said for caption in captions(message)]
    assert "没有待办" not in words(await town.say("lijianguo", "app", "/我的"))
    # The very first button proposed a day that is long past.
    await town.press_on("zhaogang", old, button)
    case = await town.case(no)
    assert case["level"] == 2
    assert "2026-12-08 前落实" in case["events"][-1]["text"]
    assert no not in words(await town.say("zhaogang", "app", "/我的"))


async def test_five_overdue_cases_are_one_message_a_person(town: Town):
    numbers = await overdue(town, 5)
    came = await town.turn("11-27 09:00")
    drafts = [message for message in to(came, "zhaogang") if numbers[0] in shown(message)]
    assert len(drafts) == 1
    assert all(no in shown(drafts[0]) for no in numbers)
    assert len([message for message in to(came, "zhenghua") if numbers[0] in shown(message)]) == 1
    said = await town.say("zhaogang", "app", "/我的")
    pressable = [caption for message in said for caption in captions(message)]
    assert len([caption for caption in pressable if caption.startswith("督办1123-")]) == 5
    await town.press("zhaogang", f"督办1123-{int(numbers[2][-4:])}")
    assert [(await town.case(no))["level"] for no in numbers].count(2) == 1
    assert (await town.case(numbers[2]))["level"] == 2


async def test_the_lead_reads_the_papers_before_signing_and_is_offered_the_rest_after_one(town: Town):
    no = await ignored(town)
    came = to(await town.turn("12-02 09:00"), "lijianguo")
    assert "待签发" in words(came)
    [text] = [text for name, text in (await town.papers("lijianguo")).items() if "全文" in name]
    assert text.count(no) >= 3
    for said in ("情况的通报", "情况的报告", "情况的函", "督办单编号2026督1"):
        assert said in "".join(text.split())
    await town.press("lijianguo", "仅签发通报", about=no)
    said = await town.say("lijianguo", "app", "/我的")
    assert "待签发报告、抄送" in words(said)
    await town.turn("12-03 09:00")
    again = to(await town.turn("12-04 09:00"), "lijianguo")
    assert "报告、抄送" in words([message for message in again if no in shown(message)])
    await town.press("lijianguo", "签发", about=no)
    events = await town.events(no)
    assert [event for event in events if event in ("circulated", "government_told", "discipline_copied")] == [
        "circulated", "government_told", "discipline_copied",
    ]  # fmt: skip
    assert no not in words(await town.say("lijianguo", "app", "/我的"))
    assert no not in heard_by(await town.turn("12-08 09:00"), "lijianguo")


async def test_what_is_set_aside_comes_back_on_its_day(town: Town):
    no = await ignored(town)
    await town.turn("12-02 09:00")
    late = await town.say("lijianguo", "app", f"/暂缓 {no} 2026-12-31 部门正在会商")
    assert "最多暂缓到 2026-12-09" in words(late)
    held = await town.say("lijianguo", "app", f"/暂缓 {no} 2026-12-07 部门正在会商")
    assert "2026-12-07 再提请" in words(held)
    assert no not in words(await town.say("lijianguo", "app", "/我的"))
    assert no not in heard_by(await town.turn("12-04 09:00"), "lijianguo")
    assert no in heard_by(await town.turn("12-07 09:00"), "lijianguo")
    assert no in words(await town.say("lijianguo", "app", "/我的"))


async def test_a_request_nobody_decided_stays_in_the_list_and_comes_back(town: Town):
    no = await town.dispatched(category="很难办")
    await town.say("chenjing", "人社局", f"/中止 {no} 待补材料：等申请人补齐社保证明")
    assert "中止申请待裁定" in words(await town.say("zhaogang", "app", "/我的"))
    assert "申请中止" not in heard_by(await town.turn("11-24 09:00"), "zhaogang")
    assert "申请中止" in heard_by(await town.turn("11-25 09:00"), "zhaogang")
    await town.turn("11-26 09:00")
    assert "等管理机构（赵刚）裁定" in heard_by(await town.turn("11-27 09:00"), "lijianguo")
    await town.press("zhaogang", "准", about=no)
    await town.say("zhaogang", "app", "同意")
    assert "中止申请" not in words(await town.say("zhaogang", "app", "/我的"))


async def test_a_draft_an_older_release_let_fall_asleep_is_shown_again_after_the_upgrade(town: Town):
    [no] = await overdue(town)
    await town.turn("11-27 09:00")
    record = await town.record(no)
    key = await record_key(town.app.sealer)
    row = await CaseRow.get(no=no)
    row.next_due_at = None
    await CaseRow.filter(id=row.id).update(next_due_at=None, mac=row_mac(key, row, record.last_hash))
    await MetaRow.filter(key="timetable").delete()
    await town.restart()
    assert no in heard_by(await town.turn("12-01 09:00"), "zhaogang")

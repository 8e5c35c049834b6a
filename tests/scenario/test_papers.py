"""Papers (.docx): they come one-to-one to whoever prints and seals them, open, and tell only what they may."""

from __future__ import annotations

from models.cases import EventRow
from services.upkeep.verify import verify
from tests.kit.town import Town, heard_by, words

PERSONAL = ("测甲一", "00012340001", "示例市示例区虚构路00号", "窗口以系统没开为由")


def nothing_personal(text: str) -> bool:
    return not [word for word in PERSONAL if word in text]


async def test_the_grave_papers_arrive_for_the_seal_and_name_nobody(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    issued = await town.papers("zhaogang")
    assert list(issued) == [f"{no}-督办单.docx"]
    text = issued[f"{no}-督办单.docx"]
    assert "2026督1" in text
    assert "■逾期未反馈" in text
    assert "人社局（分管负责人）" in text

    await town.turn("12-02 09:00")
    await town.press("lijianguo", "签发")
    papers = await town.papers("zhaogang")
    assert set(papers) == {f"{no}-{name}.docx" for name in ("督办单", "通报", "报告", "抄送函")}
    for name, text in papers.items():
        assert no in text, name
        assert "人社局" in text, name
        assert nothing_personal(text), name
    assert not [m for m in await town.group_messages() if m["file"]], "no paper is ever put into a group"
    assert not await town.papers("fenglei"), "outside the centre nothing goes out unsealed"


async def test_a_referral_letter_names_nobody(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 未进驻")
    await town.say("zhaogang", "app", f"/函转 {no} 市交通运输局 2026-11-30")
    text = (await town.papers("zhaogang"))[f"{no}-函转函.docx"]
    assert "市交通运输局" in text
    assert "2026年11月30日" in text
    assert nothing_personal(text)


async def test_a_transfer_has_a_letter_to_the_body_and_a_notice_to_the_complainant(town: Town):
    no = await town.push()
    await town.say("wangmin", "app", f"/确认 {no}")
    await town.say("zhaogang", "app", f"/分类 {no} 范围外")
    await town.say("zhaogang", "app", f"/转交 {no} 区城市管理局 已电话告知")
    papers = await town.papers("zhaogang")
    assert set(papers) == {f"{no}-转交函.docx", f"{no}-告知书.docx"}
    assert nothing_personal(papers[f"{no}-转交函.docx"])
    assert "测甲一" in papers[f"{no}-告知书.docx"], "the notice is addressed to the complainant"


async def test_whatever_a_case_has_can_be_printed_by_name(town: Town):
    no = await town.dispatched(category="办不了")
    await town.say("chenjing", "人社局", f"/延期 {no} 2026-11-27 需现场核验")
    await town.say("lijianguo", "app", f"/准 {no}")
    offered = words(await town.say("wangmin", "app", f"/打印 {no}"))
    for name in ("工作单", "工作单（部门联）", "延期审批单"):
        assert name in offered
    assert "督办单" not in offered
    assert "可以打印" in words(await town.say("wangmin", "app", f"/打印 {no} 督办单")), "there is none yet"

    await town.say("wangmin", "app", f"/打印 {no} 工作单")
    await town.say("wangmin", "app", f"/打印 {no} 工作单（部门联）")
    await town.say("wangmin", "app", f"/打印 {no} 延期审批单")
    papers = await town.papers("wangmin")
    assert "00012340001" in papers[f"{no}-工作单.docx"]
    copy = papers[f"{no}-工作单（部门联）.docx"]
    assert "测甲一" in copy, "the department has to know whom it answers"
    assert "00012340001" not in copy
    assert "需现场核验" in papers[f"{no}-延期审批单.docx"]


async def test_a_paper_asked_for_in_a_group_comes_one_to_one_and_only_to_the_centre(town: Town):
    no = await town.dispatched()
    await town.say("zhaogang", "人社局", f"/打印 {no} 工作单")
    assert f"{no}-工作单.docx" in await town.papers("zhaogang")
    assert not [m for m in await town.group_messages() if m["file"]]
    assert "窗口或管理机构" in words(await town.say("chenjing", "人社局", f"/打印 {no} 工作单"))
    assert not await town.papers("chenjing")


async def test_the_monthly_report_is_a_paper_of_numbers(town: Town):
    await town.closed(external_no="A")
    await town.dispatched(external_no="B")
    said = heard_by(await town.say("zhaogang", "app", "/月报"), "zhaogang")
    assert "已生成" in said
    text = (await town.papers("zhaogang"))["有诉即办月报-2026-11.docx"]
    assert "2026年11月" in text
    assert "分部门情况" in text
    assert "人社局" in text
    assert "分类别情况" in text
    assert nothing_personal(text)
    await town.say("lijianguo", "app", "/月报 2026-10")
    assert "有诉即办月报-2026-10.docx" in await town.papers("lijianguo")
    assert "2026-11" in words(await town.say("zhaogang", "app", "/月报 十一月"))
    for other in ("wangmin", "chenjing"):
        assert "管理机构" in words(await town.say(other, "app", "/月报"))


async def test_a_confidential_complainant_is_named_on_no_paper_that_leaves(town: Town):
    no = await town.dispatched(category="办不了", confidential=True)
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    await town.say("zhaogang", "app", f"/打印 {no} 工作单（部门联）")
    for name, text in (await town.papers("zhaogang")).items():
        for word in ("测甲一", "00012340001", "虚构路00号"):
            assert word not in text, name


def without_mark(text: str) -> list[str]:
    return [line for line in text.splitlines() if "副本" not in line and "草稿" not in line]


async def test_what_was_issued_is_printed_again_as_it_was_and_marked_a_copy(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    await town.turn("12-02 09:00")
    await town.press("lijianguo", "签发")
    issued = await town.papers("zhaogang")
    signed = await town.papers("lijianguo")
    await town.say("chenjing", "人社局", f"/答复 {no} 已为群众办结")
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    await town.turn("12-20 10:00")
    for name in ("督办单", "通报", "报告", "抄送函"):
        file = f"{no}-{name}.docx"
        await town.say("zhaogang", "app", f"/打印 {no} {name}")
        again = (await town.papers("zhaogang"))[file]
        assert "副本" in again
        assert "副本" not in issued[file]
        assert without_mark(again) == without_mark(issued[file]), name
        if name != "督办单":
            assert issued[file] == signed[file], "the lead has what was signed"
    assert "2026督1" in issued[f"{no}-督办单.docx"]


async def test_a_kept_paper_is_sealed_with_its_event_and_a_changed_word_is_noticed(town: Town):
    no = await town.dispatched(category="办不了")
    await town.turn("11-27 09:00")
    await town.press("zhaogang", "督办")
    record = await town.record(no)
    event = next(event for event in record.events if event.type == "supervised")
    assert "督办单" in event.private["papers"]
    assert len(event.data["papers"]["督办单"]) == 64
    row = await EventRow.get(case_id=record.id, seq=event.seq)
    assert "督办要求" not in row.data + row.sealed, "nothing of it lies open"
    assert (await verify(town.app)).faults == []
    town.altered = True
    changed = {**event.private, "papers": {"督办单": {**event.private["papers"]["督办单"], "title": "别的单"}}}
    forged = town.app.sealer.seal(changed, f"events:{record.id}:{event.seq}")
    await EventRow.filter(id=row.id).update(sealed=forged)
    assert "密文与校验值不符" in "".join(str(fault) for fault in (await verify(town.app)).faults)

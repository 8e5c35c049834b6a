"""指导案例 in the chat (第十一条): from a closed complaint to what everybody finds."""

from __future__ import annotations

from tests.kit.town import Town, captions, heard_by, heard_in, words

PARTS = {
    "标题": "退休手续材料齐全应当场受理",
    "问题": "群众多次到社保窗口办理退休手续，窗口以系统未开为由不予受理。",
    "处理方法": "人社局核实后当场受理，并改为容缺收件。",
    "步骤": "一、核对材料；二、当场受理；三、回访。",
    "结论意见": "材料齐全的应当场受理，不得以系统原因推脱。",
}


async def _closed(town: Town) -> str:
    no = await town.answered()
    await town.say("zhaogang", "app", f"/质检 {no} 通过")
    await town.say("wangmin", "app", f"/回访 {no} 满意")
    assert (await town.case(no))["state"] == "Z1"
    return no


async def _written(town: Town) -> str:
    """A draft with everything in it, ready for 报审."""
    no = await _closed(town)
    said = words(await town.say("zhaogang", "app", f"/荐 {no}"))
    assert "草稿 AL2026-1" in said
    for part, text in PARTS.items():
        last = words(await town.say("zhaogang", "app", f"/案例改 AL2026-1 {part}：{text}"))
    assert "要素齐全" in last
    return "AL2026-1"


async def test_a_closed_complaint_becomes_a_guidance_case_everybody_finds(town: Town):
    no = await _written(town)
    assert "已报审" in words(await town.say("zhaogang", "app", f"/报审 {no}"))
    await town.expect("app", no, "报审", PARTS["标题"], "/发布 AL2026-1", user="songyan")
    assert "请写明理由" in words(await town.say("songyan", "app", f"/案例退 {no}"))
    await town.say("songyan", "app", f"/案例退 {no} 步骤太简略")
    await town.expect("app", no, "步骤太简略", user="zhaogang")
    await town.say("zhaogang", "app", f"/案例改 {no} 步骤：一、核对；二、受理；三、回访；四、通报")
    await town.say("zhaogang", "app", f"/报审 {no}")
    assert "审核通过" in words(await town.say("songyan", "app", f"/案例准 {no}"))
    said = words(await town.say("songyan", "app", f"/发布 {no} 人社局，医保局"))
    assert "联合单位：人社局、医保局" in said
    found = words(await town.say("chenjing", "人社局", "/案例 退休 受理"))
    assert f"{no} {PARTS['标题']}" in found
    page = words(await town.say("chenjing", "人社局", f"/案例 {no}"))
    assert PARTS["结论意见"] in page
    assert "来源工单" not in page
    assert "来源工单" in words(await town.say("zhaogang", "app", "/案例 1"))
    await town.say("songyan", "app", f"/案例撤 {no} 政策调整")
    assert "没有找到" in words(await town.say("chenjing", "人社局", "/案例 退休 受理"))


async def test_personal_data_is_stopped_with_its_kind_and_place(town: Town):
    no = await _written(town)
    said = words(await town.say("zhaogang", "app", f"/案例改 {no} 问题：测甲一（00012340001）反映"))
    assert "问题详情（姓名或单位名称、电话）" in said
    assert "不能保存、报审或发布" in said


async def test_the_draft_is_never_shown_in_a_group(town: Town):
    no = await _closed(town)
    group = words([m for m in await town.say("zhaogang", "人社局", f"/荐 {no}") if m["chat"].startswith("wrk")])
    assert "草稿 AL2026-1" in group
    assert "【问题详情】" not in group
    await town.say("zhaogang", "app", f"/案例改 1 结论：{PARTS['结论意见']}")
    group = words([m for m in await town.say("zhaogang", "人社局", "/案例 1") if m["chat"].startswith("wrk")])
    assert "已单独发给您" in group
    assert PARTS["结论意见"] not in group
    assert PARTS["结论意见"] in words(await town.messages("zhaogang"))


async def test_a_centre_without_a_reviewer_hears_what_to_do(town: Town):
    await town.deactivate("songyan")
    no = await _written(town)
    await town.say("zhaogang", "app", f"/报审 {no}")
    await town.expect("app", no, "没有“案例发布”人员", user="lijianguo")


async def test_only_the_management_nominates_and_only_what_is_closed(town: Town):
    no = await town.dispatched()
    assert "办结后" in words(await town.say("zhaogang", "app", f"/荐 {no}"))
    assert "管理机构" in words(await town.say("wangmin", "app", f"/荐 {no}"))
    assert "管理机构" in words(await town.say("chenjing", "人社局", f"/荐 {no}"))


async def test_a_mistyped_command_says_how(town: Town):
    no = await _written(town)
    assert "已经推荐过" in words(await town.say("zhaogang", "app", "/荐 1"))
    assert "可以改：标题、问题详情" in words(await town.say("zhaogang", "app", f"/案例改 {no} 正文 没有冒号"))
    assert "请写上指导案例编号" in words(await town.say("zhaogang", "app", "/报审"))
    assert "没有找到编号" in words(await town.say("zhaogang", "app", "/报审 99"))
    assert "还没有发布" in words(await town.say("wangmin", "app", f"/案例 {no}"))
    assert "没有找到与“航天”有关" in words(await town.say("wangmin", "app", "/案例 航天"))
    assert "还没有发布过" in words(await town.say("wangmin", "app", "/案例"))
    assert f"{no} {PARTS['标题']}（草稿）" in words(await town.say("zhaogang", "app", "/案例"))
    assert "请写上标题" in words(await town.say("zhaogang", "app", "/案例新"))
    assert "AL2026-2" in words(await town.say("zhaogang", "app", "/案例新 12345转来事项的处理"))


async def test_help_shows_reviewers_their_commands(town: Town):
    said = words(await town.say("songyan", "app", "/帮助"))
    assert "/发布 案例编号" in said
    assert "/转办" not in said


async def test_a_long_text_comes_in_pages(town: Town):
    no = await _written(town)
    for part in ("问题", "处理方法"):
        await town.say("zhaogang", "app", f"/案例改 {no} {part}：{'按政策规定核实处理。' * 60}")
    first = words(await town.say("zhaogang", "app", f"/案例 {no}"))
    assert f"下一页：/案例 {no} 2" in first
    assert len(first.encode()) <= 2048
    later = [words(await town.say("zhaogang", "app", f"/案例 {no} {page}")) for page in (2, 3, 9)]
    assert PARTS["结论意见"] in "".join(later)
    assert "下一页" not in later[-1]


async def test_whoever_dispatches_or_handles_a_like_case_is_shown_what_was_learnt(town: Town):
    no = await _written(town)
    await town.say("zhaogang", "app", f"/报审 {no}")
    await town.say("songyan", "app", f"/发布 {no}")
    again = await town.push(external_no="B")
    came = await town.say("wangmin", "app", f"/确认 {again}")
    assert f"/案例 {no} {PARTS['标题']}" in heard_by(came, "zhaogang")
    await town.say("zhaogang", "app", f"/分类 {again} 不给办")
    came = await town.say("zhaogang", "app", f"/转办 {again} 人社局")
    assert f"同类案例\n/案例 {no}" in heard_in(came, "人社局")
    unlike = await town.push(external_no="C", content="三类医疗器械经营许可换证现场核查迟迟没有安排")
    assert "同类案例" not in heard_by(await town.say("wangmin", "app", f"/确认 {unlike}"), "zhaogang")


async def test_before_anything_is_published_nothing_is_suggested(town: Town):
    await _written(town)
    no = await town.push(external_no="B")
    assert "同类案例" not in heard_by(await town.say("wangmin", "app", f"/确认 {no}"), "zhaogang")


async def test_a_closed_complaint_is_recommended_with_one_tap(town: Town):
    no = await _closed(town)
    card = await town.expect("app", no, "清零销号", "推荐为案例", user="zhaogang")
    assert "推荐为案例" in captions(card)
    came = await town.press("zhaogang", "推荐为案例")
    assert "AL2026-1" in heard_by(came, "zhaogang")
    assert "推荐为案例" not in words(await town.messages("wangmin"))


async def test_an_untouched_draft_is_submitted_only_knowingly(town: Town):
    no = await _closed(town)
    await town.say("zhaogang", "app", f"/荐 {no}")
    said = words(await town.say("zhaogang", "app", "/报审 AL2026-1"))
    assert "还是系统草拟的原文" in said
    assert "/报审 AL2026-1 已核对" in said
    assert "（系统草拟，未改写）" in words(await town.say("zhaogang", "app", "/案例 AL2026-1"))
    assert "已报审" in words(await town.say("zhaogang", "app", "/报审 AL2026-1 已核对"))
    await town.expect("app", "AL2026-1", "系统草拟，未改写，已核对", user="songyan")
    assert "已核对" in words(await town.say("songyan", "app", "/发布 AL2026-1 人社局"))
    said = words(await town.say("songyan", "app", "/发布 AL2026-1 已核对 人力资源和社会保障局"))
    assert "已发布（联合单位：人力资源和社会保障局）" in said
    assert "系统草拟" not in words(await town.say("chenjing", "app", "/案例 AL2026-1"))


async def test_the_window_sees_a_like_case_already_at_intake(town: Town):
    no = await _written(town)
    await town.say("zhaogang", "app", f"/报审 {no}")
    await town.say("songyan", "app", f"/发布 {no}")
    case = await town.push(external_no="like", content=PARTS["问题"])
    await town.expect("app", case, "待核对", "同类案例", no, user="wangmin")

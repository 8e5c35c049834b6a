"""一窗受理 (第五条): forwarded texts become cases, gaps are asked for, a 催单 belongs to the case it speaks of."""

from __future__ import annotations

import asyncio

from models.cases import CaseRow
from tests.kit.town import Town, shown, words
from tests.kit.town_fixtures import on_both_databases


def sample(town: Town, id_: str) -> str:
    return next(item["text"] for item in town.world.city.samples if item["id"] == id_)


async def test_a_text_forwarded_one_to_one_is_registered_and_shown_back_with_its_own_words(town: Town):
    said = words(await town.say("wangmin", "app", sample(town, "S03")))
    row = await CaseRow.first()
    assert row.no in said
    card = await town.expect("app", row.no, "待核对", "测乙二", "00012340003", user="wangmin")
    assert "老宅确权" in shown(card)


async def test_two_matters_in_one_text_become_two_cases(town: Town):
    answer = (await town.push_raw({"text": sample(town, "S02")}))["answer"]
    assert len(answer["case_nos"]) == 2
    for no in answer["case_nos"]:
        await town.expect("app", no, "待核对", user="wangmin")


async def test_what_is_missing_is_named_and_can_be_filled_in(town: Town):
    no = await town.push(phone="", address="")
    card = await town.expect("app", no, "待补", user="wangmin")
    assert "联系电话" in shown(card)
    said = words(await town.say("wangmin", "app", f"/补充 {no} 联系电话：00012340099"))
    assert "联系电话" not in said.split("已补充")[-1]
    assert (await town.record(no)).case.private.phone == "00012340099"


async def test_an_urging_call_counts_on_its_case_and_reaches_the_manager(town: Town):
    first = await town.push(external_no="PDS20261105000321")
    answer = (await town.push_raw({"text": sample(town, "S11")}))["answer"]
    assert (answer["case_no"], answer["urged"], answer["created"]) == (first, True, False)
    await town.expect("app", first, "催单", user="zhaogang")
    assert "催单1次" in (await town.row(first))["备注"]
    assert await CaseRow.all().count() == 1


async def test_an_urging_call_for_an_unknown_case_is_a_new_case(town: Town):
    answer = (await town.push_raw({"text": sample(town, "S11")}))["answer"]
    assert answer["created"]


async def test_a_draft_that_nobody_confirms_is_asked_for_after_half_an_office_hour(town: Town):
    no = await town.push()
    came = [m for m in await town.turn("11-23 09:31") if no in shown(m)]
    assert {m["chat"] for m in came} == {"app:wangmin", "app:liujie"}
    assert not [m for m in await town.turn("11-23 10:30") if no in shown(m)]


async def test_an_answer_nobody_reviews_is_asked_for_after_four_office_hours(town: Town):
    no = await town.answered()
    assert not [m for m in await town.turn("11-23 13:59") if no in shown(m)]
    came = [m for m in await town.turn("11-23 14:01") if no in shown(m)]
    assert {m["chat"] for m in came} == {"app:zhaogang"}


async def test_numbers_count_per_day_and_start_again_the_next(town: Town):
    assert await town.push(external_no="A") == "YS20261123-0001"
    assert await town.push(external_no="B") == "YS20261123-0002"
    await town.turn("11-24 09:00")
    assert await town.push(external_no="C") == "YS20261124-0001"


@on_both_databases
async def test_many_complaints_at_once_get_numbers_without_gaps_or_twins(town: Town):
    answers = await asyncio.gather(
        *(
            town.call("push", {"fields": {"content": "窗口无人值守，请求安排人员。", "external_no": f"A{n}"}})
            for n in range(20)
        )
    )
    await town.settle()
    numbers = sorted(answer["answer"]["case_no"] for answer in answers)
    assert numbers == [f"YS20261123-{n:04d}" for n in range(1, 21)]


@on_both_databases
async def test_many_people_acting_at_once_on_many_cases_all_get_through(town: Town):
    pairs = [("人社局", "chenjing"), ("住建局", "wuqiang"), ("医保局", "heqing"), ("公安分局", "malin")]
    cases = [(await town.dispatched(name, external_no=f"A{n}"), name, who) for n, (name, who) in enumerate(pairs * 2)]
    await asyncio.gather(*(town.call("say", town._spoken(who, name, f"/签收 {no}")) for no, name, who in cases))
    await town.settle()
    assert [(await town.case(no))["state"] for no, _, _ in cases] == ["B2"] * len(cases)
    await asyncio.gather(*(town.call("say", town._spoken(who, name, f"/答复 {no} 已办结")) for no, name, who in cases))
    await town.settle()
    assert [(await town.case(no))["state"] for no, _, _ in cases] == ["C1"] * len(cases)
    await town.turn("11-23 09:05")  # the manager's budget of thirty a minute was spent
    await town.nothing_is_lost()


async def test_a_person_of_another_centre_registers_for_their_own(town: Town):
    await town.say("tangxia", "app", "测丁四 00012340005 希望便民服务中心中午也安排人值班，上班族没法请假")
    row = await CaseRow.first().select_related("centre")
    assert row.centre.name == "曹河镇便民服务中心"
    assert row.no not in words(await town.messages("wangmin"))

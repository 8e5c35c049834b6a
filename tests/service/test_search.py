"""Ranking of twenty short texts, the same on both databases."""

from __future__ import annotations

import pytest

from models.database import connect, disconnect, transaction
from models.guidance import SearchDocument, SearchTerm
from services.guidance.search import drop, index, search
from tests.kit.database import Postgres, fresh_name

TEXTS = {
    1: ("不动产登记证遗失补办", "群众不动产登记证遗失，窗口要求登报公告，经核实可在官网公告后补办。"),
    2: ("不动产转移登记缺少继承公证", "继承人要求办理房屋过户，窗口要求公证，改为告知承诺后办结。"),
    3: ("个体工商户营业执照注销", "经营者多次申请注销，窗口以未清税为由退件，协调税务当日出具证明。"),
    4: ("企业开办一日办结", "企业设立登记材料齐全，窗口未当场受理，经协调当日发照。"),
    5: ("医保异地就医报销", "参保人跨省住院，手工报销材料被退回，补正后按政策报销。"),
    6: ("医保断缴待遇恢复", "单位漏缴致待遇暂停，补缴后次日恢复。"),
    7: ("退休手续多次退件", "退休审批因档案年龄不一致多次退件，组织会商后认定。"),
    8: ("养老金停发", "未做资格认证致养老金停发，远程认证后次月补发。"),
    9: ("公积金提取", "离职提取公积金，窗口要求原单位盖章，改为系统核验。"),
    10: ("公积金贷款审批超期", "贷款审批超过承诺时限，督办后三日内放款。"),
    11: ("施工许可容缺受理", "施工许可证申请缺少环评批复，容缺受理，五日内补齐。"),
    12: ("食品经营许可证延续", "许可证到期前三十日申请延续，窗口告知材料不全，现场补正后发证。"),
    13: ("身份证异地换领", "外省户籍居民换领身份证，窗口要求居住证，核对后取消。"),
    14: ("新生儿落户", "父母户口不在一地，随父落户被要求开具证明，取消该证明。"),
    15: ("驾驶证期满换证", "体检信息未上传致换证退件，医院补传后办结。"),
    16: ("低保申请入户核查超期", "低保申请超期未入户，督办后完成核查并告知结果。"),
    17: ("城镇污水排入排水管网许可", "排水许可现场踏勘拖延，明确三个工作日内完成。"),
    18: ("社保卡制卡延误", "社会保障卡制卡一个月未到，改为当场制卡。"),
    19: ("教师资格认定体检", "体检医院不在名单，扩大名单后认定。"),
    20: ("残疾人补贴发放", "残疾人两项补贴漏发两月，核实后补发。"),
}


async def fill() -> None:
    async with transaction():
        for number, (title, problem) in TEXTS.items():
            await index("guidance", number, [(title, 4), (problem, 2)])


@pytest.fixture
async def library(database: str) -> None:
    await fill()


async def found(words: str, limit: int = 5, at_least: int = 0) -> list[int]:
    return [hit.document for hit in await search("guidance", words, limit, at_least=at_least)]


#: Words people type, and what they mean; the first must come first, the others must be there.
ASKED: dict[str, list[int]] = {
    "不动产证 补办": [1],
    "不动产登记": [1, 2],
    "房产证丢了怎么补办": [1],
    "房屋过户": [2],
    "个体户 注销": [3],
    "营业执照": [3],
    "医保 异地 报销": [5],
    "跨省报销": [5],
    "退休 退件": [7],
    "退休金停发": [8],
    "养老金": [8],
    "公积金": [9, 10],
    "住房公积金贷款": [10],
    "施工许可": [11],
    "食品许可证": [12],
    "居民身份证": [13],
    "户口": [14, 13],
    "驾照换证": [15],
    "最低生活保障": [16],
    "社会保障卡": [18],
    "残疾人补助": [20],
}


async def test_what_people_type_finds_what_they_mean(library: None) -> None:
    answers = {asked: await found(asked) for asked in ASKED}
    assert {asked: hits[:1] for asked, hits in answers.items()} == {asked: meant[:1] for asked, meant in ASKED.items()}
    assert [asked for asked, meant in ASKED.items() if not set(meant) <= set(answers[asked])] == []


async def test_nothing_is_found_for_words_nobody_wrote(library: None) -> None:
    assert await found("航天发射") == []
    assert await found("") == []
    assert await found("，。的了") == []


async def test_the_word_itself_comes_before_its_synonym(database: str) -> None:
    async with transaction():
        await index("guidance", 1, [("社会保障卡遗失", 1)])
        await index("guidance", 2, [("社保卡遗失", 1)])
        await index("guidance", 3, [("银行网点停业", 1)])
    assert await found("社保卡") == [2, 1]
    assert await found("社会保障卡") == [1, 2]


async def test_a_title_weighs_more_than_the_text_and_a_short_text_more_than_a_long_one(database: str) -> None:
    async with transaction():
        await index("guidance", 1, [("企业开办", 4), ("营业执照当日领取", 1)])
        await index("guidance", 2, [("营业执照领取", 4), ("企业开办当日办结", 1)])
        await index("guidance", 3, [("道路运输", 4), ("车辆年审预约", 1)])
    assert await found("营业执照") == [2, 1]
    assert await found("企业开办") == [1, 2]


async def test_among_equals_the_newest_comes_first(database: str) -> None:
    async with transaction():
        for number in (1, 2, 3):
            await index("guidance", number, [("居住证签注", 1)])
    assert await found("居住证签注") == [3, 2, 1]
    assert await found("居住证签注", limit=2) == [3, 2]


async def test_a_like_complaint_shares_telling_words_not_only_common_ones(library: None) -> None:
    complaint = "我在窗口申请办理退休手续，材料交了又被退件，要求尽快受理并说明原因"
    assert (await found(complaint, 3, at_least=2))[0] == 7
    assert await found("窗口工作人员要求提供证明材料，办理业务排队太久", at_least=2) == []
    assert await found("家门口路灯坏了没人修，晚上看不清", at_least=2) == []


async def test_indexing_again_replaces_and_dropping_forgets(library: None) -> None:
    async with transaction():
        await index("guidance", 9, [("道路运输证年审", 4)])
        await drop("guidance", 10)
    assert await found("公积金") == []
    assert await found("道路运输证") == [9]
    assert await SearchDocument.filter(kind="guidance").count() == len(TEXTS) - 1
    assert not await SearchTerm.filter(kind="guidance", document=10).exists()


async def test_one_kind_of_text_is_not_found_among_another(library: None) -> None:
    async with transaction():
        await index("notice", 1, [("公积金年度调整", 1)])
    assert set(await found("公积金")) == {9, 10}
    assert [hit.document for hit in await search("notice", "公积金", 5)] == [1]


async def test_a_very_long_question_is_answered_by_its_rarest_words(library: None) -> None:
    noise = "".join(text for number, (_, text) in TEXTS.items() if number > 3)
    assert 17 in await found(noise * 5, 20)


async def test_both_databases_find_the_same_with_the_same_scores(
    request: pytest.FixtureRequest, sqlite_migrated_url: str, postgres: Postgres
) -> None:
    name, template = fresh_name(), request.getfixturevalue("_postgres_template")
    try:
        answers = []
        for url in (sqlite_migrated_url, await postgres.create(name, template)):
            await connect(url)
            try:
                await fill()
                answers.append([await search("guidance", asked, 20) for asked in ASKED])
            finally:
                await disconnect()
    finally:
        await postgres.drop(name)
    assert answers[0] == answers[1]
    assert all(answers[0])

"""What the papers say: labels, limits, times, articles, and who may read what."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import commands as c
from domain.papers import CASE_PAPERS, PaperName
from domain.privacy import leaks
from domain.vocabulary import Category, Rating, Stage
from papers import text as p
from papers.text.catalogue import CATALOGUE
from papers.text.monthly import rate
from papers.text.shapes import Chart, Table
from papers.text.words import date_words, moment_words, reference, without_phones
from tests.kit.cases import (
    HOUSING,
    LEAD,
    LIAISON,
    MANAGER,
    PRIVATE,
    SOCIAL,
    UNIT_PRIVATE,
    WINDOW,
    Story,
    on,
    when,
)
from tests.unit.papers.papers_kit import CENTRE, NUMBERS, every_paper, genre, grave, ignored, text

# Copied from the form itself (附件2), so that a slip in the constants is seen.
FORM_LABELS = (
    "姓名或单位名称 单位联系人 联系电话 诉求反映时间 诉求反映类别 联系地址 诉求主要内容 政务服务责任部门及牵头部门 "
    "完成时限 工作单联系人 联系电话 备注"
)


def order_of(story: Story, moment: str = "11-23 11:00", **choice) -> p.WorkOrder:
    return p.work_order(story.case, CENTRE, story.context(moment), **choice)


def test_the_twelve_labels_are_those_of_annex_2_in_order():
    assert " ".join(p.WORK_ORDER_LABELS) == FORM_LABELS
    assert p.WORK_ORDER_TITLE == ("政务服务中心、便民服务中心", "“有诉即办”问题工作单")


def test_the_two_phones_are_of_two_people():
    order = order_of(Story().given())
    assert (order.phone, order.officer_phone) == ("00012340001\n00012340002", "000-0005678")
    assert len(order.values) == len(p.WORK_ORDER_LABELS)


def test_the_limit_is_printed_with_its_rule():
    assert order_of(Story().given(Category.CANNOT)).limit == "2026年11月26日前（3个工作日）"


def test_two_stages_print_two_limits():
    story = Story().given(Category.HARD)
    story.do("11-27 10:00", LIAISON, c.Plan(on("12-18"), "先补正"))
    assert order_of(story, "11-27 11:00").limit == (
        "方案：2026年11月30日前（5个工作日）；结果：2026年12月18日前（承诺时限）"
    )


def test_an_undelivered_work_order_says_from_when_its_limit_was_counted():
    assert order_of(Story().dispatch(Category.CANNOT)).limit == "2026年11月26日前（3个工作日）（按制单当日收到计算）"


def test_a_limit_beyond_the_published_calendar_is_provisional():
    story = Story("12-28 09:30").confirm("12-28 09:40")
    story.dispatch(Category.HARD, moment="12-28 10:00").deliver("12-28 10:01")
    assert "，暂定）" in order_of(story, "12-28 11:00").limit


def test_what_was_settled_at_once_has_no_date():
    story = Story().confirm()
    story.do("11-23 09:50", WINDOW, c.SettleOnSpot("当场办好"))
    assert order_of(story).limit == "当场办结"


@pytest.mark.parametrize("category", [Category.CANNOT, Category.HARD, Category.UNWILLING, Category.COMPLEX])
def test_work_order_and_ledger_print_the_same_dates(category):
    story = Story().given(category).answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有解决"))
    story.deliver("11-24 15:00")
    ledger = re.findall(r"\d{4}-\d\d-\d\d", story.row()["要求办理期限"])
    printed = re.findall(r"(\d+)年(\d+)月(\d+)日", order_of(story, "11-24 16:00").limit)
    assert [f"{int(y):04d}-{int(m):02d}-{int(d):02d}" for y, m, d in printed] == ledger


def test_remarks_are_those_of_the_ledger():
    story = Story(fields={"external_no": "RX7"}).given()
    assert order_of(story, "11-30 10:00").remarks == story.row("11-30 10:00")["备注"]


def test_the_departments_copy_has_no_number_of_the_complainant_anywhere():
    private = {
        **PRIVATE,
        "content": "请回电000 1234 0001，或者零零零一二三四零零零一，座机0375-0001234",
        "notes": ["00012340002"],
    }
    order = order_of(Story(private=private).given(), masked=True)
    assert order.phone == "000****0001\n000****0002"
    assert order.content == "请回电000****0001，或者000****0001，座机0375-****34\n补充：000****0002"
    assert order.name == "测甲一"
    assert order.copy != order_of(Story().given()).copy


def test_a_confidential_case_tells_the_department_nobody():
    story = Story(
        private={**UNIT_PRIVATE, "content": "测乙二代表示例市虚构机械有限公司反映"}, fields={"confidential": True}
    )
    order = order_of(story.given(), masked=True)
    assert leaks(text(replace(order, officer_phone="", limit="")), story.case.private.known) == []
    assert (order.name, order.contact, order.address) == ("某机械企业", "测某", "示例市虚构区")
    assert order.remarks.startswith("诉求人要求保密")


def test_the_contact_of_a_person_is_a_dash_and_of_a_unit_its_name():
    """Note 1 of the ledger holds for the 工作单 too."""
    assert order_of(Story().given()).contact == "—"
    assert order_of(Story(private=UNIT_PRIVATE).given()).contact == "测乙二"


def test_an_anonymous_case_says_so():
    order = order_of(Story(private={"content": "窗口不开"}, fields={"anonymous": True}).given())
    assert (order.name, order.phone) == ("匿名", "匿名")


def test_several_departments_name_their_lead():
    assert order_of(Story().given(Category.COMPLEX, SOCIAL, HOUSING)).departments == "牵头：人社局；配合：住建局"


def test_dates_are_arabic_without_leading_zeros_in_local_time():
    assert date_words(on("2026-01-05")) == "2026年1月5日"
    assert moment_words(when("11-03 09:05")) == "2026年11月3日9时05分"
    assert moment_words(when("11-03 17:00")) == "2026年11月3日17时"
    assert (date_words(None), moment_words(None)) == ("", "")


@pytest.mark.parametrize(
    ("number", "printed"),
    [("7", "示政服函〔2026〕7号"), ("007", "示政服函〔2026〕7号"), ("", "示政服函〔2026〕　　号")],
)
def test_document_numbers_have_the_brackets_of_the_standard_and_no_zeros(number, printed):
    assert reference(CENTRE, "函", 2026, number) == printed


@pytest.mark.parametrize("paper", every_paper(), ids=genre)
def test_every_paper_cites_its_article_but_the_form_whose_words_are_fixed(paper):
    said = text(paper)
    if isinstance(paper, p.WorkOrder):
        return
    assert re.search(r"（试行）》(（以下简称《工作机制》）)?第[一二三四五六七八九十]+条|〔2022〕1号）第三部分", said)
    assert not re.search(r"年0|月0", said)
    assert "None" not in said
    assert not re.search(r"[，；]。|。。|：。", said)


def test_the_grave_papers_tell_the_times_of_the_events():
    story = ignored()
    nudges = "、".join(moment_words(at) for at in story.case.nudged)
    assert len(story.case.nudged) == 3
    for letter in grave(story):
        said = text(letter)
        assert nudges in said
        assert "催办3次" in said
        assert "督办1次（2026年11月27日9时40分），督办单编号2026督3，要求于2026年12月1日17时前落实" in said
        assert "2026年11月26日前（3个工作日）" in said


def test_circular_and_report_count_the_days_late():
    circular, report, _ = grave(ignored())
    assert "已超期4个工作日" in text(circular)
    assert "已超期4个工作日" in text(report)


def test_the_circular_is_copied_and_the_report_is_signed_and_asks_nothing():
    circular, report, copy = grave(ignored())
    assert circular.copies == (CENTRE.government, CENTRE.discipline, CENTRE.bureau)
    assert (report.addressee, report.signer, report.body[-1].text) == (CENTRE.government, "负甲", "特此报告。")
    assert (copy.addressee, copy.number) == (CENTRE.discipline, "示政服函〔2026〕14号")


def test_the_report_says_what_is_done_already():
    story = ignored()
    assert "将对该单位予以通报，抄送同级纪委监委" in text(grave(story)[1])
    story.do("12-02 09:30", LEAD, c.Approve(()))
    assert "已对该单位予以通报，已抄送同级纪委监委" in text(grave(story)[1])


def test_no_circular_without_a_supervision():
    story = Story().given()
    for paper in (p.circular, p.government_report, p.discipline_copy):
        with pytest.raises(ValueError, match="never supervised"):
            paper(story.case, CENTRE, story.context("12-02 10:00"))


HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NAMES = st.text(HAN, min_size=2, max_size=4)
PHONES = st.from_regex(r"000[0-9]{8}|0375-000[0-9]{4}", fullmatch=True)


@settings(max_examples=40, deadline=None)
@given(name=NAMES, contact=NAMES, phone=PHONES, house=st.integers(1, 999), unit=st.booleans())
def test_what_leaves_the_centre_has_no_personal_data(name, contact, phone, house, unit):
    """Even when the title the case carries was not masked at all."""
    address = f"示例市虚构区样板路{house}号院"
    told = f"{name}（{phone}）家住{address}，联系人{contact}"
    private = {**PRIVATE, "name": name, "contact": contact, "phone": phone, "phones": [phone], "address": address}
    story = ignored(private={**private, "is_unit": unit, "content": told}, fields={"title": told})
    known = story.case.private.known
    for letter in grave(story):
        assert leaks(text(letter), known) == []
    lesson = p.guidance_case(story.case, CENTRE, story.context("12-02 10:00"))
    assert leaks(text(lesson), known) == []
    form = p.supervision_form(story.case, replace(CENTRE, officer_phone=""), story.context("12-02 10:00"))
    assert leaks(form.rows[3][1].value, known) == []


def test_an_address_that_is_only_a_district_does_not_black_out_the_government():
    story = ignored(private={**PRIVATE, "address": "示例市虚构区"})
    assert grave(story)[1].addressee == CENTRE.government


def test_a_supervision_draft_leaves_number_and_limit_open():
    story = Story().given(Category.CANNOT)
    story.tick("11-27 09:00")
    form = p.supervision_form(story.case, CENTRE, story.context("11-27 09:10"))
    assert form.number == "2026督　　"
    assert "■逾期未反馈　□“不满”督办" in form.rows[0][0].value
    assert "请于　　年" in text(form)
    assert "1个工作日" in text(form)


def test_an_issued_supervision_prints_its_number_and_limit():
    story = ignored()
    form = p.supervision_form(story.case, CENTRE, story.context("12-02 10:00"))
    assert form.number == "2026督3"
    assert "请于2026年12月1日17时前" in text(form)
    assert [cell.value for row in form.rows for cell in row if cell.label == "此前督办"] == ["无"]


def test_a_dissatisfied_enterprise_ticks_its_own_ground():
    story = Story(private=UNIT_PRIVATE, fields={"source": "万人助万企窗口"}).given().answered().reviewed()
    story.do("11-24 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "没有解决"))
    form = p.supervision_form(story.case, CENTRE, story.context("11-24 15:00"))
    assert "□逾期未反馈　■“不满”督办" in form.rows[0][0].value


@pytest.mark.parametrize(("category", "words"), [(Category.NOT_STATIONED, "未进驻"), (Category.COMPLEX, "跨层级")])
def test_a_referral_gives_the_reason_that_is_true(category, words):
    story = Story().confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(category))
    story.do("11-23 10:00", MANAGER, c.Refer("示例市政务服务中心", on("11-30")))
    letter = p.referral_letter(story.case, CENTRE, story.context("11-23 10:10"))
    assert words in text(letter)
    assert "请于2026年11月30日前" in text(letter)
    assert leaks(text(replace(letter, note="")), story.case.private.known) == []


def test_the_catalogue_has_exactly_the_papers_that_a_rule_set_may_name():
    assert tuple(kind.name for kind in CATALOGUE) == CASE_PAPERS


def test_every_paper_says_which_it_is():
    kinds = [genre(paper) for paper in every_paper()]
    assert sorted(kinds) == sorted(set(PaperName) - {PaperName.DEPARTMENT_COPY})


def test_the_complainant_is_told_where_the_matter_went_and_when():
    notice = next(paper for paper in every_paper() if genre(paper) is PaperName.TRANSFER_NOTICE)
    assert notice.addressee == "测甲一"
    assert "已于2026年11月23日将该诉求转交示例市虚构区人民法院（联系电话：000-0009999）" in text(notice)


def test_an_anonymous_complainant_is_addressed_without_a_name():
    story = Story(private={"content": "不开门"}, fields={"anonymous": True}).confirm()
    story.do("11-23 09:50", MANAGER, c.Classify(Category.OUT_OF_SCOPE))
    story.do("11-23 10:00", MANAGER, c.Transfer("税务局", ""))
    assert p.transfer_notice(story.case, CENTRE, story.context("11-23 10:10")).addressee == "诉求人"


def test_a_refusal_has_reason_basis_other_ways_and_remedies_numbered_without_gaps():
    story = Story().given(Category.CANNOT)
    story.do("11-24 10:00", LIAISON, c.CannotDo("手续未结", "《示例办法》第三条"))
    letter = p.cannot_do_answer(story.case, CENTRE, story.context("11-24 10:10"))
    heads = [part.text for part in letter.body if part.text[1:2] == "、"]
    assert heads == ["一、办理结论", "二、具体理由", "三、依据", "四、救济途径"]


def test_a_redo_notice_counts_and_tells_who_sent_it_back():
    story = Story().given().answered()
    story.do("11-24 11:00", MANAGER, c.Review(False, "测甲一的问题没有回应"))
    first = p.redo_notice(story.case, CENTRE, story.context("11-24 11:10"))
    assert "（第1次）" in first.title
    assert "经质检" in text(first)
    assert "测某的问题没有回应。" in text(first)
    story.deliver("11-24 11:20").answered("11-25 10:00").reviewed("11-25 11:00")
    story.do("11-25 14:00", WINDOW, c.CallBack(Rating.DISSATISFIED, "还是没有解决"))
    second = p.redo_notice(story.case, CENTRE, story.context("11-25 15:00"))
    assert "（第2次）" in second.title
    assert "经回访，诉求人对办理结果不满意" in text(second)


@pytest.mark.parametrize(("stage", "decider"), [(Stage.PLAN, "管理机构负责人"), (Stage.RESULT, "管理机构审批")])
def test_a_first_stage_extension_is_the_leads(stage, decider):
    story = Story().given(Category.HARD)
    facts = p.Extension("人社局", stage, on("11-30"), on("12-04"), when("11-25 10:00"), "联系00012340001核验")
    form = p.extension_form(story.case, CENTRE, story.context("11-25 10:10"), facts)
    assert any(cell.label.startswith(decider) for row in form.rows for cell in row)
    assert "00012340001" not in text(form)


def test_a_guidance_case_has_the_four_elements_in_order():
    lesson = next(paper for paper in every_paper() if genre(paper) is PaperName.GUIDANCE)
    heads = [part.text for part in lesson.body if re.match("[一二三四]、", part.text)]
    assert heads == ["一、问题详情", "二、处理方法", "三、步骤", "四、结论意见"]
    assert lesson.signature == f"{CENTRE.bureau}、人社局"


def test_the_month_shows_what_its_rates_leave_out():
    report = p.monthly_report(NUMBERS, CENTRE, Story().context("12-01 09:00"))
    table = next(part for part in report.body if not isinstance(part, p.Paragraph))
    cells = {row[0]: row[2:] for row in table.rows}
    assert cells["满意率"] == ("94.20%（260/276）", "未联系上20、匿名6、拒评4、撤回3、转交8")
    assert cells["按期办结率（批准时限）"][0] == "98.53%（67/68）"
    assert cells["方案按时率"][0] == "无"
    assert sum(table.widths) == 156


def test_the_month_is_broken_down_by_department_and_category_and_shown_in_a_picture():
    report = next(paper for paper in every_paper() if genre(paper) is PaperName.MONTH)
    heads = [
        part.text for part in report.body if isinstance(part, p.Paragraph) and re.match("[一二三四五六]、", part.text)
    ]
    assert heads == ["一、总体情况", "二、分部门情况", "三、分类别情况", "四、高频问题", "五、典型案例", "六、工作建议"]
    _, departments, categories = (part for part in report.body if isinstance(part, Table))
    assert departments.header[0] == "部门"
    assert [row[0] for row in departments.rows] == ["人力资源和社会保障局", "住房和城乡建设局", "未转办", "合计"]
    for table in (departments, categories):
        assert sum(table.widths) == 156
        *parts, total = table.rows
        assert sum(int(row[1]) for row in parts) == int(total[1]) == 340, "受理 adds up"
    (chart,) = (part for part in report.body if isinstance(part, Chart))
    assert chart.names == ("人力资源和社会保障局", "住房和城乡建设局", "未转办")
    assert chart.series == (("受理", (200, 130, 10)), ("办结", (180, 120, 0)))


def test_a_rate_is_never_invented():
    assert (rate(0, 0), rate(1, 1), rate(1, 3), rate(2, 3)) == (
        "无",
        "100.00%（1/1）",
        "33.33%（1/3）",
        "66.67%（2/3）",
    )
    for part, whole in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match=" of "):
            rate(part, whole)


@given(content=st.text(max_size=80), phone=PHONES)
def test_no_spelling_of_the_phone_survives_in_the_departments_copy(content, phone):
    story = Story(private={**PRIVATE, "phone": phone, "phones": [phone]})
    assert phone not in without_phones(f"{content}{phone}{content}", story.case)


def test_papers_rest_on_what_the_centres_own_superiors_issued():
    """The names of the mechanism and of the notice are the centre's: none is written into a paper."""
    drawn = [text(paper) for paper in every_paper()]
    assert not [words for words in drawn if "平顶山" in words or "平政数" in words]
    assert len([words for words in drawn if "《示例市“有诉即办”工作机制（试行）》" in words]) > 10
    assert [words for words in drawn if "（示政数〔2022〕1号）第三部分" in words]

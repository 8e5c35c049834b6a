"""The clauses of the published notices (official texts, 著作权法第五条), read and compared with the shipped tables."""

import pytest

from domain.notice_text import parse_notice
from tests.unit.calendar.shipped import shipped_tables

CLAUSES = {
    2022: """一、元旦：2022年1月1日至3日放假，共3天。
二、春节：1月31日至2月6日放假调休，共7天。1月29日（星期六）、1月30日（星期日）上班。
三、清明节：4月3日至5日放假调休，共3天。4月2日（星期六）上班。
四、劳动节：4月30日至5月4日放假调休，共5天。4月24日（星期日）、5月7日（星期六）上班。
五、端午节：6月3日至5日放假，共3天。
六、中秋节：9月10日至12日放假，共3天。
七、国庆节：10月1日至7日放假调休，共7天。10月8日（星期六）、10月9日（星期日）上班。""",
    2023: """一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。""",
    2024: """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。\
鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    2026: """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
}
SHIPPED = {table.year: table for table in shipped_tables()}


def notice(year: int, clauses: str) -> str:
    table = SHIPPED[year]
    signed = f"{table.published_on:%Y}年{table.published_on.month}月{table.published_on.day}日"
    preamble = "除个别特殊情形外，国庆节自10月1日起放假调休7天，具体安排通知如下。"
    closing = "鼓励单位和个人结合落实带薪年休假等制度，实际形成较长假期。节假日期间，要妥善安排好值班。"
    title = table.source_title.replace("年部分", "年\n部分")
    return f"{title}\n{table.notice_no}\n\n{preamble}\n\n{clauses}\n{closing}\n国务院办公厅\n{signed}\n"


@pytest.mark.parametrize("year", CLAUSES)
def test_the_wording_of_each_notice_gives_the_shipped_table(year):
    assert parse_notice(notice(year, CLAUSES[year])) == SHIPPED[year]


def test_half_width_punctuation_and_spaces_from_a_web_page_do_not_matter():
    pasted = notice(2026, CLAUSES[2026]).translate(str.maketrans("（），：", "(),:")).replace("年", " 年 ")
    assert parse_notice(pasted) == SHIPPED[2026]


def test_a_compensation_day_is_a_day_off():
    table = parse_notice(notice(2026, "一、元旦：1月1日放假，1月2日（星期五）补休。"))
    assert [(str(day.date), day.off) for day in table.days] == [("2026-01-01", True), ("2026-01-02", True)]


@pytest.mark.parametrize(
    ("clause", "complaint"),
    [
        ("一、元旦：1月1日（周五）放假。", "与日历不符"),
        ("一、元旦：1月1日至3日放假调休，共4天。", "写明4天，日期却是3天"),
        ("一、元旦：2月30日放假。", "没有这一天"),
        ("一、元旦：1月1日放假。1月4日（周日）照常营业。", "看不懂"),
        ("一、元旦：1日放假。", "看不懂日期"),
        ("一、元旦：1月1日放假。1月5日上班。", "不是周六、周日"),
        ("一、元旦：1月3日至1日放假。", "前后颠倒"),
        ("元旦放假。", "没有找到放假安排"),
    ],
)
def test_a_slip_in_the_text_is_found_not_believed(clause, complaint):
    with pytest.raises(ValueError, match=complaint):
        parse_notice(notice(2026, clause))


def test_what_is_missing_is_named():
    with pytest.raises(ValueError, match="标题、文号、落款日期"):
        parse_notice("放假通知")

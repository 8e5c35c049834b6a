"""The forty texts of a county centre, and two further variations of each kind that was mended for them."""

from pathlib import Path

import pytest

from parsing import parse
from tests.unit.parsing.samples import NOW
from tests.unit.parsing.score import score

COUNTY = Path(__file__).parent / "field" / "county"


def values(text: str) -> list[dict[str, object]]:
    return [{name: found.value for name, found in case.fields.items()} for case in parse(text, NOW).cases]


def one(text: str) -> dict[str, object]:
    (case,) = values(text)
    return case


@pytest.mark.parametrize(
    ("folder", "texts", "least"), [(COUNTY, 40, 0.98), (COUNTY / "blind", 12, 0.98), (COUNTY / "last", 12, 0.93)]
)
def test_nearly_every_fact_is_read_none_invented_and_no_complaint_destroyed(folder, texts, least):
    result = score(folder)
    assert result.wanted["cases"] == texts
    assert result.share >= least, result.missed
    assert result.destroyed == []
    assert result.invented == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("【区热线】新单PDS-20261122-00731：测先生反映残疾证补办两个月没有消息", "PDS-20261122-00731"),
        ("转来一件 ZHQ-20261120-0009-02 居民反映低保复审材料交了没人管", "ZHQ-20261120-0009-02"),
        ("主题: 关于退休审批（来信编号LX-2026-0451）\n正文：退休审批交了三个月没有答复", "LX-2026-0451"),
        ("主题：投诉户籍窗口【单号HJ-2026-17】\n内容：改名材料退回四次", "HJ-2026-17"),
    ],
)
def test_a_hyphenated_number_is_read_whole(text, number):
    assert one(text)["external_no"] == number


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("11月22日10时20分，测女士（13700000601）来电，称残疾证换领等了四个月没有结果", "2026-11-22T10:20"),
        ("11月20日15:40 市民测甲一来访，称宅基地申请压在乡里半年", "2026-11-20T15:40"),
        ("昨天上午9点，测乙二来信，称其母亲的高龄津贴停发了三个月", "2026-11-22T09:00"),
        ("催办时间：2026-11-22 16:05\n内容：测丙三催问公租房轮候结果", "2026-11-22T16:05"),
        ("11.19下午 王桂芝 女 70岁 13700000602 来大厅：问公交老年卡为啥年审不过", "2026-11-19"),
    ],
)
def test_the_time_somebody_called_is_the_time_of_the_report(text, when):
    assert str(one(text)["reported_at"]).startswith(when)


@pytest.mark.parametrize("heading", ["要求回复时间", "热线要求反馈时间", "区限办时间"])
def test_a_heading_nobody_listed_is_read_by_its_ending(heading):
    text = (
        f"工单号\t诉求人\t来电号码\t市民诉求摘要\t{heading}\nA26112201\t测甲一\t13700000604\t医保报销没到账\t2026-11-28"
    )
    case = one(text)
    assert str(case["external_deadline"]).startswith("2026-11-28")
    assert case["content"] == "医保报销没到账"


@pytest.mark.parametrize(
    "rows",
    [
        "1\t11月21日\t王有田\t13700000605\t曹镇乡\t宅基地审批交了材料半年没人来量地\t投诉\n"
        "2\t11月21日\t赵桂荣\t13700000606\t马庄街道\t养老认证刷脸总是不通过要跑窗口\t投诉",
        "王有田\t13700000605\t宅基地审批交了材料半年没人来量地\t2026-11-21\t投诉\n"
        "赵桂荣\t13700000606\t养老认证刷脸总是不通过要跑窗口\t2026-11-21\t投诉",
    ],
)
def test_rows_without_their_header_are_read_by_the_shape_of_their_cells(rows):
    first, second = values(rows)
    assert (first["name"], first["phones"], first["kind"]) == ("王有田", ["13700000605"], "投诉")
    assert first["content"] == "宅基地审批交了材料半年没人来量地"
    assert (second["name"], second["phones"]) == ("赵桂荣", ["13700000606"])
    assert str(second["reported_at"]).startswith("2026-11-21")


def test_tabs_without_a_phone_in_each_row_are_no_table():
    assert len(values("一楼\t二楼\t三楼\t四楼窗口都没有人在岗\n请\t查\t一\t下怎么回事")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "社区老周: 11-22 08:11\n我叫测壬一，低保年审材料给社区两个月了没有信儿，电话13700000607\n"
        "社区老周: 11-22 08:12\n麻烦帮忙看一下，家里不容易",
        "包村干部 测: 11/22 08:11\n我叫测壬一，低保年审材料给社区两个月了没有信儿，电话13700000607\n"
        "包村干部 测: 11/22 08:13\n请领导给看看",
    ],
)
def test_a_sender_before_a_colon_and_his_aside_are_no_part_of_the_complaint(text):
    case = one(text)
    assert str(case["reported_at"]).startswith("2026-11-22T08:11")
    assert case["name"] == "测壬一"
    assert "低保年审材料给社区两个月了没有信儿" in str(case["content"])
    assert not any(word in str(case["content"]) for word in ("不容易", "给看看"))


def test_an_aside_that_names_the_matter_is_the_complaint():
    text = "社区老周: 11-22 08:11\n在吗\n社区老周: 11-22 08:12\n帮忙看看居民测癸二的不动产证怎么办不下来"
    assert "不动产证怎么办不下来" in str(one(text)["content"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我是俺乡齐务村的吴广田，我家粮补少算了二亩地，打电话问都说不归自己管", "吴广田"),
        ("你好我是轻工路街道的许兰英，想问问我的慢性病卡审批两个月了咋还没下来", "许兰英"),
        ("喂你好我叫魏长河啊家住北渡街道这个取暖补贴申请了三个月了还没有到账", "魏长河"),
        ("哎我叫丁秀梅我那个生育津贴申报了半年了一直说在审核", "丁秀梅"),
        ("来一大娘，姓郭，没留电话，说养老金少发了两个月", "姓郭"),
        ("我姓韩，孩子入学的居住证办了一个多月还没有好", "姓韩"),
    ],
)
def test_who_speaks_is_named_without_a_sign_after_the_name(text, name):
    assert one(text)["name"] == name


@pytest.mark.parametrize(
    "text",
    [
        "我是村里的低保户，材料交给乡里半年了没有结果",
        "我是小区的业主，消防验收没过办不了房产证",
        "窗口那个工作人员，姓薛，我问三遍都不理人",
        "二楼的科长，姓方，说明天再来，来了四次都没办成",
        "我叫他们给我开个证明就是不给开，跑了三回",
    ],
)
def test_what_somebody_is_or_whom_he_complains_of_is_no_name(text):
    assert "name" not in one(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("联系人：办公室主任 孔庆海 13700000608", "孔庆海"), ("联系人：财务主管：邹丽萍，13700000608", "邹丽萍")],
)
def test_a_post_before_the_name_is_no_name(text, name):
    assert one(f"企业名称：平顶山示例机械有限公司\n{text}\n内容：安全许可延期三个月没有批")["contact"] == name


def test_a_licence_of_a_sole_trader_is_not_the_sole_trader():
    assert "contact" not in one("姓名：测甲一\n电话：13700000609\n内容：个体户营业执照变更被退回五次")
    assert one("姓名：测甲一\n电话：13700000609\n内容：我是个体户，注销被退回五次")["contact"] == "测甲一"


@pytest.mark.parametrize(
    "points",
    [
        "1.本人3月在社保窗口交了退休材料；\n2.窗口5月说档案里缺一张表；\n3.8月去原单位补表，单位早已撤销；",
        "（1）去年交了材料；（2）今年说要重新交；（3）交了以后又说超过了期限；",
    ],
)
def test_points_about_one_named_question_are_one_complaint(points):
    case = one(f"反映人：测甲一\n诉求：关于档案认定影响退休的问题\n{points}\n请明确由谁认定。")
    assert "请明确由谁认定" in str(case["content"])


def test_points_about_different_matters_stay_apart():
    text = "反映人：测甲一\n诉求：1.老年公交卡年审刷不过要求人工办理；2.门口路灯坏了两个月没有人来修"
    assert len(values(text)) == 2


@pytest.mark.parametrize("label", ["联系  电话", "联 系 电 话", "联系 电话"])
def test_labels_and_names_typeset_with_spaces(label):
    case = one(f"诉 求 人：测 大 山   {label}：13700000610   住  址：北渡街道示例社区   诉求 内容：医保卡补办没有结果")
    assert (case["name"], case["phones"], case["address"]) == ("测大山", ["13700000610"], "北渡街道示例社区")
    assert case["content"] == "医保卡补办没有结果"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("测甲一，137 0000 0611或者137-0000-0612", ["13700000611", "13700000612"]),
        ("测甲一 13700000611 家里座机0375-000 5522", ["13700000611", "0375-0005522"]),
        ("家里座机0375-000 5522，测甲一手机13700000611", ["0375-0005522", "13700000611"]),
    ],
)
def test_grouped_numbers_in_the_order_of_the_text(text, numbers):
    assert one(f"{text}。公租房补贴停发了四个月没有说法。")["phones"] == numbers


@pytest.mark.parametrize(
    "words", ["镇里说管章的开会去了", "去三回都碰不上人", "叫回家等着，一等就是仨月", "材料交上去就没下文了"]
)
def test_delay_in_plain_words_is_not_given(words):
    assert one(f"测甲一，13700000613。办农机购置补贴，{words}。")["category"] == "不给办"


@pytest.mark.parametrize(
    ("words", "body"),
    [
        ("气象局要防雷检测报告", "气象局"),
        ("铁塔公司不拆基站", "铁塔公司"),
        ("供电所说要排队", "供电公司"),
        ("妇联说没有名额", "妇女联合会"),
    ],
)
def test_a_body_outside_the_roster_is_named_and_asked_about(words, body):
    parsed = parse(f"测甲一，13700000614，反映{words}，拖了三个月", NOW, departments=("示例区民政局",))
    assert body in parsed.cases[0].fields["departments"].value
    assert any(body in question and "名册里没有" in question for question in parsed.questions)


@pytest.mark.parametrize(
    ("text", "count"),
    [("示例花园48户业主代表测甲一反映房产证八年没办", 48), ("示例村127户村民代表测甲一来访，反映征地款没发", 127)],
)
def test_homes_with_a_representative_are_a_group(text, count):
    assert one(text)["collective"] == count


def test_representatives_counted_by_heads_are_not_the_size_of_the_group():
    assert "collective" not in one("3名业主代表来访，反映房产证八年没办，电话13700000615")


@pytest.mark.parametrize("wish", ["并于11月30日前报结果", "请于11月30日前报办理情况"])
def test_a_limit_in_an_instruction_is_the_senders_limit(wish):
    case = one(f"来信人：测甲一\n主要内容：征地补偿款只发了一部分\n领导批示：请中心阅处，{wish}。")
    assert str(case["external_deadline"]).startswith("2026-11-30")


def test_labels_between_spaces_in_a_line():
    case = one("反映人 测甲一 联系手机 13700000616 反映时间 2026-11-20\n反映内容 慢性病卡审批了两个月没有结果")
    assert (case["name"], case["phones"]) == ("测甲一", ["13700000616"])
    assert str(case["reported_at"]).startswith("2026-11-20")


def test_the_account_of_a_paper_is_no_address():
    assert "address" not in one("测甲一，13700000617，反映社保缴费查不到，请技术组截图发公众号说明")


@pytest.mark.parametrize(
    "text",
    [
        "感谢大厅的同志，我母亲的老年证今天拿到了，服务真周到",
        "居民老郑今天给咱窗口送来锦旗，感谢帮他把户口办好，宣传组发个稿",
        "@所有人 周四下午四点三楼开例会，各窗口首席代表参加，收到请回复",
        "通知：各进驻单位本周五前准时报送上月窗口考勤表",
        "请教一下，签收和承诺之间隔了周末，工作日怎么算？我们局拿不准",
        "督办单的模板哪位有？发我一份，明天要用",
    ],
)
def test_talk_among_colleagues_is_no_complaint(text):
    assert parse(text, NOW).cases == ()
    assert len(parse(text, NOW, insist=True).cases) == 1


@pytest.mark.parametrize(
    "text",
    [
        "谢谢大厅帮我把执照办好了，但是税务那边一直不给核定",
        "老年证拿到了，谢谢，就是名字印错了一个字",
        "请教一下我们单位的施工许可签收以后十个工作日了怎么还没有结果",
        "通知：测甲一 13700000618 培训补贴一直没发",
        "表扬社保窗口，帮我把退休手续办好了",
    ],
)
def test_thanks_and_notices_that_ask_for_something_are_complaints(text):
    assert len(parse(text, NOW).cases) == 1


@pytest.mark.parametrize(
    "text",
    [
        "测甲一，13700000619。第一，遗属补助停发三个月没有说明；第二，门口违法搭建的棚子没人拆。",
        "反映人：测甲一\n联系电话：13700000619\n诉求：其一、遗属补助停发三个月没有说明；其二、门口违法搭建的棚子没人拆",
    ],
)
def test_first_and_second_are_two_matters(text):
    first, second = values(text)
    assert "遗属补助停发三个月没有说明" in str(first["content"])
    assert "棚子" not in str(first["content"])
    assert (second["name"], second["phones"]) == ("测甲一", ["13700000619"])


def test_the_first_and_second_time_are_one_matter():
    assert (
        len(values("测甲一，13700000619。第一次说缺照片，第二次说缺签字，第三次说系统坏了，高龄补贴到现在没办。")) == 1
    )


@pytest.mark.parametrize("words", ["来电时间11月22日10时02分", "反映时间为2026年11月22日10:02"])
def test_a_time_after_its_word_in_running_text(words):
    text = f"市民测甲一（13700000620）再次来电，称临时救助款没有到账。{words}。"
    assert str(one(text)["reported_at"]).startswith("2026-11-22T10:02")


@pytest.mark.parametrize("foot", ["2026年11月20日  测大山", "测大山 2026年11月20日"])
def test_a_foot_with_the_date_and_who_signs(foot):
    case = one(f"领导：\n我家自建房的加固补助，街道说超过了申报期，没有一个人告诉过我。\n电话：13700000621\n{foot}")
    assert str(case["reported_at"]).startswith("2026-11-20")
    assert "测大山" not in str(case["content"])


@pytest.mark.parametrize("foot", ["平顶山示例建设工程有限公司", "河南示例建材有限公司（盖章）"])
def test_a_unit_that_signs_what_it_writes(foot):
    case = one(f"我公司资质变更材料补正了三次，没有一次说清。\n联系人：测大山 13700000622\n{foot}\n2026年11月19日")
    assert str(case["name"]) == foot.removesuffix("（盖章）")
    assert (case["contact"], case["is_unit"]) == ("测大山", True)


def test_a_company_somebody_complains_of_signs_nothing():
    case = one("反映人：测甲一\n电话：13700000622\n内容：退房款一直没有退\n平顶山示例置业有限公司")
    assert case["name"] == "测甲一"


@pytest.mark.parametrize("said", ["测姐：收到，马上核实", "热线-小测：好的，已登记"])
def test_the_senders_of_a_group_stand_in_its_lines(said):
    text = (
        f"企业服务群 昨天 09:12\n测总：我们厂的排水许可证交了一个月，审批局说转给住建了\n企业服务群 昨天 09:15\n{said}"
    )
    case = one(text)
    assert case["content"] == "我们厂的排水许可证交了一个月，审批局说转给住建了"
    assert str(case["reported_at"]).startswith("2026-11-22T09:12")


@pytest.mark.parametrize("who", ["陪同人宁小芳来，替婆婆", "代办人宁小芳来，替邻居"])
def test_who_comes_for_another(who):
    case = one(f"11/23 10:20 {who}问：特困供养认定缺收入证明，儿子失踪多年报不出来。电话13700000623")
    assert (case["name"], str(case["reported_at"])[:16]) == ("宁小芳", "2026-11-23T10:20")


@pytest.mark.parametrize("words", ["三次通知均非一次性告知", "上周又通知补充验资报告"])
def test_piecemeal_demands_are_not_given(words):
    assert one(f"测甲一，13700000624。申请资质变更，{words}。")["category"] == "不给办"


@pytest.mark.parametrize("label", ["提交人", "申报人"])
def test_who_is_verified_is_named_and_not_the_word_verified(label):
    case = one(f"来源：网上，{label}：蓝雪梅（实名），手机：13700000625，描述：转本登记交了两个月没有审核")
    assert case["name"] == "蓝雪梅"


@pytest.mark.parametrize("words", ["请为我保密", "请替我保密"])
def test_who_begs_for_secrecy_gets_it(words):
    assert one(f"举报（{words}）：办理临时救助收跑腿费。匡玉芬，13700000626")["confidential"] is True


@pytest.mark.parametrize(
    "words", ["乡里说归区里改区里说叫乡里出证明", "税务说社保核，社保说税务收", "打印机坏了，问什么时候修好不知道"]
)
def test_being_sent_about_has_a_category(words):
    assert one(f"测甲一，13700000627，断交补缴，{words}。")["category"] in ("复杂", "不给办")


def test_the_page_says_how_they_read_now():
    page = (Path(__file__).parents[3] / "docs" / "parsing.md").read_text(encoding="utf-8")
    sums = {}
    for folder in (COUNTY, COUNTY / "blind", COUNTY / "last"):
        result = score(folder)
        sums[folder.name] = f"{sum(result.right.values())}/{sum(result.wanted.values())}"
    total = next(line for line in page.splitlines() if line.startswith("| 合计 |"))
    assert sums["county"] in total.split("|")[3]
    assert f"两组现在读对 {sums['blind']} 和 {sums['last']}。" in page

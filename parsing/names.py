"""Names of people and units in orders and memos: shapes and stop words, no list of surnames."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsing.labels import FIELD_OF
from parsing.words import WORDS

UNIT_SUFFIX = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|公司|集团|合作社|经营部|商行|商店"
    r"|超市|饭店|酒店|药店|店|馆|诊所|工厂|厂|学校|幼儿园|医院|事务所|协会|"
    r"研究院|个体工商户|门市部|服务部|中心|工作室)$"
)
_HAN = "\u4e00-\u9fff\u3400-\u4dbf"
PERSON = re.compile(
    rf"[{_HAN}·]{{2,24}}|[A-Za-z][A-Za-z .'-]{{1,30}}"
    rf"|[{_HAN}](?: {{1,2}}[{_HAN}]){{2,3}}(?![{_HAN}])|[{_HAN}] {{1,3}}[{_HAN}]{{1,2}}(?![{_HAN}])"
)
_STOP_CHARS = frozenset(
    "的了在是说去来到开不没把被我你他她它们这那个和与及请要给让问就也还很都吗呢吧啊嗯呃从对为上下里着得都会能想太很"
)
_STOP_WORDS = re.compile(
    r"签字|签名|盖章|日期|期限|审批|你好|您好|爱人|儿子|女儿|丈夫|妻子|邻居|家属|电话|手机|号码|联系|微信|晚上|本人|市民|群众|大爷|大妈|大姐|大哥|企业"
    r"|公司|单位|窗口|部门|反映|投诉|咨询|建议|举报|求助|诉求|"
    r"来电|来访|工单|编号|材料|办理|政务|大厅|中心|热线|系统|匿名|不详|未知"
    r"|保密|姓名|地址|先生们|实名|金额|受理|预约|时间|街道|小区|"
    r"再次|多次|一直|至今|目前|今天|昨天|上午|下午|刚才|孩子|老婆|老公|父亲"
    r"|母亲|转办|收到|谢谢|麻烦|尽快|附近|示例区|要求|希望|内容|年龄|男性|女性"
    r"|身份证|座机|固话|派出所|回复|处理|打不通|没人接|无法|提供|解决|协调|核实|技术|客服|科长|主任|局长|所长|书记"
)
_LEADING = re.compile(
    r"^(?:(?:市民|群众|居民|村民|业主|企业主|法人|代表|联系人|姓名|诉求人|来电人|反映人|是|为|:| )+(?=[^\s代表]{2})"
    r"|[\u4e00-\u9fff]{0,4}(?:主任|经理|主管|会计|出纳|科长|部长|厂长|店长|校长|院长|总监|董事长|负责人|专员|助理|文员|老板)"
    r"[ :]{1,3}(?=[\u4e00-\u9fff]{2,4}(?:[^\u4e00-\u9fff]|$)))"
)
_BLANK = re.compile(
    r"^(?:匿名(?:群众|市民|村民|居民|网友|企业)?|无|不详|未知|未提供|(?:不愿意?|拒绝|不肯)(?:透露|提供|留)(?:姓名|名字|个人信息|身份)?|保密|空|/|-+|—+|none|null|n/a)(?:[\s(,;].{0,12})?$",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"(?:代表|业主|居民|村民|职工|商户|群众|:|^|[ ,;])"
    rf"(?P<names>[{_HAN}]{{2,4}}(?:[、,和][{_HAN}]{{2,4}}){{0,5}}?)等(?:共"
    rf"|约)?\d+[多余]?[人名户位]"
)
_NOBODY = re.compile(r"(?:小区|家园|花园|社区|村|镇|乡|街道)的?(?:居民|村民|业主|群众|住户)$")
_CALLED = re.compile(
    r"市民|群众|居民|村民|业主|职工|商户|用户|住户|企业主|老板|来电人|诉求人|反映人|投诉人|举报人|求助人|咨询人"
    r"|联系人|负责人|代表|主管|经理|会计|经办人|专员|助理|姓名|[我他她名]叫|大[哥姐爷妈叔婶娘]|老人|落款|署名|小伙子?|阿姨|[一这那]位"
)
"""Words a name follows without a gap."""
_INTRODUCED = re.compile(
    rf"(?:我叫|名叫|[他她]叫|叫做|(?:^|(?<=[,。\s]))叫(?!做)|(?:爸|妈|爹|娘|父亲|母亲|婆|公|儿|女儿|爱人|丈夫|妻子|爷|奶|哥|弟|姐|妹)叫|我是|本人|我姓名|姓名|联系人|诉求人|来电人|反映人"
    rf"|投诉人|举报人|申请人|陪同人|代办人)(?:叫|是|为|:|\s){{0,3}}"
    rf"(?P<name>[{_HAN}]{{2,4}}?)(?=[\s,;。、:!(\d]|$|电话|手机|联系|女士|先生|来[,(])"
    rf"|(?:市民|群众|村民|居民|业主|职工)(?P<called>[{_HAN}]{{2,4}}?)"
    rf"(?=[\s,;。、:(\d]|来电|来访|来信|致电|反映|投诉|咨询|求助|到|在|第|称|$)"
    rf"|来了?一?[个位名][大老]?[{_HAN}]{{1,3}},(?P<came>[{_HAN}]{{2,3}})(?=,)"
    rf"|公司[{_HAN}]{{0,4}}(?:主管|经理|会计|负责人|专员|助理|主任|代表)(?P<post>[{_HAN}]{{2,3}}?)(?=来电|来访|来函|反映|[,(])"
    rf"|^(?P<opening>[{_HAN}]{{2,4}}?)(?=[ ]?(?:说|反映|称|来电|来访|投诉|咨询|来(?:窗口|大厅|中心|办理)))",
    re.MULTILINE,
)
_BEFORE_PHONE = re.compile(
    rf"(?:^|[^\w·]|(?P<digit>\d))(?P<run>[{_HAN}]{{2,16}}?)(?:\([^()\n]{{1,12}}[,;、 ]$"
    rf"|(?:[ ,、/]{{1,2}}(?:[男女]性?|\d{{1,3}}周?岁)){{1,2}}(?=[ ,、/]))?"
    rf"[\s,:;()/\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]{{0,3}}(?:"
    rf"(?:联系)?(?:电话|手机|手机号|手机号码|号码|方式|座机|固话)[是为:\s]{{0,3}})?$"
)
_AFTER_PHONE = re.compile(rf"(?:[^\w·@]{{1,3}}|(?=[{_HAN}]{{2,4}}\s*$))(?P<name>[{_HAN}]{{2,4}})(?=[^\w·]|$)")
_AFTER_NAME = re.compile(r"(?:联系)?(?:电话|手机)|性别|年龄|[男女]性?$|反映|来电|来访|投诉|咨询")
_REPEATED = re.compile(
    rf"(?:姓|老|小)(?P<surname>[{_HAN}])[,，。 ]{{1,2}}(?P<name>(?P=surname)[{_HAN}]{{1,2}})(?![{_HAN}])"
)
"""我姓苏，苏明月; 老董，董全有."""
_OUR_UNIT = re.compile(
    rf"(?:我们?是|本人是|这里是|我公司(?:是)?|我司|我厂|我们公司|我单位)[(]?(?P<unit>[{_HAN}()A-Za-z\d]{{3,30}}?"
    r"(?:公司|集团|合作社|经营部|商行|超市|饭店|酒店|药店|诊所|厂|医院|幼儿园|事务所|门市部|工作室))"
    r"(?=的|,|。|\)|\s|$|办理|申请|提交|在|于)"
)
_UNIT_SPEAKS = re.compile(
    rf"(?:^|(?<=[\s。,;:】\]]))(?P<unit>[{_HAN}()A-Za-z\d]{{3,30}}?"
    r"(?:公司|集团|合作社|经营部|商行|超市|饭店|酒店|药店|诊所|厂|医院|幼儿园|事务所|协会|门市部|工作室))"
    rf"(?=(?:的?[{_HAN}]{{0,4}}(?:主管|经理|会计|负责人|专员|助理|主任|代表)[{_HAN}]{{2,3}}?)?"
    r"(?:(?:来电|来访|来信|来函|致电)?(?:反映|咨询|投诉|求助|称)|来电|来访|来函|致电))",
    re.MULTILINE,
)
_SURNAME = "(?:" + "|".join(map(re.escape, sorted(WORDS.surnames, key=len, reverse=True))) + ")"
_SPOKEN_NAME = re.compile(
    rf"(?:我|俺)叫(?P<said>{_SURNAME}[{_HAN}]{{1,2}}?)(?=[啊呀呢哈嗯呃]|家[住在是]|住在|今年|是[^{_HAN}]|我|俺|电话|手机)"
    rf"|(?:我|俺|本人)是[^,。;:\n]{{1,16}}?的(?P<of>{_SURNAME}[{_HAN}]{{1,2}})(?=[,。;\s(]|$)"
)
"""A name that no sign ends, or that the speaker's place leads up to; only with a surname of the words file."""
_SURNAME_ONLY = re.compile(
    rf"(?:^|(?<=[,。;:\s(]))(?:我|俺|本人|来人|来电人|反映人)?(?P<family>姓{_SURNAME})(?=[,。;\s(]|$)", re.MULTILINE
)
_STAFF = re.compile(r"工作人员|窗口|科长|主任|局长|所长|科员|办事员|保安|经办|对方|那[个位人]")
_TITLED = re.compile(
    rf"(?:^|[\s,;。、:(]|[一有][位名个])(?P<name>[{_HAN}](?:先生|女士|师傅|老师"
    rf"|经理))(?=[\s,;。、:(\d]|$|反映|来|电话|说|称)"
)


_SPEAKS_FOR_UNIT = re.compile(r"[我本](?:公司|司|厂|单位|企业|店|院|校|社)|我们(?:公司|厂|单位|企业)")
_SIGNED_UNIT = re.compile(rf"^[ \t]*(?P<unit>[{_HAN}()]{{5,30}}?)(?:[ ]*\((?:盖章|公章)\))?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Name:
    """A name at flat offsets; `value` is what stands there without inner spaces."""

    start: int
    end: int
    value: str
    confidence: float


def is_unit_name(value: str) -> bool:
    """Whether a name ends like a company, shop, school or another unit."""
    return bool(UNIT_SUFFIX.search(value)) and len(value) > 3


def is_person_token(token: str) -> bool:
    """Whether 2 to 4 Han characters may be a person's name: no grammar words, no words of the trade."""
    return (
        2 <= len(token) <= 4
        and token not in FIELD_OF
        and not (_STOP_CHARS & set(token))
        and not _STOP_WORDS.search(token)
        and not UNIT_SUFFIX.search(token)
    )


def says_nothing(value: str) -> bool:
    """Whether a labelled value only says that there is no name."""
    return not value.strip() or bool(_BLANK.match(value.strip()))


def under_label(flat: str, start: int, end: int) -> Name | None:
    """The name in the value of a name label: a unit, several representatives, or one person before any remark."""
    value = flat[start:end]
    if says_nothing(value):
        return None
    group = _GROUP.search(value[:200])
    if group:
        return Name(start + group.start("names"), start + group.end("names"), group["names"], 0.9)
    lead = _LEADING.match(value[:40])
    offset = lead.end() if lead else 0
    head = re.match(r"[^(,;/|\n\t\"'”。:<>\[\]【】{}]{1,60}", value[offset:])
    if head is None:
        return None
    unit = head.group().strip()
    if is_unit_name(unit):
        return Name(start + offset, start + offset + len(head.group().rstrip()), unit, 0.97)
    person = PERSON.match(value, offset)
    if (
        person is None
        or person.group() in FIELD_OF
        or _STOP_WORDS.fullmatch(person.group())
        or _NOBODY.search(person.group())
    ):
        return None
    written = person.group().rstrip(" .-'")
    tail = _AFTER_NAME.search(written, 2)
    written = written[: tail.start()] if tail else written
    plain = written if written.isascii() else written.replace(" ", "")
    sure = 0.97 if len(plain) <= 4 or written.isascii() else 0.8 if len(plain) <= 6 else 0.65
    return Name(start + person.start(), start + person.start() + len(written), plain, sure)


def beside(flat: str, start: int, end: int) -> Name | None:
    """The name standing right before or right after a phone number at `start:end` in a memo."""
    floor = max(0, start - 36)
    before = _BEFORE_PHONE.search(flat[floor:start])
    if before:
        called = list(_CALLED.finditer(before["run"]))
        at = before.start("run") + (called[-1].end() if called else 0)
        if (called or not before["digit"]) and is_person_token(flat[floor + at : floor + before.end("run")]):
            return Name(floor + at, floor + before.end("run"), flat[floor + at : floor + before.end("run")], 0.8)
    after = _AFTER_PHONE.match(flat[end : end + 10])
    if after and is_person_token(after["name"]):
        return Name(end + after.start("name"), end + after.end("name"), after["name"], 0.65)
    return None


def introduced(flat: str) -> Name | None:
    """The first name a running text introduces: 我叫…, 联系人…, or X先生 on its own."""
    repeated = _REPEATED.search(flat)
    if repeated and is_person_token(repeated["name"]):
        return Name(repeated.start("name"), repeated.end("name"), repeated["name"], 0.8)
    for match in _INTRODUCED.finditer(flat):
        group = next(key for key, value in match.groupdict().items() if value)
        if is_person_token(match[group]):
            return Name(match.start(group), match.end(group), match[group], 0.75)
    for match in _SPOKEN_NAME.finditer(flat):
        group = "said" if match["said"] else "of"
        if is_person_token(match[group]):
            return Name(match.start(group), match.end(group), match[group], 0.6)
    return _titled(flat) or _surname_only(flat)


def _titled(flat: str) -> Name | None:
    """X先生 on its own."""
    titled = _TITLED.search(flat)
    return Name(titled.start("name"), titled.end("name"), titled["name"], 0.7) if titled else None


def _surname_only(flat: str) -> Name | None:
    """The caller who gave no more than a surname (“姓马”); never somebody of an office the sentence speaks of."""
    for match in _SURNAME_ONLY.finditer(flat):
        sentence = re.split(r"[。;\n]", flat[max(0, match.start() - 40) : match.start()])[-1]
        if not _STAFF.search(sentence):
            return Name(match.start("family"), match.end("family"), match["family"], 0.55)
    return None


def own_unit(flat: str) -> Name | None:
    """The unit a speaker calls his own: 我公司（…有限公司）, 我是…公司的会计."""
    match = _OUR_UNIT.search(flat)
    return Name(match.start("unit"), match.end("unit"), match["unit"], 0.75) if match else None


def unit_speaking(flat: str) -> Name | None:
    """The unit that reports, as the subject of a sentence: 示例有限公司反映…."""
    match = _OUR_UNIT.search(flat) or _UNIT_SPEAKS.search(flat)
    return Name(match.start("unit"), match.end("unit"), match["unit"], 0.75) if match else _unit_signing(flat)


def _unit_signing(flat: str) -> Name | None:
    """The unit on a line of its own that signs what 我公司 or 我厂 writes."""
    if not _SPEAKS_FOR_UNIT.search(flat):
        return None
    signed = [match for match in _SIGNED_UNIT.finditer(flat) if is_unit_name(match["unit"])]
    signed = [match for match in signed if not match["unit"].endswith("中心")]
    return Name(signed[-1].start("unit"), signed[-1].end("unit"), signed[-1]["unit"], 0.75) if signed else None


def group(flat: str) -> Name | None:
    """Representatives named in running text: 测庚七、测辛八等37人."""
    match = _GROUP.search(flat)
    return Name(match.start("names"), match.end("names"), match["names"], 0.75) if match else None

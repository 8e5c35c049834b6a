"""Which departments a text names, and which one its matter usually belongs to.

`COMMON` maps the short names people use to a common full name; a name of the deployment's own directory wins over it.
`MATTERS` are the matters of a service hall and the department that handles them; they only ever suggest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

COMMON: dict[str, tuple[str, ...]] = {
    "人力资源和社会保障局": (
        "人力资源和社会保障局",
        "人力资源社会保障局",
        "人社局",
        "人社",
        "社保局",
        "社保中心",
        "社保窗口",
    ),
    "自然资源和规划局": ("自然资源和规划局", "自然资源局", "自然资源", "资规局", "资规", "国土局", "规划局"),
    "不动产登记中心": ("不动产登记中心", "不动产中心", "不动产窗口", "房产登记"),
    "住房和城乡建设局": ("住房和城乡建设局", "住建局", "住建", "房管局", "房管中心"),
    "消防救援大队": ("消防救援大队", "消防救援支队", "消防大队", "消防救援", "消防"),
    "市场监督管理局": ("市场监督管理局", "市场监管局", "市场监管", "市监局", "工商局", "工商窗口", "企业开办窗口"),
    "交通运输局": ("交通运输局", "交通局", "运管所", "运管局", "交通运输"),
    "农业农村局": ("农业农村局", "农业局", "农机局", "农机站"),
    "民政局": ("民政局", "民政所", "婚姻登记处"),
    "公安局": ("公安局", "公安分局", "派出所", "户籍窗口", "车管所", "出入境"),
    "税务局": ("税务局", "税务所", "办税厅", "办税服务厅", "税务窗口"),
    "医疗保障局": ("医疗保障局", "医保局", "医保中心", "医保窗口"),
    "卫生健康委员会": ("卫生健康委员会", "卫生健康委", "卫健委", "卫健局"),
    "教育体育局": ("教育体育局", "教体局", "教育局"),
    "生态环境局": ("生态环境局", "环保局", "生态环境分局"),
    "城市管理局": ("城市管理局", "城管局", "城管执法", "综合执法局"),
    "行政审批局": ("行政审批局", "行政审批服务局", "审批局"),
    "档案馆": ("档案馆", "档案局"),
    "公积金管理中心": ("公积金管理中心", "公积金中心", "公积金窗口"),
    "应急管理局": ("应急管理局", "应急局", "安监局"),
    "水利局": ("水利局", "水务局"),
    "林业局": ("林业局", "林草局"),
    "发展和改革委员会": ("发展和改革委员会", "发展改革委", "发改委", "发改局"),
    "财政局": ("财政局",),
    "司法局": ("司法局", "司法所", "公证处"),
    "文化广电和旅游局": ("文化广电和旅游局", "文广旅局", "文旅局"),
    "商务局": ("商务局",),
    "残疾人联合会": ("残疾人联合会", "残联"),
    "退役军人事务局": ("退役军人事务局", "退役军人局"),
    "烟草专卖局": ("烟草专卖局", "烟草局"),
    "供电公司": ("供电公司", "电力公司", "国网"),
    "自来水公司": ("自来水公司", "供水公司"),
    "燃气公司": ("燃气公司", "天然气公司"),
}
"""full name -> the ways texts name it."""

MATTERS: tuple[tuple[str, str], ...] = (
    (
        "食品经营许可|营业执照|公司名称变更|名称变更|公司注册|个体户注销|工商登记|企业开办|股权变更|注销登记",
        "市场监督管理局",
    ),
    ("退休手续|养老金|社保卡|养老保险|失业金|工伤认定|劳动能力鉴定|灵活就业", "人力资源和社会保障局"),
    ("不动产证|不动产登记|房产证|过户|抵押登记|房屋确权|宅基地确权|老宅确权", "自然资源和规划局"),
    ("施工许可|消防设计审查|竣工备案|商品房预售|公租房", "住房和城乡建设局"),
    ("道路运输证|货运资格|从业资格证年审|运输证年审|网约车证", "交通运输局"),
    ("农机补贴|农机购置|土地流转|种粮补贴", "农业农村局"),
    ("医保报销|医保转移|异地就医|生育津贴|医保卡", "医疗保障局"),
    ("低保|结婚登记|离婚登记|高龄补贴|临时救助", "民政局"),
    ("户口迁移|落户|身份证补办|居住证|驾驶证|护照", "公安局"),
    ("发票|纳税|完税证明|退税", "税务局"),
    ("公积金提取|公积金贷款|住房公积金", "公积金管理中心"),
    ("排污许可|环评", "生态环境局"),
    ("入学|转学|教师资格", "教育体育局"),
    ("生育登记|健康证|医师执业|诊所备案", "卫生健康委员会"),
    ("残疾证", "残疾人联合会"),
)
"""words of the matter -> the usual department (inferred, never certain)."""

_REGION = re.compile(r"^(?:[\u4e00-\u9fff]{1,8}?(?:省|市|自治区))?(?:[\u4e00-\u9fff]{1,8}?(?:区|县|市))?")
_MATTERS = tuple((re.compile(pattern), name) for pattern, name in MATTERS)


@dataclass(frozen=True, slots=True)
class Mention:
    """A department at flat offsets: `name` as the directory or the common table writes it."""

    start: int
    end: int
    name: str
    confidence: float


@lru_cache(maxsize=8)
def _vocabulary(known: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """One pattern for all names and the full name behind each; directory names replace the common ones."""
    alias: dict[str, str] = {}
    for full, shorts in COMMON.items():
        own = [name for name in known if any(len(short) >= 3 and short in name for short in shorts) or name == full]
        target = own[0] if len(own) == 1 else full
        alias.update(dict.fromkeys(shorts, target))
    for name in known:
        alias[name] = name
        short = _REGION.sub("", name)
        if len(short) >= 3:
            alias.setdefault(short, name)
    words = sorted(alias, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words))), alias


def clean(known: Iterable[str]) -> tuple[str, ...]:
    """The directory's names as a key: stripped, at least two characters, no repeats."""
    return tuple(dict.fromkeys(name.strip() for name in known if len(name.strip()) >= 2))


def labelled(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """The departments listed in a labelled value, as written, or as the directory writes them."""
    _, alias = _vocabulary(known)
    mentions: list[Mention] = []
    for match in re.finditer(r"[^\s,;、。/|()\"'”:]{2,40}", flat[start:end]):
        word = re.sub(r"^(?:牵头|配合|协办|主办)", "", match.group())
        offset = start + match.end() - len(word)
        if len(word) < 2 or word in ("单位", "部门", "无", "待定"):
            continue
        name = word
        if word not in known:
            own = [item for item in known if item.endswith(word) or word.endswith(item) or alias.get(word) == item]
            name = own[0] if len(own) == 1 else word
        mentions.append(Mention(offset, offset + len(word), name, 0.96))
    return mentions


def mentioned(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """Departments named in running text; one mention each, in order."""
    pattern, alias = _vocabulary(known)
    found: dict[str, Mention] = {}
    for match in pattern.finditer(flat, start, end):
        name = alias[match.group()]
        after, before = flat[match.end() : match.end() + 4], flat[max(0, match.start() - 2) : match.start()]
        loose = len(match.group()) == 2
        if loose and (
            after.startswith(("设计审", "通道", "证", "许可", "设施", "检查", "验收", "卡")) or before.endswith("退")
        ):
            continue
        found.setdefault(name, Mention(match.start(), match.end(), name, 0.6 if loose else 0.7))
    return list(found.values())


def by_matter(flat: str, start: int, end: int, known: tuple[str, ...]) -> list[Mention]:
    """The usual department of the first matter named in the text; a suggestion only."""
    _, alias = _vocabulary(known)
    for pattern, name in _MATTERS:
        match = pattern.search(flat, start, end)
        if match:
            return [Mention(match.start(), match.end(), alias.get(name, name), 0.5)]
    return []

"""A deterministic crop of forwarded texts: one truth each, written in many layouts, label synonyms and noises."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

NAMES = ("测甲一", "测乙", "示丙丁", "测戊·己", "测庚女士", "示例某")
PHONES = ("00012340021", "13800000022", "0375-0001023", "00012340024", "000-12340025", "00012340026")
TIMES = (
    ("2026-11-20 09:14:32", "2026-11-20T09:14"),
    ("2026/11/19 8:05", "2026-11-19T08:05"),
    ("2026年11月18日15时30分", "2026-11-18T15:30"),
    ("2026.11.17 下午3点半", "2026-11-17T15:30"),
    ("20261116103000", "2026-11-16T10:30"),
    ("11月15日 上午9:20", "2026-11-15T09:20"),
)
NUMBERS = ("PDS20261120000123", "2026111900456", "BJ202611210037", "RX-20261118-0042", "GD20261117A0009")
CONTENTS = (
    "其在政务服务中心申请办理不动产证，窗口收了280元，受理号0401202611000031，至今没有结果，要求说明原因。",
    "10月15日交的材料，订单号12345678901，窗口说系统没开，跑了3趟，损失约120万元。",
    "道路运输证年审11月12日显示已受理，统一社会信用代码00000000000000000X，至今未出结果。",
    "公司名称变更让补了3次章程，2号窗口的工作人员说材料编号20261118001不对，要求一次说清楚。",
    "老宅确权90年代的档案找不到，合同号00099988877，来回跑了4趟，想问还有什么办法。",
)
LABELS: dict[str, tuple[str, ...]] = {
    "external_no": ("工单编号", "工单号", "办件编号", "受理编号", "流水号", "热线工单编号"),
    "reported_at": ("来电时间", "反映时间", "受理时间", "诉求反映时间", "登记时间"),
    "name": ("姓名", "诉求人", "来电人", "反映人", "投诉人", "市民姓名", "联系人"),
    "phone": ("联系电话", "电话", "手机号", "联系方式", "来电号码", "诉求人电话"),
    "content": ("诉求内容", "反映内容", "主要内容", "内容", "问题描述", "诉求"),
}
ORDERS = (
    ("external_no", "reported_at", "name", "phone", "content"),
    ("name", "phone", "content", "external_no", "reported_at"),
    ("external_no", "content", "name", "phone", "reported_at"),
    ("reported_at", "name", "content", "phone", "external_no"),
)


@dataclass(frozen=True)
class Variant:
    """A text and what it must parse to; `forbidden` are digit strings of the content that are no phones."""

    layout: str
    text: str
    external_no: str
    reported_at: str
    name: str
    phone: str
    content: str


Row = list[tuple[str, str]]


def _lines(separator: str) -> Callable[[Row], str]:
    return lambda row: "\n".join(f"{label}{separator}{value}" for label, value in row)


def _inline(gap: str) -> Callable[[Row], str]:
    return lambda row: gap.join(f"{label}：{value}" for label, value in row)


LAYOUTS: dict[str, Callable[[Row], str]] = {
    "full colon": _lines("："),
    "half colon": _lines(":"),
    "spaced colon": _lines(" ： "),
    "equals": _lines("="),
    "brackets": lambda row: "\n".join(f"【{label}】{value}" for label, value in row),
    "bracket colon": lambda row: "\n".join(f"【{label}】：{value}" for label, value in row),
    "inline spaces": _inline("  "),
    "inline semicolon": _inline("；"),
    "vertical": lambda row: "\n".join(f"{label}\n{value}" for label, value in row),
    "two columns": lambda row: "\n".join(f"{label}\t{value}" for label, value in row),
    "header row": lambda row: "\t".join(label for label, _ in row) + "\n" + "\t".join(value for _, value in row),
    "markdown list": lambda row: "\n".join(f"- **{label}**：{value}" for label, value in row),
    "markdown table": lambda row: (
        "| 项目 | 值 |\n|---|---|\n" + "\n".join(f"| {label} | {value} |" for label, value in row)
    ),
    "json": lambda row: "{" + ", ".join(f'"{label}": "{value}"' for label, value in row) + "}",
    "numbered": lambda row: "\n".join(f"{i}. {label}：{value}" for i, (label, value) in enumerate(row, 1)),
    "colon then line": lambda row: "\n".join(f"{label}：\n{value}" for label, value in row),
    "inline comma": _inline("，"),
    "glued": _inline(""),
    "two per line": lambda row: "\n".join(
        "　　".join(f"{label}：{value}" for label, value in row[i : i + 2]) for i in range(0, len(row), 2)
    ),
    "with others": lambda row: (
        "性别：女\n" + "\n紧急程度：一般\n".join(f"{label}：{value}" for label, value in row) + "\n状态：待签收"
    ),
    "space only": lambda row: "\n".join(f"{label} {value}" for label, value in row),
    "quoted values": lambda row: "\n".join(f"{label}：“{value}”" for label, value in row),
    "dash bullets": lambda row: "\n".join(f"· {label}：{value}" for label, value in row),
    "tab inline": lambda row: "\t".join(f"{label}：{value}" for label, value in row),
    "sentence": lambda row: (
        "市12345转来工单，" + "；".join(f"{label}：{value}" for label, value in row) + "\n请核实处理。"
    ),
    "note label": lambda row: "\n".join(f"{label}（必填）：{value}" for label, value in row),
    "spaced label": lambda row: "\n".join(
        f"{' '.join(label) if len(label) == 2 else label}：{value}" for label, value in row
    ),
}

NOISES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "zero width": lambda text: "\ufeff" + text.replace("：", "\u200b：").replace("00", "0\u200b0", 1),
    "forward": lambda text: "转：" + text,
    "quoted": lambda text: "\n".join("> " + line for line in text.split("\n")),
    "ideographic spaces": lambda text: text.replace("  ", "　　").replace("\n", "　\n"),
    "wechat header": lambda text: "示例热线-小测  11/20 17:52\n" + text,
    "signature": lambda text: text + "\n经办人：坐席08",
    "full width digits": lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "blank lines": lambda text: text.replace("\n", "\n\n"),
}


def variants() -> list[Variant]:
    """Every layout with every noise, the rest drawn with a fixed seed."""
    rng = random.Random(20261123)
    made: list[Variant] = []
    for layout, draw in LAYOUTS.items():
        for noise, spoil in NOISES.items():
            if noise in ("blank lines", "forward", "wechat header", "quoted") and layout in (
                "vertical",
                "header row",
                "markdown table",
                "json",
            ):
                continue
            for _ in range(2):
                written, at = rng.choice(TIMES)
                truth = {
                    "external_no": rng.choice(NUMBERS),
                    "reported_at": written,
                    "name": rng.choice(NAMES),
                    "phone": rng.choice(PHONES),
                    "content": rng.choice(CONTENTS),
                }
                row = [(rng.choice(LABELS[field]), truth[field]) for field in rng.choice(ORDERS)]
                truth["reported_at"] = at
                made.append(Variant(f"{layout}/{noise}", spoil(draw(row)), **truth))
    return made

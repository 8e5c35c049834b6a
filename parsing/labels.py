"""The vocabulary of labels seen on hotline orders, window forms and their copies, and which field each one names.

Sources: the 18-column export of a district platform, the Shanghai table, a two-level district system, the work sheet
of annex 2 (R62) and the ledger of annex 3 (R64). The position in a row is the rank: an earlier synonym is the better
evidence for the same field. `ignored` labels only end the value before them. The words stand in `shipped/words.json`.
"""

from __future__ import annotations

from parsing.words import WORDS

LABELS: dict[str, tuple[str, ...]] = WORDS.labels
"""field -> synonyms, best evidence rule first."""

KIND_PREFIXES: dict[str, str] = WORDS.kind_prefixes
"""A line that opens with one of these and a colon names its own kind (R02), and the rest is the content."""

NOT_A_CALLER = WORDS.not_a_caller
"""Glued before a label they make it somebody else's: 窗口电话, 被投诉人."""

FIELD_OF: dict[str, tuple[str, int]] = {
    label: (field, rank) for field, labels in LABELS.items() for rank, label in enumerate(labels)
} | dict.fromkeys(KIND_PREFIXES, ("kind_prefix", 0))
"""label -> (field, rank)."""

LONGEST_LABEL = max(map(len, FIELD_OF))

EXPORT_COLUMNS: tuple[str, ...] = (
    "ignored", "external_no", "source", "other_no", "title", "content", "department", "ignored", "name", "phone",
    "ignored", "ignored", "ignored", "reported_at", "limit", "ignored", "staff", "ignored",
)  # fmt: skip
"""The 18 columns of the district platform's export: 序号, 办件编号, 办件来源, 市级编号, 诉求主题, 诉求内容,
办理单位, 办理科室, 诉求人, 诉求人电话, 处理结果, 事项大类, 事项小类, 派发时间, 承诺完成时间,
办件状态, 派单员, 预警状态."""

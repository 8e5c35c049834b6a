"""The evidence tables: which words speak for a category of 第六条, a kind of R02, a channel of R26, or a flag.

Each row is (value, weight, pattern, where it comes from). Patterns run on the levelled text. Weights add up per value;
the heaviest value wins, and the words found are its evidence span. The rows stand in `shipped/words.json`.
"""

from __future__ import annotations

import re

from parsing.words import WORDS

CATEGORY = WORDS.evidence["category"]
SUB_REASON = WORDS.evidence["sub_reason"]
"""Sub-reasons; shown only beside the category their source names."""
KIND_WORDS = WORDS.kind_words
"""Words in a labelled 诉求类型 and the kind they mean (R02)."""
KIND = WORDS.evidence["kind"]
CHANNEL_NAMES = WORDS.evidence["channel"]
"""Words in a labelled source, a heading or a sender's name, and the channel of R26."""
TALK = WORDS.evidence["talk"]
"""Words among colleagues that hold no complaint though they name a matter: thanks for what is done, a notice, a
question about the rules (第五条)."""
FLAGS = WORDS.evidence["flags"]
"""Flags (value true) with their evidence."""

URGING = re.compile(
    r"催单|催办件|(?:^|\n)[ ]?催办[:,]|催促|再次催|第(?P<nth>[\d一二三四五六七八九十]{1,3})次"
    r"(?:来电|来访|反映|(?:打?电话)?来?催|致电|投诉)|催了[\d一二两三四五六七八九十]{1,3}[次遍回]|重复来电|再次来电|多次来电"
)
COUNT = re.compile(
    r"第(?P<nth>\d{1,3}|[一二三四五六七八九十]{1,3})次(?:来电|来访|反映|(?:打?电话)?来?催|致电|投诉)"
    r"|催了(?P<times>\d{1,3}|[一二两三四五六七八九十]{1,3})[次遍回]"
)
COLLECTIVE = re.compile(
    r"(?:等|,共计?)(?:共|约)?(?P<n>\d{1,5})[余多]?[人名户位]|(?P<m>\d{1,5})[余多]?(?:名"
    r"|位|户)(?:业主|居民|村民|职工|群众|商户|家长)(?:联名|联合|集体|共同)|(?P<homes>\d{1,5})[余多]?户(?:业主|居民|村民|商户|住户)代表"
)
PROMISE = re.compile(
    r"(?:说|答应|承诺|保证)(?P<text>(?:[一二两三四五六七八九十\d]{1,3}个?(?:周"
    r"|星期|天|日|工作日|月|小时)(?:之?内)?)(?:给|就|能|内)?(?:答复|办好|办结"
    r"|解决|回复|处理)?)"
)
KEY_DATE_TAIL = re.compile(r"[ ]?(?:之前|以前|前|截止|到期|开工|开业|投产|交付)")
ATTACHMENT = re.compile(
    r"[\[【](?P<what>图片|照片|文件|语音|视频|附件|image|file|voice|video)(?:\d{0,3}|[:：][^\]】\n]{0,60})[\]】]"
)
LIMIT = re.compile(
    r"(?:(?<![\d年月/.-])[\d一二两三四五六七八九十]{1,3}[ ]?个?[ ]?(?:工作日"
    r"|自然日|小时|日|天|周)(?:之?内)?(?:[^\s,;。()\n]{0,4}(?:初步情况|回复"
    r"|答复|办结|反馈|办理|处理))?)"
)
LIMIT_SENTENCE = re.compile(
    r"(?:请|务必|须|应|要求|限)[^。;\n]{0,12}?(?P<limit>"
    r"(?<![\d年月/.-])[\d一二两三四五六七八九十]{1,3}[ ]?个?[ ]?(?:工作日"
    r"|自然日|小时|日|天)(?:之?内)?)[^。;\n]{0,14}?(?:回复|答复|办结|反馈|上报"
    r"|报|处理|办理)"
)
DEADLINE_BEFORE = re.compile(r"(?:请|并|务必|须|应|限)(?:[\u4e00-\u9fff]{1,8}[局委办心会门位所])?[于在]?[ ]?$")
DEADLINE_AFTER = re.compile(
    r"[ ]?(?:之?前|以前)[^。;\n]{0,8}(?:回复|答复|办结|反馈|上报|报送|报[\u4e00-\u9fff]{0,4}(?:结果|情况)|处理|办理)"
)
HANDED_OVER = re.compile(
    r"[\s【\[]{0,4}[^。,\n]{0,24}(?:转来|转办|交办|下派|转交|推送)(?:[ ]?(?:工单|诉求|件)?(?:[一\d]件)?)(?=[】\]:,])"
)
HEADING = re.compile(r"[\s【\[]{0,4}[^。,\n]{0,24}(?:转来|转办|交办|下派|转交|推送)")

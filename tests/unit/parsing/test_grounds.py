"""What a short sentence shows: a matter to complain of, a word among people, or that something was heard."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.office_hours import TZ
from parsing import only_heard, parse, shows_a_matter

NOW = datetime(2026, 11, 23, 9, tzinfo=TZ)


@pytest.mark.parametrize(
    "text",
    [
        "公积金提取的钱一直没到账，帮忙问问",
        "停车场收费太贵，办个事停车要20",
        "大厅的卫生间三天没打扫了味道很大",
        "通知：测甲一 13812345678 反映老年证办不下来",
    ],
)
def test_a_matter_shows_itself(text: str):
    assert shows_a_matter(text, parse(text, NOW))


@pytest.mark.parametrize(
    "text",
    [
        "系统今晚八点升级，请提前保存",
        "工作服周三统一换冬装，大家注意",
        "赵科长让你给他回个电话",
        "各位同事：" + "本周五下午四点在二楼多功能厅召开工作例会，请安排好值守，不得无故缺席。" * 3,
    ],
)
def test_a_word_among_colleagues_shows_none(text: str):
    assert not shows_a_matter(text, parse(text, NOW))


@pytest.mark.parametrize("text", ["收到", "好的，马上办理", "👍", "正在办理中", "收到！🙏", "OK", "明白，尽快处理"])
def test_only_heard(text: str):
    assert only_heard(text)


@pytest.mark.parametrize(
    "text", ["已办结", "收到，已联系群众并办结", "不予办理", "已现场指导", "好的，11月26日为其发证"]
)
def test_something_was_done(text: str):
    assert not only_heard(text)

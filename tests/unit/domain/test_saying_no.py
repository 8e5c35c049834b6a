"""What an answer says of itself: a no needs its basis (第八条); one that was so before or is quoted is none."""

from __future__ import annotations

import pytest

from domain import commands as c
from domain.saying_no import says_no
from domain.vocabulary import Category, State
from tests.kit.cases import LIAISON, WINDOW, Story

YES = (
    "原先办不了，现已办成",
    "原先办不了的，现在已经办结。",
    "原先办不了现已办成",
    "现已办成（原先办不了）",
    "之前窗口说“办不了”，经协调已当场办理",
    "此前因系统升级办不了，目前可以办理了",
    "上次不符合条件，现条件具备，已通过审批",
    "原来系统故障无法办理，现已恢复，业务已办结",
    "曾被告知不符合政策，复核后已批准",
    "过去办不成的事现在办成了",
    "此前不予核准，现准予核准并已发放",
    "不存在办不了的情形，已为其办结",
    "并非不能办理，材料补齐后已受理",
    "不是办不了，已办妥",
    "没有不予受理，已登记",
    "不再出现不能办的情况，已完成",
    "解决了办不了的问题",
    "已办结，今后杜绝不予受理的现象",
    "关于“不能办”的问题，已经解决",
    "诉求人反映窗口答复办不了，经核实已批评教育，并于11月24日为其办理完毕",
    "窗口人员称无法办理属解释不到位，已重新受理",
    "如果材料不全则不予受理，申请人材料齐全，现已受理",
    "不能当场办结，承诺11月30日前办结",
    "该窗口做法不符合规定，已责令整改并为其办结",
    "材料齐全，已当场办结",
    "已为其办理转移手续",
)
NO = (
    "办不了",
    "这个办不了",
    "经研究办不了。",
    "该事项属于“办不了”情形",
    "暂不能办理",
    "不能办成",
    "没办法办",
    "无法为其办理",
    "没有材料办不了",
    "不符合政策",
    "因之前材料不全，办不了",
    "之前未缴费，不符合条件",
    "原先办不了，现在仍办不了",
    "原来就办不了",
    "政策没变，还是不能办",
    "已告知诉求人办不了",
    "诉求人说办不了",
    "已核实，目前不予受理",
    "已受理，但经审核不符合条件",
    "无法办理，已告知其到省里申请",
)


@pytest.mark.parametrize("text", YES)
def test_what_is_done_is_taken_as_the_result(text):
    assert not says_no(text)
    case = Story().given(Category.CANNOT).do("11-24 10:00", LIAISON, c.Answer(text))
    assert (case.state, case.cannot) == (State.REVIEW, False)


@pytest.mark.parametrize("text", NO)
def test_a_no_without_its_basis_is_no_answer(text):
    assert Story().given(Category.CANNOT).refused("11-24 10:00", LIAISON, c.Answer(text)) == "cannot_needs_basis"


@pytest.mark.parametrize("text", ["这个办不了", "不符合政策"])
def test_the_window_says_why_it_cannot_be_done_on_the_spot_either(text):
    story = Story().confirm()
    assert story.refused("11-23 09:50", WINDOW, c.SettleOnSpot(text)) == "settle_needs_basis"
    assert story.do("11-23 09:50", WINDOW, c.SettleOnSpot(f"{text}，依据《社会保险法》第十六条")).on_the_spot

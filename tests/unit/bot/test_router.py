"""From words to commands."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import handlers
from bot.context import ChatCommand, CommandArgs, Context, Reply
from bot.handlers import ROUTERS, router
from bot.numbers import take_number
from bot.router import Router
from domain.lifecycle import TRANSITIONS


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("/转办 7 人社局", "转办", "7 人社局"),
        ("／转办　7　人社局", "转办", "7　人社局"),
        ("/ 转办 7 人社局", "转办", "7 人社局"),
        ("  /签收 1123-7", "签收", "1123-7"),
        ("/签收7", "签收", "7"),
        ("/签收#7", "签收", "#7"),
        ("/签收YS20261123-0007", "签收", "YS20261123-0007"),
        ("/答复：7 已经办好", "答复", "7 已经办好"),
        ("签收 7", "签收", "7"),
        ("/当场办结 7 已解释", "当场办结", "7 已解释"),
        ("/不准 7 理由", "不准", "7 理由"),
        ("/办不了 7 理由；依据", "办不了", "7 理由；依据"),
        ("/台账", "台账", ""),
        ("/答复 7 第一行\n第二行", "答复", "7 第一行\n第二行"),
    ],
)
def test_a_command_is_read_however_it_is_typed(text, word, rest):
    parsed = router.parse(text)
    assert parsed is not None
    assert parsed[1] is not None
    assert (parsed[1].word, parsed[2]) == (word, rest)


@pytest.mark.parametrize("text", ["你好", "", "7 已经办好", "窗口不给办理社保转移", "签收单在哪里"])
def test_what_is_no_command_is_none(text):
    assert router.parse(text) is None


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("签受", "签收"),
        ("答覆", "答复"),
        ("台帐", "台账"),
        ("催辦", "催办"),
        ("转辦", "转办"),
        ("质捡", "质检"),
        ("帮助我", "帮助"),
    ],
)
def test_a_typing_mistake_finds_the_nearest_command(typo, meant):
    nearest = router.nearest(typo)
    assert nearest is not None
    assert nearest.word == meant


def test_an_unknown_command_keeps_its_word():
    parsed = router.parse("/不存在的 7")
    assert parsed == ("不存在的", None, "7")
    assert router.nearest("xyz") is None


@pytest.mark.parametrize(
    ("text", "number", "rest"),
    [
        ("7 人社局", "7", "人社局"),
        ("7", "7", ""),
        ("1123-7 人社局", "1123-7", "人社局"),
        ("YS20261123-0007 人社局", "YS20261123-0007", "人社局"),
        ("ys20261123-0007，人社局", "ys20261123-0007", "人社局"),
        ("20261123-7：人社局", "20261123-7", "人社局"),
        ("#7 人社局", "7", "人社局"),
        ("7号 已办", "7", "已办"),
        ("人社局", "", "人社局"),
        ("7天内办好", "", "7天内办好"),
        ("00012340001 打这个", "", "00012340001 打这个"),
        ("", "", ""),
    ],
)
def test_a_leading_number_is_taken_off(text, number, rest):
    assert take_number(text) == (number, rest)


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(text: str):
    parsed = router.parse(text)
    if parsed is not None and parsed[1] is None:
        router.nearest(parsed[0])
    number, rest = take_number(text)
    assert len(number) + len(rest) <= len(text)


async def _nothing(ctx, args):
    raise AssertionError


def test_a_word_or_code_is_taken_once():
    table = Router()
    table.command("签收", "accept", "/签收 编号", "", "联络员")(_nothing)
    with pytest.raises(ValueError, match="registered twice"):
        table.command("签收", "other", "", "", "")(_nothing)
    with pytest.raises(ValueError, match="registered twice"):
        table.command("", "accept", "", "", "")(_nothing)


def test_every_act_of_a_person_has_a_command():
    """送达 is the platform's receipt, 催单 is recognised in a forwarded text, the others are the system's own."""
    words = {command.word for command in router.commands}
    assert {row.verb for row in TRANSITIONS.values()} - words == {
        "送达",
        "催单",
        "重算期限",
        "记录未送达",
        "随主件办结",
        "单独办理",
        "移出并单",
        "对方办结",
    }


@pytest.mark.parametrize("command", [e for e in router.commands if e.word], ids=lambda command: command.code)
def test_every_command_explains_itself(command: ChatCommand):
    assert command.usage.startswith(f"/{command.word}")
    assert command.summary
    assert command.audience in {"所有人", "窗口", "管理机构", "负责人", "联络员", "案例发布"}
    assert "编号" in command.usage or not command.about_case


def test_every_module_of_the_handlers_is_listed_with_its_router():
    """A command is offered because it is listed, not because somebody imported its file."""
    folder = Path(handlers.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "common"}
    assert [getattr(handlers, name).router for name in sorted(modules)] == list(ROUTERS)
    assert router.commands == [command for one in ROUTERS for command in one.commands]
    assert all(one.commands for one in ROUTERS)


def test_what_is_not_included_is_not_offered_and_nothing_is_included_twice():
    mine, other = Router(), Router()

    async def handler(ctx: Context, args: CommandArgs) -> Reply:
        return Reply()

    other.command("新词", "new", "/新词", "说明", "所有人")(handler)
    assert mine.by_code("new") is None
    mine.include(other)
    assert mine.by_code("new") is other.by_code("new")
    with pytest.raises(ValueError, match="registered twice"):
        mine.include(other)

"""研判分类 (第六条): the window submits with a category, the manager sets or changes it."""

from __future__ import annotations

from bot import texts
from bot.context import CommandArgs, Context, Reply, Several
from bot.handlers.common import act, done
from bot.router import Router
from bot.words import BadWords
from domain.commands import Classify, Submit
from domain.prompts import PromptCode
from domain.vocabulary import Category

router = Router()

#: Ways people write a category.
_ALIASES = {"一般性问题": "一般", "复杂事项": "复杂", "超范围": "范围外", "不在范围": "范围外", "延迟办理": "不给办"}


def _category(text: str) -> Category:
    words = text.split()
    word = _ALIASES.get(words[0], words[0]) if words else ""
    if word not in set(Category):
        raise BadWords("类别请从以下选一项：" + "、".join(Category) + "。")
    return Category(word)


@router.command(
    "提交", "submit", "/提交 编号 类别", "提交管理机构研判", "窗口", asks=PromptCode.SUBMIT, several=Several.SPACED
)
async def on_submit(ctx: Context, args: CommandArgs) -> Reply:
    """Submit the case to 管理机构 with a proposed category (第六条)."""
    category = _category(args.rest)
    outcome = await act(ctx, args, Submit(category))
    return done(ctx, args, outcome, texts.SUBMITTED.format(no=outcome.case.no, category=category))


@router.command(
    "分类",
    "classify",
    "/分类 编号 类别",
    "确定或更改办理分类",
    "管理机构",
    asks=PromptCode.CLASSIFY,
    several=Several.SPACED,
)
async def on_classify(ctx: Context, args: CommandArgs) -> Reply:
    """分类; after dispatch the limit is recomputed from the original receipt."""
    category = _category(args.rest)
    outcome = await act(ctx, args, Classify(category))
    return done(ctx, args, outcome, texts.CLASSIFIED.format(no=outcome.case.no, category=category))

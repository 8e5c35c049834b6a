"""台账: an overview for whoever asks, then the rows one may see, paged; the workbook one-to-one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot import texts
from bot.cards import summary as drawn
from bot.context import CommandArgs, Context, Reply
from bot.periods import period_named
from bot.router import Router
from bot.words import BadWords
from domain.given_dates import whole_number
from domain.ledger import LedgerLine, row
from domain.office_hours import TZ
from platforms.contract import File
from services.access.cases import access_case_named, access_copied, access_matching, kept_from, looks_like_number
from services.access.rights import Overview, access_overview
from services.directory.people import department_named
from services.papers.ledger import Filter, export_ledger
from services.papers.ledger_pages import Shelf, page_of
from services.store.statistics import summary

router = Router()

_USAGE = "/台账 [本月|上月|10月|部门名|逾期|关键词|编号|导出]"
#: Words that ask for open or overdue rows.
_STANDS = {"在办": Filter(open=True), "逾期": Filter(overdue=True), "超期": Filter(overdue=True)}


@router.command("台账", "ledger", _USAGE, "台账汇总、明细、查找、导出", "所有人", about_case=False)
async def on_ledger(ctx: Context, args: CommandArgs) -> Reply:
    """台账: without a word the overview of who asks; with one the rows it names."""
    words = args.rest.split()
    page = (whole_number(words[-1]) or 0) if len(words) > 1 else 0
    word = " ".join(words[:-1] if page else words)
    page = page or 1
    overview = access_overview(ctx.actor)
    if overview is Overview.REPORTED:
        return await _copied(ctx, page)
    own = ctx.actor.departments if overview is Overview.DEPARTMENT else frozenset()
    if not word:
        return await _overview(ctx, overview, own, page)
    if words[0] == "导出":
        return await _export(ctx, words[1:])
    if word in _STANDS:
        return await _listed(ctx, replace(_STANDS[word], departments=own), word, page)
    period = period_named(word, _today(ctx))
    if period is not None:
        return await _listed(ctx, Filter(since=period[0], until=period[1], departments=own), word, page)
    if looks_like_number(word):
        return await _one(ctx, word)
    match = await department_named(ctx.centre.id, word)
    if match.department is not None and (not own or match.department.id in own):
        chosen = frozenset({match.department.id})
        return await _listed(ctx, Filter(departments=chosen), match.department.name, page)
    return await _matching(ctx, word, page)


def _today(ctx: Context) -> date:
    return ctx.now.astimezone(TZ).date()


async def _overview(ctx: Context, overview: Overview, own: frozenset[int], page: int) -> Reply:
    """What who asks needs to know first: the centre's counts and what waits for them, or their department's."""
    context = ctx.app.decision_context_of(ctx.centre.id)
    shelf = _shelf(ctx)
    if overview is Overview.DEPARTMENT:
        name = ctx.person.department if len(own) == 1 and ctx.person.department else texts.LEDGER_OWN
        found = await shelf.page(Filter(departments=own), page, drawn.PAGE)
        if not found.count:
            return Reply(texts.LEDGER_EMPTY)
        head = drawn.department(await shelf.departments(own, drawn.PAGE), name, context)
        return Reply(f"{head}\n\n{drawn.rows(found, name, context)}")
    head = drawn.summary(await summary(ctx.centre.id, ctx.now, await kept_from(ctx.actor)), ctx.centre.name, ctx.now)
    deciding = overview in _DECIDING
    waiting = drawn.waiting(await shelf.undecided(drawn.PAGE), context, ctx.actor) if deciding else ""
    found = await shelf.page(Filter(open=True), page, drawn.PAGE)
    listed = drawn.rows(found, "在办", context) if found.count else texts.LEDGER_EMPTY
    return Reply("\n".join(line for line in (head, waiting) if line) + f"\n\n{listed}")


#: Who decides something: they are told what waits for their decision.
_DECIDING = frozenset({Overview.MANAGER, Overview.LEAD})


async def _copied(ctx: Context, page: int) -> Reply:
    """纪检: what was copied to it, and what of it is not done yet (第九条、通知第三条（三）)."""
    cases = [record.case for record in await access_copied(ctx.app, ctx.actor)]
    if not cases:
        return Reply(texts.NOTHING_COPIED)
    context = ctx.app.decision_context_of(ctx.centre.id)
    return Reply(
        f"{drawn.copied(cases, ctx.centre.name)}\n\n{drawn.rows(page_of(cases, page, drawn.PAGE), '抄送', context)}"
    )


def _shelf(ctx: Context) -> Shelf:
    """The rows this person may list here: not those somebody in the group is kept away from (回避)."""
    return Shelf(ctx.app, ctx.centre.id, ctx.actor, ctx.host if ctx.in_group else None)


async def _listed(ctx: Context, wanted: Filter, name: str, page: int) -> Reply:
    found = await _shelf(ctx).page(wanted, page, drawn.PAGE)
    context = ctx.app.decision_context_of(ctx.centre.id)
    return Reply(drawn.rows(found, name, context) if found.count else texts.LEDGER_EMPTY)


async def _matching(ctx: Context, words: str, page: int) -> Reply:
    """Rows with a keyword; what was sought stands one-to-one."""
    cases = [record.case for record in await access_matching(ctx.app, ctx.actor, words, 200)]
    if not cases:
        raise BadWords(texts.LEDGER_NOTHING.format(text=words[:20], usage=_USAGE))
    found = page_of(cases[::-1], page, drawn.PAGE)
    said = drawn.rows(found, words, ctx.app.decision_context_of(ctx.centre.id))
    return Reply(texts.ONE_TO_ONE, private=said) if ctx.in_group else Reply(said)


async def _one(ctx: Context, word: str) -> Reply:
    record = await access_case_named(ctx.app, ctx.actor, word)
    line = LedgerLine(1, record.case, ctx.now, masked=True, days_late=ctx.app.calendar.days_late)
    return Reply(drawn.one(record.case.no, row(line)))


async def _export(ctx: Context, words: list[str]) -> Reply:
    today = _today(ctx)
    since, until = (period_named(words[0], today) if words else None) or (None, None)
    made = await export_ledger(ctx.app, ctx.centre, ctx.actor, since=since, until=until)
    form = "全量" if made.full else "脱敏"
    said = texts.LEDGER_EXPORTED.format(count=made.count, form=form)
    name = f"有诉即办台账-{today:%Y%m%d}-{form}.xlsx"
    return Reply(said if not ctx.in_group else texts.ONE_TO_ONE, file=File(name, made.content))

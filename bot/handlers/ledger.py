"""台账: the summary, then the rows one may see, paged; the workbook one-to-one."""

from __future__ import annotations

from bot import texts
from bot.cards import summary as drawn
from bot.context import CommandArgs, Context, Reply
from bot.router import Router
from domain.given_dates import whole_number
from domain.ledger import LedgerLine, row
from domain.office_hours import TZ
from platforms.contract import File
from services.access.cases import access_case_named, looks_like_number
from services.access.rights import access_ledger
from services.directory.people import department_named
from services.papers.ledger import Filter, export_ledger, ledger_cases
from services.store.statistics import summary

router = Router()

_USAGE = "/台账 [本月|部门名|逾期|编号|导出]"


@router.command("台账", "ledger", _USAGE, "台账汇总、明细、导出", "窗口", about_case=False)
async def on_ledger(ctx: Context, args: CommandArgs) -> Reply:
    """台账: without a word the summary; with one the rows it names."""
    words = args.rest.split()
    page = whole_number(words[-1]) or 1 if len(words) > 1 else 1
    word = words[0] if words else ""
    own = access_ledger(ctx.actor)
    if own is not None:
        name = ctx.person.department if len(ctx.actor.departments) == 1 else ""
        return await _listed(ctx, Filter(departments=ctx.actor.departments), name or texts.LEDGER_OWN, page)
    if not word:
        head = drawn.summary(await summary(ctx.centre.id, ctx.now), ctx.centre.name, ctx.now)
        listed = await _listed(ctx, Filter(open=True), "在办", page)
        return Reply(f"{head}\n\n{listed.text}")
    if word == "在办":
        return await _listed(ctx, Filter(open=True), "在办", page)
    if word == "导出":
        return await _export(ctx, words)
    if word == "逾期":
        return await _listed(ctx, Filter(overdue=True), "逾期", page)
    if word == "本月":
        first = ctx.now.astimezone(TZ).date().replace(day=1)
        return await _listed(ctx, Filter(since=first), "本月", page)
    if looks_like_number(word):
        return await _one(ctx, word)
    match = await department_named(ctx.centre.id, word)
    if match.department is None:
        return Reply(texts.NO_SUCH_DEPARTMENT.format(text=word, candidates=_USAGE))
    return await _listed(ctx, Filter(departments=frozenset({match.department.id})), match.department.name, page)


async def _listed(ctx: Context, wanted: Filter, name: str, page: int) -> Reply:
    cases = await ledger_cases(ctx.app, ctx.centre.id, wanted)
    return Reply(
        drawn.rows(cases, name, page, ctx.app.decision_context_of(ctx.centre.id)) if cases else texts.LEDGER_EMPTY
    )


async def _one(ctx: Context, word: str) -> Reply:
    record = await access_case_named(ctx.app, ctx.actor, word)
    line = LedgerLine(1, record.case, ctx.now, masked=True, days_late=ctx.app.calendar.days_late)
    return Reply(drawn.one(record.case.no, row(line)))


async def _export(ctx: Context, words: list[str]) -> Reply:
    today = ctx.now.astimezone(TZ).date()
    since = today.replace(day=1) if "本月" in words else None
    made = await export_ledger(ctx.app, ctx.centre, ctx.actor, since=since)
    form = "全量" if made.full else "脱敏"
    said = texts.LEDGER_EXPORTED.format(count=made.count, form=form)
    name = f"有诉即办台账-{today:%Y%m%d}-{form}.xlsx"
    return Reply(said if not ctx.in_group else texts.ONE_TO_ONE, file=File(name, made.content))

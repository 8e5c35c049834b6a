"""Rules as data (第十二条: 试行): versions of the rule set, which cases a change would touch, and what is in force."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.rules import DecisionContext, RuleSet
from domain.rules_impact import impact_of
from models.cases import CaseRow
from models.database import reader
from models.errors import Conflict
from models.rulebook import RuleSetRow
from services.directory.people import CentreCard
from services.rules.rule_file import BadRules, load_rules
from services.store.app import AppContext
from services.store.event_store import read
from services.store.journal import watched

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Touched:
    """An open case whose limit or coming steps would differ if the new rules applied to it."""

    no: str
    departments: str
    before: str
    after: str


@dataclass(slots=True)
class Rulebook:
    """Every version ever used here, and what is in force: `rules` everywhere but at the centres of `own`."""

    rules: RuleSet
    versions: dict[str, RuleSet] = field(default_factory=dict)
    own: dict[int, RuleSet] = field(default_factory=dict)


async def touched(app: AppContext, after: RuleSet, centre: CentreCard | None = None) -> list[Touched]:
    """Open cases that would stand otherwise under `after`, were it applied to them, in order of number.

    Only cases of the centres the change is for: the one named, or all that have no rules of their own.
    """
    found = []
    calendar = app.calendar.with_hours(after.hours)
    for row in await CaseRow.filter(is_open=True).order_by("no"):
        if row.centre_id != centre.id if centre else row.centre_id in app.own_rules:
            continue
        case = (await read(row.id, app.sealer)).case
        context = app.decision_context(case.rules)
        now, then = impact_of(case, context), impact_of(case, DecisionContext(context.now, calendar, after))
        if now != then:
            found.append(Touched(case.no, case.departments, now.words(case), then.words(case)))
    return found


async def put_in_force(app: AppContext, text: str, centre: CentreCard | None = None) -> RuleSet:
    """New cases (of `centre`, or of all centres without rules of their own) are opened under these rules from now on.

    A version that was in force here before may be taken up again. Raises BadRules for a faulty text, or when the
    version was used for other rules or for another centre.
    """
    rules = load_rules(text)
    async with watched(app.sealer, app.clock.now(), "rule_sets"):
        newest = await RuleSetRow.all().order_by("-applied").first()
        applied = newest.applied + 1 if newest else 1
        known = await check_version(rules, centre)
        if known is None:
            await RuleSetRow.create(
                version=rules.version,
                text=text,
                centre_id=centre.id if centre else None,
                applied=applied,
                since=app.clock.now(),
            )
        else:
            await RuleSetRow.filter(id=known.id).update(
                applied=applied, since=app.clock.now(), centre_id=centre.id if centre else None
            )
    log.info("rules in force", extra={"action": "rules", "version": rules.version})
    return rules


async def check_version(rules: RuleSet, centre: CentreCard | None = None) -> RuleSetRow | None:
    """A version means one set of rules for one scope. Returns what is known of it; raises BadRules otherwise."""
    known = await RuleSetRow.get_or_none(version=rules.version)
    if known is None:
        return None
    if load_rules(known.text) != rules:
        raise BadRules([f"版本号 {rules.version} 已经用于另一套规则，请在文件里换一个新的版本号"])
    if known.applied and known.centre_id != (centre.id if centre else None):
        raise BadRules([f"版本号 {rules.version} 已经用于另一个范围，请在文件里换一个新的版本号"])
    return known


async def keep_shipped(app: AppContext, text: str) -> None:
    """Keep the rule set this release brings: its cases are handled by it also after a later release brings another."""
    version = load_rules(text).version
    known = await RuleSetRow.get_or_none(version=version)
    if known is None:
        try:
            async with watched(app.sealer, app.clock.now(), "rule_sets"):
                await RuleSetRow.create(version=version, text=text, since=app.clock.now())
        except Conflict:
            log.info("another process kept the shipped rules", extra={"action": "rules", "version": version})
    elif known.applied == 0 and known.text != text:
        async with watched(app.sealer, app.clock.now(), "rule_sets"):
            await RuleSetRow.filter(id=known.id, applied=0).update(text=text)


async def rulebook(shipped: RuleSet) -> Rulebook:
    """What is in force here; `shipped` where nobody put anything else in force. Raises BadRules.

    A version that this release can no longer read stops the start only while it is in force; an older one is passed
    over and said so in the log.
    """
    book = Rulebook(shipped)
    rows = await RuleSetRow.all().order_by("applied", "id")
    newest = {row.centre_id: row.id for row in rows if row.applied}
    for row in rows:
        try:
            rules = load_rules(row.text)
        except BadRules as error:
            if row.id in newest.values():
                raise BadRules([f"正在使用的规则 {row.version}：{fault}" for fault in error.faults]) from None
            log.error("an old rule set cannot be read", extra={"action": "rules_unreadable", "version": row.version})
            continue
        book.versions[row.version] = rules
        if row.id != newest.get(row.centre_id):
            continue
        if row.centre_id is None:
            book.rules = rules
        else:
            book.own[row.centre_id] = rules
    book.versions.setdefault(shipped.version, shipped)
    return book


async def rules_text(shipped: str, centre: CentreCard | None = None) -> str:
    """The rules in force (at a centre) as they were written; `shipped` while none were put in force here."""
    applied = RuleSetRow.filter(applied__gt=0).order_by("-applied")
    scopes: Sequence[int | None] = [centre.id, None] if centre else [None]
    for scope in scopes:
        mine = applied.filter(centre_id=scope) if scope else applied.filter(centre_id__isnull=True)
        row = await mine.first()
        if row is not None:
            return row.text
    return shipped


async def newest_rules() -> int:
    """How often rules were put in force here: a running bot looks whether it changed."""
    row = await RuleSetRow.all().using_db(reader()).order_by("-applied").first()
    return row.applied if row else 0

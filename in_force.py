"""Read what ships with the product: the rule set and the year tables, and what was put in force here over them."""

from __future__ import annotations

from pathlib import Path

from domain.rules import RuleSet
from domain.work_calendar import WorkCalendar, YearTable, load_tables
from services.rules.calendar_import import imported_tables
from services.rules.rule_file import load_rules
from services.rules.rulebook import keep_shipped, rulebook
from services.store.app import AppContext
from services.store.record_upgrade import prepare_record

DATA = Path(__file__).parent / "shipped"


def shipped_rules_text() -> str:
    """The file of the rule set that ships with the product."""
    return (DATA / "rules.json").read_text(encoding="utf-8")


def shipped_rules() -> RuleSet:
    """The rule set that ships with the product. Raises BadRules: the installed file was edited."""
    return load_rules(shipped_rules_text())


def shipped_tables() -> tuple[YearTable, ...]:
    """The year tables that ship with the product."""
    return load_tables(path.read_text(encoding="utf-8") for path in sorted((DATA / "calendar").glob("*.json")))


def shipped_calendar(rules: RuleSet) -> WorkCalendar:
    """The working calendar of the shipped year tables, in the rule set's office hours."""
    return WorkCalendar(shipped_tables(), rules.hours)


async def calendar_with(rules: RuleSet, *more: YearTable) -> WorkCalendar:
    """The shipped tables, the imported ones over them and `more` over those, in the rule set's office hours."""
    return WorkCalendar([*shipped_tables(), *await imported_tables(), *more], rules.hours)


async def load_in_force(app: AppContext) -> None:
    """Take what was put in force here over what ships: versions of the rules, imported calendars.

    Raises BadRules when the rules in force cannot be read by this release.
    """
    await prepare_record(app.sealer, app.clock.now())
    await keep_shipped(app, shipped_rules_text())
    book = await rulebook(shipped_rules())
    app.rules, app.versions, app.own_rules = book.rules, book.versions, book.own
    app.calendar = await calendar_with(book.rules)

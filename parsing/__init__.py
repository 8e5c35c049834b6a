"""Read a complaint somebody forwarded into proposed cases: pure, without I/O, every value traceable to the text."""

from parsing.assemble import parse
from parsing.coming import Coming, coming
from parsing.grounds import shows_a_matter
from parsing.talk import idle, only_heard
from parsing.types import Found, Parsed, Proposal

__all__ = ["Coming", "Found", "Parsed", "Proposal", "coming", "idle", "only_heard", "parse", "shows_a_matter"]

"""Read a complaint somebody forwarded into proposed cases: pure, without I/O, every value traceable to the text."""

from parsing.assemble import parse
from parsing.coming import Coming, coming
from parsing.types import Found, Parsed, Proposal

__all__ = ["Coming", "Found", "Parsed", "Proposal", "coming", "parse"]

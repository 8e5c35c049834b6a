"""Read a complaint somebody forwarded into proposed cases: pure, without I/O, every value traceable to the text."""

from domain.intake.assemble import parse
from domain.intake.coming import Coming, coming
from domain.intake.shapes import Found, Parsed, Proposal

__all__ = ["Coming", "Found", "Parsed", "Proposal", "coming", "parse"]

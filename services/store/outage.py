"""Whether a failure only means "not now": what was refused so was not accepted, and may be offered again."""

from models.errors import passing as passing

__all__ = ["passing"]

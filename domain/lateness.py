"""How lateness is said: in working days, and of a result between close of business and midnight as 当日超时."""

from __future__ import annotations


def late_words(days: int) -> str:
    """`超期2个工作日`; `当日超时` for a limit missed by less than a working day (第九条, note 3 of the ledger)."""
    return f"超期{days}个工作日" if days else "当日超时"

"""What a use case needs to phrase a question to the rows: `Q` for or/not, `F` for another column, counts.

`QuerySet` is such a question.
"""

from tortoise.expressions import F, Q, Subquery
from tortoise.functions import Count, Max, Min, Sum
from tortoise.queryset import QuerySet

__all__ = ["Count", "F", "Max", "Min", "Q", "QuerySet", "Subquery", "Sum"]

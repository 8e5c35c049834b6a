"""`make fuzz`: many more executions of every border; prints counts, what got through, and stalls."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.borders import BORDERS

#: An execution that takes longer than this is a stall, in seconds of this process's own time.
STALL = 0.2


def main() -> int:
    """Fuzz; the exit status is 1 when anything unexpected came out or stood still."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--executions", type=int, default=300_000)
    wanted = parser.parse_args().executions
    each, total, unexpected, stalls = -(-wanted // len(BORDERS)), 0, Counter[str](), Counter[str]()
    for name, (comes, take, refusals) in BORDERS.items():
        count = refused = 0
        slowest = 0.0

        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def anything(data: st.DataObject) -> None:
            nonlocal count, refused, slowest
            value = data.draw(comes)  # noqa: B023 - run before the loop goes on
            began = time.process_time()
            count += 1
            try:
                take(value)  # noqa: B023
            except refusals:  # noqa: B023
                refused += 1
            except Exception as error:
                unexpected[f"{name}: {type(error).__name__}"] += 1  # noqa: B023
                if unexpected[f"{name}: {type(error).__name__}"] == 1:  # noqa: B023
                    print(f"  {name}: {error!r} from {value!r}"[:400], flush=True)  # noqa: B023, T201
            slowest = max(slowest, spent := time.process_time() - began)
            stalls[name] += spent > STALL  # noqa: B023

        anything()
        total += count
        print(f"{name:16} {count:7} executions  {refused:7} refused  slowest {slowest * 1000:6.0f} ms", flush=True)  # noqa: T201
    print(f"{total} executions, unexpected: {dict(unexpected)}, stalls over 200 ms: {dict(+stalls)}")  # noqa: T201
    return 1 if unexpected or +stalls else 0


if __name__ == "__main__":
    sys.exit(main())

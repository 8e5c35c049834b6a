"""Long computing in a process of its own, which ends with ours however that ends."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run_apart(work: Callable[[], T]) -> T:
    """Do the work in another process and return what it gives; blocks. `work` and its answer are pickled."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=end_with_the_parent) as pool:
        return pool.submit(work).result()


def end_with_the_parent() -> None:
    """Let this process end when its parent does: nobody tells the workers of one that was killed."""
    threading.Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

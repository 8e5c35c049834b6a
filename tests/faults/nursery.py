"""Starts `yousu` commands fast: everything is imported once, and each command is a forked process of its own.

A real process with its own id, environment and files, only without the second of importing: hundreds of kills fit into
minutes. `python -m tests.faults.nursery` reads {"args", "env", "log"} a line and answers {"pid"}; {"ended": pid} is
answered with the {"status"} of a child that has ended.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any, NoReturn

import cli


def _become(order: dict[str, Any]) -> NoReturn:
    """The child: the command, with the given environment, writing to its log. Never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order["env"])
    random.seed()
    status = 70
    try:
        status = cli.main(order["args"])
        sys.stdout.flush()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _answer(**what: int) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Fork on order until the input ends; the children that are left then are killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: set[int] = set()
    for line in sys.stdin:
        order = json.loads(line)
        if "ended" in order:
            status = os.waitstatus_to_exitcode(os.waitpid(order["ended"], 0)[1])
            children.discard(order["ended"])
            _answer(status=status)
            continue
        pid = os.fork()
        if pid == 0:
            _become(order)
        children.add(pid)
        _answer(pid=pid)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()

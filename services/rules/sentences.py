"""Chinese sentences for a file checked by pydantic: each begins with its place and says what should stand there.

A check is a function from a value to its faults; each fault goes on where the name of the place ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from pydantic import AfterValidator, BeforeValidator, ValidationError

Check = Callable[[Any], Iterable[str]]


class Wrong(ValueError):
    """What is wrong at one place."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(*faults)
        self.faults = faults


def checked(check: Check, value: Any) -> Any:
    """The value when nothing is wrong with it. Raises Wrong."""
    if faults := list(check(value)):
        raise Wrong(faults)
    return value


def before(check: Check) -> BeforeValidator:
    """The check of what stands in the file."""
    return BeforeValidator(lambda value: checked(check, value))


def after(check: Check) -> AfterValidator:
    """The check of a part whose own parts are right."""
    return AfterValidator(lambda value: checked(check, value))


def must(fine: Callable[[Any], bool], sentence: str) -> BeforeValidator:
    """One condition; `{}` in the sentence is the value."""
    return before(lambda value: [] if fine(value) else [f"：{sentence.replace('{}', shown(value))}"])


def known(allowed: Collection[str], sentence: str) -> BeforeValidator:
    """One of these words."""
    return must(lambda value: is_in(value, allowed), sentence)


def whole(least: int, most: int, what: str = "整数") -> BeforeValidator:
    """A whole number between the two."""
    return must(
        lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most,
        f"应是 {least} 到 {most} 的{what}，现在是 {{}}",
    )


def a(kind: type, sentence: str) -> BeforeValidator:
    """A value of this kind."""
    return must(lambda value: isinstance(value, kind), f"{sentence}，现在是 {{}}")


def is_in(value: Any, allowed: Collection[str]) -> bool:
    """Whether it is one of the words; whatever is no text is none."""
    return isinstance(value, str) and value in allowed


def shown(value: Any) -> str:
    """The value as a sentence shows it, shortened."""
    return f"“{value[:40]}”" if isinstance(value, str) else str(value)[:40]


def one_of(allowed: Collection[str]) -> str:
    """The words to choose from."""
    return "、".join(sorted(allowed))


def place(way: Sequence[int | str]) -> str:
    """`("notices", 0, "to")` → `notices 第 1 项 的 to`, as an editor of the file counts."""
    told = ""
    for before_it, part in zip(("", *way), way, strict=False):
        if isinstance(part, int):
            told += f" 第 {part + 1} 项"
        elif part != "[key]":
            told += f" 的 {part}" if isinstance(before_it, int) else f".{part}" if told else part
    return told


def sentences(error: ValidationError) -> list[str]:
    """Missing parts first, then unknown ones, then what is wrong in the order of the model."""
    found: dict[str, list[str]] = {"missing": [], "extra_forbidden": [], "": []}
    for fault in error.errors(include_url=False):
        *way, last = fault["loc"] or ("",)
        here, kind = place(way) + "：" * bool(way), fault["type"]
        raised = fault.get("ctx", {}).get("error")
        if kind == "missing":
            found[kind].append(f"{here}缺少“{last}”")
        elif kind == "extra_forbidden":
            found[kind].append(f"{here}不认识“{last}”，请核对拼写")
        else:
            told = raised.faults if isinstance(raised, Wrong) else [f"：写法不对，现在是 {shown(fault['input'])}"]
            found[""] += [place(fault["loc"]) + one for one in told]
    return [sentence for kind in found.values() for sentence in kind]

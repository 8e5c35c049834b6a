"""A tiny schema language for template cards: what a field may hold, and which errcode says that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.wecom.errors import BAD_PARAMETER, EMPTY_PARAMETER, WireError


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most `chars` characters or `size` bytes; `missing` is the code when a required one is absent."""

    chars: int | None = None
    size: int | None = None
    required: bool = False
    missing: int = EMPTY_PARAMETER
    wrong: int = BAD_PARAMETER


@dataclass(frozen=True, slots=True)
class Number:
    """An integer out of `allowed`."""

    allowed: tuple[int, ...]
    wrong: int = BAD_PARAMETER


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number between two bounds."""

    bounds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Flag:
    """A JSON boolean, nothing that merely reads like one."""


@dataclass(frozen=True, slots=True)
class Box:
    """An object with these fields and no others."""

    fields: Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Many:
    """A list of `least`..`most` of one thing; `size` is the code for a wrong count, `unique` a field that differs."""

    of: Box
    least: int
    most: int
    size: int = BAD_PARAMETER
    unique: str = ""
    clash: int = BAD_PARAMETER


Schema = Text | Number | Ratio | Flag | Box | Many


def refuse(code: int, path: str, why: str) -> WireError:
    """The refusal of one field, by its path inside the card."""
    return WireError(code, f"template_card.{path} {why}")


def _check_text(schema: Text, value: object, path: str) -> None:
    if not isinstance(value, str):
        raise refuse(schema.wrong, path, "must be a string")
    if schema.required and not value:
        raise refuse(schema.missing, path, "is required")
    if schema.chars is not None and len(value) > schema.chars:
        raise refuse(schema.wrong, path, f"has {len(value)} characters, at most {schema.chars}")
    if schema.size is not None and len(value.encode()) > schema.size:
        raise refuse(schema.wrong, path, f"has {len(value.encode())} bytes, at most {schema.size}")


def _check_many(schema: Many, value: object, path: str) -> None:
    if not isinstance(value, list):
        raise refuse(BAD_PARAMETER, path, "must be a list")
    if not schema.least <= len(value) <= schema.most:
        raise refuse(schema.size, path, f"has {len(value)} items, {schema.least} to {schema.most} allowed")
    for index, item in enumerate(value):
        check(schema.of, item, f"{path}[{index}]")
    if schema.unique:
        keys = [item[schema.unique] for item in value if schema.unique in item]
        if len(keys) != len(set(keys)):
            raise refuse(schema.clash, path, f"has the same {schema.unique} twice")


def check(schema: Schema, value: object, path: str) -> None:
    """Raise `WireError` unless `value` fits the schema."""
    match schema:
        case Text():
            _check_text(schema, value, path)
        case Number():
            if not isinstance(value, int) or isinstance(value, bool) or value not in schema.allowed:
                raise refuse(schema.wrong, path, f"must be one of {list(schema.allowed)}")
        case Ratio():
            low, high = schema.bounds
            if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
                raise refuse(BAD_PARAMETER, path, f"must be between {low} and {high}")
        case Flag():
            if not isinstance(value, bool):
                raise refuse(BAD_PARAMETER, path, "must be true or false")
        case Box():
            _check_box(schema, value, path)
        case Many():
            _check_many(schema, value, path)


def _check_box(schema: Box, value: object, path: str) -> None:
    if not isinstance(value, dict):
        raise refuse(BAD_PARAMETER, path, "must be an object")
    unknown = sorted(set(value) - set(schema.fields))
    if unknown:
        raise refuse(BAD_PARAMETER, f"{path}.{unknown[0]}", "is not a field of this card")
    for name, field in schema.fields.items():
        if name in value:
            check(field, value[name], f"{path}.{name}")
        elif isinstance(field, Text) and field.required:
            raise refuse(field.missing, f"{path}.{name}", "is required")

"""Reading FHIR JSON strictly, and R4's own rules for JSON. PROTOCOL section 4.

Two parsers must never read one text differently, since what is judged here is shown by another
program there: UTF-8 only, no member twice, no number outside IEEE 754, no null or empty value.
Knows nothing of elements or types.
"""

import json
import math
from collections.abc import Iterator

from schemas.errors import EncodingError
from schemas.fhir.xhtml import narrative_problem

MAX_DEPTH = 60
"""Levels of nesting. Real records have about twenty; deeper ones exhaust the stacks of readers."""

Part = str | int
Finding = tuple[tuple[Part, ...], str]


def read_object(data: bytes) -> dict[str, object]:
    """Return the JSON object in `data`. Raises EncodingError, which never quotes from it."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_members,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except EncodingError:
        raise
    except (ValueError, RecursionError):
        raise EncodingError("is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise EncodingError("must be a JSON object")
    return value


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EncodingError("an object has a member twice")
    return members


def _refuse_constant(_: str) -> object:
    raise EncodingError("holds a number that JSON does not have")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise EncodingError("holds a number that is too large")
    return value


def json_findings(value: object, at: tuple[Part, ...] = ()) -> Iterator[Finding]:
    """Yield what breaks R4's rules for JSON (json.html) or for narratives, with where it is.

    `null` is allowed only inside a list, where it keeps values and their extensions in step: at its
    index the list of the same name with or without `_` has something.
    """
    if len(at) > MAX_DEPTH:
        yield at, "is nested too deeply"
    elif isinstance(value, dict):
        yield from _object_findings(value, at)
    elif isinstance(value, list):
        yield at, "must not be a list inside a list"
    elif value is None:
        yield at, "must not be null"
    elif isinstance(value, str) and at[-1:] == ("div",):
        problem = narrative_problem(value)
        if problem:
            yield at, problem


def _object_findings(members: dict[str, object], at: tuple[Part, ...]) -> Iterator[Finding]:
    if not members:
        yield at, "must not be empty"
    for name, value in members.items():
        if isinstance(value, list):
            yield from _list_findings(value, members.get(_companion(name)), (*at, name))
        elif not isinstance(value, str) or name == "div":
            yield from json_findings(value, (*at, name))


def _companion(name: str) -> str:
    return name[1:] if name.startswith("_") else f"_{name}"


def _list_findings(items: list[object], beside: object, at: tuple[Part, ...]) -> Iterator[Finding]:
    if not items:
        yield at, "must not be empty"
    for index, item in enumerate(items):
        if item is not None:
            yield from json_findings(item, (*at, index))
        elif not (isinstance(beside, list) and beside[index : index + 1] not in ([], [None])):
            yield (*at, index), "must not be null"

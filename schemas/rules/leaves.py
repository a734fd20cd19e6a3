"""The single texts inside a record, told apart by their type: free text, caseworkers' codes."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, get_args

from pydantic import AfterValidator, BaseModel

from schemas.components.base import Record
from schemas.components.values import CaseworkerCode, tidy_line, tidy_text
from schemas.rules.changes import placed_facts

_CODE = CaseworkerCode.__metadata__[0]  # type: ignore[attr-defined]


def free_texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield (path, text) for every free text of a record, however deep."""
    return _texts(record, is_free_text)


def caseworker_codes(record: Record) -> Iterator[tuple[str, str]]:
    """Yield (path, code) wherever a record names a caseworker."""
    return _texts(record, is_caseworker_code)


def is_free_text(marker: Any) -> bool:
    """Say whether an annotation's marker is that of free text."""
    return isinstance(marker, AfterValidator) and marker.func in (tidy_line, tidy_text)


def is_caseworker_code(marker: Any) -> bool:
    """Say whether an annotation's marker is that of a caseworker's code."""
    return bool(marker == _CODE)


def _texts(record: Record, wanted: Callable[[Any], bool]) -> Iterator[tuple[str, str]]:
    for path, field, fact in placed_facts(record):
        if isinstance(fact, BaseModel):
            yield from _in_model(path, fact, wanted)
        elif isinstance(fact, str) and field in marked_fields(type(record), wanted):
            yield path, fact


def _in_model(
    path: str, model: BaseModel, wanted: Callable[[Any], bool]
) -> Iterator[tuple[str, str]]:
    for field in type(model).model_fields:
        value = getattr(model, field)
        listed = isinstance(value, list)
        for place, part in enumerate(value if listed else [value]):
            where = f"{path}.{field}.{place}" if listed else f"{path}.{field}"
            if isinstance(part, BaseModel):
                yield from _in_model(where, part, wanted)
            elif isinstance(part, str) and field in marked_fields(type(model), wanted):
                yield where, part


@cache
def marked_fields(model: type[BaseModel], wanted: Callable[[Any], bool]) -> frozenset[str]:
    """Return the fields of a model whose annotation bears a wanted marker, at any depth."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(map(wanted, (*field.metadata, *_markers(field.annotation))))
    )


def _markers(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _markers(part)

"""The free texts of a record, with their paths: what people typed, as against codes and choices."""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import AfterValidator, BaseModel

from schemas.components.base import Record
from schemas.components.values import tidy_line, tidy_text
from schemas.rules.changes import placed_facts


def free_texts(record: Record) -> Iterator[tuple[str, str]]:
    """Yield (path, text) for every free text of a record, however deep."""
    for path, field, fact in placed_facts(record):
        if isinstance(fact, BaseModel):
            yield from _in_model(path, fact)
        elif isinstance(fact, str) and field in _free_fields(type(record)):
            yield path, fact


def _in_model(path: str, model: BaseModel) -> Iterator[tuple[str, str]]:
    for field in type(model).model_fields:
        value = getattr(model, field)
        listed = isinstance(value, list)
        for place, part in enumerate(value if listed else [value]):
            where = f"{path}.{field}.{place}" if listed else f"{path}.{field}"
            if isinstance(part, BaseModel):
                yield from _in_model(where, part)
            elif isinstance(part, str) and field in _free_fields(type(model)):
                yield where, part


@cache
def _free_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields of a model whose texts are free: those that are tidied on the way in."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(map(_tidies, (*field.metadata, *_markers(field.annotation))))
    )


def _markers(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _markers(part)


def _tidies(marker: Any) -> bool:
    return isinstance(marker, AfterValidator) and marker.func in (tidy_line, tidy_text)

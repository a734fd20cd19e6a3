"""Every free text of a record, with its path: what people typed, as against codes and numbers."""

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
        elif isinstance(fact, str) and field in free_text_fields(type(record)):
            yield path, fact


def _in_model(path: str, model: BaseModel) -> Iterator[tuple[str, str]]:
    for field in type(model).model_fields:
        value = getattr(model, field)
        typed = field in free_text_fields(type(model))
        listed = isinstance(value, list)
        for place, part in enumerate(value if listed else [value]):
            where = f"{path}.{field}.{place}" if listed else f"{path}.{field}"
            if isinstance(part, BaseModel):
                yield from _in_model(where, part)
            elif typed and isinstance(part, str):
                yield where, part


@cache
def free_text_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the fields of a model whose texts are free: those that are tidied on the way in."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if _is_tidied(field.metadata) or _is_tidied(get_args(field.annotation))
    )


def _is_tidied(parts: Any) -> bool:
    for part in parts:
        if isinstance(part, AfterValidator) and part.func in (tidy_line, tidy_text):
            return True
        if _is_tidied(getattr(part, "__metadata__", ())) or _is_tidied(get_args(part)):
            return True
    return False

"""What in a case points where: caseworkers named in facts, and the list that they stand in.

Works on a whole case only: a recipient of some sections may well lack the section with the list.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from schemas.components.base import Record
from schemas.components.interventions import InterventionsRecord
from schemas.components.values import CaseworkerCode

_MARK = CaseworkerCode.__metadata__[0]  # type: ignore[attr-defined]


def _marks(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _marks(part)


@cache
def _names_caseworkers(model: type[BaseModel], field: str) -> bool:
    info = model.model_fields[field]
    return _MARK in (*info.metadata, *_marks(info.annotation))


def _named(model: BaseModel, path: str) -> Iterator[tuple[str, str]]:
    """Yield (path, code) of every caseworker a model names, however deep."""
    for field in type(model).model_fields:
        value = getattr(model, field)
        listed = value if isinstance(value, list) else [value]
        for place, part in enumerate(listed):
            where = f"{path}.{field}.{place}" if isinstance(value, list) else f"{path}.{field}"
            if isinstance(part, BaseModel):
                yield from _named(part, where)
            elif isinstance(part, str) and _names_caseworkers(type(model), field):
                yield where, part


def dangling_caseworkers(records: list[Record]) -> list[str]:
    """Return the paths of caseworkers named in a case whose list of caseworkers lacks them.

    A case without such a list names whom it likes.
    """
    codes = {
        worker.code
        for record in records
        if isinstance(record, InterventionsRecord)
        for worker in record.caseworkers
    }
    named = (pair for record in records for pair in _named(record, record.component))
    return [path for path, code in named if codes and code not in codes]

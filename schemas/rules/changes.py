"""Facts with their paths: which a record has, which another version has not, a record of some."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from schemas.components.base import Record, facts_of

RecordT = TypeVar("RecordT", bound=Record)


def placed_facts(record: Record) -> Iterator[tuple[str, str, Any]]:
    """Yield (path, field, fact) of every fact: `health.notes.3` in a list, else `health.risk`."""
    position: Counter[str] = Counter()
    for field, fact in facts_of(record):
        path = f"{record.component}.{field}"
        if isinstance(getattr(record, field), list):
            path = f"{path}.{position[field]}"
            position[field] += 1
        yield path, field, fact


def new_facts(record: Record, before: Record | None) -> Iterator[tuple[str, str, Any]]:
    """Yield (path, field, fact) of every fact that the version before does not hold."""
    known: Counter[str] = Counter()
    if before is not None:
        known.update(_print(field, fact) for _, field, fact in placed_facts(before))
    for path, field, fact in placed_facts(record):
        same = _print(field, fact)
        if known[same]:
            known[same] -= 1
        else:
            yield path, field, fact


def struck_facts(record: Record, before: Record | None) -> Iterator[tuple[str, str, Any]]:
    """Yield (path, field, fact), by the path it had, of every fact that was taken out.

    In a field that holds one fact, another in its place is a change, and no loss.
    """
    for path, field, fact in new_facts(before, record) if before is not None else ():
        held = getattr(record, field)
        if held is None or isinstance(held, list):
            yield path, field, fact


def with_facts(record: RecordT, keeps: Callable[[str, str, Any], bool]) -> RecordT:
    """Return the record with those facts only that `keeps(path, field, fact)` wants."""
    kept: dict[str, Any] = {
        field: [] if isinstance(getattr(record, field), list) else None
        for field in type(record).model_fields
    }
    for path, field, fact in placed_facts(record):
        if not keeps(path, field, fact):
            continue
        if isinstance(kept[field], list):
            kept[field].append(fact)
        else:
            kept[field] = fact
    return record.model_copy(update=kept)


def _print(field: str, fact: Any) -> str:
    content = fact.model_dump_json() if isinstance(fact, BaseModel) else repr(fact)
    return f"{field} {content}"

"""What every component is: a closed model whose fields are facts.

A *fact* is one model, one element of a list of models, or one plain value; it goes to exactly one
section. Facts of a list stand in the order of their sections, since a recipient who is given one
section must not see gaps left by another. PROTOCOL section 4.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from schemas.components.assignment import category_of
from schemas.components.values import FieldError, is_after
from schemas.sensitivity import CATEGORIES, Category, Component

_PERIODS = (("since", "until"), ("admitted", "departed"), ("data_since", "data_until"))
"""Pairs of fields that are the ends of a period, wherever they occur."""


def _in_order(categories: list[Category]) -> list[Category]:
    return sorted(set(categories), key=CATEGORIES.index)


class ComponentModel(BaseModel):
    """Strict, frozen, closed: an unknown field is an error, never dropped."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="after")
    def _periods_run_forward(self) -> Self:
        for start, end in _PERIODS:
            first, last = getattr(self, start, None), getattr(self, end, None)
            if first and last and is_after(first, last):
                raise FieldError(end, f"lies before {start}")
        return self


class Fact(ComponentModel):
    """Something recorded that is released or withheld as a whole."""

    sensitivities: Annotated[list[Category], AfterValidator(_in_order)] = Field(
        default=[], max_length=12
    )
    """Sensitivities its author adds; they can only move the fact to a stricter section."""


class Record(ComponentModel):
    """One component of one case. Every field may be absent: a recipient may hold some sections."""

    component: ClassVar[Component]

    @field_validator("*", mode="after")
    @classmethod
    def _by_section(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, list):
            return value
        field = str(info.field_name)
        rank = {
            id(fact): CATEGORIES.index(category_of(cls.component, field, fact)) for fact in value
        }
        return sorted(value, key=lambda fact: rank[id(fact)])


def require_distinct(field: str, keys: Iterable[Any]) -> None:
    """Raise FieldError naming the first element of a list whose key another has already."""
    seen = []
    for place, key in enumerate(keys):
        if key in seen:
            raise FieldError(f"{field}.{place}", "is there twice")
        seen.append(key)


def facts_of(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield (field, fact) for every fact of a record, in order."""
    for field in type(record).model_fields:
        value = getattr(record, field)
        if isinstance(value, list):
            yield from ((field, fact) for fact in value)
        elif value is not None:
            yield field, value

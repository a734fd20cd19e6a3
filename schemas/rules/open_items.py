"""Open items: no problem, result, treatment or plan may be dropped on the way (R105, booklet 7.4).

What is open is computed from the health component, never kept by hand. At discharge each item must
be in the summary, or the summary must say why not; at acceptance the receiving facility has to
take each one up, or answer it. Two facts are one item if they share a code, or their words but for
case and spaces; so an item that is coded once in words and once in ICD-10 counts as two.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.components.base import Record
from schemas.components.shared import OpenItemKind
from schemas.components.values import Coded
from schemas.rules.changes import placed_facts


@dataclass(frozen=True)
class Item:
    """One item of care. `marks` are what it is recognised by: they are content, not for showing."""

    kind: OpenItemKind
    path: str
    marks: frozenset[str]
    is_open: bool

    def is_same(self, other: "Item") -> bool:
        """Say whether both speak of one thing."""
        return self.kind == other.kind and bool(self.marks & other.marks)


class Source(NamedTuple):
    """How the facts of a field are items: kind (None: the fact says), marks, when they are open."""

    kind: OpenItemKind | None
    marks: Callable[[Any], frozenset[str]]
    is_open: Callable[[Any], bool]


def _words(text: str | None) -> frozenset[str]:
    return frozenset({" ".join(text.casefold().split())} if text else ())


def _code(code: Coded) -> frozenset[str]:
    coded = frozenset({f"{code.system} {code.code}"} if code.code else ())
    return coded | _words(code.text)


def _service(fact: Any) -> frozenset[str]:
    return _words(fact.service)


def _what(fact: Any) -> frozenset[str]:
    return _code(fact.what)


def _alert(fact: Any) -> frozenset[str]:
    return _words(fact.text) if fact.kind == "other" else frozenset({fact.kind})


def _while(*open_ones: str) -> Callable[[Any], bool]:
    return lambda fact: fact.status in open_ones


def _has_no_value(fact: Any) -> bool:
    return all(value is None for value in (fact.quantity, fact.finding, fact.text))


def _yes(_: Any) -> bool:
    return True


def _no(_: Any) -> bool:
    return False


_PROBLEM = Source(
    "problem",
    lambda fact: _code(fact.code),
    lambda fact: fact.status in ("active", "recurrence") and fact.certainty != "refuted",
)
_RESULT = Source("result", lambda fact: _code(fact.test), _has_no_value)
"""A test that was ordered and has no value yet; what a value means is a problem of its own."""

SOURCES: dict[str, Source] = {
    "alerts": Source("alert", _alert, _while("active")),
    "problems": _PROBLEM,
    "diagnoses": _PROBLEM,
    "open_problems": _PROBLEM,
    "lab_results": _RESULT,
    "results": _RESULT,
    "screenings": Source(
        "result",
        lambda fact: frozenset({fact.disease}),
        lambda fact: fact.result in ("positive", "indeterminate", "pending"),
    ),
    "medications": Source(
        "treatment", lambda fact: _code(fact.product), _while("active", "on-hold")
    ),
    "care_plan": Source("plan", _service, _while("scheduled", "in-progress")),
    "goals": Source(
        "plan",
        lambda fact: _words(fact.text),
        _while("proposed", "planned", "active", "on-hold"),
    ),
    "follow_ups": Source("plan", _service, _yes),
    "appointments": Source("plan", _service, _yes),
    "not_carried": Source(None, _what, _no),
    "taken_up": Source(None, _what, _no),
}
"""Field of the health component, summary or referral -> what items it holds. The last two are
answers: that an item is left out on purpose, or what the receiving facility does about it."""


def items_of(*records: Record | None) -> list[Item]:
    """Return all items of some components, open and closed."""
    return [
        Item(source.kind or fact.kind, path, source.marks(fact), source.is_open(fact))
        for record in records
        if record is not None
        for path, field, fact in placed_facts(record)
        if (source := SOURCES.get(field))
    ]


def open_items(*records: Record | None) -> list[Item]:
    """Return the items of some components that are still open."""
    return [item for item in items_of(*records) if item.is_open]


def dropped(wanted: Iterable[Item], carried: Iterable[Item]) -> list[Item]:
    """Return those of `wanted` that nothing in `carried` speaks of."""
    there = list(carried)
    return [item for item in wanted if not any(item.is_same(other) for other in there)]

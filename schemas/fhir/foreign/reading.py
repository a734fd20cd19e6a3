"""What a reader of foreign resources is: a function from a resource to a fact of `health`.

A reader says why it can't map a resource by raising `NotMapped`: the resource is then only in the
bundle as received.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.fhir.codecs import Json
from schemas.fhir.foreign.sensitivity import known_code
from schemas.fhir.foreign.words import line, present


class NotMapped(Exception):  # noqa: N818 - an outcome of reading, not a fault
    """A resource has no place in our components; the message says why."""


class Found(NamedTuple):
    """A fact and the concepts its sensitivity is judged by."""

    field: str
    fact: Json
    concepts: list[Json]


Lookup = Callable[[Any], Json]
"""Returns the resource a Reference points to, an empty one if it isn't in the bundle."""


Reader = Callable[[Json, Lookup], Found]


def coded_of(concept: Json) -> Json:
    """Return a CodeableConcept as `Coded` data. Raises NotMapped if it says nothing."""
    codings = concept.get("coding", [])
    known = next((pair for coding in codings if (pair := known_code(coding))), None)
    displays = [concept.get("text"), *(coding.get("display") for coding in codings)]
    text = next((said for part in displays if part and (said := line(part))), None)
    coded = present(text=text)
    if known:
        coded |= {"system": known[0], "code": known[1]}
    if not coded:
        raise NotMapped("has no code or text that can be read")
    return coded

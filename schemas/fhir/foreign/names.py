"""The words of the names of persons in a foreign bundle, wherever they are written.

Looks at name elements and at what references to persons display, at any depth. Does not take the
words out of anything: words.py does.
"""

import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any
from unicodedata import normalize

from schemas.fhir.codecs import Json

_WORD = re.compile(r"\w+")
_PERSONS = frozenset({"Patient", "Person", "Practitioner", "PractitionerRole", "RelatedPerson"})
_PERSON_ELEMENTS = frozenset(
    {
        "actor",
        "asserter",
        "attester",
        "author",
        "authorReference",
        "enterer",
        "generalPractitioner",
        "individual",
        "informationSource",
        "party",
        "patient",
        "performer",
        "practitioner",
        "recorder",
        "requester",
        "resultsInterpreter",
        "sender",
        "source",
        "subject",
    }
)
"""Elements that may point to a person: what they display is a name unless they say otherwise."""


def names_in(resources: Iterable[Json], named: MutableMapping[str, Json]) -> frozenset[str]:
    """Return every word of the names of persons in a bundle, folded, of two letters or more.

    `named`: the bundle's resources by the names that references may use for them.
    """
    words = {
        word.casefold()
        for resource in resources
        for text in _texts(resource, ChainMap(_contained(resource), named))
        for word in _WORD.findall(normalize("NFC", text))
    }
    return frozenset(word for word in words if len(word) > 1 and not word.isdigit())


def _texts(resource: Json, named: Mapping[str, Json]) -> Iterator[str]:
    for element, part in _parts(resource):
        if element in ("name", "valueHumanName"):
            yield from _name_texts(part)
        elif isinstance(part.get("display"), str) and _is_of_person(element, part, named):
            yield part["display"]


def _parts(resource: Json) -> Iterator[tuple[str, Json]]:
    """Yield every object in a resource, contained ones too, with the element it is in."""
    waiting: list[tuple[str, Any]] = [("", resource)]
    while waiting:
        element, part = waiting.pop()
        if isinstance(part, list):
            waiting.extend((element, item) for item in part)
        elif isinstance(part, dict):
            yield element, part
            waiting.extend(part.items())


def _name_texts(name: Json) -> Iterator[str]:
    given = name.get("given")
    for part in (name.get("family"), name.get("text"), *(given if isinstance(given, list) else ())):
        if isinstance(part, str):
            yield part


def _is_of_person(element: str, reference: Json, named: Mapping[str, Json]) -> bool:
    if "code" in reference or "system" in reference:
        return False  # A Coding: it displays a meaning.
    target = str(reference.get("reference", ""))
    said = {str(reference.get("type", "")), str(named.get(target, {}).get("resourceType", ""))}
    kinds = {kind for kind in (said | set(target.split("/")[-4:-1])) if kind[:1].isupper()}
    return bool(kinds & _PERSONS) if kinds else element in _PERSON_ELEMENTS


def _contained(resource: Json) -> dict[str, Json]:
    parts = resource.get("contained")
    listed = parts if isinstance(parts, list) else []
    return {f"#{part.get('id')}": part for part in listed if isinstance(part, dict)}

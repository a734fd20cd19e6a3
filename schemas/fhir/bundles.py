"""How the Bundle of one section is built from the facts that belong in it.

A Composition with the narrative comes first, then one resource for each fact. Ids are derived from
the record's id and the fact's place in the section, so that the same facts give the same bytes.
"""

import uuid
from collections import defaultdict
from typing import Any, NamedTuple

from pydantic import BaseModel

from schemas.components.assignment import category_of
from schemas.components.base import Record, facts_of
from schemas.fhir.codecs import Json
from schemas.fhir.composition import Entry, default_head, parts
from schemas.fhir.fact_map import VALUE
from schemas.fhir.labels import SectionHeader, security
from schemas.fhir.maps.registry import map_of
from schemas.fhir.subject import stamp
from schemas.fhir.systems import COMPONENT, FACT, RECORD, STATED
from schemas.sensitivity import Category

_IDS = uuid.UUID("6f0f6b1c-6c2b-5f0e-9d3a-2f1a7c54c0de")
"""Namespace of the ids of resources: an id is derived, so that it doesn't change by itself."""


class PlacedFact(NamedTuple):
    """A fact as plain JSON, with the field it came from and what its author added."""

    field: str
    content: Json
    stated: list[Category]


def _pruned(value: Any) -> Any:
    """Return plain JSON without what is absent or empty, at any depth."""
    if isinstance(value, dict):
        pruned = ((name, _pruned(part)) for name, part in value.items())
        return {name: part for name, part in pruned if part not in (None, [], {})}
    return [_pruned(part) for part in value] if isinstance(value, list) else value


def _plain(dumped: Any) -> tuple[Json, list[Category]]:
    if not isinstance(dumped, dict):
        return {VALUE: dumped}, []
    return dumped, dumped.pop("sensitivities", [])


def by_category(record: Record) -> dict[Category, list[PlacedFact]]:
    """Return the facts of a record by the section they belong to."""
    grouped: dict[Category, list[PlacedFact]] = defaultdict(list)
    for field, fact in facts_of(record):
        dumped = fact.model_dump(mode="json") if isinstance(fact, BaseModel) else fact
        category = category_of(record.component, field, fact)
        grouped[category].append(PlacedFact(field, *_plain(_pruned(dumped))))
    return grouped


def _id(header: SectionHeader, *more: object) -> str:
    parts = (header.record_id, header.component, header.category, *more)
    return str(uuid.uuid5(_IDS, "/".join(map(str, parts))))


def _meta(header: SectionHeader, fact: PlacedFact) -> Json:
    tags = [{"system": FACT, "code": fact.field}]
    tags += [{"system": STATED, "code": category} for category in fact.stated]
    return {"security": security([header.category, *fact.stated]), "tag": tags}


def _entries(header: SectionHeader, facts: list[PlacedFact]) -> list[Entry]:
    """Return the facts as resources, each with the id of its place in the section."""
    entries = []
    for number, fact in enumerate(facts):
        fact_map = map_of(header.component, fact.field)
        resource_id = _id(header, fact.field, number)
        about = stamp(fact_map.resource, header.code_number)
        resource = fact_map.encode(fact.content, about)
        resource |= {"id": resource_id, "meta": _meta(header, fact)}
        url = f"urn:uuid:{resource_id}" if fact_map.resource != "Composition" else ""
        entries.append(
            Entry(fact.field, fact_map.label, fact_map.section, fact.content, resource, url)
        )
    return entries


def _head(header: SectionHeader, entries: list[Entry]) -> Json:
    """Return the section's Composition: the fact that is one, or a plain list."""
    for entry in entries:
        if entry.resource["resourceType"] == "Composition":
            return entry.resource
    head = default_head(header.component, entries) | stamp("Composition", header.code_number)
    return head | {"id": _id(header), "meta": {"security": security([header.category])}}


def resources(header: SectionHeader, facts: list[PlacedFact]) -> list[Json]:
    """Return the resources of a section, the Composition first."""
    entries = _entries(header, facts)
    head = _head(header, entries)
    rest = [entry.resource for entry in entries if entry.resource is not head]
    return [head | {"section": parts(entries, header.code_number)}, *rest]


def build_bundle(header: SectionHeader, facts: list[PlacedFact]) -> Json:
    """Return the Bundle of one section."""
    return {
        "resourceType": "Bundle",
        "id": _id(header, "Bundle"),
        "meta": {
            "security": security([header.category]),
            "tag": [{"system": COMPONENT, "code": header.component}],
        },
        "identifier": {"system": RECORD, "value": header.record_id},
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
            for resource in resources(header, facts)
        ],
    }

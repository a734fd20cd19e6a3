"""A component as sections, and sections as a component: the two public verbs of the mapping.

A section is a FHIR R4 collection Bundle. The same component always gives the same bytes, and a
section's bytes depend on nothing outside it, so that an unchanged section need not be sealed again.
What is read must be exactly what would be written: content that this version can't represent is
refused, not dropped. PROTOCOL section 4.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from schemas.components.base import Record
from schemas.components.records import RECORDS, holds_list, parse_record
from schemas.errors import ComponentError
from schemas.fhir.bundles import build_bundle, by_category, resources
from schemas.fhir.codecs import Json
from schemas.fhir.fact_map import VALUE
from schemas.fhir.labels import SectionHeader, header_of, parse_bundle
from schemas.fhir.maps.registry import map_of
from schemas.fhir.systems import FACT, STATED
from schemas.fhir.validity import check_resource
from schemas.sensitivity import CATEGORIES, Category, Component

_SHAPE_FAULTS = (LookupError, TypeError, ValueError, AttributeError)
"""What reading JSON of another shape than ours raises."""


def to_sections(record: Record, *, code_number: str, record_id: str) -> dict[Category, bytes]:
    """Return the record cut into sections: for each category that occurs, the bytes of its Bundle.

    `record_id` is the same for all versions of a record. The bytes are valid FHIR R4; raises
    ComponentError with the element's path if they would not be.
    """
    sections = {}
    for category, facts in by_category(record).items():
        bundle = build_bundle(
            SectionHeader(record.component, category, code_number, record_id), facts
        )
        for problem in check_resource(bundle):
            raise ComponentError(problem.problem, f"Bundle.{problem.path}")
        sections[category] = orjson.dumps(bundle)
    return sections


def _tags(resource: Json, system: str) -> list[str]:
    return [tag["code"] for tag in resource["meta"].get("tag", ()) if tag["system"] == system]


def _decoded(component: Component, resources: list[Json]) -> Iterator[tuple[str, Any]]:
    """Yield (field, plain JSON) of each resource that is a fact."""
    for resource in resources:
        for field in _tags(resource, FACT):
            content = map_of(component, field).decode(resource)
            if stated := _tags(resource, STATED):
                content["sensitivities"] = stated
            yield field, content.get(VALUE, content)


def _gather(model: type[Record], facts: Iterator[tuple[str, Any]], data: Json) -> None:
    for field, fact in facts:
        if holds_list(model, field):
            data.setdefault(field, []).append(fact)
        elif field in data:
            raise ComponentError("is there twice", f"{model.component}.{field}")
        else:
            data[field] = fact


def _without_narrative(resource: Json) -> Json:
    hidden = {"text", "section"} if resource["resourceType"] == "Composition" else {"text"}
    return {name: value for name, value in resource.items() if name not in hidden}


def _header(component: Component, category: Category, bundle: Json) -> SectionHeader:
    header = header_of(bundle)
    if (header.component, header.category) != (component, category):
        raise ComponentError("has other labels than it was released under", "Bundle.meta")
    return header


def _require_one_record(headers: list[SectionHeader]) -> None:
    if len({(header.code_number, header.record_id) for header in headers}) > 1:
        raise ComponentError("belongs to another record", "Bundle.identifier")


def _strange(component: Component, category: Category) -> ComponentError:
    return ComponentError("is not in this exchange's form", f"{component}.{category}")


def _content(component: Component, category: Category, bundle: Json) -> list[Json]:
    """Return the resources of a section, apart from narratives."""
    try:
        return [_without_narrative(entry["resource"]) for entry in bundle["entry"]]
    except _SHAPE_FAULTS:
        raise _strange(component, category) from None


def _read(component: Component, given: Mapping[Category, list[Json]]) -> Record:
    data: Json = {}
    for category in CATEGORIES:
        try:
            _gather(RECORDS[component], _decoded(component, given.get(category, [])), data)
        except _SHAPE_FAULTS:
            raise _strange(component, category) from None
    return parse_record(component, data)


def from_sections(component: Component, bundles: Mapping[Category, bytes]) -> Record:
    """Return the component that some or all of its sections hold; nothing is lost or added.

    Raises ComponentError if a section's labels are not those it is given under, if sections belong
    to different records, or if a section holds anything that the component would not write there.
    """
    parsed = {category: parse_bundle(data) for category, data in bundles.items()}
    headers = {category: _header(component, category, parsed[category]) for category in parsed}
    _require_one_record(list(headers.values()))
    given = {category: _content(component, category, parsed[category]) for category in parsed}
    record = _read(component, given)
    expected = by_category(record)
    for category, header in headers.items():
        written = resources(header, expected.get(category, []))
        if given[category] != list(map(_without_narrative, written)):
            raise ComponentError("holds what this component doesn't", f"{component}.{category}")
    return record

"""The discharge summary against what a discharge report must have: written apart from the maps.

Takes the Bundles of the sections of one summary. The parts and their LOINC codes are those of the
HL7 Europe discharge report and of IPS, as far as they apply to a shelter; nothing here imports the
mapping, so that a fault of the mapping is seen.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]

_LOINC = "http://loinc.org"
DISCHARGE_SUMMARY = "18842-5"
REQUIRED: dict[str, tuple[str, frozenset[str]]] = {
    "alerts": ("104605-1", frozenset({"Flag"})),
    "reason for admission": ("46239-0", frozenset({"Observation"})),
    "course of stay": ("8648-8", frozenset({"Observation", "EpisodeOfCare"})),
    "assessment on admission": ("67851-6", frozenset({"Observation"})),
    "diagnoses": ("11535-2", frozenset({"Condition"})),
    "open problems": ("11450-4", frozenset({"Condition"})),
    "mental status": ("10190-7", frozenset({"Observation"})),
    "self-care": ("47420-5", frozenset({"Observation"})),
    "allergies": ("48765-2", frozenset({"AllergyIntolerance"})),
    "medicines at discharge": ("75311-1", frozenset({"MedicationStatement"})),
    "plan of care": (
        "18776-5",
        frozenset({"CarePlan", "ServiceRequest", "Appointment"}),
    ),
    "instructions": ("8653-8", frozenset({"Observation"})),
    "disposition": ("8650-4", frozenset({"EpisodeOfCare"})),
    "papers handed over": ("77599-9", frozenset({"DocumentReference"})),
}
OPTIONAL: dict[str, tuple[str, frozenset[str]]] = {
    "immunizations": ("11369-6", frozenset({"Immunization"})),
    "procedures": ("47519-4", frozenset({"Procedure"})),
    "results": ("30954-2", frozenset({"Observation", "DocumentReference"})),
}
_COMPREHENSION = "questionnaire:comprehension"


def _resources(sections: Iterable[bytes]) -> list[tuple[Json, Json]]:
    """Return (entry's fullUrl holder, resource) of all sections."""
    bundles = [json.loads(data) for data in sections]
    return [(entry, entry["resource"]) for bundle in bundles for entry in bundle["entry"]]


def _loinc(concept: Json) -> set[str]:
    return {one["code"] for one in concept.get("coding", ()) if one.get("system") == _LOINC}


def _parts(compositions: list[Json]) -> Iterator[tuple[str, Json]]:
    for composition in compositions:
        for part in composition.get("section", ()):
            for code in _loinc(part["code"]):
                yield code, part


def _head_faults(compositions: list[Json]) -> Iterator[str]:
    heads = [one for one in compositions if DISCHARGE_SUMMARY in _loinc(one["type"])]
    if len(heads) != 1:
        yield f"has {len(heads)} heads of type {DISCHARGE_SUMMARY}"
        return
    (head,) = heads
    if not head.get("author"):
        yield "is compiled by nobody"
    modes = {one["mode"]: one for one in head.get("attester", ())}
    if "professional" not in modes or not modes["professional"].get("party"):
        yield "is attested by no health professional"
    if head.get("author", [{}])[0] == modes.get("professional", {}).get("party"):
        yield "is attested by whoever compiled it"
    if not head.get("date"):
        yield "has no date"
    if head.get("status") != "final":
        yield "is not final"


def _part_faults(compositions: list[Json], by_url: dict[str, Json]) -> Iterator[str]:
    found: dict[str, list[Json]] = {}
    for code, part in _parts(compositions):
        found.setdefault(code, []).append(part)
    for name, (code, kinds) in (REQUIRED | OPTIONAL).items():
        if code not in found:
            if name in REQUIRED:
                yield f"lacks {name} ({code})"
            continue
        for part in found[code]:
            if not part.get("text", {}).get("div"):
                yield f"{name} has no narrative"
            targets = [by_url.get(one["reference"]) for one in part.get("entry", ())]
            if not targets:
                yield f"{name} has no entry"
            for target in targets:
                if target is None or target["resourceType"] not in kinds:
                    yield f"{name} has an entry of another kind"


def _content_faults(resources: list[Json]) -> Iterator[str]:
    forms = [one for one in resources if one["resourceType"] == "QuestionnaireResponse"]
    understood = [one for one in forms if _COMPREHENSION in one.get("questionnaire", "")]
    asked = {item["linkId"] for one in understood for item in one.get("item", ())}
    if not {"to", "language", "understood"} <= asked:
        yield "does not say who understood it, in which language and how well"
    contacts = [one for one in resources if one["resourceType"] == "HealthcareService"]
    if not any("_name" in one for one in contacts):
        yield "has no contact in two languages"
    for one in resources:
        if one["resourceType"] == "Condition" and "asserter" not in one:
            yield "has a problem that nobody stands for"


def discharge_faults(sections: Iterable[bytes]) -> list[str]:
    """Return what a discharge summary lacks; `sections` are all of its Bundles."""
    found = _resources(sections)
    by_url = {entry["fullUrl"]: resource for entry, resource in found}
    resources = [resource for _, resource in found]
    compositions = [one for one in resources if one["resourceType"] == "Composition"]
    return [
        *_head_faults(compositions),
        *_part_faults(compositions, by_url),
        *_content_faults(resources),
    ]

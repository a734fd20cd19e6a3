"""A foreign FHIR R4 Bundle as a case of our own.

What can be mapped is mapped, without names and foreign narratives; the bundle as received stays
whole, as an attachment of `identity`. A resource that is not valid R4 is not mapped. PROTOCOL
section 4.
"""

import base64
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas.case_file import CASE_FORMAT, CaseFile
from schemas.components.base import Fact, Record
from schemas.components.health import HealthRecord
from schemas.components.records import fact_model, holds_list, parse_record
from schemas.errors import ComponentError
from schemas.fhir.codecs import Json
from schemas.fhir.foreign.clinical import CLINICAL_READERS
from schemas.fhir.foreign.names import names_in
from schemas.fhir.foreign.observation import read_observation
from schemas.fhir.foreign.person import PATIENT_ELEMENTS, read_identity, read_profile
from schemas.fhir.foreign.reading import Lookup, NotMapped, Reader
from schemas.fhir.foreign.sensitivity import section_of
from schemas.fhir.foreign.words import without_names
from schemas.fhir.labels import parse_bundle
from schemas.fhir.validity import check_resource
from schemas.sensitivity import Component

RECEIVED_NAME = "received-bundle.json"
RECEIVED_TYPE = "application/fhir+json"
_RECEIVED = {
    "title": "FHIR bundle as received",
    "kind": "received-bundle",
    "content_type": RECEIVED_TYPE,
    "attachment": RECEIVED_NAME,
}
_READERS: dict[str, Reader] = {**CLINICAL_READERS, "Observation": read_observation}


@dataclass(frozen=True)
class ImportedCase:
    """What came of a foreign bundle: our components, and the bytes as received."""

    records: dict[Component, Record]
    received: bytes
    not_mapped: tuple[str, ...]
    """Path and reason of every resource that is only in the bundle as received."""

    def as_case(self, code_number: str) -> CaseFile:
        """Return the import as a case file under a code number of the receiving facility."""
        attachment = {
            "name": RECEIVED_NAME,
            "content_type": RECEIVED_TYPE,
            "base64": base64.b64encode(self.received).decode(),
        }
        return CaseFile.model_validate(
            {
                "format": CASE_FORMAT,
                "code_number": code_number,
                "components": self.records,
                "attachments": [attachment],
            }
        )


def _resources(bundle: Json) -> tuple[list[Json], dict[str, Json]]:
    """Return the resources of a bundle, and by the names that references may use for them."""
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise ComponentError("is not a list", "Bundle.entry")
    resources: list[Json] = []
    named: dict[str, Json] = {}
    for index, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise ComponentError("holds no resource", f"Bundle.entry.{index}")
        resources.append(resource)
        named[f"{resource['resourceType']}/{resource.get('id')}"] = resource
        named[str(entry.get("fullUrl"))] = resource
    return resources, named


def _lookup(resource: Json, named: dict[str, Json]) -> Lookup:
    contained = {f"#{part.get('id')}": part for part in resource.get("contained", ())}

    def look_up(reference: Any) -> Json:
        target = reference.get("reference") if isinstance(reference, dict) else None
        return contained.get(str(target)) or named.get(str(target)) or {}

    return look_up


def _fact(resource: Json, named: dict[str, Json], names: frozenset[str]) -> tuple[str, Fact]:
    """Return field and fact of a clinical resource. Raises NotMapped."""
    reader = _READERS.get(resource["resourceType"])
    if reader is None:
        raise NotMapped("has no place in a component")
    _require_valid(resource)
    try:
        field, data, concepts = reader(resource, _lookup(resource, named))
        section = section_of(resource, concepts)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise NotMapped("refers to something that can't be read") from None
    labelled = without_names(data, names) | {
        "sensitivities": [section] if section != "general" else []
    }
    try:
        fact = fact_model("health", field).model_validate(labelled)
    except ValidationError:
        raise NotMapped(f"does not fit health.{field}") from None
    return field, fact


def _require_valid(resource: Json) -> None:
    """Raise NotMapped unless a resource, its narrative aside, is R4 that can be taken whole."""
    if "modifierExtension" in resource or "implicitRules" in resource:
        raise NotMapped("is modified in a way that is not known here")
    for problem in check_resource({name: resource[name] for name in resource if name != "text"}):
        raise NotMapped(f"is not valid FHIR R4 at {problem.path or 'its top'}")


def _require_one_person(resources: list[Json]) -> None:
    patients = [index for index, part in enumerate(resources) if part["resourceType"] == "Patient"]
    if len(patients) > 1:
        raise ComponentError("is about several persons", f"Bundle.entry.{patients[1]}")


def _patient(resources: list[Json]) -> Json:
    """Return what is read of the Patient; raises NotMapped if that is not valid R4."""
    patient = next((part for part in resources if part["resourceType"] == "Patient"), {})
    read = {name: patient[name] for name in patient if name in PATIENT_ELEMENTS}
    if read:
        _require_valid({"resourceType": "Patient"} | read)
    return read


def _clinical(resources: list[Json], named: dict[str, Json]) -> tuple[dict[str, Any], list[str]]:
    """Return the data of a health record, and what was not mapped and why."""
    names = names_in(resources, named)
    health: dict[str, Any] = {}
    missed = []
    for index, resource in enumerate(resources):
        if resource["resourceType"] == "Patient":
            continue
        try:
            field, fact = _fact(resource, named, names)
            _add(health, field, fact)
        except NotMapped as reason:
            missed.append(f"Bundle.entry.{index}: {reason}")
    return health, missed


def _add(health: dict[str, Any], field: str, fact: Fact) -> None:
    if holds_list(HealthRecord, field):
        health.setdefault(field, []).append(fact)
    elif field in health:
        raise NotMapped(f"is a second health.{field}")
    else:
        health[field] = fact


def import_bundle(bundle: bytes) -> ImportedCase:
    """Map a foreign Bundle (JSON) to components. Raises ComponentError with the path of a fault."""
    resources, named = _resources(parse_bundle(bundle))
    _require_one_person(resources)
    health, missed = _clinical(resources, named)
    try:
        patient = _patient(resources)
    except NotMapped as reason:
        patient = {}
        missed.append(f"Bundle: the Patient {reason}")
    data: dict[Component, dict[str, Any]] = {
        "administrative": {"profile": read_profile(patient)} if patient else {},
        "identity": read_identity(patient) | {"documents": [_RECEIVED]},
        "health": health,
    }
    records = {name: parse_record(name, fields) for name, fields in data.items() if fields}
    return ImportedCase(records, bundle, tuple(missed))

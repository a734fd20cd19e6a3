"""A foreign FHIR R4 Bundle as a case of our own.

What can be mapped is mapped; the bundle as received stays whole, as an attachment of `identity`.
"""

import base64
from dataclasses import dataclass

from schemas.case_file import CASE_FORMAT, CaseFile
from schemas.components.base import Record
from schemas.components.records import parse_record
from schemas.errors import ComponentError
from schemas.fhir.codecs import Json
from schemas.fhir.foreign.person import read_identity
from schemas.fhir.labels import parse_bundle
from schemas.sensitivity import Component

RECEIVED_NAME = "received-bundle.json"
RECEIVED_TYPE = "application/fhir+json"


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


def _resources(bundle: Json) -> list[Json]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise ComponentError("is not a list", "Bundle.entry")
    resources = []
    for index, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise ComponentError("holds no resource", f"Bundle.entry.{index}")
        resources.append(resource)
    return resources


def import_bundle(bundle: bytes) -> ImportedCase:
    """Map a foreign Bundle (JSON) to components. Raises ComponentError with the path of a fault."""
    resources = _resources(parse_bundle(bundle))
    identity = read_identity(resources) | {
        "documents": [
            {
                "title": "FHIR bundle as received",
                "kind": "received-bundle",
                "content_type": RECEIVED_TYPE,
                "attachment": RECEIVED_NAME,
            }
        ]
    }
    records: dict[Component, Record] = {"identity": parse_record("identity", identity)}
    missed = tuple(
        f"Bundle.entry.{index}: {resource['resourceType']} has no place in a component"
        for index, resource in enumerate(resources)
        if resource["resourceType"] != "Patient"
    )
    return ImportedCase(records, bundle, missed)

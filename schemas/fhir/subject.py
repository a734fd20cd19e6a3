"""The code number on every resource: as subject where R4 has one, else in an extension.

A Reference to the beneficiary is always logical (by identifier), so that no resource points out of
its section and no name is needed to find one's way (booklet 7.2.5).
"""

from typing import Any

from schemas.fhir.codecs import Json
from schemas.fhir.systems import CODE_NUMBER, own_extension

_ELEMENTS: dict[str, str] = {
    "AllergyIntolerance": "patient",
    "Consent": "patient",
    "EpisodeOfCare": "patient",
    "Immunization": "patient",
    "RelatedPerson": "patient",
    "Task": "for",
}
"""Where the subject is not in the element `subject`."""
_WITHOUT_SUBJECT = frozenset({"HealthcareService", "PractitionerRole", "Provenance"})
_ABOUT = own_extension("case")


def _identifier(code_number: str) -> Json:
    return {"system": CODE_NUMBER, "value": code_number}


def subject_reference(code_number: str) -> Json:
    """Return the logical reference to the beneficiary."""
    return {"type": "Patient", "identifier": _identifier(code_number)}


def stamp(resource_type: str, code_number: str) -> Json:
    """Return the elements that put the code number on a resource of this type."""
    if resource_type == "Patient":
        return {"identifier": [_identifier(code_number)]}
    if resource_type == "Appointment":
        actor = subject_reference(code_number)
        return {"participant": [{"actor": actor, "status": "needs-action"}]}
    if resource_type in _WITHOUT_SUBJECT:
        return {"extension": [{"url": _ABOUT, "valueIdentifier": _identifier(code_number)}]}
    element: Any = _ELEMENTS.get(resource_type, "subject")
    return {element: subject_reference(code_number)}

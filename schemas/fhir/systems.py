"""URIs: published code systems and extensions, and our own where R4 has none."""

from typing import Final

from schemas.components.values import CodeSystem

OWN: Final = "urn:safehand:fhir"
"""Base of our own systems. A URN, so that no host is claimed; the namespace is not registered."""

CODE_NUMBER: Final = f"{OWN}:code-number"
"""Identifier system of the beneficiary's code number."""
RECORD: Final = f"{OWN}:record"
"""Identifier system of the record a section is cut from."""
CASEWORKER: Final = f"{OWN}:caseworker"
FACILITY: Final = f"{OWN}:facility"
COMPONENT: Final = f"{OWN}:component"
"""Code system of `meta.tag` on Bundles: which component."""
FACT: Final = f"{OWN}:fact"
"""Code system of `meta.tag` on resources: which field of the component."""
SENSITIVITY: Final = f"{OWN}:sensitivity"
"""Code system of the categories, in `meta.security`."""
STATED: Final = f"{OWN}:stated-sensitivity"
"""Code system of `meta.tag`: sensitivities the author of the fact added."""
ATTACHMENT: Final = f"{OWN}:attachment:"
"""Prefix of the URLs by which a DocumentReference names an attachment of its case."""


def own(name: str) -> str:
    """Return the URI of one of our code systems."""
    return f"{OWN}:{name}"


def own_extension(name: str) -> str:
    """Return the URL of one of our extensions."""
    return f"{OWN}:extension:{name}"


CODE_SYSTEMS: Final[dict[CodeSystem, str]] = {
    "icd-10": "http://hl7.org/fhir/sid/icd-10",
    "icd-10-cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "atc": "http://www.whocc.no/atc",
}
LOINC: Final = CODE_SYSTEMS["loinc"]
SNOMED: Final = CODE_SYSTEMS["snomed"]
UCUM: Final = "http://unitsofmeasure.org"
ISCO: Final = "urn:oid:2.16.840.1.113883.2.9.6.2.7"
"""Occupations, as HL7's International Patient Summary names the system."""
LANGUAGE: Final = "urn:ietf:bcp:47"
COUNTRY: Final = "urn:iso:std:iso:3166"

TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem"
CONFIDENTIALITY: Final = f"{TERMINOLOGY}/v3-Confidentiality"
DATA_ABSENT: Final = f"{TERMINOLOGY}/data-absent-reason"
ACT_CODE: Final = f"{TERMINOLOGY}/v3-ActCode"
ACT_REASON: Final = f"{TERMINOLOGY}/v3-ActReason"
ROLE_CODE: Final = f"{TERMINOLOGY}/v3-RoleCode"
MARITAL_STATUS: Final = f"{TERMINOLOGY}/v3-MaritalStatus"
IDENTIFIER_TYPE: Final = f"{TERMINOLOGY}/v2-0203"

STRUCTURE: Final = "http://hl7.org/fhir/StructureDefinition"
"""Base of the extensions that R4 itself publishes."""
ABSENT: Final = f"{STRUCTURE}/data-absent-reason"

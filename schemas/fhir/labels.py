"""Security labels of a section (HL7 DS4P 1.0), and the reading of a section's labels.

Every section carries exactly one confidentiality code, the HL7 sensitivity codes of its category
and the category itself in our own code system. PROTOCOL section 4.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from schemas.errors import ComponentError, EncodingError
from schemas.fhir.json_text import read_object
from schemas.fhir.systems import (
    ACT_CODE,
    CODE_NUMBER,
    COMPONENT,
    CONFIDENTIALITY,
    RECORD,
    SENSITIVITY,
)
from schemas.sensitivity import CATEGORIES, COMPONENTS, Category, Component

LABELS: dict[Category, tuple[str, tuple[str, ...]]] = {
    "identity": ("V", ("IDS", "DEMO")),
    "location": ("V", ("LOCIS", "PATLOC")),
    "legal-liaison": ("R", ("SPI",)),
    "legal-status": ("R", ("SPI", "DEMO")),
    "trafficking": ("R", ("SDV", "VIO")),
    "violence": ("R", ("SDV", "VIO")),
    "reproductive": ("R", ("SEX", "PREGNANT")),
    "infectious": ("R", ("STD", "HIV")),
    "mental-health": ("R", ("PSY", "MH")),
    "substance-use": ("R", ("SUD", "ETH")),
    "family": ("R", ("LIVARG",)),
    "general": ("N", ()),
}
"""Category -> (confidentiality, DS4P sensitivity codes of v3-ActCode)."""


def security(categories: Iterable[Category]) -> list[dict[str, str]]:
    """Return `meta.security` for a section or fact; the first category is the section's own."""
    named = list(dict.fromkeys(categories))
    codes = dict.fromkeys(code for category in named for code in LABELS[category][1])
    return [
        {"system": CONFIDENTIALITY, "code": LABELS[named[0]][0]},
        *({"system": ACT_CODE, "code": code} for code in codes),
        {"system": SENSITIVITY, "code": named[0]},
    ]


@dataclass(frozen=True)
class SectionHeader:
    """What a section says about itself."""

    component: Component
    category: Category
    code_number: str
    record_id: str


def _codes(codings: Any, system: str) -> list[str]:
    return [part["code"] for part in codings if part.get("system") == system]


def _one(codes: list[str], allowed: tuple[str, ...], path: str) -> str:
    if len(codes) != 1 or codes[0] not in allowed:
        raise ComponentError("needs exactly one known code", path)
    return codes[0]


def parse_bundle(data: bytes) -> dict[str, Any]:
    """Parse bytes as strict JSON of a FHIR Bundle. Raises ComponentError."""
    try:
        bundle = read_object(data)
    except EncodingError as error:
        raise ComponentError(str(error), "Bundle") from None
    if bundle.get("resourceType") != "Bundle":
        raise ComponentError("is not a FHIR Bundle", "Bundle.resourceType")
    return bundle


def _value(identifier: Any, system: str, path: str) -> str:
    if identifier.get("system") != system or not isinstance(identifier["value"], str):
        raise ComponentError("is not the identifier that belongs here", path)
    value: str = identifier["value"]
    return value


def _header(bundle: dict[str, Any]) -> SectionHeader:
    meta, head = bundle["meta"], bundle["entry"][0]["resource"]
    component = _one(_codes(meta["tag"], COMPONENT), COMPONENTS, "Bundle.meta.tag")
    category = _one(_codes(meta["security"], SENSITIVITY), CATEGORIES, "Bundle.meta.security")
    if meta["security"] != security([cast("Category", category)]):
        raise ComponentError("is not the label set of its category", "Bundle.meta.security")
    return SectionHeader(
        cast("Component", component),
        cast("Category", category),
        _value(head["subject"]["identifier"], CODE_NUMBER, "Bundle.entry.0.resource.subject"),
        _value(bundle["identifier"], RECORD, "Bundle.identifier"),
    )


def header_of(bundle: dict[str, Any]) -> SectionHeader:
    """Return the header of a parsed section; its labels must be exactly those of its category.

    Raises ComponentError.
    """
    try:
        return _header(bundle)
    except (LookupError, TypeError, AttributeError):
        raise ComponentError("lacks a section's header", "Bundle") from None


def labels_of(bundle: bytes) -> tuple[Component, Category]:
    """Return component and category that a section's bytes declare. Raises ComponentError."""
    header = header_of(parse_bundle(bundle))
    return header.component, header.category

"""Which section a foreign resource belongs to: its own labels, else the code table, else identity.

Labels can be wrong in one direction only: what the code table says is taken into account even
where a label says less. That something is not confidential elsewhere is no reason to share it.
"""

from collections.abc import Iterable, Iterator

from schemas.components.codes import category_of_code
from schemas.components.values import CodeSystem, code_fault
from schemas.fhir.codecs import Json
from schemas.fhir.systems import ACT_CODE, CODE_SYSTEMS, CONFIDENTIALITY, SENSITIVITY, TERMINOLOGY
from schemas.sensitivity import CATEGORIES, Category, strictest

_SYSTEM_NAMES: dict[str, CodeSystem] = {uri: name for name, uri in CODE_SYSTEMS.items()}
_LABELS: dict[str, Category] = {
    "IDS": "identity",
    "DEMO": "identity",
    "LOCIS": "location",
    "PATLOC": "location",
    "SDV": "violence",
    "VIO": "violence",
    "SEX": "reproductive",
    "PREGNANT": "reproductive",
    "GENDER": "reproductive",
    "HIV": "infectious",
    "STD": "infectious",
    "PSY": "mental-health",
    "PSYTHPN": "mental-health",
    "MH": "mental-health",
    "BH": "mental-health",
    "SUD": "substance-use",
    "ETH": "substance-use",
    "ETHUD": "substance-use",
    "OPIOIDUD": "substance-use",
    "LIVARG": "family",
}
"""HL7 sensitivity codes; any other one is treated as the strictest."""
_NOT_RESTRICTED = frozenset({"U", "L", "M", "N"})
"""Confidentiality codes that say nothing here: they are what any system labels by default."""
_UNREMARKABLE_TYPES = frozenset({"AllergyIntolerance", "Immunization"})
_VITAL_SIGNS = (f"{TERMINOLOGY}/observation-category", "vital-signs")


def known_code(coding: Json) -> tuple[CodeSystem, str] | None:
    """Return system and code of a Coding in a system of ours, if nothing is wrong with it."""
    system = _SYSTEM_NAMES.get(str(coding.get("system")))
    code = str(coding.get("code"))
    return None if system is None or code_fault(system, code) else (system, code)


def _from_labels(resource: Json) -> Iterator[Category]:
    labels = resource.get("meta", {}).get("security", ())
    sensitivities = [found for label in labels if (found := _sensitivity(label))]
    yield from sensitivities
    if not sensitivities and any(_is_restricted(label) for label in labels):
        yield "identity"


def _sensitivity(label: Json) -> Category | None:
    system, code = label.get("system"), str(label.get("code"))
    if system == ACT_CODE:
        return _LABELS.get(code, "identity")
    if system == SENSITIVITY:
        return next((known for known in CATEGORIES if known == code), "identity")
    return None


def _is_restricted(label: Json) -> bool:
    """Return whether a label is R or V, which do not say why, or a code nobody knows."""
    return label.get("system") == CONFIDENTIALITY and label.get("code") not in _NOT_RESTRICTED


def _from_codes(resource: Json, concepts: Iterable[Json]) -> Iterator[Category]:
    if resource["resourceType"] in _UNREMARKABLE_TYPES:
        yield "general"
    for concept in (*concepts, *_categories(resource)):
        for coding in concept.get("coding", ()):
            known = known_code(coding)
            if known and (category := category_of_code(*known)):
                yield category
            if (coding.get("system"), coding.get("code")) == _VITAL_SIGNS:
                yield "general"


def _categories(resource: Json) -> list[Json]:
    category = resource.get("category", [])
    return (
        [part for part in category if isinstance(part, dict)] if isinstance(category, list) else []
    )


def section_of(resource: Json, concepts: Iterable[Json]) -> Category:
    """Return the section of a foreign resource whose meaning is in `concepts`."""
    candidates = [*_from_labels(resource), *_from_codes(resource, concepts)]
    return strictest(candidates) if candidates else "identity"

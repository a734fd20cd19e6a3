"""The Composition at the head of a section: its title, its narrative, its list of facts."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.fhir.codecs import Json
from schemas.fhir.narrative import narrative
from schemas.fhir.systems import ABSENT, COMPONENT, FACT, LOINC, own
from schemas.sensitivity import Component

TITLES: dict[Component, str] = {
    "administrative": "Administrative data",
    "identity": "Identity",
    "health": "Health data",
    "discharge-summary": "Discharge summary",
    "referral": "Referral and follow-up",
    "interventions": "Interventions",
    "consent": "Consent",
}
_SOFTWARE = {
    "type": "Device",
    "identifier": {"system": own("software"), "value": "safehand"},
}
"""Author of a list that no person compiled: who wrote the section is in its author statement."""


@dataclass(frozen=True)
class Entry:
    """One fact on its way into a section."""

    field: str
    label: str
    section: str
    fact: Json
    resource: Json
    url: str


def _dated(entries: Sequence[Entry]) -> Json:
    """Date the list by its newest fact: a section must not change when nothing in it did."""
    dates = [entry.fact["on"] for entry in entries if "on" in entry.fact]
    if dates:
        return {"date": max(dates)}
    return {"_date": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}}


def _part(field: str, entries: Sequence[Entry], code_number: str) -> Json:
    facts = [entry.fact for entry in entries]
    codes = [{"system": FACT, "code": field}]
    if entries[0].section:
        codes.append({"system": LOINC, "code": entries[0].section})
    part: Json = {
        "title": entries[0].label,
        "code": {"coding": codes},
        "text": narrative(code_number, facts),
    }
    if references := [{"reference": entry.url} for entry in entries if entry.url]:
        part["entry"] = references
    return part


def default_head(component: Component, entries: Sequence[Entry]) -> Json:
    """Return the Composition of a section in which no fact is a Composition itself."""
    return {
        "resourceType": "Composition",
        "status": "final",
        "type": {"coding": [{"system": COMPONENT, "code": component}]},
        "author": [_SOFTWARE],
        "title": TITLES[component],
        **_dated(entries),
    }


def parts(entries: Sequence[Entry], code_number: str) -> list[Json]:
    """Return `Composition.section`: one part for each field that has facts here."""
    fields = dict.fromkeys(entry.field for entry in entries)
    return [
        _part(field, [entry for entry in entries if entry.field == field], code_number)
        for field in fields
    ]

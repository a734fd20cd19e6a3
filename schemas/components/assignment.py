"""Which section a fact belongs to: the one data table, and the reading of it.

A fact's candidates are the row of its field, the row of its kind (for fields that hold several
kinds), the rows of the codes in it, and what its author added; the strictest wins. What has no row
is refused, never guessed. PROTOCOL section 4.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from schemas.components.codes import category_of_code
from schemas.components.values import Coded
from schemas.errors import ComponentError
from schemas.sensitivity import CATEGORIES, Category, Component, strictest


@dataclass(frozen=True)
class Assignment:
    """One row: the section of a field, and of the kinds a field can hold."""

    category: Category
    kind: str = ""
    """Name of the fact's field whose value may ask for a stricter section."""
    kinds: dict[str, Category] = field(default_factory=dict)


def _row(category: Category, kind: str = "", **kinds: Category) -> Assignment:
    return Assignment(category, kind, {name.replace("_", "-"): to for name, to in kinds.items()})


_DOCUMENTS = _row(
    "general",
    "kind",
    legal_paper="legal-liaison",
    identity_document="identity",
    received_bundle="identity",
    consent_form="identity",
)
_ALERTS = _row(
    "general",
    "kind",
    psychosis="mental-health",
    intoxication="substance-use",
    aggression="violence",
    suicide="mental-health",
)

_GOALS = _row(
    "general",
    "area",
    mental_health="mental-health",
    safety="violence",
    legal="legal-status",
    family="family",
)

ASSIGNMENTS: dict[Component, dict[str, Assignment]] = {
    "administrative": {
        "profile": _row("general"),
        "gender_identity": _row("reproductive"),
        "age": _row("general"),
        "minor_at_admission": _row("general"),
        "age_band": _row("general"),
        "linked_codes": _row("identity"),
        "linked_persons": _row("family"),
        "interpreter_missing": _row("general"),
        "literate": _row("general"),
        "education": _row("general"),
        "occupation_before": _row("general"),
        "origin": _row("legal-status"),
        "displacement": _row("legal-status"),
        "legal_status": _row("legal-status"),
        "identification": _row("trafficking"),
        "number_of_children": _row("family"),
        "dependants": _row("family"),
        "unaccompanied": _row("family"),
        "stays": _row("general"),
        "case_status": _row("general"),
        "completed_tasks": _row(
            "general",
            "task",
            crisis_assessment="mental-health",
            in_depth_mental_health_assessment="mental-health",
            diagnosis="mental-health",
            brief_psychotherapy="mental-health",
            psychotherapy="mental-health",
        ),
        "care_team": _row("general"),
        "referrer": _row("trafficking"),
        "confidentiality_assured": _row("general"),
        "consent_state": _row("general"),
        "urgent_needs": _row("general"),
        "absent": _row("general"),
        "safe_contact": _row("location"),
        "guardians": _row("family"),
        "family_members": _row("family"),
    },
    "identity": {
        "person": _row("identity"),
        "snapshots": _row("identity"),
        "whereabouts": _row("location"),
        "contacts": _row("identity"),
        "documents": _row("identity"),
    },
    "health": {
        "alerts": _ALERTS,
        "complaints": _row("general"),
        "problems": _row("general"),
        "findings": _row("general"),
        "blood_pressures": _row("general"),
        "measurements": _row("general"),
        "lab_results": _row("general"),
        "screenings": _row("infectious"),
        "pregnancy": _row("reproductive"),
        "allergies": _row("general"),
        "medications": _row("general"),
        "prescriptions": _row("general"),
        "immunizations": _row("general"),
        "procedures": _row("general"),
        "instruments": Assignment(
            "substance-use",
            "instrument",
            dict.fromkeys(
                (
                    "phq-9",
                    "gad-7",
                    "pcl-5",
                    "pc-ptsd-5",
                    "ies-r",
                    "who-5",
                    "k10",
                    "srq-20",
                    "c-ssrs",
                    "rhs-15",
                    "htq",
                    "hscl-25",
                    "other",
                ),
                "mental-health",
            ),
        ),
        "functioning": _row("general"),
        "disability": _row("general"),
        "baselines": _row("general", "kind", mental="mental-health"),
        "mental_health_before": _row("mental-health"),
        "family_background": _row("family"),
        "needs": _row("general"),
        "needs_by_area": _row(
            "general", "area", safety="violence", psychosocial="mental-health", legal="legal-status"
        ),
        "exploitation": _row("trafficking"),
        "risks": _row(
            "general",
            "kind",
            violence="violence",
            re_trafficking="trafficking",
            stigma="trafficking",
            family="family",
            self_harm="mental-health",
        ),
        "safety_plan": _row("violence"),
        "care_plan": _row("general"),
        "goals": _GOALS,
        "observation": _row("mental-health"),
        "crisis_danger": _row("mental-health"),
        "crisis_stress": _row("mental-health"),
        "crisis_trauma": _row("trafficking"),
        "crisis_family": _row("violence"),
        "crisis_substances": _row("substance-use"),
        "crisis_summary": _row("mental-health"),
        "pursued_by_traffickers": _row("trafficking"),
        "forced_substance_use": _row("trafficking"),
        "notes": _row(
            "general",
            "kind",
            case_conference="mental-health",
            counselling="mental-health",
            observation="mental-health",
        ),
        "letters": _row("general", "party", authority="legal-liaison", family="family"),
        "legal_papers": _row("legal-liaison"),
        "documents": _DOCUMENTS,
    },
    "discharge-summary": {
        "document": _row("general"),
        "attestations": _row(
            "general",
            "part",
            course_of_stay="mental-health",
            assessment_on_admission="mental-health",
            mental_status="mental-health",
        ),
        "alerts": _ALERTS,
        "reason_for_admission": _row("trafficking"),
        "course_of_stay": _row("mental-health"),
        "assessment_on_admission": _row("mental-health"),
        "diagnoses": _row("general"),
        "open_problems": _row("general"),
        "mental_status": _row("mental-health"),
        "self_care": _row("general"),
        "allergies": _row("general"),
        "medications": _row("general"),
        "immunizations": _row("general"),
        "procedures": _row("general"),
        "results": _row("general"),
        "screenings": _row("infectious"),
        "care_plan": _row("general"),
        "goals": _GOALS,
        "follow_ups": _row("general"),
        "appointments": _row("general"),
        "not_carried": _row("general"),
        "instructions": _row("general"),
        "disposition": _row("general"),
        "comprehension": _row("general"),
        "copies": _DOCUMENTS,
        "consents": Assignment("general", "covers", {name: name for name in CATEGORIES}),
        "contacts": _row("location"),
        "documents": _DOCUMENTS,
    },
    "referral": {
        "request": _row("general"),
        "state": _row("general"),
        "preview": _row("general"),
        "caregiver": _row("family"),
        "safe_contact": _row("location"),
        "letter": _row("mental-health"),
        "deliveries": _row("general", "party", family="family", authority="legal-liaison"),
        "journey": _row("location"),
        "taken_up": _row("general"),
        "follow_ups": _row("general"),
        "back_reports": _row("general"),
        "contacts": _row("location"),
        "documents": _DOCUMENTS,
    },
    "interventions": {
        "caseworkers": _row("general"),
        "interventions": _row(
            "general",
            "kind",
            crisis_intervention="mental-health",
            psychosocial="mental-health",
            psychotherapy="mental-health",
            legal="legal-liaison",
            police_liaison="legal-liaison",
            family_mediation="family",
            reunification="family",
        ),
        "handovers": _row("general"),
    },
    "consent": {
        "consent": _row("identity"),
    },
}


def assignment_of(component: Component, field_name: str) -> Assignment:
    """Return the row of a field. Raises ComponentError for a field without one."""
    try:
        return ASSIGNMENTS[component][field_name]
    except KeyError:
        raise ComponentError(
            "has no row in the section table", f"{component}.{field_name}"
        ) from None


def _codes_in(value: Any) -> Iterator[Coded]:
    if isinstance(value, Coded):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _codes_in(getattr(value, name))
    elif isinstance(value, list):
        for part in value:
            yield from _codes_in(part)


def _candidates(row: Assignment, fact: Any) -> Iterator[Category]:
    yield row.category
    if isinstance(fact, BaseModel):
        if row.kind and (by_kind := row.kinds.get(str(getattr(fact, row.kind)))):
            yield by_kind
        yield from getattr(fact, "sensitivities", ())
    for coded in _codes_in(fact):
        if coded.system and coded.code and (by_code := category_of_code(coded.system, coded.code)):
            yield by_code


def category_of(component: Component, field_name: str, fact: Any) -> Category:
    """Return the one section that `fact`, the value or element of a field, belongs to."""
    return strictest(_candidates(assignment_of(component, field_name), fact))

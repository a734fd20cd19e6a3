"""Which row of the matrix each component field is judged by, and whom a fact names as its author.

The counterpart of schemas.components.assignment for authors: one data table, total over the fields
of all components (a test holds it to that). What a fact is may depend on what it says: the kind of
a note, the code of a diagnosis, whether a prescription names the order it follows.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from schemas.components.codes import category_of_code
from schemas.components.values import Coded
from schemas.errors import ComponentError
from schemas.rules.instruments import INSTRUMENTS, subject_of_instrument
from schemas.rules.subjects import Subject, Verb
from schemas.sensitivity import Component


class Named(NamedTuple):
    """A field of a fact that names, by code, a caseworker who did something."""

    field: str
    verb: Verb = "author"
    subject: Subject | None = None
    """Row for this one, if it is another than the fact's."""


ALWAYS: tuple[Named, ...] = (
    Named("by"),
    Named("told_by", "author", "telling"),
    Named("reviewed_by", "confirm"),
    Named("confirmed_by", "confirm"),
)
"""Fields that mean the same in every fact that has them, unless its row says otherwise."""


class When(NamedTuple):
    """A fact whose field has this value is another subject; `*` is any value but none."""

    field: str
    value: str
    subject: Subject


@dataclass(frozen=True)
class Judged:
    """One row: what the facts of a field are."""

    subject: Subject
    when: tuple[When, ...] = ()
    named: tuple[Named, ...] = ALWAYS
    by_code: bool = False
    """A diagnosis is medical or psychiatric by its code."""
    enter_as: Subject | None = None
    """Where facts are put together from elsewhere: the row by which entering them is judged."""


def _row(
    subject: Subject,
    *named: Named,
    kind: str = "kind",
    enter_as: Subject | None = None,
    by_code: bool = False,
    **kinds: Subject,
) -> Judged:
    when = tuple(When(kind, value.replace("_", "-"), to) for value, to in kinds.items())
    own = {name.field for name in named}
    names = (*named, *(name for name in ALWAYS if name.field not in own))
    return Judged(subject, when, names, by_code, enter_as)


_DOCUMENTS = _row(
    "outside-report",
    Named("filed_by"),
    legal_paper="legal-papers",
    identity_document="identity",
    consent_form="consent",
    letter="correspondence",
    received_bundle="received-record",
)
_PROBLEM = _row("problem", by_code=True, nursing="diagnosis-nursing")
_CRISIS = _row("crisis-sheet")
_PRESCRIBED = Named("prescribed_by", "author", "prescription")

ADMINISTRATIVE: dict[str, Judged] = {
    "profile": _row("intake"),
    "gender_identity": _row("intake"),
    "age": _row("intake"),
    "minor_at_admission": _row("intake"),
    "age_band": _row("intake"),
    "linked_codes": _row("intake"),
    "linked_persons": _row("family"),
    "interpreter_missing": _row("intake"),
    "unaccompanied": _row("family"),
    "literate": _row("intake"),
    "education": _row("intake"),
    "occupation_before": _row("intake"),
    "origin": _row("legal-status"),
    "displacement": _row("legal-status"),
    "legal_status": _row("legal-status"),
    "identification": _row("trafficking-history"),
    "number_of_children": _row("family"),
    "dependants": _row("family"),
    "stays": _row("stay"),
    "case_status": _row("stay"),
    "completed_tasks": _row("completeness"),
    "care_team": _row("care-team"),
    "referrer": _row("trafficking-history"),
    "confidentiality_assured": _row("intake"),
    "consent_state": _row("intake"),
    "urgent_needs": _row("complaint"),
    "absent": _row("intake"),
    "safe_contact": _row("whereabouts"),
    "guardians": _row("family"),
    "family_members": _row("family"),
}
IDENTITY: dict[str, Judged] = {
    "person": _row("identity"),
    "snapshots": _row("identity"),
    "whereabouts": _row("whereabouts"),
    "contacts": _row("identity"),
    "documents": _DOCUMENTS,
}
HEALTH: dict[str, Judged] = {
    "alerts": _row("alert", Named("raised_by")),
    "complaints": _row("complaint"),
    "problems": _PROBLEM,
    "findings": _row("medical-examination"),
    "blood_pressures": _row("clinical-fact"),
    "measurements": _row("clinical-fact"),
    "lab_results": _row("medical-test"),
    "screenings": _row("medical-test"),
    "pregnancy": _row("medical-test"),
    "allergies": _row("clinical-fact"),
    "medications": _row("clinical-fact", _PRESCRIBED),
    "prescriptions": Judged(
        "prescription",
        (When("on_order", "*", "prescription-on-order"),),
        (Named("prescribed_by"), *ALWAYS),
    ),
    "immunizations": _row("clinical-fact"),
    "procedures": _row("clinical-fact"),
    "instruments": Judged(
        "psychological-test",
        tuple(When("instrument", name, subject_of_instrument(name)) for name in INSTRUMENTS),
    ),
    "functioning": _row("functioning"),
    "disability": _row("problem"),
    "baselines": _row("functioning", physical="medical-examination"),
    "mental_health_before": _row("functioning"),
    "family_background": _row("social-history"),
    "needs": _row("social-history"),
    "needs_by_area": _row("social-history"),
    "exploitation": _row("trafficking-history"),
    "risks": _row("risk", self_harm="crisis-sheet"),
    "safety_plan": _row("plan"),
    "care_plan": _row("plan"),
    "goals": _row("plan"),
    "observation": _row("observation"),
    "crisis_danger": _CRISIS,
    "crisis_stress": _CRISIS,
    "crisis_trauma": _CRISIS,
    "crisis_family": _CRISIS,
    "crisis_substances": _CRISIS,
    "crisis_summary": _row("crisis-sheet", Named("confirmed_by", "confirm")),
    "pursued_by_traffickers": _row("alert"),
    "forced_substance_use": _row("trafficking-history"),
    "notes": _row("progress-note", counselling="counselling-note", observation="observation"),
    "letters": _row("correspondence"),
    "legal_papers": _row("legal-papers"),
    "documents": _DOCUMENTS,
}
_PART: Subject = "discharge-clinical-part"
_SUMMARY: Subject = "discharge-summary"
DISCHARGE: dict[str, Judged] = {
    "document": _row(
        _SUMMARY,
        Named("compiled_by", "compile"),
        Named("attested_by", "attest"),
        enter_as=_SUMMARY,
    ),
    "attestations": _row(_PART, Named("by", "attest"), enter_as=_PART),
    "alerts": _row("alert", Named("raised_by"), enter_as=_PART),
    "reason_for_admission": _row(_SUMMARY, Named("by", "compile"), enter_as=_SUMMARY),
    "course_of_stay": _row(_SUMMARY, Named("by", "compile"), enter_as=_SUMMARY),
    "assessment_on_admission": _row(_PART, enter_as=_PART),
    "diagnoses": _row("problem", by_code=True, nursing="diagnosis-nursing", enter_as=_PART),
    "open_problems": _row("problem", by_code=True, nursing="diagnosis-nursing", enter_as=_PART),
    "mental_status": _row("functioning", enter_as=_PART),
    "self_care": _row("self-care"),
    "allergies": _row("clinical-fact", enter_as=_PART),
    "medications": _row("clinical-fact", _PRESCRIBED, enter_as=_PART),
    "immunizations": _row("clinical-fact", enter_as=_PART),
    "procedures": _row("clinical-fact", enter_as=_PART),
    "results": _row("medical-test", enter_as=_PART),
    "screenings": _row("medical-test", enter_as=_PART),
    "care_plan": _row("plan"),
    "goals": _row("plan"),
    "follow_ups": _row("plan"),
    "appointments": _row("plan"),
    "not_carried": _row(_PART, Named("by", "compile"), enter_as=_PART),
    "instructions": _row("comprehension"),
    "disposition": _row(_SUMMARY, Named("by", "compile"), enter_as=_SUMMARY),
    "comprehension": _row("comprehension"),
    "copies": _row(
        "copies",
        Named("by", "author", "copies"),
        Named("explained_by"),
        laboratory="telling",
        imaging="telling",
        specialist_report="telling",
        legal_paper="legal-guidance",
    ),
    "consents": _row(_SUMMARY, enter_as=_SUMMARY),
    "contacts": _row("contact-list"),
    "documents": _DOCUMENTS,
}
REFERRAL: dict[str, Judged] = {
    "request": _row("referral", Named("made_by"), Named("approved_by", "approve")),
    "state": _row("referral-state"),
    "preview": _row("referral-note"),
    "caregiver": _row("family"),
    "safe_contact": _row("whereabouts"),
    "letter": _row("referral-note"),
    "deliveries": _row("correspondence", kind="party", authority="outside-liaison"),
    "journey": _row("referral-state"),
    "taken_up": _row("plan"),
    "follow_ups": _row("referral-note"),
    "back_reports": _row("back-report"),
    "contacts": _row("contact-list"),
    "documents": _DOCUMENTS,
}
INTERVENTIONS: dict[str, Judged] = {
    "caseworkers": _row("caseworkers"),
    "interventions": _row(
        "information-support",
        intake="intake",
        crisis_intervention="crisis-intervention",
        health="health-service",
        psychosocial="psychosocial-support",
        psychotherapy="psychotherapy",
        group_activity="group-activity",
        legal="legal-guidance",
        police_liaison="outside-liaison",
        child_protection="family-work",
        family_mediation="family-work",
        reunification="family-work",
        education="vocational-work",
        occupational_training="vocational-work",
        material="practical-help",
        accompaniment="practical-help",
    ),
    "handovers": _row("handover", Named("giver")),
}
CONSENT: dict[str, Judged] = {
    "consent": _row("consent", Named("explained_by", "author", "consent-explanation")),
}
FIELDS: dict[Component, dict[str, Judged]] = {
    "administrative": ADMINISTRATIVE,
    "identity": IDENTITY,
    "health": HEALTH,
    "discharge-summary": DISCHARGE,
    "referral": REFERRAL,
    "interventions": INTERVENTIONS,
    "consent": CONSENT,
}


def judged(component: Component, field: str) -> Judged:
    """Return the row of a field. Raises ComponentError for a field without one."""
    try:
        return FIELDS[component][field]
    except KeyError:
        raise ComponentError("has no row in the author table", f"{component}.{field}") from None


def subject_of(component: Component, field: str, fact: Any, *, emergency: bool = False) -> Subject:
    """Return what a fact is to the matrix.

    `emergency`: the record's crisis sheet is on the emergency path.
    """
    row = judged(component, field)
    for field_name, value, subject in row.when:
        stated = getattr(fact, field_name)
        if stated == value or (value == "*" and stated is not None):
            return subject
    if row.by_code and fact.kind == "diagnosis":
        return subject_of_diagnosis(fact.code)
    if emergency and row.subject == "crisis-sheet":
        return "crisis-sheet-emergency"
    return row.subject


def subject_of_diagnosis(code: Coded) -> Subject:
    """Return whose diagnosis a code is: chapter F of ICD-10 and its like are psychiatric."""
    if code.code is None or code.system is None or code.system in ("loinc", "atc"):
        return "diagnosis-uncoded"
    if code.system in ("icd-10", "icd-10-cm"):
        return "diagnosis-psychiatric" if code.code.startswith("F") else "diagnosis-medical"
    category = category_of_code(code.system, code.code)
    if category is None:
        return "diagnosis-uncoded"
    psychiatric = category in ("mental-health", "substance-use")
    return "diagnosis-psychiatric" if psychiatric else "diagnosis-medical"

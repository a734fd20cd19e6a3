"""Clinical facts in FHIR, shared by the health component and the discharge summary."""

from typing import Any

from schemas.components.clinical import NO_KNOWN_ALLERGY
from schemas.fhir.codecs import CODED, DISPLAY, Json, concept, mapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, at, extension, group, own_ext, own_exts
from schemas.fhir.maps.shared import CASEWORKER_REF, TOLD, code, observed, own_code, snomed
from schemas.fhir.systems import SNOMED, STRUCTURE, TERMINOLOGY, UCUM, own

_ALERTS = {
    "psychosis": (SNOMED, "69322001"),
    "intoxication": (own("alert"), "intoxication"),
    "aggression": (SNOMED, "61372001"),
    "suicide": (SNOMED, "225444004"),
    "other": (own("alert"), "other"),
}
_PROBLEM_KINDS = {
    "problem": (f"{TERMINOLOGY}/condition-category", "problem-list-item"),
    "diagnosis": (f"{TERMINOLOGY}/condition-category", "encounter-diagnosis"),
    "nursing": (own("condition-category"), "nursing"),
}
_SEVERITIES = {
    "mild": (SNOMED, "255604002"),
    "moderate": (SNOMED, "6736007"),
    "severe": (SNOMED, "24484000"),
}
_DISEASES = {
    "tuberculosis": (SNOMED, "56717001"),
    "hiv": (SNOMED, "86406008"),
    "syphilis": (SNOMED, "76272004"),
    "gonorrhoea": (SNOMED, "15628003"),
    "chlamydia": (SNOMED, "105629000"),
    "hepatitis-b": (own("disease"), "hepatitis-b"),
    "hepatitis-c": (own("disease"), "hepatitis-c"),
    "other-sti": (own("disease"), "other-sti"),
}
_PRIORITY = "http://hl7.org/fhir/flag-priority-code"
_NONE_KNOWN = snomed(NO_KNOWN_ALLERGY[1])
_MEASURE = group(
    at("value", "value"),
    at("unit", "code"),
    fixed={"system": UCUM},
)


def _none_known() -> Lens:
    """Say that no allergy is known by the code FHIR has for it."""

    def put(node: Json, value: Any) -> None:
        if value:
            node["code"] = _NONE_KNOWN

    return Lens("none_known", "code", put, lambda node: node["code"] == _NONE_KNOWN)


def _substance() -> Lens:
    def put(node: Json, value: Any) -> None:
        node["code"] = CODED.encode(value)

    def get(node: Json) -> Any:
        return None if node["code"] == _NONE_KNOWN else CODED.decode(node["code"])

    return Lens("substance", "code", put, get)


_PRIORITIES = {
    "low": (_PRIORITY, "PL"),
    "medium": (_PRIORITY, "PM"),
    "high": (_PRIORITY, "PH"),
}


ALERTS: FactMap = fact(
    "Flag",
    at("kind", "code", mapped(_ALERTS)),
    at("text", "code.text"),
    at("status", "status"),
    at("since", "period.start"),
    at("until", "period.end"),
    at("raised_by", "author", CASEWORKER_REF),
    extension(
        "priority", f"{STRUCTURE}/flag-priority", "valueCodeableConcept", mapped(_PRIORITIES)
    ),
    own_ext("confirmed_by", "valueReference", CASEWORKER_REF),
    own_ext("confirmed_on", "valueDateTime"),
    label="Alerts",
    section="104605-1",
    category=[code(f"{TERMINOLOGY}/flag-category", "safety")],
)
PROBLEMS: FactMap = fact(
    "Condition",
    at("kind", "category.0", mapped(_PROBLEM_KINDS)),
    at("code", "code", CODED),
    at("status", "clinicalStatus", concept(f"{TERMINOLOGY}/condition-clinical")),
    at("certainty", "verificationStatus", concept(f"{TERMINOLOGY}/condition-ver-status")),
    at("severity", "severity", mapped(_SEVERITIES)),
    at("onset", "onsetDateTime"),
    at("on", "recordedDate"),
    at("by", "asserter", CASEWORKER_REF),
    *TOLD,
    at("note", "note.0.text"),
    label="Problems and diagnoses",
    section="11450-4",
)
LAB_RESULTS: FactMap = fact(
    "Observation",
    at("test", "code", CODED),
    at("quantity", "valueQuantity", _MEASURE),
    at("finding", "valueCodeableConcept", CODED),
    at("text", "valueString"),
    at("on", "effectiveDateTime"),
    own_ext("laboratory", "valueReference", DISPLAY),
    at("by", "performer.0", CASEWORKER_REF),
    *TOLD,
    label="Laboratory results",
    section="30954-2",
    status="final",
    category=[code(f"{TERMINOLOGY}/observation-category", "laboratory")],
)
SCREENINGS: FactMap = observed(
    own_code("screening"),
    at("disease", "code", mapped(_DISEASES)),
    at("result", "valueCodeableConcept", concept(own("screening-result"))),
    at("on", "effectiveDateTime"),
    at("by", "performer.0", CASEWORKER_REF),
    *TOLD,
    at("note", "note.0.text"),
    label="Screening for communicable diseases",
    category="laboratory",
)
ALLERGIES: FactMap = fact(
    "AllergyIntolerance",
    _substance(),
    _none_known(),
    at("criticality", "criticality"),
    at("reaction", "reaction.0.manifestation.0.text"),
    at("by", "asserter", CASEWORKER_REF),
    label="Allergies",
    section="48765-2",
    clinicalStatus=code(f"{TERMINOLOGY}/allergyintolerance-clinical", "active"),
    verificationStatus=code(f"{TERMINOLOGY}/allergyintolerance-verification", "confirmed"),
)
MEDICATIONS: FactMap = fact(
    "MedicationStatement",
    at("product", "medicationCodeableConcept", CODED),
    at("dosage", "dosage.0.text"),
    at("status", "status"),
    at("since", "effectivePeriod.start"),
    at("until", "effectivePeriod.end"),
    at("prescribed_by", "informationSource", CASEWORKER_REF),
    at("reason", "reasonCode.0.text"),
    label="Medicines",
    section="10160-0",
)
IMMUNIZATIONS: FactMap = fact(
    "Immunization",
    at("vaccine", "vaccineCode", CODED),
    at("on", "occurrenceDateTime"),
    at("lot", "lotNumber"),
    at("by", "performer.0.actor", CASEWORKER_REF),
    label="Immunizations",
    section="11369-6",
    status="completed",
)
PROCEDURES: FactMap = fact(
    "Procedure",
    at("code", "code", CODED),
    at("on", "performedDateTime"),
    at("by", "performer.0.actor", CASEWORKER_REF),
    at("outcome", "outcome.text"),
    at("note", "note.0.text"),
    label="Treatments and procedures",
    section="47519-4",
    status="completed",
)
CARE_PLAN: FactMap = fact(
    "CarePlan",
    at("plan", "category.0", concept(own("plan"))),
    at("service", "activity.0.detail.description"),
    at("goal", "description"),
    at("provider", "activity.0.detail.performer.0", DISPLAY),
    at("status", "activity.0.detail.status"),
    at("due", "activity.0.detail.scheduledPeriod.end"),
    own_ext("initial", "valueBoolean"),
    own_ext("made_with_person", "valueBoolean"),
    own_exts("made_with", "valueCode"),
    at("by", "author", CASEWORKER_REF),
    at("note", "note.0.text"),
    label="Plan of care",
    section="18776-5",
    status="active",
    intent="plan",
)
GOALS: FactMap = fact(
    "Goal",
    at("text", "description.text"),
    at("area", "category.0", concept(own("goal-area"))),
    at("status", "lifecycleStatus"),
    at("achievement", "achievementStatus", concept(f"{TERMINOLOGY}/goal-achievement")),
    at("set_on", "startDate"),
    at("due", "target.0.dueDate"),
    own_ext("initial", "valueBoolean"),
    at("by", "expressedBy", CASEWORKER_REF),
    at("note", "note.0.text"),
    label="Goals",
)

VITAL_SIGNS: dict[str, tuple[str, str]] = {
    "weight": ("29463-7", "kg"),
    "height": ("8302-2", "cm"),
    "heart-rate": ("8867-4", "/min"),
    "respiratory-rate": ("9279-1", "/min"),
    "temperature": ("8310-5", "Cel"),
    "oxygen": ("2708-6", "%"),
}
"""Kind of measurement -> (LOINC code, UCUM unit)."""


def vital_sign() -> Lens:
    """Put the kind of a measurement: its LOINC code and the unit that goes with it."""
    back = {symbol: kind for kind, (symbol, _) in VITAL_SIGNS.items()}

    def put(node: Json, kind: str) -> None:
        symbol, unit = VITAL_SIGNS[kind]
        node["code"] = code("http://loinc.org", symbol)
        node["valueQuantity"] = {"unit": unit, "system": UCUM, "code": unit}

    return Lens("kind", "code", put, lambda node: back[node["code"]["coding"][0]["code"]])

"""Component `health` in FHIR."""

from dataclasses import replace

from schemas.fhir.codecs import (
    CODED,
    DISPLAY,
    Codec,
    concept,
    mapped,
    prefixed,
    quantity,
    wrapped,
)
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import (
    answer_list,
    answers,
    at,
    component,
    components,
    group,
    own_ext,
    payload,
)
from schemas.fhir.maps import clinical
from schemas.fhir.maps.crisis import CRISIS, QUESTIONNAIRE, asked_alone
from schemas.fhir.maps.shared import (
    ATTACHED,
    BY,
    CASEWORKER_REF,
    CONSENT_REF,
    DOCUMENT,
    TOLD,
    code,
    language_of,
    loinc,
    observed,
    own_code,
    passage,
)
from schemas.fhir.systems import COUNTRY, LOINC, SNOMED, TERMINOLOGY, own

_PREGNANCY = {
    "pregnant": (SNOMED, "77386006"),
    "not-pregnant": (SNOMED, "60001007"),
    "possibly-pregnant": (SNOMED, "146799005"),
    "unconfirmed": (SNOMED, "152231000119106"),
    "unknown": (own("pregnancy"), "unknown"),
}
_RISK_LEVELS = {
    "low": (f"{TERMINOLOGY}/risk-probability", "low"),
    "medium": (f"{TERMINOLOGY}/risk-probability", "moderate"),
    "high": (f"{TERMINOLOGY}/risk-probability", "high"),
}
_PRESSURE = quantity("mm[Hg]")
_WHEN = (at("on", "effectiveDateTime"), at("by", "performer.0", CASEWORKER_REF))
_PLACE = group(
    at("country", "valueCodeableConcept", concept(COUNTRY)),
    own_ext("stage", "valueCode"),
    own_ext("since", "valueDateTime"),
    own_ext("until", "valueDateTime"),
)


_FOUND = group(own_ext("item", "valueString"), at("finding", "valueString"))
_FAMILY = passage(
    loinc("29762-2"), label="Family structure, relationships, temperament", section="29762-2"
)


def _one_of(system: str) -> Codec:
    return wrapped("valueCodeableConcept", concept(own(system)))


HEALTH: dict[str, FactMap] = {
    "alerts": clinical.ALERTS,
    "complaints": observed(
        loinc("46239-0"),
        at("text", "valueString"),
        component("urgent", "valueBoolean"),
        *_WHEN,
        label="Complaints",
        category="exam",
    ),
    "problems": clinical.PROBLEMS,
    "findings": observed(
        loinc("29545-1"),
        at("text", "valueString"),
        components("items", _FOUND),
        *_WHEN,
        label="Findings of examination",
        category="exam",
    ),
    "blood_pressures": observed(
        loinc("85354-9"),
        component("systolic", "valueQuantity", _PRESSURE, code=(LOINC, "8480-6")),
        component("diastolic", "valueQuantity", _PRESSURE, code=(LOINC, "8462-4")),
        *_WHEN,
        label="Blood pressure",
        category="vital-signs",
    ),
    "measurements": observed(
        {},
        clinical.vital_sign(),
        at("value", "valueQuantity.value"),
        *_WHEN,
        label="Vital signs",
        category="vital-signs",
    ),
    "lab_results": clinical.LAB_RESULTS,
    "screenings": clinical.SCREENINGS,
    "pregnancy": observed(
        loinc("82810-3"),
        at("status", "valueCodeableConcept", mapped(_PREGNANCY)),
        component("due", "valueDateTime", code=(LOINC, "11778-8")),
        *_WHEN,
        *TOLD,
        label="Pregnancy",
    ),
    "allergies": clinical.ALLERGIES,
    "medications": clinical.MEDICATIONS,
    "prescriptions": fact(
        "MedicationRequest",
        at("product", "medicationCodeableConcept", CODED),
        at("dosage", "dosageInstruction.0.text"),
        at("prescribed_by", "requester", CASEWORKER_REF),
        own_ext("prescriber_role", "valueCode"),
        at("on_order", "basedOn.0", DISPLAY),
        at("on", "authoredOn"),
        label="Prescriptions",
        status="active",
        intent="order",
    ),
    "immunizations": clinical.IMMUNIZATIONS,
    "procedures": clinical.PROCEDURES,
    "instruments": fact(
        "QuestionnaireResponse",
        at("instrument", "questionnaire", prefixed(QUESTIONNAIRE)),
        at("on", "authored"),
        at("by", "author", CASEWORKER_REF),
        language_of(),
        answers("name", "valueString"),
        answers("version", "valueString"),
        answers("total", "valueInteger"),
        answer_list(
            "items",
            at("item", "text"),
            at("score", "answer.0.valueInteger"),
            own_ext("answer", "valueString"),
        ),
        *TOLD,
        label="Tests and scales",
        status="completed",
    ),
    "functioning": passage(loinc("47420-5"), label="Functioning", section="47420-5"),
    "disability": observed(
        own_code("disability"),
        at("kind", "valueCodeableConcept", concept(own("disability"))),
        *(
            component(name, "valueCodeableConcept", concept(own("difficulty")))
            for name in (
                "seeing",
                "hearing",
                "walking",
                "remembering",
                "self_care",
                "communicating",
            )
        ),
        at("note", "note.0.text"),
        *_WHEN,
        label="Disability",
        category="survey",
    ),
    "baselines": observed(
        {},
        at("kind", "code", concept(own("baseline"))),
        component("point", "valueCodeableConcept", concept(own("baseline-point"))),
        at("text", "valueString"),
        *_WHEN,
        label="Health at the points of the stay",
        category="exam",
    ),
    "mental_health_before": fact(
        "Condition",
        at("text", "note.0.text"),
        at("code", "code", CODED),
        at("onset", "onsetDateTime"),
        at("ended", "abatementDateTime"),
        at("on", "recordedDate"),
        at("by", "asserter", CASEWORKER_REF),
        label="Mental health before trafficking",
        category=[code(own("condition-category"), "before-trafficking")],
        clinicalStatus=code(f"{TERMINOLOGY}/condition-clinical", "inactive"),
    ),
    "family_background": replace(_FAMILY, lenses=(*_FAMILY.lenses, own_ext("topic", "valueCode"))),
    "needs": observed(
        own_code("need"),
        component("kind", "valueCodeableConcept", concept(own("need-kind"))),
        component("period", "valueCodeableConcept", concept(own("need-period"))),
        at("text", "valueString"),
        at("by", "performer.0", CASEWORKER_REF),
        label="Needs, aspirations, assets",
    ),
    "needs_by_area": observed(
        own_code("need-by-area"),
        component("area", "valueCodeableConcept", concept(own("need-area"))),
        component("level", "valueCodeableConcept", concept(own("need-level"))),
        at("text", "valueString"),
        *_WHEN,
        label="Needs by area",
    ),
    "exploitation": observed(
        own_code("exploitation"),
        components("types", _one_of("exploitation-type")),
        components("means_of_control", _one_of("means-of-control")),
        component("industry", "valueCodeableConcept", concept(own("isic-section"))),
        component("industry_text", "valueString"),
        component("recruiter", "valueCodeableConcept", concept(own("recruiter"))),
        components("places", _PLACE),
        at("text", "valueString"),
        *_WHEN,
        label="Exploitation",
    ),
    "risks": fact(
        "RiskAssessment",
        at("kind", "prediction.0.outcome", concept(own("risk"))),
        at("level", "prediction.0.qualitativeRisk", mapped(_RISK_LEVELS)),
        at("basis", "prediction.0.rationale"),
        at("on", "occurrenceDateTime"),
        at("by", "performer", CASEWORKER_REF),
        label="Risks",
        status="final",
    ),
    "safety_plan": fact(
        "CarePlan",
        own_ext("needed", "valueBoolean"),
        own_ext("made_with_person", "valueBoolean"),
        at("text", "description"),
        at("on", "created"),
        at("by", "author", CASEWORKER_REF),
        own_ext("review_due", "valueDate"),
        own_ext("reviewed_on", "valueDate"),
        label="Safety plan",
        status="active",
        intent="plan",
        category=[code(own("plan"), "safety")],
    ),
    "care_plan": clinical.CARE_PLAN,
    "goals": clinical.GOALS,
    **CRISIS,
    "pursued_by_traffickers": asked_alone("pursued-by-traffickers", label="Pursued by traffickers"),
    "forced_substance_use": asked_alone("forced-substance-use", label="Forced to use substances"),
    "notes": observed(
        loinc("11506-3"),
        at("text", "valueString"),
        *_WHEN,
        own_ext("kind", "valueCode"),
        label="Notes",
        category="exam",
    ),
    "letters": fact(
        "Communication",
        at("sender", "sender", DISPLAY),
        at("recipient", "recipient.0", DISPLAY),
        at("on", "sent"),
        at("subject", "topic.text"),
        payload("text", "contentString"),
        payload("attachment", "contentAttachment", wrapped("url", ATTACHED)),
        own_ext("party", "valueCode"),
        BY,
        label="Correspondence",
        status="completed",
        category=[code(own("communication"), "correspondence")],
    ),
    "legal_papers": fact(
        "DocumentReference",
        at("title", "content.0.attachment.title"),
        at("authority", "custodian", DISPLAY),
        at("on", "content.0.attachment.creation"),
        at("summary", "description"),
        at("language", "content.0.attachment.language"),
        at("attachment", "content.0.attachment.url", ATTACHED),
        own_ext("consent", "valueReference", CONSENT_REF),
        at("by", "author.0", CASEWORKER_REF),
        label="Liaison papers with legal authorities",
        status="current",
        type=code(own("document-kind"), "legal-paper"),
        category=[code(own("document-category"), "legal")],
    ),
    "documents": DOCUMENT,
}

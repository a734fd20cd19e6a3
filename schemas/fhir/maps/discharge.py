"""Component `discharge-summary` in FHIR: a Composition, its entries with their section codes."""

from dataclasses import replace

from schemas.fhir.codecs import Codec, coding, concept, mapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import answers, at, own_ext
from schemas.fhir.maps import clinical
from schemas.fhir.maps.crisis import form
from schemas.fhir.maps.shared import (
    CASEWORKER_REF,
    CONTACT_ENTRY,
    DOCUMENT,
    FACILITY_REF,
    FOLLOW_UP,
    code,
    loinc,
    observed,
    passage,
)
from schemas.fhir.systems import TERMINOLOGY, own

_DISPOSITION = f"{TERMINOLOGY}/discharge-disposition"
_DISPOSITIONS = {
    "home": (_DISPOSITION, "home"),
    "alternative-home": (_DISPOSITION, "alt-home"),
    "other-health-facility": (_DISPOSITION, "other-hcf"),
    "hospital": (_DISPOSITION, "hosp"),
    "long-term-care": (_DISPOSITION, "long"),
    "psychiatric-hospital": (_DISPOSITION, "psy"),
    "rehabilitation": (_DISPOSITION, "rehab"),
    "left-against-advice": (_DISPOSITION, "aadvice"),
    "died": (_DISPOSITION, "exp"),
    "returned-to-country-of-origin": (own("disposition"), "returned-to-country-of-origin"),
    "resettled": (own("disposition"), "resettled"),
    "went-missing": (own("disposition"), "went-missing"),
    "other": (_DISPOSITION, "oth"),
}
_ATTESTER = Codec(
    lambda symbol: {"mode": "professional", "party": CASEWORKER_REF.encode(symbol)},
    lambda value: CASEWORKER_REF.decode(value["party"]),
)

DISCHARGE: dict[str, FactMap] = {
    "document": fact(
        "Composition",
        at("on", "date"),
        at("compiled_by", "author.0", CASEWORKER_REF),
        at("attested_by", "attester.0", _ATTESTER),
        at("attested_on", "attester.0.time"),
        at("facility", "custodian", FACILITY_REF),
        label="Compiled and attested",
        status="final",
        type=loinc("18842-5"),
        title="Discharge summary",
    ),
    "alerts": clinical.ALERTS,
    "reason_for_admission": passage(
        loinc("46239-0"), label="Reason for admission", section="46239-0"
    ),
    "course_of_stay": passage(loinc("8648-8"), label="Course of stay", section="8648-8"),
    "assessment_on_admission": passage(
        loinc("67851-6"), label="Assessment on admission", section="67851-6"
    ),
    "diagnoses": replace(clinical.PROBLEMS, label="Diagnoses", section="11535-2"),
    "open_problems": replace(clinical.PROBLEMS, label="Open problems", section="11450-4"),
    "mental_status": passage(loinc("10190-7"), label="Mental status", section="10190-7"),
    "self_care": observed(
        loinc("47420-5"),
        at("capacity", "valueCodeableConcept", concept(own("self-care"))),
        at("on", "effectiveDateTime"),
        at("by", "performer.0", CASEWORKER_REF),
        at("note", "note.0.text"),
        label="Ability to look after own health",
        section="47420-5",
        category="survey",
    ),
    "allergies": clinical.ALLERGIES,
    "medications": replace(clinical.MEDICATIONS, label="Medicines at discharge", section="75311-1"),
    "immunizations": clinical.IMMUNIZATIONS,
    "procedures": clinical.PROCEDURES,
    "results": clinical.LAB_RESULTS,
    "care_plan": clinical.CARE_PLAN,
    "follow_ups": FOLLOW_UP,
    "instructions": passage(loinc("8653-8"), label="Instructions given", section="8653-8"),
    "disposition": fact(
        "EpisodeOfCare",
        own_ext("kind", "valueCodeableConcept", mapped(_DISPOSITIONS)),
        at("on", "period.end"),
        own_ext("note", "valueString"),
        label="Disposition",
        section="8650-4",
        status="finished",
    ),
    "comprehension": form(
        "comprehension",
        answers("to", "valueCoding", coding(own("explained-to"))),
        answers("language", "valueString"),
        answers("interpreter", "valueReference", CASEWORKER_REF),
        answers("understood", "valueCoding", coding(own("teach-back"))),
        answers("signed", "valueBoolean"),
        label="Comprehension",
    ),
    "copies": fact(
        "DocumentReference",
        at("title", "content.0.attachment.title"),
        at("language", "content.0.attachment.language"),
        at("on", "content.0.attachment.creation"),
        own_ext("outcome", "valueCode"),
        own_ext("is_translation", "valueBoolean"),
        at("note", "description"),
        label="Copies for the person",
        section="77599-9",
        status="current",
        type=code(own("document-kind"), "copy"),
    ),
    "contacts": CONTACT_ENTRY,
    "documents": DOCUMENT,
}

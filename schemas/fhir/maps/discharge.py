"""Component `discharge-summary` in FHIR: a Composition, its entries with their section codes."""

from dataclasses import replace
from typing import Any

from schemas.fhir.codecs import (
    CODED,
    DISPLAY,
    TEXT_CONCEPT,
    Codec,
    Json,
    coding,
    concept,
    mapped,
    reference,
)
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, answers, at, minutes_between, own_ext
from schemas.fhir.maps import clinical
from schemas.fhir.maps.crisis import form
from schemas.fhir.maps.shared import (
    BY,
    CASEWORKER_REF,
    CONSENT_REF,
    CONTACT_ENTRY,
    DOCUMENT,
    FACILITY_REF,
    FOLLOW_UP,
    TEAM_ROLE,
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
_PERSONS: dict[str, Json] = {
    "person": {"type": "Patient", "display": "person"},
    "parent": {"type": "RelatedPerson", "display": "parent"},
    "guardian": {"type": "RelatedPerson", "display": "guardian"},
}
_PERSON = Codec(_PERSONS.__getitem__, lambda value: value["display"])


def _attesters(node: Json, mode: str) -> list[Json]:
    return [one for one in node.get("attester", ()) if one["mode"] == mode]


def _attester(by: str, on: str, mode: str, party: Codec) -> tuple[Lens, Lens]:
    """Put who attests, and when, into an attester of its own mode."""

    def put_party(node: Json, value: Any) -> None:
        attester = {"mode": mode, "party": party.encode(value)}
        node.setdefault("attester", []).append(attester)

    def get_party(node: Json) -> Any:
        found = _attesters(node, mode)
        return party.decode(found[0]["party"]) if found else None

    def put_time(node: Json, value: Any) -> None:
        _attesters(node, mode)[0]["time"] = value

    def get_time(node: Json) -> Any:
        found = _attesters(node, mode)
        return found[0].get("time") if found else None

    return (
        Lens(by, "attester.party", put_party, get_party),
        Lens(on, "attester.time", put_time, get_time),
    )


_TRANSFORMS = Codec(
    lambda title: {"code": "transforms", "target": DISPLAY.encode(title)},
    lambda value: DISPLAY.decode(value["target"]),
)
_PROVIDER = Codec(
    lambda text: {"actor": DISPLAY.encode(text), "status": "accepted"},
    lambda value: DISPLAY.decode(value["actor"]),
)

DISCHARGE: dict[str, FactMap] = {
    "document": fact(
        "Composition",
        at("on", "date"),
        at("compiled_by", "author.0", CASEWORKER_REF),
        *_attester("attested_by", "attested_on", "professional", CASEWORKER_REF),
        *_attester("acknowledged_by", "acknowledged_on", "personal", _PERSON),
        at("facility", "custodian", FACILITY_REF),
        label="Compiled and attested",
        status="final",
        type=loinc("18842-5"),
        title="Discharge summary",
    ),
    "attestations": fact(
        "Provenance",
        at("part", "target.0", reference("Composition", own("part"))),
        at("by", "agent.0.who", CASEWORKER_REF),
        at("role", "agent.0.role.0", TEAM_ROLE),
        at("on", "recorded"),
        label="Attested parts",
        agent=[{"type": code(f"{TERMINOLOGY}/provenance-participant-type", "attester")}],
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
    "screenings": clinical.SCREENINGS,
    "care_plan": clinical.CARE_PLAN,
    "goals": clinical.GOALS,
    "follow_ups": FOLLOW_UP,
    "appointments": fact(
        "Appointment",
        at("service", "serviceType.0.text"),
        at("start", "start"),
        minutes_between("start", "end"),
        at("provider", "participant.1", _PROVIDER),
        own_ext("interpreter_language", "valueCode"),
        at("note", "comment"),
        label="Appointments",
        section="18776-5",
        status="booked",
    ),
    "not_carried": fact(
        "Task",
        at("kind", "code", concept(own("open-item"))),
        at("what", "reasonCode", CODED),
        at("reason", "statusReason", TEXT_CONCEPT),
        at("by", "owner", CASEWORKER_REF),
        at("on", "lastModified"),
        label="Left out on purpose",
        status="cancelled",
        intent="plan",
    ),
    "instructions": passage(loinc("8653-8"), label="Instructions given", section="8653-8"),
    "disposition": fact(
        "EpisodeOfCare",
        own_ext("kind", "valueCodeableConcept", mapped(_DISPOSITIONS)),
        at("on", "period.end"),
        BY,
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
        at("kind", "type", concept(own("document-kind"))),
        at("translation_of", "relatesTo.0", _TRANSFORMS),
        own_ext("explained_by", "valueReference", CASEWORKER_REF),
        at("by", "author.0", CASEWORKER_REF),
        at("note", "description"),
        label="Copies for the person",
        section="77599-9",
        status="current",
        category=[code(own("document-category"), "copy-for-the-person")],
    ),
    "consents": fact(
        "List",
        at("consent", "entry.0.item", CONSENT_REF),
        own_ext("covers", "valueCode"),
        label="Consents",
        status="current",
        mode="snapshot",
        code=code(own("list"), "consents"),
    ),
    "contacts": CONTACT_ENTRY,
    "documents": DOCUMENT,
}

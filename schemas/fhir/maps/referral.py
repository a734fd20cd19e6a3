"""Component `referral` in FHIR: ServiceRequest, and Tasks for its state and the back report."""

from dataclasses import replace
from typing import Any

from schemas.fhir.codecs import (
    CODED,
    DISPLAY,
    TEXT_CONCEPT,
    Json,
    concept,
    each,
    mapped,
    renamed,
)
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, at, output, own_ext, task_input
from schemas.fhir.maps.identity import RELATIONS
from schemas.fhir.maps.shared import (
    CASEWORKER_REF,
    CONSENT_REF,
    CONTACT_ENTRY,
    DOCUMENT,
    FACILITY_REF,
    FOLLOW_UP,
    LANGUAGE_CONCEPT,
    SAFE_CONTACT,
    code,
    loinc,
    passage,
)
from schemas.fhir.systems import LOINC, own

_PRIORITIES = {"emergency": "stat", "urgent": "urgent", "normal": "routine"}
_STATES = {
    "draft": "draft",
    "offered": "requested",
    "accepted": "accepted",
    "rejected": "rejected",
    "in-progress": "in-progress",
    "completed": "completed",
    "cancelled": "cancelled",
    "revoked": "cancelled",
    "expired": "cancelled",
}
"""Our states as R4's Task.status; the exact one is the business status."""
_ANSWERS = {"taken-up": "accepted", "closed": "completed", "not-possible": "rejected"}
_NOTES = {"referral": (LOINC, "57133-1"), "transfer": (LOINC, "18761-7")}
_LETTER = passage(loinc("57133-1"), label="Referral letter", section="57133-1")
_UNCODED = {name: value for name, value in _LETTER.fixed.items() if name != "code"}


def _exactly(name: str, system: str, statuses: dict[str, str]) -> Lens:
    """Put a state of ours into the business status, and what R4 calls it into the status."""
    exact = concept(own(system))

    def put(node: Json, state: Any) -> None:
        node["status"] = statuses[state]
        node["businessStatus"] = exact.encode(state)

    return Lens(
        name, "status, businessStatus", put, lambda node: exact.decode(node["businessStatus"])
    )


REFERRAL: dict[str, FactMap] = {
    "request": fact(
        "ServiceRequest",
        at("on", "authoredOn"),
        at("kind", "code", concept(own("referral"))),
        at("priority", "priority", renamed(_PRIORITIES)),
        at("reason", "reasonCode.0", TEXT_CONCEPT),
        at("services", "orderDetail", each(concept(own("service")))),
        at("needed_by", "occurrencePeriod.end"),
        at("already_provided", "note.0.text"),
        own_ext("provided_by", "valueString"),
        own_ext("provider_gender", "valueCode"),
        own_ext("interpreter_language", "valueCode"),
        at("consent", "supportingInfo.0", CONSENT_REF),
        own_ext("consent_hash", "valueString"),
        at("made_by", "requester", CASEWORKER_REF),
        own_ext("approved_by", "valueReference", CASEWORKER_REF),
        own_ext("approved_on", "valueDateTime"),
        own_ext("case_manager", "valueReference", CASEWORKER_REF),
        at("receiving_facility", "performer.0", FACILITY_REF),
        own_ext("receiving_person", "valueReference", DISPLAY),
        own_ext("delivery", "valueCode"),
        label="Referral",
        section="42349-1",
        status="active",
        intent="order",
    ),
    "state": fact(
        "Task",
        _exactly("state", "referral-state", _STATES),
        at("reason", "statusReason", TEXT_CONCEPT),
        at("on", "lastModified"),
        at("by", "owner", CASEWORKER_REF),
        label="State of the referral",
        intent="order",
        code=code(own("task"), "referral"),
    ),
    "preview": fact(
        "Task",
        task_input("unit", "valueCodeableConcept", concept(own("functional-unit"))),
        task_input("services", "valueCodeableConcept", concept(own("service")), many=True),
        at("priority", "priority", renamed(_PRIORITIES)),
        task_input("language", "valueCodeableConcept", LANGUAGE_CONCEPT),
        task_input("interpreter_needed", "valueBoolean"),
        task_input("age_band", "valueCodeableConcept", concept(own("age-band"))),
        task_input("gender", "valueCode"),
        task_input("with_child", "valueBoolean"),
        label="Preview before acceptance",
        status="draft",
        intent="proposal",
        code=code(own("task"), "preview"),
    ),
    "caregiver": fact(
        "RelatedPerson",
        at("relation", "relationship.0", mapped(RELATIONS)),
        own_ext("separated", "valueBoolean"),
        own_ext("informed", "valueBoolean"),
        own_ext("reason_not_informed", "valueString"),
        label="Caregiver of a minor",
    ),
    "safe_contact": SAFE_CONTACT,
    "letter": replace(
        _LETTER, lenses=(at("kind", "code", mapped(_NOTES)), *_LETTER.lenses), fixed=_UNCODED
    ),
    "deliveries": fact(
        "Communication",
        at("medium", "medium.0", concept(own("medium"))),
        own_ext("party", "valueCode"),
        at("to", "recipient.0", DISPLAY),
        at("on", "sent"),
        at("by", "sender", CASEWORKER_REF),
        own_ext("consent", "valueReference", CONSENT_REF),
        at("acknowledged_on", "received"),
        at("note", "note.0.text"),
        label="How the referral was made",
        status="completed",
        category=[code(own("communication"), "referral")],
    ),
    "journey": fact(
        "Task",
        output("transport", "valueString"),
        output("escort", "valueString"),
        output("departs", "valueDateTime"),
        output("arrival", "valueCodeableConcept", concept(own("arrival"))),
        output("arrived_on", "valueDateTime"),
        at("on", "lastModified"),
        at("by", "owner", CASEWORKER_REF),
        label="Journey",
        status="in-progress",
        intent="order",
        code=code(own("task"), "journey"),
    ),
    "taken_up": fact(
        "Task",
        at("kind", "code", concept(own("open-item"))),
        at("what", "reasonCode", CODED),
        _exactly("answer", "open-item-answer", _ANSWERS),
        at("reason", "statusReason", TEXT_CONCEPT),
        at("by", "owner", CASEWORKER_REF),
        at("on", "lastModified"),
        label="What becomes of open items",
        intent="order",
    ),
    "follow_ups": FOLLOW_UP,
    "back_reports": fact(
        "Task",
        at("on", "lastModified"),
        output("arrived", "valueCode"),
        output("arrived_on", "valueDateTime"),
        output("services_started", "valueString"),
        output("open_items_closed", "valueString"),
        output("new_alert", "valueString"),
        output("lost_contact", "valueBoolean"),
        at("by", "owner", CASEWORKER_REF),
        label="Back report",
        status="completed",
        intent="order",
        code=code(own("task"), "back-report"),
    ),
    "contacts": CONTACT_ENTRY,
    "documents": DOCUMENT,
}

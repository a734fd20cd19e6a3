"""Component `referral` in FHIR: ServiceRequest, and Tasks for its state and the back report."""

from typing import Any

from schemas.fhir.codecs import (
    DISPLAY,
    TEXT_CONCEPT,
    Json,
    concept,
    each,
    reference,
    renamed,
)
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, at, output, own_ext
from schemas.fhir.maps.shared import (
    CASEWORKER_REF,
    CONTACT_ENTRY,
    DOCUMENT,
    FACILITY_REF,
    FOLLOW_UP,
    code,
    loinc,
    passage,
)
from schemas.fhir.systems import own

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
_EXACT_STATE = concept(own("referral-state"))


def _state() -> Lens:
    def put(node: Json, state: Any) -> None:
        node["status"] = _STATES[state]
        node["businessStatus"] = _EXACT_STATE.encode(state)

    return Lens("state", "status", put, lambda node: _EXACT_STATE.decode(node["businessStatus"]))


REFERRAL: dict[str, FactMap] = {
    "request": fact(
        "ServiceRequest",
        at("on", "authoredOn"),
        at("kind", "code", concept(own("referral"))),
        at("priority", "priority", renamed(_PRIORITIES)),
        at("reason", "reasonCode.0", TEXT_CONCEPT),
        at("services", "orderDetail", each(concept(own("service")))),
        at("already_provided", "note.0.text"),
        own_ext("provider_gender", "valueCode"),
        own_ext("interpreter_language", "valueCode"),
        at("consent", "supportingInfo.0", reference("Consent", own("consent"))),
        at("made_by", "requester", CASEWORKER_REF),
        own_ext("approved_by", "valueReference", CASEWORKER_REF),
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
        _state(),
        at("reason", "statusReason", TEXT_CONCEPT),
        at("on", "lastModified"),
        label="State of the referral",
        intent="order",
        code=code(own("task"), "referral"),
    ),
    "letter": passage(loinc("57133-1"), label="Referral letter", section="57133-1"),
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
        label="Back report",
        status="completed",
        intent="order",
        code=code(own("task"), "back-report"),
    ),
    "contacts": CONTACT_ENTRY,
    "documents": DOCUMENT,
}

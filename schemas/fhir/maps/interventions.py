"""Component `interventions` in FHIR: PractitionerRole by code, Procedure, Task."""

from schemas.fhir.codecs import Codec, coding, concept, each, wrapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import at, minutes_between, own_ext
from schemas.fhir.maps.shared import (
    CASEWORKER_REF,
    FACILITY_REF,
    TEAM_ROLE,
    code,
    language_of,
)
from schemas.fhir.systems import CASEWORKER, own

_CODE = Codec(lambda symbol: {"system": CASEWORKER, "value": symbol}, lambda value: value["value"])

INTERVENTIONS: dict[str, FactMap] = {
    "caseworkers": fact(
        "PractitionerRole",
        at("code", "identifier.0", _CODE),
        at("role", "code.0", TEAM_ROLE),
        at("qualification", "contained.0.qualification.0.code.text"),
        at(
            "qualifications",
            "contained.0.qualification.0.code.coding",
            each(coding(own("qualification"))),
        ),
        at("licence_body", "contained.0.qualification.0.issuer.display"),
        own_ext("licence_country", "valueCode", on="contained.0.qualification.0"),
        at("facility", "organization", FACILITY_REF),
        at("since", "period.start"),
        at("until", "period.end"),
        label="Caseworkers",
        contained=[{"resourceType": "Practitioner", "id": "person"}],
        practitioner={"reference": "#person"},
    ),
    "interventions": fact(
        "Procedure",
        at("kind", "category", concept(own("intervention"))),
        at("what", "code.text"),
        at("on", "performedPeriod.start"),
        minutes_between("performedPeriod.start", "performedPeriod.end"),
        at("by", "performer", each(wrapped("actor", CASEWORKER_REF))),
        language_of(),
        own_ext("interpreter", "valueReference", CASEWORKER_REF),
        at("outcome", "outcome.text"),
        at("note", "note.0.text"),
        label="Interventions",
        status="completed",
    ),
    "handovers": fact(
        "Task",
        at("giver", "requester", CASEWORKER_REF),
        at("receiver", "owner", CASEWORKER_REF),
        at("on", "lastModified"),
        at("note", "note.0.text"),
        label="Handed over",
        status="completed",
        intent="order",
        code=code(own("task"), "handover"),
    ),
}

"""Component `interventions` in FHIR: PractitionerRole by code, Procedure, Task."""

from datetime import datetime, timedelta
from typing import Any

from schemas.fhir.codecs import Codec, Json, concept, each, wrapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, at, own_ext
from schemas.fhir.maps.shared import CASEWORKER_REF, FACILITY_REF, code, language_of
from schemas.fhir.systems import CASEWORKER, own

_CODE = Codec(lambda symbol: {"system": CASEWORKER, "value": symbol}, lambda value: value["value"])


def _minutes() -> Lens:
    """Say how long it took by the end of the period."""

    def put(node: Json, minutes: Any) -> None:
        start = node["performedPeriod"]["start"]
        end = datetime.fromisoformat(start) + timedelta(minutes=minutes)
        text = end.isoformat()
        node["performedPeriod"]["end"] = (
            text.replace("+00:00", "Z") if start.endswith("Z") else text
        )

    def get(node: Json) -> Any:
        period = node["performedPeriod"]
        if "end" not in period:
            return None
        length = datetime.fromisoformat(period["end"]) - datetime.fromisoformat(period["start"])
        return int(length.total_seconds()) // 60

    return Lens("minutes", "performedPeriod", put, get)


INTERVENTIONS: dict[str, FactMap] = {
    "caseworkers": fact(
        "PractitionerRole",
        at("code", "identifier.0", _CODE),
        at("role", "code.0", concept(own("team-role"))),
        at("qualification", "contained.0.qualification.0.code.text"),
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
        _minutes(),
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

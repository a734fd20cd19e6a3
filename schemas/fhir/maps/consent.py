"""Component `consent` in FHIR: a Consent of the shape of IHE PCF, the form as its source.

Repeats of one element in a provision are alternatives. So the labels of a provision are our own
exact codes of the categories (and for `general` the code N): a confidentiality code R, or an HL7
sensitivity code that two categories share, would permit more than was ticked.
"""

from typing import Any

from schemas.fhir.codecs import Codec, Json, coding, each
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, answers, at, group, own_ext, within
from schemas.fhir.maps.crisis import QUESTIONNAIRE
from schemas.fhir.maps.shared import CASEWORKER_REF, FACILITY_REF, code, loinc
from schemas.fhir.systems import (
    ACT_REASON,
    CONFIDENTIALITY,
    SENSITIVITY,
    TERMINOLOGY,
    own,
    own_extension,
)

_LINE = own_extension("scope-line")
_POLICY = own("policy") + ":deny-unless-permitted"
_GIVERS: dict[str, Json] = {
    "person": {"type": "Patient", "display": "person"},
    "guardian": {"type": "RelatedPerson", "display": "guardian"},
    "legal-representative": {"type": "RelatedPerson", "display": "legal-representative"},
}
_GIVER = Codec(_GIVERS.__getitem__, lambda value: value["display"])
_WITHHELD = group(
    at("category", "securityLabel.0", coding(SENSITIVITY)),
    own_ext("component", "valueCode"),
    own_ext("reason", "valueCode"),
    fixed={"type": "deny"},
)


def _label(category: str) -> Json:
    if category == "general":
        return {"system": CONFIDENTIALITY, "code": "N"}
    return {"system": SENSITIVITY, "code": category}


def _permitted() -> Lens:
    """Put the ticked lines in extensions of ours, and their categories in `securityLabel`."""

    def put(node: Json, lines: list[Any]) -> None:
        provision = node.setdefault("provision", {})
        provision["extension"] = [
            {"url": _LINE, "valueString": f"{line['component']}/{line['category']}"}
            for line in lines
        ]
        categories = dict.fromkeys(line["category"] for line in lines)
        provision["securityLabel"] = [_label(category) for category in categories]

    def get(node: Json) -> Any:
        pairs = [part["valueString"].split("/") for part in node["provision"]["extension"]]
        return [{"component": component, "category": category} for component, category in pairs]

    return Lens("permitted", "provision.securityLabel", put, get)


def _formed(*lenses: Lens) -> tuple[Lens, ...]:
    """Put what the form itself says into the contained form."""
    return tuple(within("contained.0", lens) for lens in lenses)


CONSENT: dict[str, FactMap] = {
    "consent": fact(
        "Consent",
        at("on", "dateTime"),
        at("status", "status"),
        own_ext("use", "valueCode"),
        at("purpose", "provision.purpose.0", coding(ACT_REASON)),
        at("recipient", "provision.actor.0.reference", FACILITY_REF),
        at("facility", "organization.0", FACILITY_REF),
        _permitted(),
        at("withheld", "provision.provision", each(_WITHHELD)),
        at("since", "provision.period.start"),
        at("until", "provision.period.end"),
        at("data_since", "provision.dataPeriod.start"),
        at("data_until", "provision.dataPeriod.end"),
        at("given_by", "performer.0", _GIVER),
        own_ext("child_assent", "valueCode"),
        *_formed(
            answers("form", "valueCoding", coding(own("consent-form"))),
            answers("explained", "valueCoding", coding(own("explained")), many=True),
            answers("explained_by", "valueReference", CASEWORKER_REF),
            answers("language", "valueString"),
            answers("interpreter", "valueReference", CASEWORKER_REF),
            answers("interpreter_at_signing", "valueBoolean"),
            answers("alone_in_room", "valueBoolean"),
            answers("without_pressure", "valueBoolean"),
            answers("understood", "valueBoolean"),
            answers("note", "valueString"),
        ),
        label="Consent",
        scope=code(f"{TERMINOLOGY}/consentscope", "patient-privacy"),
        category=[loinc("59284-0")],
        policy=[{"uri": _POLICY}],
        sourceReference={"reference": "#form"},
        contained=[
            {
                "resourceType": "QuestionnaireResponse",
                "id": "form",
                "status": "completed",
                "questionnaire": QUESTIONNAIRE + "consent",
            }
        ],
        provision={
            "type": "permit",
            "actor": [{"role": code(f"{TERMINOLOGY}/v3-ParticipationType", "IRCP")}],
        },
    ),
}

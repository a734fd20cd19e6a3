"""Component `identity` in FHIR: Patient and RelatedPerson, the only resources with names."""

from typing import Any

from schemas.components.identity import PersonData, person_digest
from schemas.fhir.codecs import Json, concept, each, mapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import Lens, at, group, identifiers, own_ext
from schemas.fhir.maps.shared import (
    ADDRESS,
    CASEWORKER_REF,
    DOCUMENT,
    FACILITY_REF,
    NAME,
    PHONE,
)
from schemas.fhir.systems import IDENTIFIER_TYPE, ROLE_CODE, own, own_extension

RELATIONS = {
    "mother": (ROLE_CODE, "MTH"),
    "father": (ROLE_CODE, "FTH"),
    "parent": (ROLE_CODE, "PRN"),
    "sister": (ROLE_CODE, "SIS"),
    "brother": (ROLE_CODE, "BRO"),
    "child": (ROLE_CODE, "CHILD"),
    "spouse": (ROLE_CODE, "SPS"),
    "partner": (ROLE_CODE, "SIGOTHR"),
    "grandparent": (ROLE_CODE, "GRPRN"),
    "aunt": (ROLE_CODE, "AUNT"),
    "uncle": (ROLE_CODE, "UNCLE"),
    "other-relative": (ROLE_CODE, "FAMMEMB"),
    "friend": (ROLE_CODE, "FRND"),
    "neighbour": (ROLE_CODE, "NBOR"),
    "guardian": (ROLE_CODE, "GUARD"),
    "referrer": (own("relation"), "referrer"),
    "other": (own("relation"), "other"),
}
_NUMBER_TYPES = {
    "passport": (IDENTIFIER_TYPE, "PPN"),
    "national-id": (IDENTIFIER_TYPE, "NI"),
    "birth-certificate": (IDENTIFIER_TYPE, "BCT"),
    "residence": (IDENTIFIER_TYPE, "PRC"),
    "unhcr": (own("identifier-type"), "unhcr"),
    "agency": (own("identifier-type"), "agency"),
    "other": (own("identifier-type"), "other"),
}
_NUMBER = group(
    at("type", "type", mapped(_NUMBER_TYPES)),
    at("number", "value"),
    own_ext("country", "valueCode"),
    own_ext("held_by", "valueCode"),
)

_PERSON = (
    at("names", "name", each(NAME)),
    at("birth_date", "birthDate"),
    identifiers("numbers", _NUMBER),
)
_DIGEST = own_extension("person-digest")


def _shown() -> Lens:
    """Put the person as she was into a contained Patient, with the digest that tells changes."""
    person = group(*_PERSON, fixed={"resourceType": "Patient", "id": "person"})

    def put(node: Json, value: Any) -> None:
        node["contained"] = [person.encode(value)]
        digest = person_digest(PersonData.model_validate(value))
        node["extension"].append({"url": _DIGEST, "valueString": digest})

    return Lens("person", "target", put, lambda node: person.decode(node["contained"][0]))


IDENTITY: dict[str, FactMap] = {
    "person": fact(
        "Patient",
        *_PERSON,
        label="Person",
    ),
    "snapshots": fact(
        "Provenance",
        at("moment", "activity", concept(own("snapshot"))),
        at("facility", "agent.0.who", FACILITY_REF),
        own_ext("unit", "valueCode"),
        at("on", "recorded"),
        at("by", "agent.1.who", CASEWORKER_REF),
        _shown(),
        label="Identity at admission and at release",
        target=[{"reference": "#person"}],
    ),
    "whereabouts": fact(
        "Patient",
        at("addresses", "address", each(ADDRESS)),
        at("phones", "telecom", each(PHONE)),
        label="Where the person can be reached",
    ),
    "contacts": fact(
        "RelatedPerson",
        at("relation", "relationship.0", mapped(RELATIONS)),
        at("names", "name", each(NAME)),
        at("phones", "telecom", each(PHONE)),
        at("addresses", "address", each(ADDRESS)),
        own_ext("note", "valueString"),
        label="Contact persons",
    ),
    "documents": DOCUMENT,
}

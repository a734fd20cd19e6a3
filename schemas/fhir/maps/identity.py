"""Component `identity` in FHIR: Patient and RelatedPerson, the only resources with names."""

from schemas.fhir.codecs import each, mapped
from schemas.fhir.fact_map import FactMap, fact
from schemas.fhir.lenses import at, group, identifiers, own_ext
from schemas.fhir.maps.shared import ADDRESS, DOCUMENT, NAME, PHONE
from schemas.fhir.systems import IDENTIFIER_TYPE, ROLE_CODE, own

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
    "other": (own("relation"), "other"),
}
_NUMBER_TYPES = {
    "passport": (IDENTIFIER_TYPE, "PPN"),
    "national-id": (IDENTIFIER_TYPE, "NI"),
    "birth-certificate": (IDENTIFIER_TYPE, "BCT"),
    "residence": (IDENTIFIER_TYPE, "PRC"),
    "agency": (own("identifier-type"), "agency"),
    "other": (own("identifier-type"), "other"),
}
_NUMBER = group(
    at("type", "type", mapped(_NUMBER_TYPES)),
    at("number", "value"),
    own_ext("country", "valueCode"),
    own_ext("held_by", "valueCode"),
)

IDENTITY: dict[str, FactMap] = {
    "person": fact(
        "Patient",
        at("names", "name", each(NAME)),
        at("birth_date", "birthDate"),
        identifiers("numbers", _NUMBER),
        label="Person",
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

"""Component `administrative` in FHIR: Patient without a name, EpisodeOfCare, CareTeam, Flag."""

from schemas.fhir.codecs import DISPLAY, Codec, concept, each, mapped, quantity
from schemas.fhir.fact_map import VALUE, FactMap, fact
from schemas.fhir.lenses import at, component, extension, extensions, group, own_ext, own_exts
from schemas.fhir.maps.identity import RELATIONS
from schemas.fhir.maps.shared import (
    CASEWORKER_REF,
    FACILITY_REF,
    LANGUAGE_CONCEPT,
    code,
    language_of,
    loinc,
    observed,
    observed_value,
    own_code,
)
from schemas.fhir.systems import (
    COUNTRY,
    MARITAL_STATUS,
    ROLE_CODE,
    STRUCTURE,
    TERMINOLOGY,
    own,
)

_MARITAL = {
    "annulled": (MARITAL_STATUS, "A"),
    "divorced": (MARITAL_STATUS, "D"),
    "separated": (MARITAL_STATUS, "L"),
    "married": (MARITAL_STATUS, "M"),
    "never-married": (MARITAL_STATUS, "S"),
    "partner": (MARITAL_STATUS, "T"),
    "widowed": (MARITAL_STATUS, "W"),
    "unknown": (f"{TERMINOLOGY}/v3-NullFlavor", "UNK"),
}
_GUARDIANS = {
    "parent": (ROLE_CODE, "PRN"),
    "appointed-guardian": (ROLE_CODE, "GUARD"),
    "legal-representative": (own("guardian"), "legal-representative"),
    "authority": (own("guardian"), "authority"),
}


def _nested(url: str, codec: Codec) -> Codec:
    """Return the codec of a value in a complex extension with one concept inside."""
    return Codec(
        lambda value: [{"url": url, "valueCodeableConcept": codec.encode(value)}],
        lambda parts: codec.decode(parts[0]["valueCodeableConcept"]),
    )


def _r4(name: str) -> str:
    return f"{STRUCTURE}/{name}"


_COUNTRY = _nested("code", concept(COUNTRY))
_SPOKEN = group(at("language", "language", LANGUAGE_CONCEPT), at("preferred", "preferred"))
_MEMBER = group(
    at("role", "role.0", concept(own("team-role"))),
    at("caseworker", "member", CASEWORKER_REF),
    at("since", "period.start"),
    at("until", "period.end"),
)
_YES_NO = concept(own("yes-no-unknown"))

ADMINISTRATIVE: dict[str, FactMap] = {
    "profile": fact(
        "Patient",
        at("gender", "gender"),
        at("marital_status", "maritalStatus", mapped(_MARITAL)),
        at("languages", "communication", each(_SPOKEN)),
        extension("interpreter_needed", _r4("patient-interpreterRequired"), "valueBoolean"),
        label="Profile",
    ),
    "gender_identity": fact(
        "Patient",
        extension(
            VALUE,
            _r4("individual-genderIdentity"),
            "extension",
            _nested("value", concept(own("gender-identity"))),
        ),
        label="Gender identity",
    ),
    "age": observed(
        loinc("30525-0"),
        at("years", "valueQuantity", quantity("a")),
        component("estimated", "valueBoolean"),
        at("on", "effectiveDateTime"),
        label="Age",
    ),
    "minor_at_admission": observed_value(
        own_code("minor-at-admission"),
        "valueCodeableConcept",
        _YES_NO,
        label="Minor at admission",
    ),
    "literate": observed_value(
        own_code("literate"), "valueCodeableConcept", _YES_NO, label="Can read and write"
    ),
    "education": observed_value(
        loinc("82589-3"), "valueCodeableConcept", concept(own("isced-2011")), label="Education"
    ),
    "occupation_before": observed_value(
        own_code("occupation-before"), "valueString", label="Occupation before"
    ),
    "origin": fact(
        "Patient",
        extensions("citizenships", _r4("patient-citizenship"), "extension", _COUNTRY),
        extension("country_of_origin", _r4("patient-nationality"), "extension", _COUNTRY),
        own_ext("stateless", "valueBoolean"),
        label="Origin",
    ),
    "displacement": observed_value(
        own_code("displacement"),
        "valueCodeableConcept",
        concept(own("displacement")),
        label="Displacement",
    ),
    "legal_status": observed_value(
        own_code("legal-status"),
        "valueCodeableConcept",
        concept(own("legal-status")),
        label="Legal status",
    ),
    "identification": observed(
        own_code("identification"),
        at("status", "valueCodeableConcept", concept(own("identification"))),
        component("decided_by", "valueCodeableConcept", concept(own("authority"))),
        at("on", "effectiveDateTime"),
        label="Identification as a trafficked person",
    ),
    "number_of_children": observed_value(
        own_code("number-of-children"), "valueInteger", label="Number of children"
    ),
    "dependants": observed_value(own_code("dependants"), "valueInteger", label="Dependants"),
    "stays": fact(
        "EpisodeOfCare",
        at("facility", "managingOrganization", FACILITY_REF),
        at("unit", "type.0", concept(own("functional-unit"))),
        at("status", "status"),
        at("admitted", "period.start"),
        at("departed", "period.end"),
        at("case_manager", "careManager", CASEWORKER_REF),
        label="Stays",
    ),
    "care_team": fact(
        "CareTeam", at("members", "participant", each(_MEMBER)), label="Care team", status="active"
    ),
    "referrer": fact(
        "ServiceRequest",
        at("organisation", "requester", DISPLAY),
        at("on", "authoredOn"),
        at("already_asked", "note.0.text"),
        label="Referred by",
        status="completed",
        intent="order",
        code=code(own("request"), "admission"),
    ),
    "confidentiality_assured": fact(
        "Communication",
        at("on", "sent"),
        at("by", "sender", CASEWORKER_REF),
        language_of(),
        own_ext("interpreter", "valueReference", CASEWORKER_REF),
        label="Confidentiality assured",
        status="completed",
        topic=code(own("topic"), "confidentiality"),
    ),
    "safe_contact": fact(
        "Flag",
        at("method", "code", concept(own("contact-method"))),
        own_ext("details", "valueString"),
        own_ext("hours", "valueString"),
        own_ext("words_to_use", "valueString"),
        own_exts("never_contact", "valueString"),
        label="Safe contact",
        status="active",
        category=[code(f"{TERMINOLOGY}/flag-category", "contact")],
    ),
    "guardians": fact(
        "RelatedPerson",
        at("kind", "relationship.0", mapped(_GUARDIANS)),
        own_ext("legal_basis", "valueString"),
        at("since", "period.start"),
        at("until", "period.end"),
        own_ext("conflict_of_interest", "valueBoolean"),
        own_ext("conflict_reason", "valueString"),
        label="Guardians",
    ),
    "family_members": fact(
        "RelatedPerson",
        at("relation", "relationship.0", mapped(RELATIONS)),
        own_ext("alive", "valueCode"),
        own_ext("contact_wanted", "valueCode"),
        own_ext("contact_safe", "valueCode"),
        own_ext("note", "valueString"),
        label="Family",
    ),
}

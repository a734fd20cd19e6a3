"""Component `administrative` in FHIR: Patient without a name, EpisodeOfCare, CareTeam, Flag."""

from schemas.fhir.codecs import (
    DISPLAY,
    Codec,
    coding,
    concept,
    each,
    mapped,
    quantity,
    reference,
    wrapped,
)
from schemas.fhir.fact_map import VALUE, FactMap, fact
from schemas.fhir.lenses import at, component, components, extension, extensions, group, own_ext
from schemas.fhir.maps.identity import RELATIONS
from schemas.fhir.maps.shared import (
    BY,
    CASEWORKER_REF,
    CONSENT_REF,
    FACILITY_REF,
    LANGUAGE_CONCEPT,
    SAFE_CONTACT,
    TEAM_ROLE,
    code,
    language_of,
    loinc,
    observed,
    observed_value,
    own_code,
    snomed,
)
from schemas.fhir.systems import (
    COUNTRY,
    DATA_ABSENT,
    ISCO,
    MARITAL_STATUS,
    ROLE_CODE,
    SNOMED,
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


_ABILITIES = {"speaks": "ESP", "understands": "RSP", "reads": "RWR", "writes": "EWR"}
_ABILITY_NAMES = {code: name for name, code in _ABILITIES.items()}
_MODE = f"{TERMINOLOGY}/v3-LanguageAbilityMode"
_ABILITY = Codec(
    lambda name: [{"url": "type", "valueCoding": {"system": _MODE, "code": _ABILITIES[name]}}],
    lambda parts: _ABILITY_NAMES[parts[0]["valueCoding"]["code"]],
)
_LITERATE = {
    "yes": (own("yes-no-unknown"), "yes"),
    "no": (SNOMED, "161112004"),
    "unknown": (own("yes-no-unknown"), "unknown"),
}


def _code_number(system: str, **more: str) -> Codec:
    return Codec(
        lambda value: {**more, "system": own(system), "value": value}, lambda node: node["value"]
    )


_COUNTRY = _nested("code", concept(COUNTRY))
_SPOKEN = group(
    at("language", "language", LANGUAGE_CONCEPT),
    at("preferred", "preferred"),
    extensions("abilities", _r4("patient-proficiency"), "extension", _ABILITY),
)
_SPAN = group(at("status", "status"), at("since", "period.start"), at("until", "period.end"))
_MEMBER = group(
    at("role", "role.0", TEAM_ROLE),
    at("caseworker", "member", CASEWORKER_REF),
    at("since", "period.start"),
    at("until", "period.end"),
)
_WHEN = (at("on", "effectiveDateTime"), at("by", "performer.0", CASEWORKER_REF))
_YES_NO = concept(own("yes-no-unknown"))

ADMINISTRATIVE: dict[str, FactMap] = {
    "profile": fact(
        "Patient",
        at("gender", "gender"),
        at("marital_status", "maritalStatus", mapped(_MARITAL)),
        at("languages", "communication", each(_SPOKEN)),
        extension("interpreter_needed", _r4("patient-interpreterRequired"), "valueBoolean"),
        own_ext("interpreter_language", "valueCode"),
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
    "age_band": observed_value(
        own_code("age-band"), "valueCodeableConcept", concept(own("age-band")), label="Age band"
    ),
    "linked_codes": fact(
        "Patient",
        at("code_number", "identifier.1", _code_number("linked-code", use="secondary")),
        at("facility", "identifier.1.assigner", FACILITY_REF),
        label="Code numbers elsewhere",
    ),
    "linked_persons": fact(
        "RelatedPerson",
        at("relation", "relationship.0", mapped(RELATIONS)),
        at("code_number", "identifier.0", _code_number("linked-person")),
        label="Came with",
    ),
    "interpreter_missing": observed(
        snomed("426201006"),
        at("on", "effectiveDateTime"),
        component("language", "valueCodeableConcept", LANGUAGE_CONCEPT),
        at("note", "note.0.text"),
        label="No interpreter to be had",
    ),
    "literate": observed_value(
        own_code("literate"), "valueCodeableConcept", mapped(_LITERATE), label="Can read and write"
    ),
    "education": observed_value(
        loinc("82589-3"), "valueCodeableConcept", concept(own("isced-2011")), label="Education"
    ),
    "occupation_before": observed(
        loinc("11341-5"),
        at("text", "valueCodeableConcept.text"),
        at("isco", "valueCodeableConcept.coding.0", coding(ISCO)),
        label="Occupation before",
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
        at("decided_by", "performer.0", reference("Organization", own("authority"))),
        at("on", "effectiveDateTime"),
        BY,
        label="Identification as a trafficked person",
    ),
    "number_of_children": observed_value(
        own_code("number-of-children"), "valueInteger", label="Number of children"
    ),
    "dependants": observed_value(own_code("dependants"), "valueInteger", label="Dependants"),
    "unaccompanied": observed_value(
        own_code("unaccompanied"),
        "valueCodeableConcept",
        concept(own("unaccompanied")),
        label="Unaccompanied or separated",
    ),
    "stays": fact(
        "EpisodeOfCare",
        at("facility", "managingOrganization", FACILITY_REF),
        at("unit", "type.0", concept(own("functional-unit"))),
        at("status", "status"),
        at("admitted", "period.start"),
        at("departed", "period.end"),
        at("history", "statusHistory", each(_SPAN)),
        at("case_manager", "careManager", CASEWORKER_REF),
        BY,
        label="Stays",
    ),
    "case_status": observed(
        own_code("case-status"),
        at("status", "valueCodeableConcept", concept(own("case-status"))),
        component("closure_reason", "valueCodeableConcept", concept(own("closure-reason"))),
        *_WHEN,
        label="Case status",
    ),
    "completed_tasks": fact(
        "Task",
        at("task", "code", concept(own("case-task"))),
        at("completed_on", "executionPeriod.end"),
        at("author_role", "performerType.0", TEAM_ROLE),
        at("facility", "owner", FACILITY_REF),
        own_ext("unit", "valueCode"),
        own_ext("consent", "valueReference", CONSENT_REF),
        label="Completed steps",
        status="completed",
        intent="order",
    ),
    "care_team": fact(
        "CareTeam", at("members", "participant", each(_MEMBER)), label="Care team", status="active"
    ),
    "referrer": fact(
        "ServiceRequest",
        at("organisation", "requester", DISPLAY),
        at("on", "authoredOn"),
        at("already_asked", "note.0.text"),
        BY,
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
    "consent_state": observed(
        own_code("consent-state"),
        at("state", "valueCodeableConcept", concept(own("consent-state"))),
        *_WHEN,
        label="Consent so far",
    ),
    "urgent_needs": observed(
        own_code("urgent-needs"),
        components("needs", wrapped("valueCodeableConcept", concept(own("urgent-need")))),
        *_WHEN,
        label="Urgent needs",
    ),
    "absent": observed(
        {},
        at("field", "code", concept(own("emergency-minimum"))),
        at("reason", "dataAbsentReason", concept(DATA_ABSENT)),
        label="Not known yet",
    ),
    "safe_contact": SAFE_CONTACT,
    "guardians": fact(
        "RelatedPerson",
        at("kind", "relationship.0", mapped(_GUARDIANS)),
        own_ext("legal_basis", "valueString"),
        at("since", "period.start"),
        at("until", "period.end"),
        own_ext("conflict_of_interest", "valueBoolean"),
        own_ext("conflict_reason", "valueString"),
        BY,
        label="Guardians",
    ),
    "family_members": fact(
        "RelatedPerson",
        at("relation", "relationship.0", mapped(RELATIONS)),
        own_ext("alive", "valueCode"),
        own_ext("contact_wanted", "valueCode"),
        own_ext("contact_safe", "valueCode"),
        own_ext("note", "valueString"),
        BY,
        label="Family",
    ),
}

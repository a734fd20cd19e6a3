"""Spellings that several components share."""

from typing import Literal

from schemas.fhir.codecs import DISPLAY, PLAIN, Codec, Json, concept, each, prefixed, reference
from schemas.fhir.fact_map import VALUE, FactMap, fact
from schemas.fhir.lenses import (
    Lens,
    at,
    extension,
    group,
    own_ext,
    own_exts,
    translated_into,
    translation,
)
from schemas.fhir.systems import (
    ATTACHMENT,
    CASEWORKER,
    FACILITY,
    ISCO,
    LANGUAGE,
    LOINC,
    SNOMED,
    STRUCTURE,
    TERMINOLOGY,
    own,
)

CASEWORKER_REF = reference("PractitionerRole", CASEWORKER)
FACILITY_REF = reference("Organization", FACILITY)
CONSENT_REF = reference("Consent", own("consent"))
BY = own_ext("by", "valueReference", CASEWORKER_REF)
"""Who found it, where R4 has no element for that."""

ISCO_GROUPS: dict[str, str] = {
    "case-manager": "2635",
    "social-worker": "2635",
    "doctor": "2211",
    "psychiatrist": "2212",
    "gynaecologist": "2212",
    "paediatrician": "2212",
    "infectologist": "2212",
    "nurse": "2221",
    "psychologist": "2634",
    "lawyer": "2611",
    "interpreter": "2643",
    "security-guard": "5414",
    "accountant": "2411",
}
"""Role in the team -> unit group of ISCO-08, where there is one that fits."""


def _role(role: str) -> Json:
    codings = [{"system": own("team-role"), "code": role}]
    if group_code := ISCO_GROUPS.get(role):
        codings.append({"system": ISCO, "code": group_code})
    return {"coding": codings}


TEAM_ROLE = Codec(_role, lambda value: value["coding"][0]["code"])
"""A role in our own words and, beside it, the international occupation."""

ATTACHED = prefixed(ATTACHMENT)
"""The name of an attachment as a URL."""
LANGUAGE_CONCEPT = concept(LANGUAGE)


def code(system: str, symbol: str) -> Json:
    """Return a constant CodeableConcept."""
    return {"coding": [{"system": system, "code": symbol}]}


def loinc(symbol: str) -> Json:
    """Return a LOINC code as a constant CodeableConcept."""
    return code(LOINC, symbol)


def snomed(symbol: str) -> Json:
    """Return a code of the SNOMED CT Global Patient Set as a constant CodeableConcept."""
    return code(SNOMED, symbol)


def own_code(symbol: str) -> Json:
    """Return a code of our own for something observed that no published system has."""
    return code(own("observable"), symbol)


ObservationCategory = Literal[
    "social-history", "vital-signs", "laboratory", "exam", "survey", "therapy"
]


def observed(
    what: Json,
    *lenses: Lens,
    label: str,
    section: str = "",
    category: ObservationCategory = "social-history",
) -> FactMap:
    """Describe a fact that is an Observation of `what`."""
    system = f"{TERMINOLOGY}/observation-category"
    return fact(
        "Observation",
        *lenses,
        label=label,
        section=section,
        status="final",
        category=[code(system, category)],
        code=what,
    )


def observed_value(
    what: Json,
    value: str,
    codec: Codec = PLAIN,
    *,
    label: str,
    category: ObservationCategory = "social-history",
) -> FactMap:
    """Describe a fact that is one plain value, observed."""
    return observed(what, at(VALUE, value, codec), label=label, category=category)


def passage(what: Json, *, label: str, section: str = "") -> FactMap:
    """Describe a fact that is a piece of text."""
    return observed(
        what,
        at("text", "valueString"),
        at("on", "effectiveDateTime"),
        at("by", "performer.0", CASEWORKER_REF),
        language_of(),
        label=label,
        section=section,
    )


def language_of(name: str = "language", *, on: str = "") -> Lens:
    """Put the language of a text in R4's own language extension."""
    return extension(name, f"{STRUCTURE}/language", "valueCode", on=on)


TOLD = (
    own_ext("told_to_person", "valueCode"),
    own_ext("told_by", "valueReference", CASEWORKER_REF),
    own_ext("told_on", "valueDateTime"),
)
"""Whether the person was told, by whom and when, in extensions of our own."""

DOCUMENT = fact(
    "DocumentReference",
    at("title", "content.0.attachment.title"),
    at("kind", "type", concept(own("document-kind"))),
    at("on", "content.0.attachment.creation"),
    at("language", "content.0.attachment.language"),
    at("content_type", "content.0.attachment.contentType"),
    at("attachment", "content.0.attachment.url", ATTACHED),
    at("issued_by", "custodian", DISPLAY),
    at("filed_by", "author.0", CASEWORKER_REF),
    own_ext("report", "valueString"),
    *TOLD,
    at("note", "description"),
    label="Documents",
    status="current",
)

SAFE_CONTACT = fact(
    "Flag",
    at("method", "code", concept(own("contact-method"))),
    own_ext("details", "valueString"),
    own_ext("hours", "valueString"),
    own_ext("words_to_use", "valueString"),
    own_exts("never_contact", "valueString"),
    label="Safe contact",
    status="active",
    category=[code(f"{TERMINOLOGY}/flag-category", "contact")],
)
NAME = group(
    at("use", "use"),
    at("family", "family"),
    at("given", "given", each(PLAIN)),
    at("text", "text"),
    language_of(),
)
PHONE = Codec(lambda text: {"system": "phone", "value": text}, lambda value: value["value"])
"""A telephone number as a ContactPoint."""

ADDRESS = group(at("text", "text"), at("city", "city"), at("country", "country"))

FOLLOW_UP = fact(
    "ServiceRequest",
    at("service", "code.text"),
    at("due", "occurrenceDateTime"),
    at("provider", "performer.0", DISPLAY),
    own_ext("means", "valueCode"),
    own_ext("may_exchange", "valueString"),
    at("note", "note.0.text"),
    label="Follow-up",
    section="18776-5",
    status="active",
    intent="plan",
)
CONTACT_ENTRY = fact(
    "HealthcareService",
    at("name", "name"),
    translation("name_translated", "name"),
    at("organisation", "providedBy", DISPLAY),
    at("service", "comment"),
    translation("service_translated", "comment"),
    translated_into("translation_language", "name", "comment"),
    at("languages", "communication", each(LANGUAGE_CONCEPT)),
    at("hours", "availabilityExceptions"),
    at("phones", "telecom", each(PHONE)),
    own_ext("cost", "valueString"),
    own_ext("safe_to_carry", "valueBoolean"),
    label="Contact list",
)

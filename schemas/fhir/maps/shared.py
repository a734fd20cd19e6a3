"""Spellings that several components share."""

from schemas.fhir.codecs import DISPLAY, PLAIN, Codec, concept, each, prefixed, reference
from schemas.fhir.lenses import Lens, at, extension, fact, group
from schemas.fhir.systems import ATTACHMENT, CASEWORKER, FACILITY, STRUCTURE, own

CASEWORKER_REF = reference("PractitionerRole", CASEWORKER)
FACILITY_REF = reference("Organization", FACILITY)


def language_of(name: str = "language", *, on: str = "") -> Lens:
    """Put the language of a text in R4's own language extension."""
    return extension(name, f"{STRUCTURE}/language", "valueCode", on=on)


DOCUMENT = fact(
    "DocumentReference",
    at("title", "content.0.attachment.title"),
    at("kind", "type", concept(own("document-kind"))),
    at("on", "content.0.attachment.creation"),
    at("language", "content.0.attachment.language"),
    at("content_type", "content.0.attachment.contentType"),
    at("attachment", "content.0.attachment.url", prefixed(ATTACHMENT)),
    at("issued_by", "custodian", DISPLAY),
    at("filed_by", "author.0", CASEWORKER_REF),
    at("note", "description"),
    label="Documents",
    status="current",
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

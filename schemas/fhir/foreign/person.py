"""Who a foreign bundle is about: names and whereabouts for `identity`, the rest without a name."""

import re
from collections.abc import Iterator
from typing import Any

from schemas.fhir.codecs import Json
from schemas.fhir.foreign.words import day, line, present
from schemas.fhir.systems import IDENTIFIER_TYPE

PATIENT_ELEMENTS = frozenset(
    {
        "address",
        "birthDate",
        "communication",
        "contact",
        "gender",
        "identifier",
        "maritalStatus",
        "modifierExtension",
        "implicitRules",
        "name",
        "telecom",
    }
)
"""The elements of a Patient that are read, or that would change what the others mean."""

_USES = frozenset({"official", "usual", "nickname", "maiden", "old"})
_NUMBER_TYPES = {"PPN": "passport", "NI": "national-id", "BCT": "birth-certificate"}
_MARITAL = {
    "A": "annulled",
    "D": "divorced",
    "L": "separated",
    "M": "married",
    "S": "never-married",
    "T": "partner",
    "W": "widowed",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def _name(name: Json) -> Json:
    use = name.get("use")
    return {"use": use if use in _USES else "usual"} | present(
        family=line(name.get("family") or ""),
        given=[text for part in name.get("given", [])[:8] if (text := line(part or ""))],
        text=line(name.get("text") or ""),
    )


def _number(identifier: Json) -> Json:
    codings = identifier.get("type", {}).get("coding", [])
    kinds = [
        _NUMBER_TYPES.get(part.get("code"))
        for part in codings
        if part.get("system") == IDENTIFIER_TYPE
    ]
    return {
        "type": next((kind for kind in kinds if kind), "other"),
        "number": line(identifier["value"]),
    }


def _address(address: Json) -> Json:
    parts = [
        *address.get("line", ()),
        address.get("postalCode"),
        address.get("city"),
        address.get("state"),
        address.get("country"),
    ]
    text = address.get("text") or ", ".join(part for part in parts if part)
    return present(text=line(text), city=line(address.get("city") or ""))


def _phones(telecoms: list[Json]) -> list[str]:
    return [text for telecom in telecoms if (text := line(telecom.get("value") or ""))]


def _contact(contact: Json) -> Json:
    name = contact.get("name")
    return {"relation": "other"} | present(
        names=[_name(name)] if name else [], phones=_phones(contact.get("telecom", []))[:4]
    )


def _languages(patient: Json) -> Iterator[Json]:
    for spoken in patient.get("communication", ()):
        for coding in spoken.get("language", {}).get("coding", ()):
            if _LANGUAGE.fullmatch(str(coding.get("code"))):
                yield {"language": coding["code"], "preferred": spoken.get("preferred", False)}
                break


def read_identity(patient: Json) -> dict[str, Any]:
    """Return the data of an identity record."""
    numbers = [_number(part) for part in patient.get("identifier", ()) if part.get("value")]
    addresses = [part for raw in patient.get("address", ()) if (part := _address(raw)).get("text")]
    person = present(
        names=[_name(name) for name in patient.get("name", ())][:16],
        birth_date=day(patient.get("birthDate")),
        numbers=numbers[:16],
    )
    whereabouts = present(addresses=addresses[:8], phones=_phones(patient.get("telecom", []))[:8])
    contacts = [_contact(contact) for contact in patient.get("contact", ())]
    return present(person=person, whereabouts=whereabouts, contacts=contacts[:64])


def read_profile(patient: Json) -> Json:
    """Return the data of the administrative profile: nothing that names anyone."""
    codings = patient.get("maritalStatus", {}).get("coding", ())
    marital = next(
        (_MARITAL[part["code"]] for part in codings if part.get("code") in _MARITAL), None
    )
    return {"gender": patient.get("gender", "unknown")} | present(
        marital_status=marital, languages=list(_languages(patient))[:16]
    )

"""Who a foreign bundle is about: names, numbers and whereabouts, for `identity` alone."""

from typing import Any

from schemas.fhir.codecs import Json


def _name(name: Json) -> Json:
    use = name.get("use", "usual")
    fact: Json = {
        "use": use if use in {"official", "usual", "nickname", "maiden", "old"} else "usual"
    }
    fact |= {part: name[part] for part in ("family", "given", "text") if part in name}
    return fact


def read_identity(resources: list[Json]) -> dict[str, Any]:
    """Return the data of an identity record from the first Patient of a bundle."""
    patient = next((part for part in resources if part["resourceType"] == "Patient"), {})
    person: Json = {"names": [_name(name) for name in patient.get("name", [])]}
    if "birthDate" in patient:
        person["birth_date"] = patient["birthDate"]
    return {"person": person}

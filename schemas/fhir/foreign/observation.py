"""Reading of foreign Observations: pressure, vital signs, pregnancy, results, other findings."""

import re
from typing import Any

from schemas.fhir.codecs import Json
from schemas.fhir.foreign.reading import Found, Lookup, NotMapped, coded_of
from schemas.fhir.foreign.words import lines, present, time
from schemas.fhir.maps.clinical import VITAL_SIGNS
from schemas.fhir.systems import LOINC

_PREGNANCY = {
    "77386006": "pregnant",
    "60001007": "not-pregnant",
    "146799005": "possibly-pregnant",
    "152231000119106": "unconfirmed",
    "LA15173-0": "pregnant",
    "LA26683-5": "not-pregnant",
}
_KINDS = {pair: kind for kind, pair in VITAL_SIGNS.items()}
_UNIT = re.compile(r"[!-~]{1,40}")
_VOID = frozenset({"cancelled", "entered-in-error", "registered"})


def _has(concept: Json, system: str, code: str) -> bool:
    pairs = ((part.get("system"), part.get("code")) for part in concept.get("coding", ()))
    return (system, code) in pairs


def _quantity(value: Any) -> Json | None:
    unit = str(value.get("code") or value.get("unit") or "") if isinstance(value, dict) else ""
    if not _UNIT.fullmatch(unit) or not isinstance(value.get("value"), int | float):
        return None
    return {"value": float(value["value"]), "unit": unit}


def _words(resource: Json) -> str | None:
    """Return whatever value an Observation or component has, in words."""
    for name in ("valueString", "valueBoolean", "valueInteger", "valueDateTime", "valueTime"):
        if name in resource:
            return lines([str(resource[name])])
    if "valueCodeableConcept" in resource:
        coded = coded_of(resource["valueCodeableConcept"])
        return lines([coded.get("text") or coded.get("code")])
    quantity = resource.get("valueQuantity", {})
    return lines([" ".join(str(quantity[part]) for part in ("value", "unit") if part in quantity)])


def _parts(resource: Json) -> str | None:
    """Return the components of an Observation in words."""
    said = [
        f"{coded_of(part.get('code', {})).get('text', '')}: {words}"
        for part in resource.get("component", ())
        if (words := _words(part))
    ]
    return lines(said)


def _pressure(resource: Json, on: str | None) -> Found | None:
    found = {
        name: part.get("valueQuantity", {}).get("value")
        for part in resource.get("component", ())
        for name, code in (("systolic", "8480-6"), ("diastolic", "8462-4"))
        if _has(part.get("code", {}), LOINC, code)
    }
    if on is None or len(found) != 2 or None in found.values():
        return None
    fact = {name: round(value) for name, value in found.items()}
    return Found("blood_pressures", fact | {"on": on}, [resource["code"]])


def _vital_sign(resource: Json, on: str | None) -> Found | None:
    quantity = _quantity(resource.get("valueQuantity"))
    if on is None or quantity is None:
        return None
    for coding in resource["code"].get("coding", ()):
        kind = _KINDS.get((coding.get("code"), quantity["unit"]))
        if kind and coding.get("system") == LOINC:
            fact = {"kind": kind, "value": quantity["value"], "on": on}
            return Found("measurements", fact, [resource["code"]])
    return None


def _pregnancy(resource: Json, on: str | None) -> Found | None:
    if not _has(resource["code"], LOINC, "82810-3"):
        return None
    value = resource.get("valueCodeableConcept", {})
    codes = [part.get("code") for part in value.get("coding", ())]
    status = next((_PREGNANCY[code] for code in codes if code in _PREGNANCY), "unknown")
    return Found("pregnancy", {"status": status} | present(on=on), [resource["code"]])


def _result(resource: Json, on: str | None) -> Found:
    value = resource.get("valueCodeableConcept")
    quantity = _quantity(resource.get("valueQuantity"))
    finding = coded_of(value) if value and not quantity else None
    text = None if quantity or finding else _words(resource) or _parts(resource)
    if not (quantity or finding or text):
        raise NotMapped("has no value")
    fact = {"test": coded_of(resource["code"])} | present(
        quantity=quantity, finding=finding, text=text, on=on
    )
    return Found("lab_results", fact, [resource["code"], *([value] if value else [])])


def _finding(resource: Json, on: str | None) -> Found:
    coded = coded_of(resource["code"])
    words = _words(resource) or _parts(resource)
    if words is None:
        raise NotMapped("has no value")
    fact = {"text": f"{coded.get('text') or coded.get('code')}: {words}"} | present(on=on)
    concepts = [resource["code"], resource.get("valueCodeableConcept", {})]
    return Found("findings", fact, concepts)


def read_observation(resource: Json, _: Lookup) -> Found:
    """Return the fact of an Observation. Raises NotMapped."""
    if resource.get("status") in _VOID:
        raise NotMapped("is void or has no result yet")
    on = time(resource.get("effectiveDateTime") or resource.get("effectivePeriod", {}).get("start"))
    special = _pressure(resource, on) or _vital_sign(resource, on) or _pregnancy(resource, on)
    if special:
        return special
    categories = {
        coding.get("code")
        for category in resource.get("category", ())
        for coding in category.get("coding", ())
    }
    if categories and "laboratory" not in categories:
        return _finding(resource, on)
    return _result(resource, on)

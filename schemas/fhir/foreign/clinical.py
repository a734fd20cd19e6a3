"""Readers of foreign clinical resources other than Observations."""

from schemas.components.clinical import NO_KNOWN_ALLERGY
from schemas.fhir.codecs import Json
from schemas.fhir.foreign.reading import Found, Lookup, NotMapped, Reader, coded_of
from schemas.fhir.foreign.words import day, line, lines, present, time

_ABSENT_CODES = frozenset({"160245001", "787481004", "1287211007"})
"""SNOMED CT: no problems, no medicines, no information."""
_STATUSES = {"relapse": "recurrence"}
_CERTAINTIES = {"unconfirmed": "provisional"}
_SEVERITIES = {"255604002": "mild", "6736007": "moderate", "24484000": "severe"}
_MEDICATION_STATUSES = {
    "completed": "completed",
    "stopped": "stopped",
    "on-hold": "on-hold",
    "not-taken": "stopped",
    "cancelled": "stopped",
}


def _code_in(concept: Json, default: str) -> str:
    return next(
        (str(part["code"]) for part in concept.get("coding", ()) if "code" in part), default
    )


def _refuse_absence(concept: Json) -> None:
    for coding in concept.get("coding", ()):
        if coding.get("code") in _ABSENT_CODES or "absent-unknown" in str(coding.get("system")):
            raise NotMapped("says that nothing is known")


def _notes(resource: Json) -> str | None:
    return lines(note.get("text") for note in resource.get("note", ()))


def _condition(resource: Json, _: Lookup) -> Found:
    code = resource.get("code", {})
    _refuse_absence(code)
    status = _code_in(resource.get("clinicalStatus", {}), "active")
    certainty = _code_in(resource.get("verificationStatus", {}), "provisional")
    if certainty == "entered-in-error":
        raise NotMapped("was entered in error")
    kinds = {_code_in(category, "") for category in resource.get("category", ())}
    fact = {
        "kind": "diagnosis" if "encounter-diagnosis" in kinds else "problem",
        "code": coded_of(code),
        "status": _STATUSES.get(status, status),
        "certainty": _CERTAINTIES.get(certainty, certainty),
    } | present(
        severity=_SEVERITIES.get(_code_in(resource.get("severity", {}), "")),
        onset=day(resource.get("onsetDateTime")),
        on=time(resource.get("recordedDate")),
        note=_notes(resource),
    )
    return Found("problems", fact, [code])


def _allergy(resource: Json, _: Lookup) -> Found:
    code = resource.get("code", {})
    if _code_in(resource.get("verificationStatus", {}), "") in {"refuted", "entered-in-error"}:
        raise NotMapped("was refuted or entered in error")
    if _code_in(code, "") in {NO_KNOWN_ALLERGY[1], "no-known-allergies"}:
        return Found("allergies", {"none_known": True}, [code])
    _refuse_absence(code)
    manifestations = [
        manifestation
        for reaction in resource.get("reaction", ())
        for manifestation in reaction.get("manifestation", ())
    ]
    words = [coded_of(part).get("text") for part in manifestations]
    fact = {"substance": coded_of(code)} | present(
        criticality=resource.get("criticality"),
        reaction=line(", ".join(word for word in words if word)),
    )
    return Found("allergies", fact, [code])


def _medication_concept(resource: Json, lookup: Lookup) -> Json:
    if "medicationCodeableConcept" in resource:
        concept: Json = resource["medicationCodeableConcept"]
        return concept
    code: Json = lookup(resource.get("medicationReference")).get("code", {})
    return code


def _medication(resource: Json, lookup: Lookup) -> Found:
    concept = _medication_concept(resource, lookup)
    _refuse_absence(concept)
    dosages = resource.get("dosage") or resource.get("dosageInstruction") or []
    period = resource.get("effectivePeriod", {})
    since = period.get("start") or resource.get("effectiveDateTime") or resource.get("authoredOn")
    fact = {
        "product": coded_of(concept),
        "status": _MEDICATION_STATUSES.get(resource.get("status", ""), "active"),
    } | present(
        dosage=lines(dosage.get("text") for dosage in dosages),
        since=day(since),
        until=day(period.get("end")),
    )
    return Found("medications", fact, [concept, *resource.get("reasonCode", ())])


def _immunization(resource: Json, _: Lookup) -> Found:
    code = resource.get("vaccineCode", {})
    _refuse_absence(code)
    if resource.get("status") != "completed" or "occurrenceDateTime" not in resource:
        raise NotMapped("was not given, or has no date")
    fact = {"vaccine": coded_of(code), "on": day(resource["occurrenceDateTime"])}
    return Found("immunizations", fact | present(lot=line(resource.get("lotNumber") or "")), [code])


def _procedure(resource: Json, _: Lookup) -> Found:
    code = resource.get("code", {})
    _refuse_absence(code)
    if resource.get("status") != "completed":
        raise NotMapped("was not completed")
    on = resource.get("performedDateTime") or resource.get("performedPeriod", {}).get("start")
    fact = {"code": coded_of(code)} | present(
        on=time(on), outcome=lines([resource.get("outcome", {}).get("text")]), note=_notes(resource)
    )
    return Found("procedures", fact, [code, *resource.get("reasonCode", ())])


CLINICAL_READERS: dict[str, Reader] = {
    "AllergyIntolerance": _allergy,
    "Condition": _condition,
    "Immunization": _immunization,
    "MedicationRequest": _medication,
    "MedicationStatement": _medication,
    "Procedure": _procedure,
}

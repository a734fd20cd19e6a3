"""What the record-keeping chapter and the forms of the field ask for, and where a record holds it.

The list is tests/data/components/dictionary.txt, written by hand in the order of the booklet. A
place is `component.field` or `component.field.part` (parts of parts likewise); several are
separated by commas. What is left out on purpose is in `OMISSIONS`, with the reason.
tests/unit/schemas/test_dictionary.py holds all of it against the models.
"""

from pathlib import Path

_PLACES = Path(__file__).parents[1] / "data" / "components" / "dictionary.txt"

OMISSIONS: dict[str, str] = {
    "who the perpetrator is": (
        "has no place in an exchange of health records; it belongs in the legal papers"
    ),
    "religion, ethnicity": "not needed for care, and dangerous when leaked",
    "how, where and by whom someone is pursued": "yes or no is what care needs",
    "places of trafficking finer than a country": "they tell who was there",
    "what the person was paid, debts, prices": "not needed for care",
    "codes of nursing diagnoses (ICNP, NANDA)": "their licences do not allow it; said in words",
    "WHO's titles of ICD-10": "may not be copied; labels are ours",
    "ICD-11": "a second coding for later; ICD-10 is what the booklet asks for",
    "ICHI codes of procedures": "in words, or from the free set of SNOMED CT",
    "the training manual's own check-lists": (
        "not published; ours follow the booklet's headings and want a clinician's review"
    ),
    "open-items list as a list of its own": (
        "would say things twice: it is computed from problems, results and plans, and what is left"
        " out on purpose is in not_carried, what becomes of it in taken_up"
    ),
    "disclosures outside the exchange, exceptions, withdrawal of a consent": (
        "not facts of a record: the consent register and the audit log hold them"
    ),
}

ELEMENTS: dict[str, str] = {
    "identity.person.numbers.held_by": "an extension, not a Flag: one fact stays one",
    "administrative.guardians.conflict_of_interest": "an extension, not a Flag",
    "administrative.case_status": "an Observation: EpisodeOfCare is about a stay",
    "administrative.referrer": "a ServiceRequest: in another section than the stays",
    "health.needs": "Observations: a Goal would not hold what was wished in the past",
    "health.instruments.total": "an answer: items and total stay together",
    "health.crisis_summary": "a form: risk, measures and review are read as one sheet",
    "health.lab_results": "no DiagnosticReport: a laboratory's paper is a document",
    "referral.request.services": "orderDetail, since several may be wanted and code holds one",
    "referral.request.approved_by": "an extension: the author statement proves it",
    "referral.back_reports": "one Task with outputs, and nothing else that could carry more",
    "discharge-summary.disposition": "an extension on EpisodeOfCare, which has no such element",
    "discharge-summary.attestations": (
        "Provenance in the section of the part, so that no section tells of another"
    ),
    "interventions.caseworkers.code": "PractitionerRole.identifier: logical references point there",
}
"""Where another FHIR element may be expected, and why it is this one."""


def places() -> list[tuple[str, str, list[str]]]:
    """Return (chapter of the booklet, what is asked for, places) in order."""
    rows, chapter = [], ""
    for line in filter(None, _PLACES.read_text("utf-8").split("\n")):
        if line.startswith("## "):
            chapter = line.removeprefix("## ")
        else:
            asked, where = line.split(" | ")
            rows.append((chapter, asked, where.split(", ")))
    return rows

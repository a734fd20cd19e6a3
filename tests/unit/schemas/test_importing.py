"""Foreign FHIR bundles as cases of our own. PROTOCOL section 4."""

import base64
import json
from pathlib import Path

import pytest

from schemas.components.assignment import category_of
from schemas.errors import ComponentError
from schemas.fhir.foreign.words import REMOVED
from schemas.fhir.importing import RECEIVED_NAME, import_bundle
from schemas.fhir.sections import from_sections, to_sections
from schemas.fhir.systems import ACT_CODE, CONFIDENTIALITY, SENSITIVITY
from tests.support.validity import assert_valid_r4

IPS = sorted((Path(__file__).parents[2] / "data" / "ips").glob("*.json"))
CODE = "K7Q2-9MXD-41TB"
SUBJECT = {"reference": "Patient/p"}
ICD10 = "http://hl7.org/fhir/sid/icd-10"
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "name": [{"family": "Kovalchuk", "given": ["Olena"]}],
    "gender": "female",
    "birthDate": "1998-07-21",
}


def _bundle(*resources):
    entries = [{"resource": resource} for resource in (PATIENT, *resources)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def _condition(code=None, **more):
    concept = {"coding": [{"system": ICD10, "code": code}]} if code else {"text": "cough"}
    active = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "subject": SUBJECT,
        "clinicalStatus": {"coding": [{"system": active, "code": "active"}]},
        "code": concept,
    } | more


def _labelled(*codings):
    return {"security": [{"system": system, "code": code} for system, code in codings]}


def _only(resource, field="problems"):
    (fact,) = getattr(import_bundle(_bundle(resource)).records["health"], field)
    return fact


@pytest.mark.parametrize("path", IPS, ids=lambda path: path.stem)
def test_a_document_from_elsewhere_becomes_valid_sections_and_is_kept_whole(path):
    received = path.read_bytes()
    case = import_bundle(received).as_case(CODE)
    (attachment,) = case.attachments
    assert base64.b64decode(attachment.base64) == received
    for record in case.records():
        sections = to_sections(record, code_number=CODE, record_id="A" * 22)
        assert from_sections(record.component, sections) == record
        for bundle in sections.values():
            assert_valid_r4(bundle)


@pytest.mark.parametrize("path", IPS, ids=lambda path: path.stem)
def test_no_name_or_foreign_narrative_leaves_identity(path):
    bundle = json.loads(path.read_bytes())
    resources = [entry["resource"] for entry in bundle["entry"]]
    (patient,) = [part for part in resources if part["resourceType"] == "Patient"]
    words = {patient["name"][0].get("family"), *patient["name"][0].get("given", ())} - {None}
    divs = [part["text"]["div"] for part in resources if "text" in part]
    for record in import_bundle(path.read_bytes()).records.values():
        if record.component == "identity":
            continue
        for section in to_sections(record, code_number=CODE, record_id="A" * 22).values():
            text = section.decode()
            assert not [word for word in words if word in text]
            assert not [div for div in divs if div in text]


def test_names_are_taken_out_of_notes_whatever_their_case():
    fact = _only(_condition(note=[{"text": "OLENA says: Olena's mother, Kovalchuk, knows."}]))
    assert fact.note == f"{REMOVED} says: {REMOVED}'s mother, {REMOVED}, knows."


def test_names_are_taken_out_of_coded_texts_and_found_in_any_composition():
    said = {"code": {"text": "cough of Țurcanu"}, "note": [{"text": "T\u0326urcanu coughs"}]}
    doctor = {"resourceType": "Practitioner", "name": [{"family": "\u021aurcanu"}]}
    (fact,) = import_bundle(_bundle(doctor, _condition() | said)).records["health"].problems
    assert fact.code.text == f"cough of {REMOVED}"
    assert fact.note == f"{REMOVED} coughs"


def test_names_of_others_in_the_bundle_are_taken_out_too():
    doctor = {"resourceType": "Practitioner", "name": [{"text": "Dr Ion Țurcanu"}]}
    records = import_bundle(_bundle(doctor, _condition(note=[{"text": "seen by Țurcanu"}]))).records
    assert records["health"].problems[0].note == f"seen by {REMOVED}"


@pytest.mark.parametrize(
    "more",
    [
        {"recorder": {"reference": "Practitioner/9", "display": "Ion Țurcanu"}},
        {"recorder": {"display": "Ion Țurcanu"}},
        {"asserter": {"reference": "#d"}}
        | {
            "contained": [
                {"resourceType": "Practitioner", "id": "d", "name": [{"text": "Țurcanu"}]}
            ]
        },
        {"asserter": {"reference": "#d", "display": "Țurcanu"}}
        | {"contained": [{"resourceType": "RelatedPerson", "id": "d", "patient": SUBJECT}]},
    ],
    ids=["reference", "display alone", "contained", "display of contained"],
)
def test_names_of_contained_and_displayed_persons_are_taken_out_too(more):
    assert (
        _only(_condition(note=[{"text": "seen by Țurcanu"}], **more)).note == f"seen by {REMOVED}"
    )


def test_what_a_reference_to_no_person_displays_is_no_name():
    ward = {"encounter": {"reference": "Encounter/1", "display": "ward"}}
    assert _only(_condition(note=[{"text": "seen on the ward"}], **ward)).note == "seen on the ward"


@pytest.mark.parametrize(
    ("resource", "category"),
    [
        (_condition("J06.9"), "general"),
        (_condition("F43.1"), "mental-health"),
        (_condition("A15.0"), "infectious"),
        (_condition("Z33"), "reproductive"),
        (_condition(), "identity"),
        (_condition(meta=_labelled((CONFIDENTIALITY, "N"))), "identity"),
        (_condition("J06.9", meta=_labelled((CONFIDENTIALITY, "N"))), "general"),
        (_condition("F43.1", meta=_labelled((CONFIDENTIALITY, "V"))), "identity"),
        (_condition("J06.9", meta=_labelled((CONFIDENTIALITY, "R"))), "identity"),
        (_condition("F43.1", meta=_labelled((CONFIDENTIALITY, "N"))), "mental-health"),
        (_condition(meta=_labelled((CONFIDENTIALITY, "R"))), "identity"),
        (_condition(meta=_labelled((CONFIDENTIALITY, "R"), (ACT_CODE, "HIV"))), "infectious"),
        (_condition("J06.9", meta=_labelled((ACT_CODE, "SUD"))), "substance-use"),
        (_condition("J06.9", meta=_labelled((ACT_CODE, "CEL"))), "identity"),
        (_condition("J06.9", meta=_labelled((SENSITIVITY, "trafficking"))), "trafficking"),
        (_condition("J06.9", meta=_labelled((SENSITIVITY, "nothing"))), "identity"),
        (_condition("A15.0", meta=_labelled((ACT_CODE, "PSY"))), "infectious"),
    ],
)
def test_the_section_is_the_label_else_the_code_else_the_strictest(resource, category):
    assert category_of("health", "problems", _only(resource)) == category


def test_an_allergy_is_not_withheld_for_want_of_a_known_code():
    allergy = {"resourceType": "AllergyIntolerance", "patient": SUBJECT, "code": {"text": "nuts"}}
    fact = _only(allergy, "allergies")
    assert category_of("health", "allergies", fact) == "general"


def _observation(code, **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": SUBJECT,
        "effectiveDateTime": "2026-02-09T10:00:00.250Z",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
    } | more


def test_observations_go_to_the_fields_they_belong_to():
    pressure = [
        {
            "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
            "valueQuantity": {"value": value},
        }
        for code, value in (("8480-6", 120), ("8462-4", 80))
    ]
    kilograms = {"value": 47.5, "unit": "kg", "code": "kg"}
    health = import_bundle(
        _bundle(
            _observation("85354-9", component=pressure),
            _observation("29463-7", valueQuantity=kilograms),
            _observation("718-7", valueQuantity={"value": 11.2, "unit": "g/dL"}),
            _observation(
                "82810-3",
                valueCodeableConcept={
                    "coding": [{"system": "http://snomed.info/sct", "code": "77386006"}]
                },
            ),
        )
    ).records["health"]
    (measured,) = health.blood_pressures
    assert (measured.systolic, measured.diastolic) == (120, 80)
    assert measured.on == "2026-02-09T10:00:00Z"
    assert health.measurements[0].value == 47.5
    assert health.lab_results[0].quantity.unit == "g/dL"
    assert health.pregnancy.status == "pregnant"


def test_a_second_answer_to_one_question_is_not_swallowed():
    said = _observation("82810-3", valueCodeableConcept={"text": "unsure"})
    imported = import_bundle(_bundle(said, said))
    assert imported.records["health"].pregnancy.status == "unknown"
    assert imported.not_mapped == ("Bundle.entry.2: is a second health.pregnancy",)


def test_a_medicine_is_found_through_its_reference():
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"coding": [{"system": "http://www.whocc.no/atc", "code": "N06AB06"}]},
    }
    statement = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "subject": SUBJECT,
        "medicationReference": {"reference": "Medication/m"},
    }
    (fact,) = import_bundle(_bundle(medication, statement)).records["health"].medications
    assert fact.product.code == "N06AB06"
    assert category_of("health", "medications", fact) == "mental-health"


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"resourceType": "Device"}, "no place"),
        (_condition("F43.1", onsetDateTime="yesterday"), "not valid FHIR R4"),
        (_condition("F43.1", unheardOf=True), "not valid FHIR R4"),
        (
            _condition("F43.1", modifierExtension=[{"url": "urn:x", "valueBoolean": True}]),
            "modified",
        ),
        (_condition() | {"code": {"coding": [{"code": "?"}]}}, "no code or text"),
        (_observation("718-7"), "no value"),
        (_observation("718-7", status="entered-in-error", valueString="x"), "void"),
    ],
)
def test_what_cannot_be_mapped_is_said_and_stays_in_the_bundle_as_received(resource, reason):
    received = _bundle(resource)
    imported = import_bundle(received)
    assert "health" not in imported.records
    (missed,) = imported.not_mapped
    assert missed.startswith("Bundle.entry.1")
    assert reason in missed
    assert imported.received is received


def test_a_patient_with_a_fault_is_still_someone():
    person = PATIENT | {"birthDate": "in spring"}
    entry = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": person}]}
    imported = import_bundle(json.dumps(entry).encode())
    assert imported.records["identity"].person is None
    assert imported.records["identity"].documents[0].attachment == RECEIVED_NAME
    assert imported.not_mapped == ("Bundle: the Patient is not valid FHIR R4 at birthDate",)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b"", "Bundle"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "Bundle"),
        (b"\xff\xfe{}", "Bundle"),
        (b"[]", "Bundle"),
        (b'{"resourceType":"Patient"}', "Bundle.resourceType"),
        (b'{"resourceType":"Bundle","entry":{}}', "Bundle.entry"),
        (b'{"resourceType":"Bundle","entry":[7]}', "Bundle.entry.0"),
        (b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":1}}]}', "Bundle.entry.0"),
        (_bundle(PATIENT), "Bundle.entry.1"),
    ],
)
def test_what_is_not_one_persons_bundle_is_refused_with_its_path(data, path):
    with pytest.raises(ComponentError) as caught:
        import_bundle(data)
    assert caught.value.path == path

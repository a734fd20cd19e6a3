"""How particular facts are spelt in FHIR: what the round trip alone would not show."""

import json

import pytest

from schemas.components.identity import PersonData, person_digest
from schemas.components.records import parse_record
from schemas.errors import ComponentError
from schemas.fhir.sections import from_sections, to_sections
from schemas.fhir.systems import DATA_ABSENT, LOINC, SNOMED, own, own_extension

CODE, RECORD = "K7Q2-9MXD-41TB", "A" * 22
ON = "2026-03-09T10:00:00+01:00"
ALPHA = "F-7K2MQ9XZ4T"


def _cut(component, **fields):
    record = parse_record(component, fields)
    return to_sections(record, code_number=CODE, record_id=RECORD)


def _only(kind, component, **fields):
    (section,) = _cut(component, **fields).values()
    found = [entry["resource"] for entry in json.loads(section)["entry"]]
    (resource,) = [one for one in found if one["resourceType"] == kind]
    return resource


def _extension(resource, name):
    url = own_extension(name)
    return next((one for one in resource.get("extension", ()) if one["url"] == url), None)


CHECKLIST = {"on": ON, "by": "CW-07", "observer_role": "security-guard"}


def test_a_check_list_is_in_progress_until_a_professional_has_read_it():
    seen = _only("QuestionnaireResponse", "health", observation=[CHECKLIST])
    assert seen["status"] == "in-progress"
    read = CHECKLIST | {"reviewed_by": "CW-03", "reviewed_on": ON}
    seen = _only("QuestionnaireResponse", "health", observation=[read])
    assert seen["status"] == "completed"
    assert _extension(seen, "reviewed-by")["valueReference"]["identifier"]["value"] == "CW-03"


def _components(resource):
    return {part["code"]["coding"][0]["code"]: part for part in resource.get("component", ())}


def test_answers_of_the_crisis_assessment_are_coded_and_absent_ones_say_why():
    danger = {
        "on": ON,
        "by": "CW-03",
        "suicidal_thoughts": "yes",
        "past_attempt": "declined",
        "self_injury": "not-asked",
        "suicide_threat": "not-yet",
        "psychotic_signs": "unknown",
        "urgent_medical_complaint": "no",
    }
    parts = _components(_only("Observation", "health", crisis_danger=danger))
    assert parts["6471006"]["code"]["coding"][0]["system"] == SNOMED
    assert parts["6471006"]["valueCodeableConcept"]["coding"][0]["code"] == "yes"
    assert parts["urgent-medical-complaint"]["valueCodeableConcept"]["coding"][0]["code"] == "no"
    reasons = {
        code: part["dataAbsentReason"]["coding"][0]
        for code, part in parts.items()
        if "dataAbsentReason" in part
    }
    assert reasons == {
        "82313006": {"system": DATA_ABSENT, "code": "asked-declined"},
        "248062006": {"system": DATA_ABSENT, "code": "not-asked"},
        "41501003": {"system": DATA_ABSENT, "code": "temp-unknown"},
        "69322001": {"system": DATA_ABSENT, "code": "asked-unknown"},
    }
    assert all("valueCodeableConcept" not in parts[code] for code in reasons)


def test_totals_of_scales_have_their_published_codes():
    substances = {"on": ON, "by": "CW-03", "audit_c_total": 4, "dast_10_total": 0}
    parts = _components(_only("Observation", "health", crisis_substances=substances))
    assert parts["75626-2"]["code"]["coding"][0]["system"] == LOINC
    assert [parts["75626-2"]["valueInteger"], parts["82667-7"]["valueInteger"]] == [4, 0]


def test_what_is_not_known_in_an_emergency_says_why():
    absent = [{"field": "age", "reason": "temp-unknown"}]
    seen = _only("Observation", "administrative", absent=absent)
    assert seen["dataAbsentReason"]["coding"] == [{"system": DATA_ABSENT, "code": "temp-unknown"}]
    assert not [name for name in seen if name.startswith("value")]


SNAPSHOT = {
    "moment": "admission",
    "facility": ALPHA,
    "unit": "short-term",
    "on": ON,
    "by": "CW-01",
    "person": {"names": [{"use": "usual", "text": "Olena"}], "birth_date": "1998"},
}


def test_a_snapshot_is_a_provenance_of_the_person_as_she_was():
    seen = _only("Provenance", "identity", snapshots=[SNAPSHOT])
    assert seen["target"] == [{"reference": "#person"}]
    (person,) = seen["contained"]
    assert (person["birthDate"], person["name"][0]["text"]) == ("1998", "Olena")
    stated = _extension(seen, "person-digest")["valueString"]
    assert stated == person_digest(PersonData.model_validate(SNAPSHOT["person"]))


def test_snapshots_that_say_the_same_have_one_digest_and_others_not():
    record = parse_record(
        "identity",
        {
            "snapshots": [
                SNAPSHOT,
                SNAPSHOT | {"moment": "release", "on": "2026-03-19T10:00:00+01:00"},
                SNAPSHOT | {"person": SNAPSHOT["person"] | {"birth_date": "1999"}},
            ]
        },
    )
    first, second, third = (one.digest for one in record.snapshots)
    assert first == second != third


def test_a_snapshot_whose_person_was_changed_is_refused():
    (category, section), *_ = _cut("identity", snapshots=[SNAPSHOT]).items()
    changed = section.replace(b'"birthDate":"1998"', b'"birthDate":"1999"')
    assert changed != section
    with pytest.raises(ComponentError):
        from_sections("identity", {category: changed})


def test_a_translation_lies_beside_its_text():
    entry = {
        "name": "Casa Verde",
        "name_translated": "Зелений дім",
        "service": "shelter",
        "service_translated": "притулок",
        "translation_language": "uk",
    }
    seen = _only("HealthcareService", "referral", contacts=[entry])
    for element, text in (("_name", "Зелений дім"), ("_comment", "притулок")):
        (translation,) = seen[element]["extension"]
        assert translation["url"] == "http://hl7.org/fhir/StructureDefinition/translation"
        assert translation["extension"] == [
            {"url": "content", "valueString": text},
            {"url": "lang", "valueCode": "uk"},
        ]


def test_each_section_names_only_the_consents_that_cover_it():
    consents = [{"consent": "A" * 22, "covers": name} for name in ("general", "infectious")]
    cut = _cut("discharge-summary", consents=consents)
    assert set(cut) == {"general", "infectious"}
    assert b"infectious" not in cut["general"]


def test_a_part_is_attested_in_its_own_section():
    parts = [{"part": part, "by": "CW-03", "on": ON} for part in ("mental-status", "diagnoses")]
    cut = _cut("discharge-summary", attestations=parts)
    assert set(cut) == {"mental-health", "general"}
    assert b"mental-status" not in cut["general"]


def test_a_summary_has_its_compiler_an_attester_and_the_person():
    document = {
        "on": ON,
        "compiled_by": "CW-01",
        "attested_by": "CW-04",
        "attested_on": ON,
        "acknowledged_by": "person",
    }
    head = _only("Composition", "discharge-summary", document=document)
    assert [one["mode"] for one in head["attester"]] == ["professional", "personal"]
    assert head["attester"][0]["time"] == ON
    assert "time" not in head["attester"][1]
    alone = {"on": ON, "compiled_by": "CW-01", "acknowledged_by": "guardian"}
    head = _only("Composition", "discharge-summary", document=alone)
    assert [one["party"]["display"] for one in head["attester"]] == ["guardian"]


def test_a_role_is_our_own_and_an_occupation_where_there_is_one():
    worker = {"code": "CW-01", "role": "nurse"}
    seen = _only("PractitionerRole", "interventions", caseworkers=[worker])
    assert [one["code"] for one in seen["code"][0]["coding"]] == ["nurse", "2221"]
    seen = _only("PractitionerRole", "interventions", caseworkers=[worker | {"role": "volunteer"}])
    assert seen["code"][0]["coding"] == [{"system": own("team-role"), "code": "volunteer"}]


def test_a_code_of_the_us_modification_has_its_own_system():
    trafficked = {"code": {"system": "icd-10-cm", "code": "Z62.813"}}
    (category,) = _cut("health", problems=[trafficked])
    assert category == "trafficking"
    seen = _only("Condition", "health", problems=[trafficked])
    assert seen["code"]["coding"][0]["system"] == "http://hl7.org/fhir/sid/icd-10-cm"


def test_a_back_report_says_the_five_things_and_no_more():
    report = {
        "on": ON,
        "arrived": "yes",
        "arrived_on": ON,
        "services_started": "room",
        "open_items_closed": "headache",
        "new_alert": "none",
        "lost_contact": False,
    }
    seen = _only("Task", "referral", back_reports=[report])
    assert {one["type"]["coding"][0]["code"] for one in seen["output"]} == {
        "arrived",
        "arrived-on",
        "services-started",
        "open-items-closed",
        "new-alert",
        "lost-contact",
    }


def test_an_appointment_ends_when_its_minutes_are_over():
    made = {"service": "psychologist", "start": "2026-03-16T23:30:00Z", "minutes": 50}
    seen = _only("Appointment", "discharge-summary", appointments=[made])
    assert (seen["start"], seen["end"]) == ("2026-03-16T23:30:00Z", "2026-03-17T00:20:00Z")

"""What is refused, and that each fault is named by the path of its element, never by its value."""

import json

import pytest

from schemas.case_file import CaseFile
from schemas.components.records import parse_record
from schemas.errors import ComponentError

ALPHA, BETA = "F-7K2MQ9XZ4T", "F-3TBW8NHE5R"
ON = "2026-03-09T10:00:00+01:00"
STAY = {"facility": ALPHA, "unit": "short-term", "status": "finished", "admitted": "2026-02-09"}
NUMBER = {"type": "passport", "number": "FM 613902", "country": "UA"}
WORKER = {"code": "CW-01", "role": "nurse"}
LINK = {"code_number": "P4-2026-0093", "facility": BETA}
FAULTS = {
    "no such code in WHO's ICD-10": (
        "health",
        {"problems": [{"code": {"text": "x"}}, {"code": {"system": "icd-10", "code": "F43.7"}}]},
        "health.problems.1.code.code",
    ),
    "a code of the US modification given as WHO's": (
        "health",
        {"problems": [{"code": {"system": "icd-10", "code": "Z62.813"}}]},
        "health.problems.0.code.code",
    ),
    "a code that identifies a trafficked person, given as WHO's": (
        "health",
        {"problems": [{"code": {"system": "icd-10", "code": "T74.5"}}]},
        "health.problems.0.code.code",
    ),
    "code of another shape": (
        "health",
        {"problems": [{"code": {"system": "snomed", "code": "F43.1"}}]},
        "health.problems.0.code.code",
    ),
    "a nursing diagnosis with a code": (
        "health",
        {"problems": [{"kind": "nursing", "code": {"system": "icd-10", "code": "F51.0"}}]},
        "health.problems.0.code",
    ),
    "no such day": (
        "health",
        {"blood_pressures": [{"systolic": 1, "diastolic": 1, "on": "2026-02-30"}]},
        "health.blood_pressures.0.on",
    ),
    "unknown role": (
        "administrative",
        {"care_team": {"members": [{"caseworker": "CW-01", "role": "astrologer"}]}},
        "administrative.care_team.members.0.role",
    ),
    "departure before admission": (
        "administrative",
        {"stays": [STAY | {"departed": "2026-02-08"}]},
        "administrative.stays.0.departed",
    ),
    "departed and still there": (
        "administrative",
        {"stays": [STAY, STAY | {"status": "active", "departed": "2026-02-10"}]},
        "administrative.stays.1.status",
    ),
    "finished and never admitted": (
        "administrative",
        {"stays": [{"facility": ALPHA, "unit": "mid-term", "status": "finished"}]},
        "administrative.stays.0.admitted",
    ),
    "an open case closed for a reason": (
        "administrative",
        {"case_status": {"status": "active", "closure_reason": "needs-met"}},
        "administrative.case_status.closure_reason",
    ),
    "one code number twice": (
        "administrative",
        {"linked_codes": [LINK, LINK]},
        "administrative.linked_codes.1",
    ),
    "one identity number twice": (
        "identity",
        {"person": {"numbers": [NUMBER, NUMBER | {"held_by": "person"}]}},
        "identity.person.numbers.1",
    ),
    "an empty snapshot": (
        "identity",
        {
            "snapshots": [
                {
                    "moment": "release",
                    "facility": ALPHA,
                    "unit": "mid-term",
                    "on": ON,
                    "person": {},
                }
            ]
        },
        "identity.snapshots.0.person",
    ),
    "one caseworker twice": (
        "interventions",
        {"caseworkers": [WORKER, WORKER]},
        "interventions.caseworkers.1",
    ),
    "a name where a code belongs": (
        "interventions",
        {"caseworkers": [WORKER | {"code": "Anna Müller"}]},
        "interventions.caseworkers.0.code",
    ),
    "arrived and not arrived": (
        "referral",
        {"back_reports": [{"on": ON, "arrived": "no", "arrived_on": ON}]},
        "referral.back_reports.0.arrived",
    ),
    "a back report of more than the five things": (
        "referral",
        {"back_reports": [{"on": ON, "arrived": "yes", "diagnosis": "F43.1"}]},
        "referral.back_reports.0.diagnosis",
    ),
    "a rejection without a reason": (
        "referral",
        {"state": {"state": "rejected", "on": ON}},
        "referral.state.reason",
    ),
    "a caregiver not told, and no word why": (
        "referral",
        {"caregiver": {"relation": "aunt", "informed": False}},
        "referral.caregiver.reason_not_informed",
    ),
    "a translation into no language": (
        "referral",
        {"contacts": [{"name": "x", "name_translated": "y"}]},
        "referral.contacts.0.translation_language",
    ),
    "attested on a day, by nobody": (
        "discharge-summary",
        {"document": {"on": ON, "compiled_by": "CW-01", "attested_on": ON}},
        "discharge-summary.document.attested_by",
    ),
    "reviewed on a day, by nobody": (
        "health",
        {
            "observation": [
                {"on": ON, "by": "CW-01", "observer_role": "volunteer", "reviewed_on": ON}
            ]
        },
        "health.observation.0.reviewed_by",
    ),
    "an instrument without a name": (
        "health",
        {"instruments": [{"instrument": "other", "on": ON}]},
        "health.instruments.0.name",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_path(fault):
    component, data, path = FAULTS[fault]
    with pytest.raises(ComponentError) as caught:
        parse_record(component, data)
    assert caught.value.path == path


def test_every_fault_is_named_not_only_the_first():
    stays = [STAY | {"unit": "forever"}, STAY | {"departed": "2026-02-08"}]
    with pytest.raises(ComponentError) as caught:
        parse_record("administrative", {"stays": stays, "number_of_children": -1})
    paths = [caught.value.path, *(other.path for other in caught.value.others)]
    assert paths == [
        "administrative.number_of_children",
        "administrative.stays.0.unit",
        "administrative.stays.1.departed",
    ]


def _case(**components):
    case = {"format": "safehand-case/1", "code_number": "K7Q2-9MXD-41TB"}
    return json.dumps(case | {"components": components}).encode()


NOTE = {"text": "x", "on": ON}


def test_caseworkers_who_are_in_no_list_are_named_by_path():
    notes = [NOTE | {"by": "CW-01"}, NOTE | {"by": "CW-09"}, NOTE | {"by": "CW-08"}]
    with pytest.raises(ComponentError) as caught:
        CaseFile.from_bytes(_case(health={"notes": notes}, interventions={"caseworkers": [WORKER]}))
    assert caught.value.path == "case.components.health.notes.1.by"
    assert [other.path for other in caught.value.others] == ["case.components.health.notes.2.by"]


def test_caseworkers_in_lists_and_inside_facts_are_looked_for_too():
    given = {"kind": "health", "on": ON, "by": ["CW-01", "CW-09"]}
    team = {"members": [{"caseworker": "CW-07", "role": "nurse"}]}
    with pytest.raises(ComponentError) as caught:
        CaseFile.from_bytes(
            _case(
                administrative={"care_team": team},
                interventions={"caseworkers": [WORKER], "interventions": [given]},
            )
        )
    assert [caught.value.path, caught.value.others[0].path] == [
        "case.components.administrative.care_team.members.0.caseworker",
        "case.components.interventions.interventions.0.by.1",
    ]


def test_a_case_without_a_list_of_caseworkers_may_name_any():
    assert CaseFile.from_bytes(_case(health={"notes": [NOTE | {"by": "CW-09"}]})).records()

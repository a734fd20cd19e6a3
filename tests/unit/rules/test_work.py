"""The rules of the work together: the sample case, the emergency minimum, the three moments."""

import re
from pathlib import Path

import schemas.rules
from schemas.rules.findings import blocking, finding
from schemas.rules.listed_staff import ROLES, listed_staff, staff_of
from schemas.rules.messages import MESSAGES
from schemas.rules.work import at_acceptance, at_discharge, on_writing
from tests.support.cases import ALPHA, NOW, case, keys, sample, stay

SOURCES = "".join(
    path.read_text() for path in Path(schemas.rules.__path__[0]).glob("*.py")
    if path.name != "messages.py"
)  # fmt: skip
MINIMUM = {
    "profile": {"gender": "unknown"},
    "age_band": "18-24",
    "absent": [
        {"field": "languages", "reason": "temp-unknown"},
        {"field": "alerts", "reason": "not-asked"},
    ],
    "urgent_needs": {"needs": ["sleep", "medical"]},
    "consent_state": {"state": "not-asked", "on": "2026-03-05"},
    "stays": [stay(case_manager=None)],
}


def test_the_sample_case_as_it_stands_blocks_nothing():
    assert blocking(on_writing(sample(), NOW)) == []


def test_an_emergency_minimum_is_a_valid_record_at_once():
    found = on_writing(case(administrative=MINIMUM), NOW)
    assert blocking(found) == []
    assert "person.minimum-open" not in keys(found)


def test_an_empty_case_finds_nothing():
    assert on_writing(case(), NOW) == []
    assert at_discharge(case(), NOW) == []
    assert at_acceptance(case(), case()) == []


def test_what_only_warns_on_writing_blocks_at_discharge():
    health = {"problems": [{"code": {"text": "Headache"}}]}
    summary = {"diagnoses": [{"code": {"text": "Other"}}]}
    held = case(health=health, discharge=summary)
    assert blocking(on_writing(held, NOW)) == []
    assert keys(at_discharge(held, NOW), level="block") == [
        "discharge.unattested",
        "open-item.dropped",
    ]


def test_at_acceptance_every_open_item_received_is_answered_for():
    received = case(discharge={"medications": [{"product": {"text": "Sertraline"}}]})
    assert keys(at_acceptance(received, case())) == ["open-item.not-taken-up"]
    assert at_acceptance(received, received) == []


def test_every_message_is_used_and_every_key_exists():
    assert [key for key in MESSAGES if f'"{key}"' not in SOURCES] == []
    named = set(re.findall(r'finding\("([a-z0-9.-]+)"', SOURCES))
    assert len(named) > 20
    assert named <= set(MESSAGES)


def test_messages_are_neutral_sentences_with_the_number_of_a_requirement():
    for key, (rule, text) in MESSAGES.items():
        assert re.fullmatch(r"R\d{1,3}", rule), key
        if text != "{}":
            assert re.fullmatch(r"[A-Z].*\.", text), key
            assert not re.search(r"\b(you|must|failed|error|invalid|victim)\b", text), key
        assert text.count("{}") <= 1


def test_a_finding_takes_rule_and_sentence_from_the_table():
    found = finding("baseline.missing", "administrative.stays.0", label="mental, closing")
    assert (found.rule, found.level) == ("R81", "warn")
    assert found.text.endswith(": mental, closing.")


def test_listed_caseworkers_are_staff_with_the_role_of_the_author_rules():
    interventions = case(
        interventions={
            "caseworkers": [
                {
                    "code": "CW-01",
                    "role": "gynaecologist",
                    "qualifications": ["medicine", "training-basic"],
                    "licence_body": "chamber",
                    "licence_country": "DE",
                    "facility": ALPHA,
                },
                {"code": "CW-02", "role": "lawyer", "qualifications": ["law"]},
                {"code": "CW-03", "role": "technician"},
                {
                    "code": "CW-04",
                    "role": "doctor",
                    "qualification": "GP",
                    "licence_body": "chamber",
                    "licence_country": "DE",
                },
            ]
        }
    ).interventions
    staff = listed_staff(interventions)
    assert {code: one.role for code, one in staff.items()} == {
        "CW-01": "doctor",
        "CW-02": "legal-officer",
        "CW-04": "doctor",
    }
    assert staff["CW-01"].is_licensed_for("medicine")
    assert not staff["CW-02"].licences
    assert not staff["CW-04"].licences
    assert set(listed_staff(interventions, ALPHA)) == {"CW-01"}


def test_every_role_of_a_case_team_is_mapped():
    annotation = type(sample().interventions.caseworkers[0]).model_fields["role"].annotation
    assert set(ROLES) == set(annotation.__args__)
    assert all(staff_of(worker) for worker in sample().interventions.caseworkers)

"""Rules inside components that no single field can hold."""

import pytest

from schemas.components.records import parse_record
from schemas.errors import ComponentError

ON = "2026-02-09T10:00:00Z"
CONSENT = {
    "on": ON,
    "use": "care-transfer",
    "purpose": "TREAT",
    "recipient": "F-3TBW8NHE5R",
    "facility": "F-7K2MQ9XZ4T",
    "permitted": [{"component": "health", "category": "general"}],
    "since": ON,
    "until": "2026-05-09T10:00:00Z",
    "given_by": "person",
    "form": "written",
    "explained_by": "CW-01",
    "language": "uk",
}


@pytest.mark.parametrize(
    ("component", "data"),
    [
        ("health", {"allergies": [{}]}),
        ("health", {"allergies": [{"none_known": True, "substance": {"text": "nuts"}}]}),
        ("health", {"allergies": [{"substance": {"system": "snomed", "code": "716186003"}}]}),
        (
            "health",
            {"lab_results": [{"test": {"text": "x"}, "text": "y", "finding": {"text": "z"}}]},
        ),
        ("health", {"letters": [{"on": "2026-02-09", "subject": "x"}]}),
        (
            "health",
            {"letters": [{"on": "2026-02-09", "subject": "x", "sender": "a", "recipient": "b"}]},
        ),
        ("health", {"measurements": [{"kind": "weight", "value": float("nan"), "on": "2026"}]}),
        (
            "administrative",
            {
                "stays": [
                    {
                        "facility": "F-7K2MQ9XZ4T",
                        "unit": "mid-term",
                        "status": "finished",
                        "admitted": "2026-03",
                        "departed": "2026-02-28",
                    }
                ]
            },
        ),
        ("discharge-summary", {"document": {"on": ON, "compiled_by": "CW-01", "attested_on": ON}}),
        ("referral", {"state": {"state": "rejected", "on": ON}}),
        (
            "interventions",
            {"caseworkers": [{"code": "CW-01", "role": "nurse", "licence_body": "x"}]},
        ),
        ("interventions", {"caseworkers": [{"code": "Anna Müller", "role": "nurse"}]}),
        ("consent", {"consent": CONSENT | {"permitted": []}}),
        ("consent", {"consent": CONSENT | {"until": "2026-01-01T00:00:00Z"}}),
        ("consent", {"consent": CONSENT | {"withheld": [{"category": "general"}]}}),
        ("administrative", {"number_of_children": True}),
        ("administrative", {"number_of_children": "1"}),
        ("administrative", {"profile": {"gender": "female", "name": "Olena"}}),
    ],
)
def test_contradictions_are_refused(component, data):
    with pytest.raises(ComponentError) as caught:
        parse_record(component, data)
    assert caught.value.path.startswith(component)


def test_one_component_can_be_withheld_of_a_category_that_another_permits():
    withheld = [{"category": "general", "component": "discharge-summary"}]
    assert parse_record("consent", {"consent": CONSENT | {"withheld": withheld}}).consent


def test_the_emergency_minimum_is_a_valid_record():
    assert parse_record("administrative", {"profile": {"gender": "unknown"}}).profile
    assert parse_record("health", b'{"alerts":[{"kind":"suicide"}]}').alerts


def test_broken_json_is_refused():
    with pytest.raises(ComponentError):
        parse_record("health", b"{")

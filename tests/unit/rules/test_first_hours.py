"""Crisis, the person, dates and instruments: what is missing or can't be."""

import pytest

from schemas.rules.crisis import check_crisis
from schemas.rules.dates import check_dates
from schemas.rules.person import check_person, missing_minimum
from schemas.rules.retesting import check_instruments
from tests.support.cases import NOW, case, keys, sample, stay

SHEET = {"on": "2026-03-01T02:00:00Z", "by": "CW-07", "risk_level": "high"}
ASSURED = {"confidentiality_assured": {"on": "2026-03-01"}}
MINIMUM = {
    "profile": {"gender": "female", "languages": [{"language": "uk"}]},
    "age_band": "18-24",
    "urgent_needs": {"needs": ["sleep"]},
    "consent_state": {"state": "not-asked", "on": "2026-03-01"},
}
CALM = {"alerts": [{"kind": "suicide"}]}


def _crisis(**health):
    return list(check_crisis(case(health=health)))


def _person(admin, **components):
    return list(check_person(case(administrative={**ASSURED, **admin}, **components)))


@pytest.mark.parametrize(
    ("sheet", "key", "level"),
    [
        ({"emergency_author": True}, "crisis.unconfirmed", "warn"),
        ({"confirmed_by": "CW-07"}, "crisis.confirmed-by-author", "block"),
        (
            {"confirmed_by": "CW-03", "confirmed_on": "2026-03-01T01:00:00Z"},
            "crisis.confirmed-before",
            "block",
        ),
    ],
)
def test_a_crisis_sheet_that_is_not_rightly_confirmed(sheet, key, level):
    (found,) = _crisis(crisis_summary={**SHEET, **sheet})
    assert (found.key, found.level, found.rule) == (key, level, "R22")


def test_a_confirmed_emergency_sheet_and_an_ordinary_one_are_well():
    confirmed = {"confirmed_by": "CW-03", "confirmed_on": "2026-03-01T09:00:00Z"}
    assert _crisis(crisis_summary={**SHEET, "emergency_author": True, **confirmed}) == []
    assert _crisis(crisis_summary=SHEET) == []


@pytest.mark.parametrize(
    ("answer", "alert"),
    [
        ("suicidal_thoughts", "suicide"),
        ("feels_suicidal", "suicide"),
        ("suicide_threat", "suicide"),
        ("threat_to_others", "aggression"),
        ("psychotic_signs", "psychosis"),
        ("intoxication_or_withdrawal", "intoxication"),
    ],
)
def test_a_danger_asks_for_its_alert(answer, alert):
    danger = {"on": "2026-03-01", "by": "CW-03", answer: "yes"}
    (found,) = _crisis(crisis_danger=danger)
    assert found.key == "crisis.alert-missing"
    assert found.text.endswith(f": {alert}.")
    assert _crisis(crisis_danger=danger, alerts=[{"kind": alert}]) == []
    assert _crisis(crisis_danger={**danger, answer: "no"}) == []


def test_several_dangers_of_one_kind_are_one_finding():
    danger = {
        "on": "2026-03-01",
        "by": "CW-03",
        "suicidal_thoughts": "yes",
        "suicide_threat": "yes",
    }
    assert keys(_crisis(crisis_danger=danger)) == ["crisis.alert-missing"]


def test_an_observation_waits_for_a_professional():
    seen = {"on": "2026-03-01", "by": "CW-07", "observer_role": "security-guard"}
    assert keys(_crisis(observation=[seen])) == ["crisis.observation-unreviewed"]
    assert _crisis(observation=[{**seen, "reviewed_by": "CW-02"}]) == []


def test_an_urgent_complaint_wants_an_examination_after_it():
    urgent = {"text": "x", "urgent": True, "on": "2026-03-03"}
    assert keys(_crisis(complaints=[urgent])) == ["crisis.urgent-unseen"]
    before = {"text": "x", "on": "2026-02-20"}
    assert keys(_crisis(complaints=[urgent], findings=[before])) == ["crisis.urgent-unseen"]
    for on in ("2026-03-03", "2026-03-10", None):
        assert _crisis(complaints=[urgent], findings=[{"text": "x", "on": on}]) == []
    assert _crisis(complaints=[{"text": "x"}]) == []


def test_a_minor_wants_a_guardian():
    for minor in ({"minor_at_admission": "yes"}, {"age": {"years": 16}}):
        found = _person({**MINIMUM, **minor}, health=CALM)
        assert keys(found) == ["person.guardian-missing"]
        with_guardian = {**MINIMUM, **minor, "guardians": [{"kind": "parent"}]}
        assert _person(with_guardian, health=CALM) == []


@pytest.mark.parametrize(
    ("years", "estimated", "minor", "level"),
    [
        (16, False, "no", "block"),
        (16, True, "no", None),
        (25, False, "yes", "warn"),
        (19, False, "yes", None),
        (25, False, "no", None),
        (25, False, "unknown", None),
    ],
)
def test_age_and_minority_have_to_agree(years, estimated, minor, level):
    admin = {
        **MINIMUM,
        "age": {"years": years, "estimated": estimated},
        "minor_at_admission": minor,
        "guardians": [{"kind": "parent"}],
    }
    found = _person(admin, health=CALM)
    assert [(one.key, one.level) for one in found] == (
        [("person.age-contradicts-minor", level)] if level else []
    )


def test_the_assurance_of_confidentiality_is_missed():
    found = list(check_person(case(administrative=MINIMUM, health=CALM)))
    assert keys(found) == ["person.no-assurance"]
    assert found[0].rule == "R116"


def test_where_an_interpreter_is_needed_each_talk_names_one():
    profile = {**MINIMUM["profile"], "interpreter_needed": True}
    talk = {"on": "2026-03-01", "by": "CW-01", "to": "person", "language": "uk"}
    told = {"comprehension": {**talk, "understood": "understood"}}
    found = _person({**MINIMUM, "profile": profile}, health=CALM, discharge=told)
    assert [one.path for one in found] == [
        "administrative.confidentiality_assured",
        "discharge-summary.comprehension",
    ]
    assert keys(found) == ["person.interpreter-unnamed"] * 2
    told["comprehension"]["interpreter"] = "CW-05"
    named = {"confidentiality_assured": {"on": "2026-03-01", "interpreter": "CW-05"}}
    assert _person({**MINIMUM, "profile": profile, **named}, health=CALM, discharge=told) == []


def test_the_whole_emergency_minimum_is_enough():
    assert missing_minimum(case(administrative=MINIMUM, health=CALM)) == []


@pytest.mark.parametrize(
    ("left_out", "part"),
    [
        ("profile", ["gender", "languages"]),
        ("age_band", ["age"]),
        ("urgent_needs", ["urgent-needs"]),
        ("consent_state", ["consent"]),
    ],
)
def test_each_missing_part_is_named_unless_a_reason_is_given(left_out, part):
    rest = {name: value for name, value in MINIMUM.items() if name != left_out}
    assert missing_minimum(case(administrative=rest, health=CALM)) == part
    reasons = [{"field": name, "reason": "not-asked"} for name in part]
    assert missing_minimum(case(administrative={**rest, "absent": reasons}, health=CALM)) == []


def test_alerts_are_part_of_the_minimum_and_can_be_given_up_for_a_reason():
    assert missing_minimum(case(administrative=MINIMUM)) == ["alerts"]
    reason = {"absent": [{"field": "alerts", "reason": "temp-unknown"}]}
    assert missing_minimum(case(administrative={**MINIMUM, **reason})) == []


def test_a_case_without_its_administrative_part_misses_nothing():
    assert list(check_person(case(health=CALM))) == []


@pytest.mark.parametrize(
    ("on", "ahead"),
    [
        ("2026-03-06T00:05:00Z", False),
        ("2026-03-06T00:05:01Z", True),
        ("2026-03-06", False),
        ("2026-03-07", True),
        ("2026-03", False),
        ("2026", False),
        ("2027", True),
    ],
)
def test_what_happened_lies_in_the_past(on, ahead):
    found = list(check_dates(case(health={"complaints": [{"text": "x", "on": on}]}), NOW))
    assert keys(found) == (["date.in-future"] if ahead else [])
    assert [one.path for one in found] == (["health.complaints.0.on"] if ahead else [])


def test_what_is_due_may_lie_ahead():
    admin = {"stays": [stay(departed=None)]}
    health = {"care_plan": [{"service": "x", "due": "2027-01-01"}]}
    assert list(check_dates(case(administrative=admin, health=health), NOW)) == []


TEST = {
    "instrument": "phq-9",
    "version": "2010",
    "language": "uk",
    "items": [{"item": "1", "score": 2}],
    "on": "2026-02-10",
    "by": "CW-03",
}


def _instruments(*results):
    return list(check_instruments(case(health={"instruments": list(results)})))


@pytest.mark.parametrize(
    ("left_out", "key"),
    [
        ("version", "instrument.no-version"),
        ("language", "instrument.no-language"),
        ("items", "instrument.no-items"),
    ],
)
def test_a_result_has_what_is_needed_to_repeat_it(left_out, key):
    assert _instruments(TEST) == []
    rest = {name: value for name, value in TEST.items() if name != left_out}
    assert keys(_instruments(rest)) == [key]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"version": "2020"}, "instrument.other-version"),
        ({"language": "ro"}, "instrument.other-version"),
        ({"by": "CW-04"}, "instrument.other-author"),
        ({"instrument": "gad-7"}, None),
        ({}, None),
    ],
)
def test_a_repetition_uses_the_same_tool_and_the_same_hand(change, key):
    again = {**TEST, "on": "2026-03-01", **change}
    for order in ((TEST, again), (again, TEST)):
        found = _instruments(*order)
        assert keys(found) == ([key] if key else [])


def test_instruments_outside_the_list_are_told_apart_by_name():
    first = {**TEST, "instrument": "other", "name": "Local scale"}
    other = {**first, "name": "Another", "version": "2", "on": "2026-03-01"}
    assert _instruments(first, other) == []
    same = {**other, "name": "local scale"}
    assert keys(_instruments(first, same)) == ["instrument.other-version"]


def test_the_sample_case_contradicts_nothing_in_its_first_hours():
    found = [*check_crisis(sample()), *check_person(sample()), *check_instruments(sample())]
    assert [one for one in found if one.level == "block"] == []

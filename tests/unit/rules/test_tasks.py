"""What the units expect, cell by cell, and what was done elsewhere (R27, R28, R34, R53, R55)."""

import pytest

from schemas.rules.statements import completed_tasks
from schemas.rules.tasks import EXPECTED, TASKS, UNITS, check_tasks, expectation
from tests.support.cases import ALPHA, NOW, case, sample, stay

TABLE = """
task                               short-term  mid-term          long-term
intake-interview                   expected    unless-elsewhere  unless-elsewhere
health-assessment                  expected    unless-elsewhere  unless-elsewhere
crisis-assessment                  expected    expected          optional
in-depth-mental-health-assessment  no          after-return      optional
diagnosis                          optional    optional          optional
brief-psychotherapy                no          optional          optional
psychotherapy                      no          optional          optional
reintegration-plan                 no          expected          unless-elsewhere
occupational-training              no          optional          optional
social-programme                   no          optional          optional
"""
LONG_AGO = {"short-term": "2026-02-26", "mid-term": "2026-02-01", "long-term": "2026-01-01"}
INTAKE = {"kind": "intake", "on": "2026-03-04T09:00:00Z", "by": ["CW-01"]}
DONE = {
    "task": "intake-interview",
    "completed_on": "2026-01-10",
    "author_role": "case-manager",
    "facility": "F-3TBW8NHE5R",
}


def _labels(found, key):
    return [one.text.split(": ")[1].rstrip(".") for one in found if one.key == key]


def _check(stays, *, completed=(), **components):
    admin = {"stays": stays, "completed_tasks": list(completed)}
    return list(check_tasks(case(administrative=admin, **components), NOW))


def test_the_table_of_the_units_is_as_written_here():
    head, *rows = (line.split() for line in TABLE.strip().splitlines())
    assert head[1:] == list(UNITS)
    assert {row[0]: tuple(row[1:]) for row in rows} == EXPECTED
    assert tuple(EXPECTED) == TASKS


@pytest.mark.parametrize("unit", UNITS)
def test_what_is_expected_is_missed_once_the_first_days_are_over(unit):
    found = _check([stay(unit=unit, admitted=LONG_AGO[unit])])
    due = [task for task in TASKS if expectation(task, unit) in ("expected", "unless-elsewhere")]
    assert _labels(found, "task.expected") == [task.replace("-", " ") for task in due]
    assert all(one.level == "warn" for one in found)


@pytest.mark.parametrize(
    ("unit", "admitted"),
    [
        ("short-term", "2026-03-03T12:00:00Z"),
        ("mid-term", "2026-02-21T00:00:00Z"),
        ("long-term", "2026-02-05T00:00:00Z"),
    ],
)
def test_nothing_is_expected_in_the_first_days(unit, admitted):
    assert _check([stay(unit=unit, admitted=admitted)]) == []


def test_a_planned_stay_expects_nothing():
    assert _check([stay(status="planned", admitted="2026-01-01")]) == []


def test_a_task_done_in_the_stay_is_not_missed():
    found = _check(
        [stay(admitted=LONG_AGO["short-term"])], interventions={"interventions": [INTAKE]}
    )
    assert "intake interview" not in _labels(found, "task.expected")
    assert "health assessment" in _labels(found, "task.expected")


def test_a_task_completed_elsewhere_is_not_missed():
    found = _check([stay(unit="mid-term", admitted="2026-02-01")], completed=[DONE])
    assert "intake interview" not in _labels(found, "task.expected")


def test_nobody_is_asked_twice():
    stays = [stay(unit="mid-term", admitted="2026-03-01T00:00:00Z")]
    again = {"interventions": [INTAKE]}
    found = _check(stays, completed=[DONE], interventions=again)
    assert _labels(found, "task.asked-again") == ["intake interview"]
    assert _labels(_check(stays, interventions=again), "task.asked-again") == []


def test_an_intake_in_an_earlier_stay_counts_as_asked():
    earlier = stay(status="finished", admitted="2026-01-01", departed="2026-01-20")
    now = stay(unit="mid-term", admitted="2026-03-01T00:00:00Z")
    first = {**INTAKE, "on": "2026-01-02T09:00:00Z"}
    found = _check([earlier, now], interventions={"interventions": [first, INTAKE]})
    assert [one.path for one in found if one.key == "task.asked-again"] == [
        "administrative.stays.1"
    ]


def test_a_service_that_the_unit_does_not_offer_is_noticed():
    session = {"kind": "psychotherapy", "on": "2026-03-05T09:00:00Z", "by": ["CW-03"]}
    found = _check([stay()], interventions={"interventions": [session]})
    assert _labels(found, "task.beyond-unit") == ["psychotherapy"]
    mid = _check([stay(unit="mid-term")], interventions={"interventions": [session]})
    assert _labels(mid, "task.beyond-unit") == []


@pytest.mark.parametrize(
    ("kind", "on", "missed"),
    [
        ("returned-to-country-of-origin", "2026-01-31", True),
        ("resettled", "2026-01-31", False),
        ("returned-to-country-of-origin", "2026-03-01", False),
    ],
)
def test_after_a_return_an_in_depth_assessment_is_expected(kind, on, missed):
    found = _check(
        [stay(unit="mid-term", admitted="2026-02-01")],
        discharge={"disposition": {"kind": kind, "on": on}},
    )
    label = "in depth mental health assessment"
    assert (label in _labels(found, "task.expected")) is missed


def test_statements_say_what_was_done_by_whom_and_where_and_nothing_else():
    components = case(
        administrative={"stays": [stay(admitted="2026-03-01T00:00:00Z")]},
        interventions={
            "interventions": [INTAKE, {**INTAKE, "on": "2026-03-05T09:00:00Z"}],
            "caseworkers": [{"code": "CW-01", "role": "case-manager"}],
        },
    )
    (done,) = completed_tasks(components, NOW)
    assert done.model_dump(exclude_defaults=True) == {
        "task": "intake-interview",
        "completed_on": "2026-03-05",
        "author_role": "case-manager",
        "facility": ALPHA,
        "unit": "short-term",
    }


def test_what_has_no_day_no_stay_or_no_known_author_makes_no_statement():
    workers = [{"code": "CW-01", "role": "case-manager"}]
    for session, caseworkers, stays in (
        ({**INTAKE, "on": "2026-01-05T09:00:00Z"}, workers, [stay()]),
        (INTAKE, [], [stay()]),
        (INTAKE, workers, []),
    ):
        data = {"interventions": [session], "caseworkers": caseworkers}
        made = completed_tasks(case(administrative={"stays": stays}, interventions=data), NOW)
        assert made == []


def test_a_case_carries_its_statements_on_and_is_not_asked_again():
    sent = completed_tasks(sample(), NOW)
    assert {"intake-interview", "health-assessment", "crisis-assessment"} <= {
        done.task for done in sent
    }
    received = _check(
        [stay(unit="mid-term", admitted="2026-02-10", facility="F-3TBW8NHE5R")],
        completed=[done.model_dump() for done in sent],
    )
    assert "intake interview" not in _labels(received, "task.expected")

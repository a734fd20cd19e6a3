"""Length of stay warns and never blocks; what contradicts itself blocks (R1 to R3, R80)."""

import pytest

from schemas.rules.stays import check_stays
from tests.support.cases import NOW, case, keys, stay


def _found(*stays):
    return list(check_stays(case(administrative={"stays": list(stays)}), NOW))


@pytest.mark.parametrize(
    ("unit", "admitted", "key"),
    [
        ("short-term", "2026-03-03T00:00:00Z", None),
        ("short-term", "2026-03-02T23:59:59Z", "stay.over-72-hours"),
        ("short-term", "2026-02-20T00:00:00Z", "stay.over-72-hours"),
        ("short-term", "2026-02-19T23:00:00Z", "stay.over-14-days"),
        ("mid-term", "2025-12-05T00:00:00Z", None),
        ("mid-term", "2025-12-03T00:00:00Z", "stay.over-3-months"),
        ("long-term", "2019-01-01T00:00:00Z", None),
        ("mid-term", "2026-03-05T00:00:00Z", None),
        ("long-term", "2026-03-05T00:00:00Z", None),
    ],
)
def test_a_stay_beyond_its_unit_warns_at_the_limit(unit, admitted, key):
    found = _found(stay(unit=unit, admitted=admitted))
    assert keys(found) == ([key] if key else [])
    assert all(one.level == "warn" for one in found)


def test_a_closed_stay_is_measured_by_its_end():
    ended = stay(status="finished", admitted="2026-01-01", departed="2026-01-03")
    assert _found(ended) == []
    longer = stay(status="finished", admitted="2026-01-01", departed="2026-01-12")
    assert keys(_found(longer)) == ["stay.over-72-hours"]


def test_a_day_without_hours_gets_the_benefit_of_the_doubt():
    assert _found(stay(admitted="2026-03-02")) == []
    assert _found(stay(admitted="2026-03")) == []
    assert keys(_found(stay(admitted="2026-02"))) == ["stay.over-72-hours"]


@pytest.mark.parametrize(
    ("data", "key", "level"),
    [
        ({"status": "planned", "departed": "2026-03-05"}, "stay.planned-and-departed", "block"),
        ({"status": "finished"}, "stay.finished-without-departure", "warn"),
        ({"admitted": None}, "stay.active-without-admission", "warn"),
        ({"case_manager": None}, "stay.no-case-manager", "warn"),
    ],
)
def test_incomplete_and_contradictory_stays(data, key, level):
    (found,) = _found(stay(**data))
    assert (found.key, found.level) == (key, level)


def test_stays_that_overlap_block_and_adjoining_ones_do_not():
    first = stay(
        status="finished", admitted="2026-02-01T00:00:00Z", departed="2026-02-03T00:00:00Z"
    )
    adjoining = stay(admitted="2026-02-03T00:00:00Z", unit="mid-term")
    assert _found(first, adjoining) == []
    overlapping = stay(admitted="2026-02-02T23:59:59Z", unit="mid-term")
    (found,) = _found(first, overlapping)
    assert (found.key, found.level) == ("stay.overlap", "block")
    assert found.path == "administrative.stays.1.admitted"


def test_the_order_in_which_stays_are_listed_does_not_matter():
    first = stay(
        status="finished", admitted="2026-02-01T00:00:00Z", departed="2026-02-04T00:00:00Z"
    )
    second = stay(admitted="2026-02-03T00:00:00Z", unit="mid-term")
    (found,) = _found(second, first)
    assert (found.key, found.path) == ("stay.overlap", "administrative.stays.0.admitted")


def test_stays_that_meet_within_a_day_may_both_be_true():
    first = stay(status="finished", admitted="2026-02-01", departed="2026-02-03")
    second = stay(admitted="2026-02-03", unit="mid-term")
    assert _found(first, second) == []


def test_a_stay_that_was_never_closed_is_noticed_when_another_begins():
    open_one = stay(admitted="2026-03-04T00:00:00Z")
    next_one = stay(admitted="2026-03-05T00:00:00Z", unit="mid-term")
    found = _found(open_one, next_one)
    assert keys(found) == ["stay.still-open"]
    assert found[0].path == "administrative.stays.0"


def test_a_planned_stay_overlaps_nothing():
    planned = stay(status="planned", admitted="2026-03-05T00:00:00Z", unit="long-term")
    assert _found(stay(), planned) == []


def test_no_stays_no_findings():
    assert list(check_stays(case(), NOW)) == []

"""Identity snapshots at both ends of a stay, health baselines at three points (R80, R81)."""

import pytest

from schemas.rules.baseline import KINDS, POINTS, check_baselines
from schemas.rules.snapshots import check_snapshots
from tests.support.cases import ALPHA, NOW, case, keys, stay

SETTLED = stay(admitted="2026-02-20T00:00:00Z")
ENDED = stay(status="finished", admitted="2026-02-01T00:00:00Z", departed="2026-03-01T00:00:00Z")


def _snapshot(moment, on, **data):
    return {
        "moment": moment,
        "facility": ALPHA,
        "unit": "short-term",
        "on": on,
        "person": {"birth_date": "1998"},
        **data,
    }


def _snapshots(stays, *taken):
    record = {"snapshots": list(taken)}
    return list(check_snapshots(case(administrative={"stays": stays}, identity=record), NOW))


def _labels(found):
    return [one.text.split(": ")[1].rstrip(".") for one in found]


def test_both_ends_of_an_ended_stay_want_a_snapshot():
    found = _snapshots([ENDED])
    assert _labels(found) == ["at admission", "at release"]
    assert {one.rule for one in found} == {"R80"}
    taken = (
        _snapshot("admission", "2026-02-01T08:00:00Z"),
        _snapshot("release", "2026-03-01T00:00:00Z"),
    )
    assert _snapshots([ENDED], *taken) == []


def test_in_the_first_days_none_is_missed():
    assert _snapshots([stay()]) == []
    assert _labels(_snapshots([SETTLED])) == ["at admission"]


def test_without_an_identity_component_none_is_missed():
    assert list(check_snapshots(case(administrative={"stays": [ENDED]}), NOW)) == []


@pytest.mark.parametrize(
    "other",
    [{"facility": "F-3TBW8NHE5R"}, {"unit": "mid-term"}, {"on": "2026-01-01T00:00:00Z"}],
)
def test_a_snapshot_of_another_stay_does_not_count(other):
    found = _snapshots([SETTLED], _snapshot("admission", "2026-02-20T08:00:00Z", **{}) | other)
    assert keys(found) == ["snapshot.missing", "snapshot.without-stay"]
    assert found[1].path == "identity.snapshots.0"


def test_a_snapshot_is_no_stray_where_the_stays_are_not_held():
    assert _snapshots([], _snapshot("admission", "2026-02-20T08:00:00Z")) == []


def _baselines(stays, *recorded):
    health = {"baselines": [
        {"point": point, "kind": kind, "text": "x", "on": on} for point, kind, on in recorded
    ]}  # fmt: skip
    return list(check_baselines(case(administrative={"stays": stays}, health=health), NOW))


def test_all_six_baselines_of_a_long_ended_stay_are_wanted():
    found = _baselines([ENDED])
    assert _labels(found) == [f"{kind}, {point}" for point in POINTS for kind in KINDS]
    assert {(one.level, one.rule) for one in found} == {("warn", "R81")}


def test_those_recorded_are_not_missed():
    days = {"admission": "2026-02-02", "during": "2026-02-15", "closing": "2026-02-28"}
    recorded = [(point, kind, days[point]) for point in POINTS for kind in KINDS]
    assert _baselines([ENDED], *recorded) == []
    assert _labels(_baselines([ENDED], *recorded[1:])) == ["physical, admission"]


def test_each_is_due_in_its_time():
    assert _baselines([stay()]) == []
    settled = stay(admitted="2026-03-01T00:00:00Z")
    assert _labels(_baselines([settled])) == ["physical, admission", "mental, admission"]
    month = stay(admitted="2026-02-01T00:00:00Z")
    assert len(_baselines([month])) == 4
    brief = stay(status="finished", admitted="2026-03-01T00:00:00Z", departed="2026-03-02")
    assert _labels(_baselines([brief])) == ["physical, closing", "mental, closing"]


def test_a_baseline_of_another_stay_does_not_count():
    found = _baselines([SETTLED], ("admission", "physical", "2026-01-03"))
    assert "physical, admission" in _labels(found)


def test_a_planned_stay_wants_none():
    planned = stay(status="planned", admitted="2026-01-01")
    assert _baselines([planned]) == []

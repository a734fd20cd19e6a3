"""Times of unequal precision are compared only as far as they surely go."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.rules.times import closes, may_lie_within, opens, surely_before, surely_longer


@pytest.mark.parametrize(
    ("time", "first", "last"),
    [
        ("2026-03-09T10:00:00+02:00", "2026-03-09T08:00:00", "2026-03-09T08:00:00"),
        ("2026-03-09", "2026-03-08T10:00:00", "2026-03-10T12:00:00"),
        ("2026-02", "2026-01-31T10:00:00", "2026-03-01T12:00:00"),
        ("2026-12", "2026-11-30T10:00:00", "2027-01-01T12:00:00"),
        ("2026", "2025-12-31T10:00:00", "2027-01-01T12:00:00"),
        ("2024-02-29", "2024-02-28T10:00:00", "2024-03-01T12:00:00"),
    ],
)
def test_the_span_of_a_time_covers_every_time_zone(time, first, last):
    assert opens(time) == datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert closes(time) == datetime.fromisoformat(last).replace(tzinfo=UTC)


def test_days_that_touch_are_not_surely_apart():
    assert not surely_before("2026-03-08", "2026-03-09")
    assert not surely_before("2026-03-08", "2026-03-09T12:00:00Z")
    assert surely_before("2026-03-08", "2026-03-09T12:00:01Z")
    assert surely_before("2026-03-08", "2026-03-12")
    assert not surely_before("2026", "2026-12")


def test_a_length_counts_only_beyond_doubt():
    until = datetime(2026, 3, 6, tzinfo=UTC)
    assert surely_longer("2026-03-02T00:00:00Z", until, timedelta(hours=72))
    assert not surely_longer("2026-03-03T00:00:00Z", until, timedelta(hours=72))
    assert not surely_longer("2026-03-02", until, timedelta(hours=72))


def test_within_is_generous_at_both_ends():
    since, until = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    for time in ("2026-03", "2026-03-01", "2026-03-05", "2026-03-03T00:00:00Z"):
        assert may_lie_within(time, since, until)
    for time in ("2026-02-20", "2026-03-08", "2026-03-05T00:00:01Z"):
        assert not may_lie_within(time, since, until)

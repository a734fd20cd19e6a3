"""Comparing the times of records, which may be a year, a month, a day or a second.

A day without a time zone may have begun fourteen hours earlier than in UTC and end twelve hours
later. So a question about two times is answered with yes only if it is surely so.
"""

from datetime import UTC, datetime, timedelta

_EARLY = timedelta(hours=14)
_LATE = timedelta(hours=12)


def opens(time: str) -> datetime:
    """Return the earliest moment that a `Time` can mean."""
    if "T" in time:
        return datetime.fromisoformat(time)
    first = (time + "-01-01")[:10]
    return datetime.fromisoformat(first).replace(tzinfo=UTC) - _EARLY


def closes(time: str) -> datetime:
    """Return the moment by which a `Time` is surely over."""
    if "T" in time:
        return datetime.fromisoformat(time)
    parts = [int(part) for part in time.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    begun = datetime(year, month, day, tzinfo=UTC)
    if len(parts) == 3:
        over = begun + timedelta(days=1)
    else:
        months = year * 12 + month - 1 + (1 if len(parts) == 2 else 12)
        over = datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)
    return over + _LATE


def at(now: int) -> datetime:
    """Return `now`, seconds since the Unix epoch, as a moment."""
    return datetime.fromtimestamp(now, UTC)


def surely_before(first: str, second: str) -> bool:
    """Say whether `first` is surely over before `second` begins."""
    return closes(first) < opens(second)


def surely_longer(since: str, until: datetime, limit: timedelta) -> bool:
    """Say whether more than `limit` has surely passed between `since` and `until`."""
    return until - closes(since) > limit


def may_lie_within(time: str, since: datetime, until: datetime) -> bool:
    """Say whether `time` can lie between two moments."""
    return opens(time) <= until and closes(time) >= since

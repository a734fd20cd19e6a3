"""Days as people write them, and seconds as the protocol counts them. All in UTC."""

import time
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

Until = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD (UTC)."),
]


def now() -> int:
    """Return the time in seconds since the Unix epoch."""
    return int(time.time())


def end_of_day(day: datetime | None) -> int | None:
    """Return when a day ends, in seconds since the Unix epoch."""
    if day is None:
        return None
    return int((day.replace(tzinfo=UTC) + timedelta(days=1)).timestamp())


def day_of(seconds: int) -> str:
    """Return the day of a time, YYYY-MM-DD."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")


def moment_of(seconds: int) -> str:
    """Return a time as YYYY-MM-DD HH:MM (UTC)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")

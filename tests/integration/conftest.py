"""A hub on SQLite and on PostgreSQL: every test here runs on both."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.running_hub import RunningHub, lay_out_hub, serving
from tests.support.story import Story


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A fresh database; None stands for SQLite in the hub's folder."""
    if request.param == "sqlite":
        yield None
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
async def hub(tmp_path: Path, database_url: str | None) -> AsyncIterator[RunningHub]:
    """A hub with Alpha, Beta and Gamma admitted. Its whole log is verified after the test."""
    story = Story()
    settings, card = await lay_out_hub(tmp_path / "hub", database_url, story)
    async with serving(settings, card, story) as running:
        yield running
        await running.entries()

"""A hub on SQLite and on PostgreSQL: every test here runs on both.

Laying out a hub (keys, migrations, admissions) is done once per database and copied for each test.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.hub.admin import DATABASE_URL
from services.hub.settings import load_settings
from tests.support import postgres
from tests.support.running_hub import RunningHub, card_of, lay_out_hub, serving
from tests.support.story import Story


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub on SQLite that was never started."""
    folder = tmp_path_factory.mktemp("pattern") / "hub"
    asyncio.run(lay_out_hub(folder, None))
    return folder


@pytest.fixture(scope="session")
def postgres_pattern(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> Iterator[tuple[Path, str]]:
    """A hub on PostgreSQL that was never started, and its database."""
    folder = tmp_path_factory.mktemp("pattern") / "hub"
    with postgres.fresh_database(postgres_server) as url:
        asyncio.run(lay_out_hub(folder, url))
        yield folder, url


@pytest.fixture(params=["sqlite", "postgresql"])
def hub_folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A hub of one's own, ready to be started, with Alpha, Beta, Gamma and an auditor let in."""
    folder = tmp_path / "hub"
    if request.param == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_pattern"), folder)
        yield folder
        return
    server = request.getfixturevalue("postgres_server")
    pattern, template = request.getfixturevalue("postgres_pattern")
    shutil.copytree(pattern, folder)
    with postgres.fresh_database(server, template) as url:
        (folder / DATABASE_URL).write_text(url)
        yield folder


@pytest.fixture
async def hub(hub_folder: Path) -> AsyncIterator[RunningHub]:
    """A running hub. Its whole log is verified after the test."""
    settings = load_settings(hub_folder)
    async with serving(settings, card_of(settings), Story()) as running:
        yield running
        await running.entries()

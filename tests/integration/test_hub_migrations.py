"""The migrations make exactly the schema of the models, and can be undone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from services.hub.migrate import alembic_config, engine_for, migrate
from services.hub.models import HubRow
from tests.support import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [
        one
        for one in compare_metadata(context, HubRow.metadata)
        if "alembic_version" not in str(one)
    ]


def _down(connection: Connection) -> None:
    command.downgrade(alembic_config(connection), "base")


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_migrations_and_models_agree(empty_database: str) -> None:
    await migrate(empty_database)
    async with engine_for(empty_database) as engine, engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrating_twice_changes_nothing(empty_database: str) -> None:
    await migrate(empty_database)
    await migrate(empty_database)
    async with engine_for(empty_database) as engine, engine.connect() as connection:
        assert await connection.run_sync(_tables) == {*HubRow.metadata.tables, "alembic_version"}


async def test_migrations_can_be_undone_and_done_again(empty_database: str) -> None:
    await migrate(empty_database)
    async with engine_for(empty_database) as engine:
        async with engine.begin() as connection:
            await connection.run_sync(_down)
        async with engine.connect() as connection:
            assert await connection.run_sync(_tables) == {"alembic_version"}
    await migrate(empty_database)

"""Brings the database to the schema that this version of the hub needs.

Owns the engine for administration (SQLModel, migrations) and running Alembic over it. The revisions
are read as package data, so that they are found in an installed wheel.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.hub.errors import StartError

HEAD = "head"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


@asynccontextmanager
async def engine_for(database_url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine for administration on a `sqlite://` or `postgresql://` URL."""
    scheme, _, rest = database_url.partition("://")
    driver = DRIVERS.get(scheme)
    if driver is None:
        raise StartError("the database URL must begin with sqlite:/// or postgresql://")
    engine = create_async_engine(f"{driver}://{rest}")
    try:
        yield engine
    finally:
        await engine.dispose()


async def migrate(database_url: str, revision: str = HEAD) -> None:
    """Run the migrations up to `revision`. Does nothing if the database is there already."""
    async with engine_for(database_url) as engine, engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(alembic_config(connection), revision)


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration over one open connection."""
    config = Config()
    config.set_main_option("script_location", "services.hub:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

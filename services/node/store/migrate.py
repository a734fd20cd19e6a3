"""Brings a node's database to the newest revision. Migrations lie in `services/node/migrations`."""

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the missing migrations within the caller's transaction."""
    with as_file(files("services.node.migrations")) as scripts:
        command.upgrade(_config(str(scripts), connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    """Undo migrations down to `revision` within the caller's transaction."""
    with as_file(files("services.node.migrations")) as scripts:
        command.downgrade(_config(str(scripts), connection), revision)


def _config(scripts: str, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", scripts.replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database behind `engine` up to date, or change nothing."""
    async with engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(upgrade)

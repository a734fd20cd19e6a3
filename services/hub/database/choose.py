"""Opens the database that a URL names."""

from services.hub.database.interface import Database
from services.hub.database.sqlite import SqliteDatabase
from services.hub.errors import StartError


async def open_database(url: str) -> Database:
    """Open a `sqlite:///PATH` or `postgresql://` database. Raises StartError."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite":
        return SqliteDatabase(rest.removeprefix("/"))
    if scheme == "postgresql":
        # Only a hub on PostgreSQL has the driver installed.
        from services.hub.database.postgres import PostgresDatabase

        database = PostgresDatabase(url)
        await database.open()
        return database
    raise StartError("the database URL must begin with sqlite:/// or postgresql://")

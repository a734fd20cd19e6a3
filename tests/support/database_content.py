"""All that a database holds, for a scan: its files as they lie on disk, and each value by itself.

Values are scanned as well as files, because a database may cut a long value up or compress it.
PostgreSQL's files are read through the server, which may run anywhere and as anybody.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import datetime

import asyncpg

from tests.support.canary import Unit

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
_CREATED = """SELECT (pg_stat_file('base/' || oid || '/PG_VERSION')).modification
    FROM pg_database WHERE datname = current_database()"""
_LISTING = """SELECT name, stat.isdir, stat.modification
    FROM pg_ls_dir($1) AS name, pg_stat_file($1 || '/' || name, true) AS stat"""
_READ = "SELECT pg_read_binary_file($1, 0, 1000000000, true)"


def rows_of(url: str) -> Iterator[Unit]:
    """Yield every value of every row."""
    if url.startswith("postgresql"):
        yield from asyncio.run(_postgres_rows(url))
    else:
        yield from _sqlite_rows(url.removeprefix("sqlite:///"))


def files_of(url: str) -> Iterator[Unit]:
    """Yield the files of a PostgreSQL server, WAL included. SQLite's lie in the hub's folder."""
    if url.startswith("postgresql"):
        yield from asyncio.run(_postgres_files(url))


def _unit(table: str, column: str, value: object) -> Unit:
    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    return Unit(f"column {table}.{column}", data, wrapped=True)


def _sqlite_rows(path: str) -> Iterator[Unit]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        named = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in named:
            rows = database.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in rows.description]
            for row in rows:
                for column, value in zip(columns, row, strict=True):
                    yield _unit(table, column, value)


async def _postgres_rows(url: str) -> list[Unit]:
    connection = await asyncpg.connect(url)
    try:
        return [
            _unit(table["table_name"], column, value)
            for table in await connection.fetch(_TABLES)
            for row in await connection.fetch(f'SELECT * FROM "{table["table_name"]}"')
            for column, value in row.items()
        ]
    finally:
        await connection.close()


async def _postgres_files(url: str) -> list[Unit]:
    """Return the server's files that were written since this database was made."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CHECKPOINT")
        since = await connection.fetchval(_CREATED)
        return [unit async for unit in _walk(connection, ".", since)]
    finally:
        await connection.close()


async def _walk(
    connection: asyncpg.Connection, folder: str, since: datetime
) -> AsyncIterator[Unit]:
    for one in await connection.fetch(_LISTING, folder):
        path = f"{folder}/{one['name']}"
        if one["isdir"]:
            async for unit in _walk(connection, path, since):
                yield unit
        elif one["isdir"] is not None and one["modification"] >= since:
            # Missing ones went away between listing and reading.
            yield Unit(f"PostgreSQL's {path}", await connection.fetchval(_READ, path) or b"")

"""PostgreSQL through asyncpg: one writing connection, a pool of readers.

The writer's connection is kept and opened anew when the server closed it, so that a restart of the
database costs some 503 and no restart of the hub.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg  # type: ignore[import-untyped]

from services.hub.database.interface import Connection, Into, Row, Values, for_postgres

SERVER_SETTINGS = {"application_name": "safehand-hub", "jit": "off", "synchronous_commit": "on"}
READERS = 4
TIMEOUT = 10.0
"""Seconds to wait for a connection or an answer."""


class PostgresConnection:
    """A connection inside a transaction."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self.writes = 0

    async def fetch(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Return all rows of a query."""
        return cast(Sequence[Row], await self.raw.fetch(for_postgres(sql), *parameters))

    async def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement and return how many rows it changed."""
        self.writes += 1
        return _count(await self.raw.execute(for_postgres(sql), *parameters))

    async def change(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Run a statement that changes something and return the rows that it gives back."""
        self.writes += 1
        return await self.fetch(sql, *parameters)

    async def insert(self, into: Into, rows: Sequence[Values]) -> int:
        """Insert rows at once and return how many went in."""
        if not rows:
            return 0
        self.writes += 1
        return _count(await self.raw.execute(into.postgres, *zip(*rows, strict=True)))

    async def update_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement once for each of `rows`."""
        self.writes += 1
        await self.raw.executemany(for_postgres(sql), rows)


class PostgresDatabase:
    """A database on a server."""

    conflicts: tuple[type[Exception], ...] = (asyncpg.IntegrityConstraintViolationError,)
    errors: tuple[type[Exception], ...] = (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        OSError,
        TimeoutError,
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self._writer: Any = None
        self._pool: Any = None

    async def open(self) -> None:
        """Connect. Raises whatever asyncpg raises."""
        self._writer = await self._connect()
        self._pool = await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=READERS,
            command_timeout=TIMEOUT,
            server_settings=SERVER_SETTINGS,
            # Nothing a reader does outlives its transaction; a reset would cost a round trip.
            reset=_keep,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Give the writing connection in a transaction."""
        raw = await self._idle_writer()
        try:
            async with raw.transaction():
                yield PostgresConnection(raw)
        except TimeoutError:
            # Nobody knows what the server still does with it; without a connection it rolls back.
            raw.terminate()
            raise

    async def _idle_writer(self) -> Any:
        """Return the writing connection outside any transaction, a new one if need be.

        In one that was never ended, what follows would be nested: acknowledged, never committed.
        """
        raw = self._writer
        if raw is not None and not raw.is_closed() and raw.is_in_transaction():
            raw.terminate()
        if raw is None or raw.is_closed():
            self._writer = await self._connect()
        return self._writer

    @asynccontextmanager
    async def reading(self, *, steady: bool = False) -> AsyncIterator[Connection]:
        """Give a reading connection; if `steady`, in a transaction that sees one state."""
        async with self._pool.acquire(timeout=TIMEOUT) as raw:
            if not steady:
                yield PostgresConnection(raw)
                return
            async with raw.transaction(isolation="repeatable_read", readonly=True):
                yield PostgresConnection(raw)

    async def forget(self) -> None:
        """Do nothing: copies stay in the WAL; that is why half-keys lie under an epoch key."""

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()
        await self._writer.close()

    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url,
            command_timeout=TIMEOUT,
            timeout=TIMEOUT,
            server_settings=SERVER_SETTINGS,
        )


async def _keep(_connection: Any) -> None:
    """Reset nothing."""


def _count(status: str) -> int:
    """Return the number of rows from a command tag such as `INSERT 0 3`."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0

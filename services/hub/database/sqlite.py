"""SQLite: one writing connection, readers beside it (WAL), every commit durable.

Statements run on the event loop, where they cost microseconds; only a commit, which waits for the
disk, runs in a thread. `secure_delete` and a truncating checkpoint leave no deleted key behind.
"""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from typing import Any, cast

from services.hub.database.interface import Connection, Into, Row, Values, for_sqlite

BUSY_MS = 10_000
"""How long to wait for another process that writes, e.g. `safehand hub admit`."""

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
)


class SqliteConnection:
    """A connection inside a transaction."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self.writes = 0

    async def fetch(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Return all rows of a query."""
        cursor = self.raw.execute(for_sqlite(sql), _adapt(parameters))
        return cast(Sequence[Row], cursor.fetchall())

    async def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement and return how many rows it changed."""
        self.writes += 1
        return self.raw.execute(for_sqlite(sql), _adapt(parameters)).rowcount

    async def change(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Run a statement that changes something and return the rows that it gives back."""
        self.writes += 1
        return await self.fetch(sql, *parameters)

    async def insert(self, into: Into, rows: Sequence[Values]) -> int:
        """Insert rows at once and return how many went in."""
        if not rows:
            return 0
        self.writes += 1
        return self.raw.executemany(into.sqlite, rows).rowcount

    async def update_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement once for each of `rows`."""
        self.writes += 1
        self.raw.executemany(for_sqlite(sql), rows)


class SqliteDatabase:
    """A database in one file."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error, OSError)
    conflicts: tuple[type[Exception], ...] = (sqlite3.IntegrityError,)

    def __init__(self, path: str, *, busy_ms: int = BUSY_MS) -> None:
        """`busy_ms`: milliseconds to wait for another that reads or writes."""
        self._path, self._busy_ms = path, busy_ms
        self._writer = self._connect()
        self._readers: list[sqlite3.Connection] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-commit")

    def _connect(self) -> sqlite3.Connection:
        # Autocommit mode: transactions are begun and ended here, by hand.
        raw = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        raw.row_factory = sqlite3.Row
        raw.execute(f"PRAGMA busy_timeout = {self._busy_ms}")
        for pragma in PRAGMAS:
            raw.execute(f"PRAGMA {pragma}")
        return raw

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Give the writing connection in an exclusive transaction."""
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            yield SqliteConnection(self._writer)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, self._writer.execute, "COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise

    @asynccontextmanager
    async def reading(self, *, steady: bool = False) -> AsyncIterator[Connection]:
        """Give a reading connection; if `steady`, its first query fixes the state that it sees."""
        raw = self._readers.pop() if self._readers else self._connect()
        if steady:
            raw.execute("BEGIN")
        try:
            yield SqliteConnection(raw)
        finally:
            if steady:
                raw.execute("COMMIT")
            self._readers.append(raw)

    async def forget(self) -> None:
        """Write the journal back and cut it to nothing."""
        # On a connection and a thread of its own: it waits for writers, who wait for their commit.
        await asyncio.to_thread(self._truncate_journal)

    def _truncate_journal(self) -> None:
        with closing(self._connect()) as raw:
            # A reader in its way makes it give up after the busy timeout, without an error.
            if raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()["busy"]:
                raise sqlite3.OperationalError("the journal is in use")

    async def close(self) -> None:
        """Close all connections."""
        self._thread.shutdown()
        for raw in (self._writer, *self._readers):
            raw.close()


def _adapt(parameters: Values) -> Values:
    return tuple(json.dumps(one) if isinstance(one, list) else one for one in parameters)

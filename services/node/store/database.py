"""The SQLite file of a node: how it is opened, and what a transaction is.

WAL, synchronous FULL, secure_delete ON: an answer is given only when what it says is on disk, and
what is erased is overwritten. One process, one writer at a time. PROTOCOL section 11.
"""

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from services.node.errors import StorageError

log = logging.getLogger("safehand.node")
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
)
_PASSING = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    }
)
"""Primary result codes that tell of the machine's state, not of a fault in a statement."""
_TRIES, _PAUSE = 40, 0.05
"""How often, and after how many seconds, an erasure asks readers to make way."""


def open_engine(path: Path) -> AsyncEngine:
    """Return an engine on the SQLite file at `path`."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` does, and says of which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


class Database:
    """Sessions over one engine: `read()` for looking, `write()` for changing, one at a time."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a consistent view. Nothing written in it is kept."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Give one transaction: committed when the block ends, rolled back if it raises.

        Raises StorageError if the disk or the file can't take it.
        """
        try:
            async with (
                self._turn,
                AsyncSession(self._writer, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session
        except OperationalError as fault:
            cause = fault.orig
            if isinstance(cause, sqlite3.Error) and _is_passing(cause):
                log.error("store-failed %s", cause.sqlite_errorname)
                raise StorageError("store") from None
            raise

    async def truncate_log(self) -> bool:
        """Copy the write-ahead log into the file and empty it: the last step of an erasure.

        Waits a little for readers to finish; says whether the log is empty now.
        """
        async with self._turn, self._engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            assert driver is not None
            for _ in range(_TRIES):
                rows = await driver.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
                if not next(iter(rows))[0]:
                    return True
                await asyncio.sleep(_PAUSE)
        return False

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()


def _is_passing(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in _PASSING  # extended codes have more above

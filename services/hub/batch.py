"""Inserts of a whole batch in one statement: what operations add to one table goes together.

Owns the rows that wait, and when they must be written: before their table is read or changed, and
before the commit. A row that is there already makes the batch fail; each operation is then run
alone, where it looks first.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from services.hub.database.interface import Connection, Into, Row, Values


class ClashError(Exception):
    """A row that was to be new is there already. Never leaves the writer."""


class BatchConnection:
    """A connection that writes what waits before a statement that could notice it."""

    def __init__(self, inner: Connection) -> None:
        self._inner = inner
        self._waiting: dict[Into, list[Values]] = {}
        self.writes = 0

    async def fetch(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Return all rows of a query."""
        if any(_names(sql, into.table) for into in self._waiting):
            await self.write_waiting()
        return await self._inner.fetch(sql, *parameters)

    async def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement and return how many rows it changed."""
        if any(_names(sql, into.table) for into in self._waiting):
            await self.write_waiting()
        self.writes += 1
        return await self._inner.execute(sql, *parameters)

    async def change(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Run a statement that changes something and return the rows that it gives back."""
        await self.write_waiting()
        self.writes += 1
        return await self._inner.change(sql, *parameters)

    async def insert(self, into: Into, rows: Sequence[Values]) -> int:
        """Insert rows at once and return how many went in."""
        await self.write_waiting()
        self.writes += 1
        return await self._inner.insert(into, rows)

    async def update_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement once for each of `rows`."""
        await self.write_waiting()
        self.writes += 1
        await self._inner.update_many(sql, rows)

    def insert_later(self, into: Into, rows: Sequence[Values]) -> None:
        """Insert rows that must all be new, together with those of other operations.

        `into`: one that leaves out rows that are there.
        """
        self.writes += 1
        self._waiting.setdefault(into, []).extend(rows)

    async def write_waiting(self) -> None:
        """Write what waits. Raises ClashError if any of it is there already."""
        waiting, self._waiting = self._waiting, {}
        for into, rows in waiting.items():
            if await self._inner.insert(into, rows) != len(rows):
                raise ClashError


@lru_cache(maxsize=1024)
def _names(sql: str, table: str) -> bool:
    return re.search(rf"\b{table}\b", sql) is not None

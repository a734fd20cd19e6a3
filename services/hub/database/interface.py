"""What the hub's SQL may rely on: connections, transactions and multi-row inserts.

Owns the interface and the one dialect that `services/hub/store` is written in: PostgreSQL's, with
`$n` parameters, where `IN_LIST($n)` stands for membership of a list parameter and `FOR_UPDATE` for
a row lock. The hot paths are plain SQL, because an ORM session costs more than all of their work.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import BigInteger, Integer, LargeBinary

from services.hub.models import HubRow

Row = Mapping[str, Any]
"""One row, read by column name. Both drivers' own row classes behave like this."""

Values = tuple[Any, ...]


class Connection(Protocol):
    """One connection inside a transaction."""

    writes: int
    """How many statements have changed something since the connection was opened."""

    async def fetch(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Return all rows of a query."""

    async def execute(self, sql: str, *parameters: Any) -> int:
        """Run a statement and return how many rows it changed."""

    async def change(self, sql: str, *parameters: Any) -> Sequence[Row]:
        """Run a statement that changes something and return the rows that it gives back."""

    async def insert(self, into: "Into", rows: Sequence[Values]) -> int:
        """Insert rows at once and return how many went in."""

    async def update_many(self, sql: str, rows: Sequence[Values]) -> None:
        """Run one statement once for each of `rows`."""


class Database(Protocol):
    """A database that the hub runs on."""

    errors: tuple[type[Exception], ...]
    """What the driver raises when the database can't do its work."""
    conflicts: tuple[type[Exception], ...]
    """Those of them by which it refuses rows that contradict what is stored."""

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """Give the one writing connection; commit at the end, roll back on an error."""

    def reading(self, *, steady: bool = False) -> AbstractAsyncContextManager[Connection]:
        """Give a connection that writes nothing; with `steady` all its queries see one state."""

    async def forget(self) -> None:
        """Leave no copy of deleted rows in journals, as far as the database can.

        Raises one of `errors` if it could not now.
        """

    async def close(self) -> None:
        """Close all connections."""


class Into:
    """An INSERT of many rows: table, columns, and whether rows that are there already are left out.

    Compiled once; made at import by the modules in `store`.
    """

    def __init__(
        self, table: type[HubRow], *columns: str, or_nothing: bool = False, upsert: str = ""
    ) -> None:
        described = table.metadata.tables[str(table.__tablename__)]
        self.table = described.name
        names = columns or tuple(described.columns.keys())
        types = [_postgres_type(described.columns[name].type) for name in names]
        conflict = " ON CONFLICT DO NOTHING" if or_nothing else upsert
        # Names come from the models, never from a request.
        head = f"INSERT INTO {described.name} ({', '.join(names)})"
        arrays = ", ".join(f"${at}::{type_}[]" for at, type_ in enumerate(types, 1))
        self.postgres = f"{head} SELECT * FROM unnest({arrays}){conflict}"  # noqa: S608
        places = ", ".join(f"?{at}" for at, _ in enumerate(names, 1))
        self.sqlite = f"{head} VALUES ({places}){conflict}"


def _postgres_type(column_type: object) -> str:
    if isinstance(column_type, LargeBinary):
        return "bytea"
    if isinstance(column_type, BigInteger):
        return "bigint"
    return "integer" if isinstance(column_type, Integer) else "text"


async def fetch_one(connection: Connection, sql: str, *parameters: Any) -> Row | None:
    """Return a query's only row, or None."""
    rows = await connection.fetch(sql, *parameters)
    return rows[0] if rows else None


@lru_cache(maxsize=512)
def for_postgres(sql: str) -> str:
    """Spell a statement for PostgreSQL."""
    return _replace_lists(sql, "= ANY(${}::text[])").replace("FOR_UPDATE", "FOR UPDATE")


@lru_cache(maxsize=512)
def for_sqlite(sql: str) -> str:
    """Spell a statement for SQLite, whose writing transactions are exclusive anyway."""
    listed = _replace_lists(sql, "IN (SELECT value FROM json_each(${}))")
    return listed.replace("FOR_UPDATE", "").replace("$", "?")


def _replace_lists(sql: str, form: str) -> str:
    pieces = sql.split("IN_LIST($")
    done = [pieces[0]]
    for piece in pieces[1:]:
        number, _, rest = piece.partition(")")
        done.append(form.format(number) + rest)
    return "".join(done)

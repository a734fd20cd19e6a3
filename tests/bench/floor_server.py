"""The floors: bare uvicorn and Starlette, doing what the hub can't do without, and nothing else.

(a) `GET /hello` answers JSON. (b) `POST /insert` makes one durable INSERT of the body. (c) `GET
/release/<n>` looks a consent up, reads a body of 4 KiB and writes an audit row, durably; it knows
no callers and decides nothing. Run as `python -m tests.bench.floor_server PORT DATABASE_URL`.
"""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.bench.load import HOST

CONSENTS = 16
BODY = 4096
DETAILS = b"d" * 300
TOKEN = "t" * 1200
"""About as long as a consent token and as the details of an audit entry."""

TABLES = (
    "CREATE TABLE bodies (id {key}, body {bytes} NOT NULL)",
    "CREATE TABLE consents (id integer PRIMARY KEY, token text NOT NULL, body integer NOT NULL)",
    "CREATE TABLE audit (id {key}, consent integer NOT NULL, details {bytes} NOT NULL)",
)
Result = TypeVar("Result")


class Store(Protocol):
    """What the floors need of a database."""

    async def open(self) -> None: ...

    async def insert(self, body: bytes) -> None: ...

    async def release(self, consent: int) -> bytes: ...


class PostgresStore:
    """asyncpg with a pool as large as the most connections measured."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None

    async def open(self) -> None:
        # Without the reset that a pool makes after each use: it would be a second round trip.
        self._pool = await asyncpg.create_pool(self._url, min_size=4, max_size=16, reset=_keep)
        for table in TABLES:
            await self._pool.execute(table.format(key="bigserial PRIMARY KEY", bytes="bytea"))
        for consent in range(CONSENTS):
            sql = "INSERT INTO bodies (body) VALUES ($1) RETURNING id"
            body = await self._pool.fetchval(sql, os.urandom(BODY))
            await self._pool.execute(
                "INSERT INTO consents VALUES ($1, $2, $3)", consent, TOKEN, body
            )

    async def insert(self, body: bytes) -> None:
        await self._pool.execute("INSERT INTO bodies (body) VALUES ($1)", body)

    async def release(self, consent: int) -> bytes:
        async with self._pool.acquire() as connection, connection.transaction():
            sql = "SELECT token, body FROM consents WHERE id = $1"
            row = await connection.fetchrow(sql, consent)
            body = await connection.fetchval("SELECT body FROM bodies WHERE id = $1", row["body"])
            sql = "INSERT INTO audit (consent, details) VALUES ($1, $2)"
            await connection.execute(sql, consent, DETAILS)
        return bytes(body)


async def _keep(_connection: Any) -> None:
    """Reset nothing."""


class SqliteStore:
    """One connection in one thread: SQLite has one writer anyway. WAL, every commit durable."""

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    async def open(self) -> None:
        self._raw.execute("PRAGMA journal_mode = WAL")
        self._raw.execute("PRAGMA synchronous = FULL")
        for table in TABLES:
            self._raw.execute(table.format(key="integer PRIMARY KEY", bytes="blob"))
        for consent in range(CONSENTS):
            sql = "INSERT INTO bodies (body) VALUES (?)"
            body = self._raw.execute(sql, (os.urandom(BODY),)).lastrowid
            self._raw.execute("INSERT INTO consents VALUES (?, ?, ?)", (consent, TOKEN, body))

    async def insert(self, body: bytes) -> None:
        await self._in_thread(lambda: self._insert(body))

    async def release(self, consent: int) -> bytes:
        return await self._in_thread(lambda: self._release(consent))

    def _insert(self, body: bytes) -> None:
        self._raw.execute("INSERT INTO bodies (body) VALUES (?)", (body,))

    def _release(self, consent: int) -> bytes:
        self._raw.execute("BEGIN IMMEDIATE")
        sql = "SELECT token, body FROM consents WHERE id = ?"
        _, place = self._raw.execute(sql, (consent,)).fetchone()
        body: bytes = self._raw.execute(
            "SELECT body FROM bodies WHERE id = ?", (place,)
        ).fetchone()[0]
        self._raw.execute("INSERT INTO audit (consent, details) VALUES (?, ?)", (consent, DETAILS))
        self._raw.execute("COMMIT")
        return body

    async def _in_thread(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def make_app(store: Store) -> Starlette:
    """Return the application of all three floors."""

    async def hello(_: Request) -> Response:
        return JSONResponse({"hello": "world"})

    async def insert(request: Request) -> Response:
        await store.insert(await request.body())
        return JSONResponse({"state": "created"}, 201)

    async def release(request: Request) -> Response:
        body = await store.release(int(request.path_params["consent"]))
        return Response(body, media_type="application/octet-stream")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await store.open()
        yield

    routes = [
        Route("/hello", hello),
        Route("/insert", insert, methods=["POST"]),
        Route("/release/{consent}", release),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def open_store(url: str) -> Store:
    """Return the store that a `sqlite:///PATH` or `postgresql://` URL names."""
    scheme, _, rest = url.partition("://")
    return SqliteStore(rest.removeprefix("/")) if scheme == "sqlite" else PostgresStore(url)


if __name__ == "__main__":
    port, url = sys.argv[1:]
    app = make_app(open_store(url))
    uvicorn.run(app, host=HOST, port=int(port), access_log=False, log_level="warning")

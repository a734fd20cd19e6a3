"""The one dialect of the hub's SQL, and SQLite under it."""

import sqlite3
from pathlib import Path

import pytest

from services.hub.database.choose import open_database
from services.hub.database.interface import Into, for_postgres, for_sqlite
from services.hub.database.sqlite import SqliteDatabase
from services.hub.errors import StartError
from services.hub.models import LogTileRow, NonceRow


def test_statements_are_spelt_for_each_database() -> None:
    sql = "SELECT a FROM t WHERE b IN_LIST($1) AND c = $2 FOR_UPDATE"
    assert for_postgres(sql) == "SELECT a FROM t WHERE b = ANY($1::text[]) AND c = $2 FOR UPDATE"
    assert (
        for_sqlite(sql)
        == "SELECT a FROM t WHERE b IN (SELECT value FROM json_each(?1)) AND c = ?2 "
    )


def test_inserts_follow_the_models() -> None:
    into = Into(NonceRow, or_nothing=True)
    assert into.postgres == (
        "INSERT INTO nonces (key_id, nonce, seen_at) SELECT * FROM "
        "unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING"
    )
    assert Into(LogTileRow).sqlite == "INSERT INTO log_tiles (level, n, data) VALUES (?1, ?2, ?3)"


async def test_unknown_databases_are_refused() -> None:
    with pytest.raises(StartError):
        await open_database("mysql://somewhere")


async def test_sqlite_is_durable_and_forgets(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "x.sqlite"))
    async with database.transaction() as connection:
        raw = connection.raw  # type: ignore[attr-defined]
        settings = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        }
        await connection.execute("CREATE TABLE t (k BLOB)")
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }
    secret = bytes(range(64, 96)) * 4
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO t VALUES ($1)", secret)
    assert _holds(tmp_path, secret)
    async with database.transaction() as connection:
        await connection.execute("DELETE FROM t")
    await database.forget()
    assert not _holds(tmp_path, secret)
    await database.close()


def _holds(folder: Path, secret: bytes) -> bool:
    return any(secret in file.read_bytes() for file in folder.iterdir())


async def test_a_reader_sees_one_state(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "x.sqlite"))
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE t (k INTEGER)")
    async with database.reading(steady=True) as reader:
        before = await reader.fetch("SELECT count(*) AS n FROM t")
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO t VALUES (1)")
        after = await reader.fetch("SELECT count(*) AS n FROM t")
        assert before[0]["n"] == after[0]["n"] == 0
    async with database.reading(steady=True) as reader:
        assert (await reader.fetch("SELECT count(*) AS n FROM t"))[0]["n"] == 1
    await database.close()


async def test_a_journal_that_someone_reads_is_not_called_forgotten(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "x.sqlite"), busy_ms=20)
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE t (k INTEGER)")
    async with database.reading(steady=True) as reader:
        await reader.fetch("SELECT * FROM t")
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(database.errors):
            await database.forget()
    await database.forget()
    await database.close()


async def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = SqliteDatabase(str(tmp_path / "x.sqlite"))
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE t (k INTEGER)")

    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO t VALUES (1)")
            await connection.execute("INSERT INTO nowhere VALUES (1)")

    with pytest.raises(sqlite3.OperationalError):
        await fail()
    async with database.reading(steady=True) as reader:
        assert (await reader.fetch("SELECT count(*) AS n FROM t"))[0]["n"] == 0
    await database.close()

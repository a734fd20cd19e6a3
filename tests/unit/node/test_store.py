"""The node's store: transactions, migrations, the outbox's order. PROTOCOL section 11."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from services.node.store import outbox
from services.node.store.database import Database, open_engine
from services.node.store.migrate import downgrade, migrate, upgrade
from services.node.store.state import get_value, put_value
from services.node.store.tables import NodeTable

NOW = 1_790_000_000


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    engine = open_engine(tmp_path / "node.db")
    await migrate(engine)
    database = Database(engine)
    yield database
    await database.close()


def test_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'node.db'}")
    with engine.begin() as connection:
        upgrade(connection)
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, NodeTable.metadata) == []
    with engine.begin() as connection:
        downgrade(connection, "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "node.db")
    await migrate(engine)
    await migrate(engine)
    await engine.dispose()


async def test_file_is_opened_as_promised(db: Database) -> None:
    async with db.read() as session:
        for pragma, expected in (
            ("journal_mode", "wal"),
            ("synchronous", 2),
            ("secure_delete", 1),
            ("foreign_keys", 1),
        ):
            found = (await session.execute(text(f"PRAGMA {pragma}"))).scalar_one()
            assert found == expected, pragma


async def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as session:
            await put_value(session, "x", b"1", NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with db.read() as session:
        assert await get_value(session, "x") is None


async def test_writers_take_turns(db: Database) -> None:
    async def count() -> None:
        async with db.write() as session:
            row = await get_value(session, "n")
            await asyncio.sleep(0)
            await put_value(session, "n", str(int(row.value) + 1 if row else 1).encode(), NOW)

    await asyncio.gather(*(count() for _ in range(25)))
    async with db.read() as session:
        row = await get_value(session, "n")
        assert row is not None
        assert row.value == b"25"


async def test_readers_see_one_moment(db: Database) -> None:
    async with db.write() as session:
        await put_value(session, "x", b"old", NOW)
    async with db.read() as reader:
        before = await get_value(reader, "x")
        async with db.write() as session:
            await put_value(session, "x", b"new", NOW)
        again = (await reader.execute(text("SELECT value FROM state"))).scalar_one()
        assert (before is not None and before.value, again) == (b"old", b"old")


async def _add(db: Database, *kinds: str) -> None:
    async with db.write() as session:
        for kind in kinds:
            await outbox.add(session, kind=kind, subject=kind, sealed_body=b"b", size=1, now=NOW)


async def test_outbox_gives_the_oldest_of_one_kind(db: Database) -> None:
    await _add(db, "sections", "sections", "consent", "sections")
    async with db.read() as session:
        batch = await outbox.next_batch(session, most=8)
        assert [row.kind for row in batch] == ["sections", "sections"]
        assert await outbox.next_batch(session, most=1) == batch[:1]


async def test_what_takes_back_overtakes_uploads_but_not_its_own_consent(db: Database) -> None:
    async with db.write() as session:
        for kind, subject in (
            ("sections", "a"),
            ("consent", "new"),
            ("revocation", "new"),
            ("revocation", "old"),
            ("directory", "staff"),
        ):
            await outbox.add(session, kind=kind, subject=subject, sealed_body=b"b", size=1, now=NOW)
    told = []
    async with db.write() as session:
        while batch := await outbox.next_batch(session, most=8):
            told += [(row.kind, row.subject) for row in batch]
            await outbox.remove(session, [row.position for row in batch])
    assert told == [
        ("revocation", "old"),
        ("directory", "staff"),
        ("sections", "a"),
        ("consent", "new"),
        ("revocation", "new"),
    ]


async def test_refused_rows_leave_the_queue_without_their_body(db: Database) -> None:
    await _add(db, "grants", "message")
    async with db.write() as session:
        (first,) = await outbox.next_batch(session, most=8)
        await outbox.mark_refused(
            session, first.position, status=409, slug="conflict", reasons="[]"
        )
    async with db.read() as session:
        refused = await outbox.refused_for(session, first.position)
        assert refused is not None
        assert (refused.slug, refused.sealed_body) == ("conflict", b"")
        assert await outbox.count(session) == (1, 1)
        assert [row.kind for row in await outbox.next_batch(session, most=8)] == ["message"]
        assert await outbox.refused_for(session, first.position + 1) is None


async def test_positions_are_never_used_again(db: Database) -> None:
    await _add(db, "a")
    async with db.write() as session:
        (row,) = await outbox.next_batch(session, most=1)
        await outbox.remove(session, [row.position])
    await _add(db, "b")
    async with db.read() as session:
        (again,) = await outbox.next_batch(session, most=1)
        assert again.position > row.position


async def test_erased_bytes_are_gone_from_the_files(db: Database, tmp_path: Path) -> None:
    marker = b"half-key that must not stay" * 200
    async with db.write() as session:
        await put_value(session, "x", marker, NOW)
    assert marker[:27] in _bytes(tmp_path)
    async with db.write() as session:
        await put_value(session, "x", b"", NOW)
    assert await db.truncate_log()
    assert marker[:27] not in _bytes(tmp_path)


def _bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.glob("node.db*"))

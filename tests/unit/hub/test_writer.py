"""Group commit on a real database: together where possible, alone where needed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.wire.hub_api import AuditDetails
from services.hub.database.interface import fetch_one
from services.hub.database.sqlite import SqliteDatabase
from services.hub.errors import ConflictError, NotFoundError, ReplayedError, UnavailableError
from services.hub.migrate import migrate
from services.hub.turn import Operation, Turn
from services.hub.writer import Writer

NOW = 1_800_000_000


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    path = tmp_path / "hub.sqlite"
    await migrate(f"sqlite:///{path}")
    database = SqliteDatabase(str(path))
    yield database
    await database.close()


@pytest.fixture
async def writer(database: SqliteDatabase) -> AsyncIterator[Writer]:
    writer = Writer(database, lambda: NOW, batch=64, queue=100)
    writer.start()
    yield writer
    await writer.stop()


def spend(nonce: str) -> Operation[str]:
    async def operation(turn: Turn) -> str:
        turn.use_nonce("key", nonce)
        return nonce

    return operation


def insert(name: str) -> Operation[str]:
    async def operation(turn: Turn) -> str:
        await turn.connection.execute(
            "INSERT INTO refusals VALUES ($1, 'i', 'c', 't', $2)", name, turn.now
        )
        return name

    return operation


async def refuse_first(_turn: Turn) -> str:
    raise NotFoundError("nothing here")


async def refuse_last(turn: Turn) -> str:
    await insert("half")(turn)
    raise NotFoundError("too late")


async def names(database: SqliteDatabase) -> set[str]:
    async with database.reading() as connection:
        return {row["refusal"] for row in await connection.fetch("SELECT refusal FROM refusals")}


async def gather(writer: Writer, *operations: Operation[str]) -> list[object]:
    return await asyncio.gather(*(writer.run(one) for one in operations), return_exceptions=True)


async def test_a_batch_is_committed_together(database: SqliteDatabase, writer: Writer) -> None:
    assert await gather(writer, *(insert(f"r{at}") for at in range(50))) == [
        f"r{at}" for at in range(50)
    ]
    assert len(await names(database)) == 50


async def test_a_refusal_before_any_write_leaves_the_others_alone(
    database: SqliteDatabase, writer: Writer
) -> None:
    answers = await gather(writer, insert("a"), refuse_first, insert("b"))
    assert [type(one) for one in answers] == [str, NotFoundError, str]
    assert await names(database) == {"a", "b"}


async def test_a_refusal_after_a_write_takes_back_its_own_work_only(
    database: SqliteDatabase, writer: Writer
) -> None:
    answers = await gather(writer, insert("a"), refuse_last, insert("b"))
    assert [type(one) for one in answers] == [str, NotFoundError, str]
    assert await names(database) == {"a", "b"}


async def test_a_refused_operation_leaves_neither_entry_nor_nonce(
    database: SqliteDatabase, writer: Writer
) -> None:
    async def operation(turn: Turn) -> str:
        turn.use_nonce("key", "spent?")
        turn.record(
            AuditDetails(action="section.push", outcome="done", reasons=[], actor="hub", at=NOW)
        )
        raise NotFoundError

    await gather(writer, operation, insert("a"))
    async with database.reading() as connection:
        for table in ("nonces", "log_entries"):
            row = await fetch_one(connection, f"SELECT count(*) AS n FROM {table}")
            assert row is not None
            assert row["n"] == 0


async def test_a_nonce_counts_once_also_within_a_batch(writer: Writer) -> None:
    answers = await gather(writer, spend("one"), spend("two"), spend("one"), spend("three"))
    assert [type(one) for one in answers] == [str, str, ReplayedError, str]
    assert isinstance((await gather(writer, spend("two")))[0], ReplayedError)


async def test_a_row_that_is_there_already_is_a_conflict_and_no_failing_database(
    database: SqliteDatabase, writer: Writer
) -> None:
    answers = await gather(writer, insert("a"), insert("a"), insert("b"))
    assert [type(one) for one in answers] == [str, ConflictError, str]
    assert await names(database) == {"a", "b"}
    assert isinstance((await gather(writer, insert("a")))[0], ConflictError)
    assert not writer.is_failing


async def test_broken_sql_is_unavailability_for_its_caller_only(
    database: SqliteDatabase, writer: Writer
) -> None:
    async def broken(turn: Turn) -> str:
        await turn.connection.execute("INSERT INTO nowhere VALUES (1)")
        return "never"

    answers = await gather(writer, insert("a"), broken, insert("b"))
    assert [type(one) for one in answers] == [str, UnavailableError, str]
    assert await names(database) == {"a", "b"}


async def test_hooks_run_after_the_commit_and_before_the_answer(
    database: SqliteDatabase, writer: Writer
) -> None:
    seen: list[str] = []

    async def operation(turn: Turn) -> str:
        turn.on_commit(lambda: seen.append("committed"))
        return await insert("a")(turn)

    await writer.run(operation)
    assert seen == ["committed"]


async def test_a_full_queue_refuses(database: SqliteDatabase) -> None:
    writer = Writer(database, lambda: NOW, batch=1, queue=2)
    waiting = [asyncio.create_task(writer.run(insert(f"r{at}"))) for at in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError):
        await writer.run(insert("one too many"))
    writer.start()
    assert await asyncio.gather(*waiting) == ["r0", "r1"]
    await writer.stop()


async def test_a_caller_who_left_does_not_stop_the_writer(
    database: SqliteDatabase, writer: Writer
) -> None:
    leaving = asyncio.create_task(writer.run(insert("left")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await writer.run(insert("stayed")) == "stayed"
    assert "stayed" in await names(database)

"""Faults: what breaks must break closed, and what was acknowledged must still be there."""

import asyncio
import contextlib
import shutil
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from exchange.audit import checkpoint, entry, tree
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.sealing import SealedSection, seal_section
from exchange.statements import parse_statement
from keys.randomness import new_id
from schemas.encoding import unb64u
from schemas.wire.hub_api import ConsentIn, ReleaseIn, ReleaseOut, SectionsIn
from schemas.wire.statement import Manifest
from services.hub.database.postgres import PostgresDatabase
from services.hub.settings import load_settings
from services.hub.turn import Turn
from services.hub_client.client import HubClient, open_hub_client
from services.hub_client.errors import HubUnavailableError
from tests.support import postgres
from tests.support.facilities import NOW, alpha
from tests.support.hub_process import HubProcess, free_port, hub_process
from tests.support.running_hub import (
    RunningHub,
    card_of,
    http_seed,
    naive_root,
    section_in,
    serving,
)
from tests.support.story import CASE, MENTAL, Story, ask, tag

REFUSE_ENTRIES = {
    "sqlite": [
        "CREATE TRIGGER refuse BEFORE INSERT ON log_entries "
        "BEGIN SELECT RAISE(ABORT, 'the disk says no'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the disk says no'; END$$",
        "CREATE TRIGGER refuse BEFORE INSERT ON log_entries FOR EACH ROW EXECUTE FUNCTION refuse()",
    ],
}


async def meddle(folder: Path, statements: list[str]) -> None:
    """Run statements on a hub's database behind its back."""
    url = load_settings(folder).database_url
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(folder / "hub.sqlite")) as raw:
            for one in statements:
                raw.execute(one)
            raw.commit()
        return
    connection = await asyncpg.connect(url)
    try:
        for one in statements:
            await connection.execute(one)
    finally:
        await connection.close()


def kind(folder: Path) -> str:
    return load_settings(folder).database_url.partition("://")[0]


async def counts(hub: RunningHub) -> dict[str, int]:
    async with hub.hub.database.reading() as connection:
        return {
            table: (await connection.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"]
            for table in ("sections", "consents", "grants", "releases", "log_entries", "nonces")
        }


async def test_without_an_audit_entry_nothing_happens(hub: RunningHub, hub_folder: Path) -> None:
    consent = await hub.ready_consent()
    hub.story.seal(MENTAL)
    await hub.integrated()
    before = await counts(hub)
    await meddle(hub_folder, REFUSE_ENTRIES[kind(hub_folder)])
    newest = section_in(hub.story.sealed[MENTAL][-1])
    for attempt in (
        hub.alpha.push_sections(SectionsIn(sections=[newest])),
        hub.beta.ask_release(ask(consent)),
        hub.gamma.ask_release(ask(consent)),  # even a refusal needs its entry
        hub.alpha.record_consent(ConsentIn(token="a.b.c")),
    ):
        with pytest.raises(HubUnavailableError):
            await attempt
    assert await counts(hub) == before
    drop = {"sqlite": "DROP TRIGGER refuse", "postgresql": "DROP TRIGGER refuse ON log_entries"}
    await meddle(hub_folder, [drop[kind(hub_folder)]])
    await hub.beta.ask_release(ask(consent))


def test_a_writer_left_in_a_transaction_is_given_up(postgres_server: str) -> None:
    with postgres.fresh_database(postgres_server) as url:
        assert asyncio.run(_leave_writer_in_transaction(PostgresDatabase(url))) == [1, 3]


async def _leave_writer_in_transaction(database: PostgresDatabase) -> list[int]:
    """Return what was committed of three writes, the second of which timed out."""
    await database.open()
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE t (k INTEGER)")
    await database._writer.execute("BEGIN")  # as after a rollback that was never answered
    await _insert(database, 1)
    with pytest.raises(TimeoutError):
        await _insert(database, 2, TimeoutError())
    assert database._writer.is_closed()
    await _insert(database, 3)
    async with database.reading() as reader:
        rows = await reader.fetch("SELECT k FROM t ORDER BY k")
    await database.close()
    return [row["k"] for row in rows]


async def _insert(
    database: PostgresDatabase, value: int, afterwards: Exception | None = None
) -> None:
    async with database.transaction() as connection:
        await connection.execute("INSERT INTO t VALUES ($1)", value)
        if afterwards is not None:
            raise afterwards


async def test_one_bad_operation_does_not_harm_its_batch(hub: RunningHub) -> None:
    async def good(turn: Turn) -> str:
        await turn.connection.execute("DELETE FROM nonces WHERE key_id = 'nobody'")
        return "done"

    async def bad(turn: Turn) -> str:
        await turn.connection.execute("DELETE FROM nonces WHERE key_id = 'nobody'")
        await turn.connection.execute("INSERT INTO nowhere VALUES (1)")
        return "never"

    run = hub.hub.writer.run
    answers = await asyncio.gather(run(good), run(bad), run(good), run(bad), return_exceptions=True)
    assert answers[0] == answers[2] == "done"
    assert [type(one).__name__ for one in (answers[1], answers[3])] == ["UnavailableError"] * 2


async def push_many(hub: RunningHub, count: int) -> None:
    for _ in range(count):
        await hub.alpha.push_sections(SectionsIn(sections=[section_in(another())]))


async def test_a_full_disk_refuses_and_the_hub_goes_on(
    sqlite_pattern: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hub"
    shutil.copytree(sqlite_pattern, folder)
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        await hub.push_all()
        await hub.integrated()
        raw = hub.hub.database._writer
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(HubUnavailableError):
            await push_many(hub, 20)
        raw.execute("PRAGMA max_page_count = 1000000")
        await hub.alpha.push_sections(SectionsIn(sections=[section_in(another())]))
        await hub.entries()


async def test_the_hub_survives_the_loss_of_its_postgresql_connections(
    hub: RunningHub, hub_folder: Path
) -> None:
    if kind(hub_folder) == "sqlite":
        url = load_settings(hub_folder).database_url
        assert url.endswith("hub.sqlite")
        return
    await hub.push_all()
    await meddle(
        hub_folder,
        [
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'safehand-hub' AND datname = current_database()"
        ],
    )
    with contextlib.suppress(HubUnavailableError):
        await hub.alpha.push_sections(SectionsIn(sections=[section_in(another())]))
    await hub.alpha.push_sections(SectionsIn(sections=[section_in(another())]))
    await hub.alpha.consents()


def another() -> SealedSection:
    """Return a section that was never pushed before."""
    owner = alpha()
    return seal_section(
        owner=owner.code,
        case=CASE,
        section=new_id(),
        version=1,
        previous=None,
        scope_tag=tag(MENTAL),
        bundle=b"{}",
        attachments=(),
        author_pair=owner.doctor.pair,
        author=owner.doctor.author,
        identity=owner.identity,
        section_key=bytes(32),
        now=NOW,
    )


class Witness:
    """What clients were told, to be held against what is there after a crash."""

    def __init__(self) -> None:
        self.pushed: list[str] = []
        self.released: dict[str, bytes] = {}
        self.checkpoints: list[Checkpoint] = []
        self.ready: list[SealedSection] = [another() for _ in range(150)]

    async def push(self, client: HubClient) -> None:
        """Push until the hub is gone."""
        with contextlib.suppress(HubUnavailableError):
            while self.ready:
                one = self.ready.pop()
                body = section_in(one)
                await client.push_sections(SectionsIn(sections=[body]))
                self.pushed.append(parse_statement(one.manifest, Manifest).section)

    async def release(self, client: HubClient, consent: str, keys: HubLogKeys) -> None:
        """Ask for releases until the hub is gone."""
        with contextlib.suppress(HubUnavailableError):
            while True:
                question = ReleaseIn(id=new_id(), consent=consent, purpose="TREAT")
                answer = await client.ask_release(question)
                if isinstance(answer, ReleaseOut):
                    self.released[question.id] = unb64u(answer.evidence.leaf)
                self.checkpoints.append(checkpoint.verify(await client.checkpoint(), keys))


@contextlib.asynccontextmanager
async def clients(process: HubProcess) -> AsyncIterator[dict[str, HubClient]]:
    async with contextlib.AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(
                open_hub_client(process.card, http_seed(name), lambda: NOW)
            )
            for name in ("alpha", "beta", "auditor")
        }


async def test_kill_9_loses_nothing_that_was_acknowledged(hub_folder: Path) -> None:
    story, witness, port = Story(), Witness(), free_port()
    settings = load_settings(hub_folder)
    async with serving(settings, card_of(settings), story) as hub:
        consent = await hub.ready_consent(max_releases=10_000)
    for delay in (0.4, 0.15, 0.6):
        async with hub_process(hub_folder, port) as process, clients(process) as by:
            keys = HubLogKeys.from_card(process.card)
            work = [
                asyncio.create_task(one)
                for one in (
                    witness.push(by["alpha"]),
                    witness.push(by["alpha"]),
                    witness.release(by["beta"], consent, keys),
                    witness.release(by["beta"], consent, keys),
                )
            ]
            await asyncio.sleep(delay)
            process.kill()
            await asyncio.gather(*work)
    assert witness.pushed
    assert witness.released
    async with hub_process(hub_folder, port) as process, clients(process) as by:
        await _hold_against(witness, by, HubLogKeys.from_card(process.card))


async def _hold_against(witness: Witness, by: dict[str, HubClient], keys: HubLogKeys) -> None:
    for section in witness.pushed:
        await by["alpha"].section(section, 1)
    leaves, actions = await _whole_log(by["auditor"], keys)
    assert len(leaves) == len(set(leaves))
    for leaf in witness.released.values():
        assert leaf in leaves
    assert actions.count("release.decide") >= len(witness.released)
    for seen in witness.checkpoints:
        # No two sizes were ever signed with two contents.
        assert naive_root(leaves[: seen.size]) == seen.root


async def _whole_log(client: HubClient, keys: HubLogKeys) -> tuple[list[bytes], list[str]]:
    await asyncio.sleep(0.5)
    signed = checkpoint.verify(await client.checkpoint(), keys)
    leaves: list[bytes] = []
    actions: list[str] = []
    while len(leaves) < signed.size:
        page = (await client.entries(len(leaves), min(1024, signed.size - len(leaves)))).entries
        assert [one.index for one in page] == list(range(len(leaves), len(leaves) + len(page)))
        for one in page:
            leaf = unb64u(one.leaf)
            leaves.append(leaf)
            found = entry.open_entry(leaf, unb64u(one.salt or ""), unb64u(one.details or ""))
            actions.append(found.action)
    assert naive_root(leaves) == signed.root
    assert tree.leaf_hash(leaves[0]) != signed.root
    return leaves, actions


async def test_callers_who_hang_up_leave_no_traceback(sqlite_pattern: Path, tmp_path: Path) -> None:
    folder, port = tmp_path / "hub", free_port()
    shutil.copytree(sqlite_pattern, folder)
    async with hub_process(folder, port) as process:
        for body in (b"", b"half a bo"):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = (
                "POST /v1/revocations/by-code HTTP/1.1\r\nhost: x\r\n"
                "content-type: application/json\r\ncontent-length: 100\r\n\r\n"
            )
            writer.write(head.encode() + body)
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.close()
        async with httpx.AsyncClient() as anyone:
            assert (await anyone.get(f"{process.card.url}/healthz")).status_code == 200
            await anyone.get(f"{process.card.url}/v1/consents/{new_id()}")
        assert process.stop() == -signal.SIGTERM
        assert process.output.read_text() == ""


async def test_one_directory_has_one_hub(sqlite_pattern: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    shutil.copytree(sqlite_pattern, folder)
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()):
        with pytest.raises(AssertionError):
            async with hub_process(folder, free_port()):
                pass
    assert "another hub runs on this directory" in (tmp_path / "hub.log").read_text()

"""The audit log at the hub: who reads what, proofs, the refusal to fork. PROTOCOL section 10."""

import shutil
import sqlite3
from pathlib import Path

import httpx
import pytest

from exchange.audit import checkpoint, entry, proof, tiles, tree
from schemas.encoding import unb64u
from schemas.wire.hub_api import AuditDetails, SectionsIn
from services.hub import proofs
from services.hub.guard import Guard, read_guard, write_guard
from services.hub.integrator import Integrator
from services.hub.key_files import load_keys
from services.hub.settings import load_settings
from services.hub.store import log as log_store
from services.hub.turn import Turn
from services.hub_client.client import HubClient
from services.hub_client.errors import HubRefusal, HubUnavailableError
from tests.support.facilities import NOW
from tests.support.running_hub import (
    URL,
    RunningHub,
    card_of,
    section_in,
    serving,
)
from tests.support.story import MENTAL, Story, ask


async def add_entries(hub: RunningHub, count: int) -> None:
    """Add entries to the log and publish them."""

    async def record(turn: Turn) -> None:
        for at in range(count):
            turn.record(
                AuditDetails(
                    action="halfkeys.erase",
                    outcome="done",
                    reasons=[],
                    actor="hub",
                    count=at,
                    at=NOW,
                )
            )

    await hub.hub.writer.run(record)
    await hub.integrated()


async def open_entries(client: HubClient) -> list[AuditDetails]:
    return [
        entry.open_entry(unb64u(one.leaf), unb64u(one.salt or ""), unb64u(one.details or ""))
        for one in (await client.entries(0)).entries
    ]


async def test_each_sees_its_own_entries_and_an_auditor_all(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    await hub.beta.ask_release(ask(consent))
    await hub.integrated()
    alpha, beta, gamma = (hub.story.alpha.code, hub.story.beta.code, hub.story.gamma.code)
    for client, code in ((hub.alpha, alpha), (hub.beta, beta), (hub.gamma, gamma)):
        seen = await open_entries(client)
        assert seen
        assert all(code in (one.actor, one.counterpart) for one in seen)
    assert "release.decide" in {one.action for one in await open_entries(hub.alpha)}
    assert "section.push" not in {one.action for one in await open_entries(hub.beta)}
    assert {one.action for one in await open_entries(hub.gamma)} <= {
        "directory.admit",
        "audit.read",
    }
    answer = await hub.auditor.entries(0)
    assert [one.index for one in answer.entries] == list(range(len(answer.entries)))
    assert len(answer.entries) == answer.size


async def test_reading_the_log_is_an_event_and_finding_nothing_is_none(hub: RunningHub) -> None:
    await hub.integrated()
    size = (await hub.auditor.entries(0)).size
    await hub.integrated()
    assert (await hub.auditor.entries(size + 1)).entries == []
    (read,) = [one for one in await hub.entries() if one.action == "audit.read"][:1]
    assert (read.actor, read.count) != ("", 0)


async def test_tiles_are_open_and_make_up_the_root(hub: RunningHub) -> None:
    await add_entries(hub, 600)
    async with httpx.AsyncClient(transport=hub.transport, base_url=URL) as anyone:
        text = (await anyone.get("/v1/audit/checkpoint")).text
        signed = checkpoint.verify(text, hub.log_keys)

        got: dict[tuple[int, int, int], bytes] = {}
        for level in range(2):
            for n in range(3):
                width = tiles.width_at(level, n, signed.size)
                if width:
                    path = tiles.format_path(level, n, width)
                    got[level, n, width] = (await anyone.get(f"/v1/audit/{path}")).content
    reader = tiles.hash_reader(lambda *one: got.get(one), signed.size)
    assert tree.root(signed.size, reader) == signed.root
    assert signed.size > 512


@pytest.mark.parametrize(
    "path", ["tile/0/001", "tile/0/000.p/255", "tile/1/000", "tile/0/0", "tile/9/x/000", "tile/"]
)
async def test_what_is_no_tile_of_the_published_tree_is_not_found(
    hub: RunningHub, path: str
) -> None:
    await hub.integrated()
    async with httpx.AsyncClient(transport=hub.transport, base_url=URL) as anyone:
        assert (await anyone.get(f"/v1/audit/{path}")).status_code == 404


async def test_every_entry_is_provable_and_every_size_consistent(hub: RunningHub) -> None:
    sizes = [0]
    roots = {0: tree.EMPTY_ROOT}
    for count in (1, 3, 200, 70, 1, 130):
        await add_entries(hub, count)
        signed = await hub.signed_checkpoint()
        sizes.append(signed.size)
        roots[signed.size] = signed.root
    last = sizes[-1]
    async with hub.hub.database.reading() as connection:
        rows = await log_store.entries(connection, 0, last, None)
        for row in rows:
            found = await proofs.evidence(connection, hub.hub.log, row)
            hashed = tree.leaf_hash(unb64u(found.leaf))
            assert proof.verify(found.proof, hashed, hub.log_keys).index == row["idx"]
    for old in sizes:
        hashes = await hub.alpha.consistency(old, last)
        tree.verify_consistency(old, last, hashes, roots[old], roots[last])


@pytest.mark.parametrize(("old", "new"), [(2, 1), (0, 10_000)])
async def test_impossible_consistency_is_refused(hub: RunningHub, old: int, new: int) -> None:
    await hub.integrated()
    with pytest.raises(HubRefusal) as caught:
        await hub.alpha.consistency(old, new)
    assert caught.value.status == 422


async def test_a_log_that_someone_else_grew_is_taken_over(hub: RunningHub) -> None:
    await hub.integrated()
    await hub.hub.log.stop()
    other = Integrator(
        hub.hub.database,
        hub.hub.writer,
        load_keys(hub.settings).log,
        hub.settings.guard_file,
        every=60,
        backlog=10,
    )
    await other.start()
    await other.stop()
    await _one_entry(hub)
    await other.integrate()
    assert hub.hub.log.published.size < other.published.size
    await _one_entry(hub)
    await hub.hub.log.integrate()  # notices, and goes on
    assert hub.hub.log.published.size == other.published.size + 1
    assert hub.hub.log.halted is None


async def _one_entry(hub: RunningHub) -> None:
    async def record(turn: Turn) -> None:
        turn.record(
            AuditDetails(action="halfkeys.erase", outcome="done", reasons=[], actor="hub", at=NOW)
        )

    await hub.hub.writer.run(record)


async def halted(folder: Path) -> str | None:
    """Start a hub; return why its log is halted. Nothing that needs the log may work then."""
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        reason = hub.hub.log.halted
        if reason is None:
            return None
        async with httpx.AsyncClient(transport=hub.transport, base_url=URL) as anyone:
            ready = await anyone.get("/readyz")
        assert (ready.status_code, ready.json()["reasons"]) == (503, [reason])
        body = SectionsIn(sections=[section_in(hub.story.sealed[MENTAL][0])])
        with pytest.raises(HubUnavailableError):
            await hub.alpha.push_sections(body)
        await hub.alpha.consents()  # reading one's own goes on
        return reason


async def grown(folder: Path) -> None:
    """Run a hub until its log has some entries."""
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        await hub.push_all()
        await hub.integrated()


async def test_a_database_behind_the_guard_is_never_signed_for(hub_folder: Path) -> None:
    await grown(hub_folder)
    guard = read_guard(load_settings(hub_folder).guard_file)
    write_guard(load_settings(hub_folder).guard_file, Guard(guard.size + 1, bytes(32)))
    assert await halted(hub_folder) == "database-behind"


async def test_a_restored_sqlite_file_is_never_signed_for(
    sqlite_pattern: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hub"
    shutil.copytree(sqlite_pattern, folder)
    await grown(folder)
    backup = tmp_path / "backup"
    shutil.copytree(folder, backup)
    await grown_further(folder)
    for name in ("hub.sqlite", "hub.sqlite-wal", "hub.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(backup / "hub.sqlite", folder / "hub.sqlite")
    assert await halted(folder) == "database-behind"


async def grown_further(folder: Path) -> None:
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        await add_entries(hub, 5)


async def test_a_database_at_odds_with_the_guard_is_never_signed_for(hub_folder: Path) -> None:
    await grown(hub_folder)
    guard = read_guard(load_settings(hub_folder).guard_file)
    write_guard(load_settings(hub_folder).guard_file, Guard(guard.size - 1, bytes(32)))
    assert await halted(hub_folder) == "database-forked"


async def test_without_the_guard_nothing_is_signed(hub_folder: Path) -> None:
    await grown(hub_folder)
    load_settings(hub_folder).guard_file.unlink()
    assert await halted(hub_folder) == "guard-unreadable"


async def test_a_new_database_under_an_old_guard_is_never_signed_for(hub_folder: Path) -> None:
    write_guard(load_settings(hub_folder).guard_file, Guard(7, bytes(32)))
    assert await halted(hub_folder) == "database-behind"


async def test_a_crash_between_commit_and_guard_heals(hub_folder: Path) -> None:
    settings = load_settings(hub_folder)
    await grown(hub_folder)
    before = read_guard(settings.guard_file)
    await grown_further(hub_folder)
    after = read_guard(settings.guard_file)
    write_guard(settings.guard_file, before)
    assert await halted(hub_folder) is None
    assert read_guard(settings.guard_file) == after


def _damage(folder: Path, sql: str) -> None:
    with sqlite3.connect(folder / "hub.sqlite") as raw:
        raw.execute(sql)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE log_tiles SET data = zeroblob(length(data))", "database-forked"),
        ("UPDATE log_entries SET idx = idx + 100 WHERE idx = 3", "entries-damaged"),
        ("DELETE FROM log_entries WHERE idx = 2", "entries-damaged"),
        ("UPDATE log_checkpoint SET note = replace(note, 'a', 'b')", None),
    ],
)
async def test_a_damaged_log_is_never_signed_for(
    sqlite_pattern: Path, tmp_path: Path, sql: str, reason: str | None
) -> None:
    folder = tmp_path / "hub"
    shutil.copytree(sqlite_pattern, folder)
    await grown(folder)
    _damage(folder, sql)
    found = await halted(folder)
    assert found is not None
    assert found == reason or reason is None


async def test_too_many_waiting_entries_hold_new_ones_back(hub_folder: Path) -> None:
    settings = load_settings(hub_folder).model_copy(update={"pending_entries": 2})
    async with serving(settings, card_of(settings), Story()) as hub:
        await hub.hub.log.stop()
        await _one_entry(hub)
        await _one_entry(hub)
        body = SectionsIn(sections=[section_in(hub.story.sealed[MENTAL][0])])
        with pytest.raises(HubUnavailableError):
            await hub.alpha.push_sections(body)
        await hub.hub.log.integrate()
        await hub.alpha.push_sections(body)


async def test_what_a_stopped_hub_left_is_integrated_at_the_next_start(hub_folder: Path) -> None:
    settings = load_settings(hub_folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        await hub.integrated()
        await hub.hub.log.stop()
        await _one_entry(hub)
        size = hub.hub.log.published.size
    async with serving(settings, card_of(settings), Story()) as hub:
        await hub.integrated()
        assert hub.hub.log.published.size == size + 1
        await hub.entries()

"""This test asserts that a hub which is killed amid pushes and releases loses nothing it answered.

After each restart every acknowledged push is there, a retry of any other is taken once, every
release has its one entry, the indexes have no gaps, and the whole log verifies.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from exchange.audit.entry import open_entry
from keys.randomness import new_id
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import (
    AuditDetails,
    EntryOut,
    HubCard,
    ReleaseIn,
    ReleaseOut,
    ReleasePending,
    SectionIn,
    SectionsIn,
)
from schemas.wire.statement import Manifest
from services.auditor.access import mirror_hub
from services.auditor.folder import MirrorFolder
from services.auditor.key import AuditorKey, init_auditor
from services.auditor.verification import verify_mirror
from services.hub.admin import enrol_auditor, make_hub
from services.hub.settings import load_settings
from services.hub_client.client import HubClient, open_hub_client
from services.hub_client.errors import HubError
from tests.bench.hub_world import Party, Sections, admit, fill, make_party, wall_clock
from tests.e2e.conftest import Installed
from tests.e2e.world import Serving, World
from tests.support import postgres

KILLS = 3
HAMMER_SECONDS = 1.5
PUSHERS = 6
ASKERS = 4


@dataclass
class Ledger:
    """What was tried, and what the hub acknowledged. Sections by id, releases by id."""

    tried: dict[str, SectionIn] = field(default_factory=dict)
    pushed: set[str] = field(default_factory=set)
    asked: dict[str, ReleaseIn] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)


@dataclass
class Scene:
    """A hub's folder, and two facilities that use it."""

    world: World
    card: HubCard
    alpha: Party
    beta: Party
    sections: Sections
    ledger: Ledger = field(default_factory=Ledger)
    consents: list[str] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def client(self, party: Party) -> AsyncIterator[HubClient]:
        async with open_hub_client(self.card, party.http_seed, wall_clock) as client:
            yield client


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def scene(installed: Installed, tmp_path: Path, database_url: str | None) -> Scene:
    world = World(installed, tmp_path)
    return asyncio.run(lay_out(world, database_url))


async def lay_out(world: World, database_url: str | None) -> Scene:
    folder, port = world.folder / "hub", world.ports["hub"]
    card = await make_hub(folder, f"http://127.0.0.1:{port}", database_url, port=port)
    alpha, beta = make_party("alpha", card), make_party("beta", card)
    await admit(folder, (alpha, beta))
    auditor = init_auditor(world.folder / "auditor")
    await enrol_auditor(load_settings(folder), auditor, now=wall_clock())
    return Scene(world, card, alpha, beta, Sections(alpha.facility))


def test_nothing_that_was_answered_is_lost(scene: Scene) -> None:
    with scene.world.serving("hub"):
        scene.consents = asyncio.run(fill(scene.alpha, scene.beta, scene.sections))
    for _ in range(KILLS):
        with scene.world.serving("hub") as (hub,):
            asyncio.run(require_acknowledged(scene))
            asyncio.run(hammer(scene, hub))
    with scene.world.serving("hub"):
        asyncio.run(require_acknowledged(scene))
        entries = asyncio.run(audited(scene))
    require_one_entry_each(scene, entries)


async def hammer(scene: Scene, hub: Serving) -> None:
    """Push and ask from many tasks, kill the hub amid them, and let each task end."""
    async with scene.client(scene.alpha) as alpha, scene.client(scene.beta) as beta:
        tasks = [asyncio.create_task(push(scene, alpha)) for _ in range(PUSHERS)]
        tasks += [asyncio.create_task(ask(scene, beta, one)) for one in scene.consents[:ASKERS]]
        await asyncio.sleep(HAMMER_SECONDS)
        hub.kill()
        await asyncio.gather(*tasks)


async def push(scene: Scene, alpha: HubClient) -> None:
    with contextlib.suppress(HubError):
        while True:
            section = scene.sections.small()
            name = section_of(section)
            scene.ledger.tried[name] = section
            await alpha.push_sections(SectionsIn(sections=[section]))
            scene.ledger.pushed.add(name)


async def ask(scene: Scene, beta: HubClient, consent: str) -> None:
    with contextlib.suppress(HubError):
        while True:
            name = new_id()
            body = ReleaseIn(id=name, consent=consent, purpose="TREAT")
            scene.ledger.asked[name] = body
            if isinstance(await beta.ask_release(body), ReleaseOut):
                scene.ledger.released.add(name)


def section_of(section: SectionIn) -> str:
    return Manifest.from_bytes(section.manifest.payload_bytes()).section


async def require_acknowledged(scene: Scene) -> None:
    """Read back what was acknowledged, then ask again for everything else, signed afresh."""
    ledger = scene.ledger
    async with scene.client(scene.alpha) as alpha, scene.client(scene.beta) as beta:
        for name in ledger.pushed:
            assert await alpha.section(name, 1) == ledger.tried[name]
        for name in ledger.tried.keys() - ledger.pushed:
            await alpha.push_sections(SectionsIn(sections=[ledger.tried[name]]))
            ledger.pushed.add(name)
        for name, body in ledger.asked.items():
            assert (await deliver(beta, body)).id == name
            ledger.released.add(name)


async def deliver(beta: HubClient, body: ReleaseIn) -> ReleaseOut:
    for _ in range(100):
        answer = await beta.ask_release(body)
        if not isinstance(answer, ReleasePending):
            return answer
        await asyncio.sleep(0.1)
    raise AssertionError("a release never got its proof")


async def audited(scene: Scene) -> list[AuditDetails]:
    """Mirror and verify the log as an auditor does; return all details."""
    folder = scene.world.folder / "auditor"
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        key, mirror = AuditorKey.load(folder), folder / "mirror"
        update = await mirror_hub(mirror, key, scene.card, http, clock=wall_clock)
    assert update.finding is None
    verdict = verify_mirror(mirror, scene.card)
    assert verdict.findings == ()
    entries = [EntryOut.from_bytes(line) for line in MirrorFolder(mirror).entry_lines()]
    assert [one.index for one in entries] == list(range(len(entries)))
    return [
        open_entry(unb64u(one.leaf), unb64u(one.salt or ""), unb64u(one.details or ""))
        for one in entries
    ]


def require_one_entry_each(scene: Scene, entries: list[AuditDetails]) -> None:
    ledger = scene.ledger
    pushes = Counter(
        digest for one in entries if one.action == "section.push" for digest in one.objects
    )
    for name in ledger.pushed:
        assert pushes[b64u(ledger.tried[name].manifest.digest())] == 1
    decided = Counter(
        one.release for one in entries if (one.action, one.outcome) == ("release.decide", "permit")
    )
    assert set(decided) == ledger.released
    assert set(decided.values()) == {1}
    assert len(ledger.pushed) > KILLS * PUSHERS
    assert len(ledger.released) > KILLS * ASKERS

"""An auditor mirrors a real hub over its HTTP layer, again and again, and verifies what it has.

Reading the log is itself logged, so every update makes the next one longer.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from schemas.wire.hub_api import HubCard
from services.auditor.access import mirror_hub
from services.auditor.folder import ENTRIES
from services.auditor.key import AuditorKey, init_auditor
from services.auditor.mirror import MirrorUpdate
from services.auditor.verification import verify_mirror
from services.hub.admin import enrol_auditor, make_hub
from services.hub.app import create_app
from services.hub.settings import load_settings
from services.hub_client.errors import HubRefusal

URL = "http://localhost:8440"
NOW = 1_790_000_000


@dataclass
class Audit:
    """A serving hub and an auditor before it."""

    card: HubCard
    http: httpx.AsyncClient
    folder: Path

    async def update(self, key: AuditorKey | None = None) -> MirrorUpdate:
        key = key or AuditorKey.load(self.folder)
        return await mirror_hub(
            self.folder / "mirror", key, self.card, self.http, clock=lambda: NOW
        )

    async def grow(self, beyond: int) -> None:
        """Wait until the hub has published more than `beyond` entries."""
        for _ in range(200):
            response = await self.http.get(f"{URL}/v1/audit/checkpoint")
            if int(response.text.split("\n")[1]) > beyond:
                return
            await asyncio.sleep(0.02)
        raise TimeoutError("the hub integrated nothing")


@pytest.fixture
async def audit(tmp_path: Path) -> AsyncIterator[Audit]:
    card = await make_hub(tmp_path / "hub", URL, integrate_every=0.02)
    settings = load_settings(tmp_path / "hub")
    await enrol_auditor(settings, init_auditor(tmp_path / "auditor"), now=NOW)
    app = create_app(settings, clock=lambda: NOW)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport) as http:
        yield Audit(card, http, tmp_path / "auditor")


async def test_a_mirror_follows_a_real_hub(audit: Audit) -> None:
    size = 0
    for _ in range(4):
        await audit.grow(beyond=size)
        done = await audit.update()
        assert done.finding is None
        assert done.old_size == size < done.new_size
        size = done.new_size
        verdict = verify_mirror(audit.folder / "mirror", audit.card)
        assert verdict.verified, verdict.findings
        assert verdict.entries == size


async def test_tiles_made_here_are_those_the_hub_publishes(audit: Audit) -> None:
    await audit.grow(beyond=0)
    await audit.update()
    mirror = audit.folder / "mirror"
    tiles = [path for path in (mirror / "tile").rglob("*") if path.is_file()]
    assert tiles
    for path in tiles:
        response = await audit.http.get(f"{URL}/v1/audit/{path.relative_to(mirror)}")
        assert response.content == path.read_bytes()


async def test_every_entry_is_there_with_its_details(audit: Audit) -> None:
    await audit.grow(beyond=0)
    await audit.update()
    await audit.grow(beyond=1)
    await audit.update()
    lines = (audit.folder / "mirror" / ENTRIES).read_text()
    assert lines.count("\n") >= 2
    assert '"details":null' not in lines


async def test_a_stranger_gets_no_entries(audit: Audit, tmp_path: Path) -> None:
    await audit.grow(beyond=0)
    init_auditor(tmp_path / "stranger")
    with pytest.raises(HubRefusal) as caught:
        await audit.update(AuditorKey.load(tmp_path / "stranger"))
    assert caught.value.status == 401

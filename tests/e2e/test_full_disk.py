"""A hub or node whose disk fills up: it refuses, leaves nothing half-written, and goes on later.

What was acknowledged stays; what was refused is not there, and is taken when it comes again with
the same ids. The log verifies, before and after another start. PROTOCOL sections 8 and 10.
"""

import random
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from schemas.wire.hub_api import ReleaseOut
from services.cli.errors import NodeRefusalError
from services.cli.node_access import NodeAccess
from services.hub_client.client import HubClient
from services.hub_client.errors import HubUnavailableError
from tests.e2e.installed import Installed
from tests.support import node_cases
from tests.support.exchange import Exchange
from tests.support.hub_traffic import Traffic, place_of
from tests.support.live_hub import LiveHub, lay_out
from tests.support.tight_disk import TightDisk, kinds, tight_disk

MOST = 300
IN_A_ROW = 6


@pytest.fixture(params=kinds())
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TightDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    with tight_disk(request.param, folder) as disk:
        yield disk


async def test_a_full_disk_refuses_and_room_heals(
    installed: Installed, tmp_path: Path, disk: TightDisk
) -> None:
    hub = await lay_out(disk.folder, [installed.command], integrate_every=0.05)
    (tmp_path / "uploads").mkdir()
    try:
        hub.served.start()
        consent = await hub.consent(max_releases=1_000)
        traffic = Traffic(hub.story.alpha, consent, tmp_path / "uploads", random.Random())
        async with hub.client("alpha") as alpha, hub.client("beta") as beta:
            await traffic.release(beta)
            disk.fill(hub.served.pid)
            await use_up_what_is_left(traffic, alpha, beta)
            await require_closed(hub, traffic)
            disk.make_room(hub.served.pid)
            await require_healed(hub, traffic, alpha, beta)
        hub.served.stop()
        hub.served.start()
        await hub.audited(traffic.digests | traffic.account.releases.keys())
    finally:
        hub.served.kill()


async def use_up_what_is_left(traffic: Traffic, alpha: HubClient, beta: HubClient) -> None:
    """Push, upload and ask for releases until each is refused several times in a row."""
    for step in (
        lambda: traffic.push(alpha, [traffic.section() for _ in range(8)]),
        lambda: traffic.upload(alpha),
        lambda: traffic.release(beta),
    ):
        refused = 0
        for _ in range(MOST):
            refused = refused + 1 if await is_refused(step) else 0
            if refused == IN_A_ROW:
                break
        assert refused == IN_A_ROW


async def is_refused(step: Callable[[], Awaitable[None]]) -> bool:
    """Do it; say whether the hub refused, with the problem document of a 503."""
    try:
        await step()
    except HubUnavailableError as error:
        if str(error) != "unavailable":  # no answer at all
            raise
        return True
    return False


async def require_closed(hub: LiveHub, traffic: Traffic) -> None:
    """Require that the hub lives, and that what it refused has left nothing behind."""
    async with httpx.AsyncClient(base_url=hub.served.url, trust_env=False) as anyone:
        assert (await anyone.get("/healthz")).status_code == 200
        assert (await anyone.get("/v1/audit/checkpoint")).status_code == 200
    with closing(sqlite3.connect(f"file:{hub.settings.dir}/hub.sqlite?mode=ro", uri=True)) as raw:
        sections = set(raw.execute("SELECT section, version FROM sections"))
        releases = {one for (one,) in raw.execute("SELECT release FROM releases")}
        uploaded = {one for (one,) in raw.execute("SELECT digest FROM attachments")}
    refused = {place_of(one) for body in traffic.account.open_pushes for one in body.sections}
    assert sections & refused == set()
    assert traffic.account.stored.keys() <= sections
    assert releases == traffic.account.answered.keys()
    assert uploaded == traffic.account.uploaded
    assert list(hub.settings.attachments_dir.glob("*.part")) == []


async def require_healed(hub: LiveHub, traffic: Traffic, alpha: HubClient, beta: HubClient) -> None:
    """Require that everything is taken when it comes again, each once, and is in the log."""
    await traffic.repeat(alpha, beta)
    assert all(isinstance(one, ReleaseOut) for one in traffic.account.answered.values())
    for place, section in traffic.account.stored.items():
        assert await alpha.section(*place) == section
    entries = await hub.audited(traffic.digests | traffic.account.releases.keys())
    released = [one.release for one in entries if one.action == "release.decide"]
    assert sorted(filter(None, released)) == sorted(traffic.account.releases)
    assert (await beta.consent(traffic.consent)).releases == len(traffic.account.releases)


def test_a_node_with_a_full_disk_refuses_and_room_heals(
    installed: Installed, disk: TightDisk
) -> None:
    world = Exchange(disk.folder, installed.command)
    world.found()
    alpha = world.nodes["alpha"]
    with alpha.running():
        world.unlock("alpha")
        with world.node("alpha") as node:
            author = node.post("/v1/staff", {"role": "nurse", "name": "N. N."})["staff"]
            disk.fill(alpha.pid)
            stored = store_until_refused(node, author)
            assert {one["code_number"] for one in node.get("/v1/records")["cases"]} == stored
            disk.make_room(alpha.pid)
            last = store(node, author, MOST)
        alpha.kill()
        alpha.start()
        world.unlock("alpha")
        with world.node("alpha") as node:
            cases = node.get("/v1/records")["cases"]
            assert {one["code_number"] for one in cases} == {*stored, last}
    assert files_without_a_row(disk.folder / "alpha") == set()


def store(node: NodeAccess, author: str, number: int) -> str:
    """Store a case with an attachment; return its code number."""
    code = f"FULL-{number:04}"
    node.post("/v1/cases", {"author": author, "case": node_cases.case(code)})
    return code


def store_until_refused(node: NodeAccess, author: str) -> set[str]:
    """Store cases until some in a row were refused; return what was stored."""
    stored: set[str] = set()
    for number in range(MOST):
        try:
            stored.add(store(node, author, number))
        except NodeRefusalError as refusal:
            if (refusal.status, refusal.slug) != (503, "unavailable"):
                raise
            if number >= len(stored) + IN_A_ROW:
                return stored
    raise AssertionError("the disk was never full")


def files_without_a_row(folder: Path) -> set[str]:
    """Return the attachments' files that the store does not know of."""
    with closing(sqlite3.connect(f"file:{folder}/node.db?mode=ro", uri=True)) as raw:
        named = {one for (one,) in raw.execute("SELECT digest FROM attachment")}
    found = {path.name for path in (folder / "attachments").iterdir()}
    assert named <= found
    return found - named

"""A hub that is killed (SIGKILL) at random moments, and what is there after the restart.

Whatever was acknowledged is there; what was not is there whole or not at all; the same ids sent
again change nothing; every release has its entry; the log is dense, verifies, and continues the one
that was seen before. On SQLite and on PostgreSQL. PROTOCOL sections 8 and 10.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from exchange.audit import proof
from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.tree import leaf_hash
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import AuditDetails, ReleaseOut, SectionsIn
from services.hub_client.client import HubClient
from tests.e2e.installed import Installed
from tests.support import postgres
from tests.support.hub_traffic import Traffic
from tests.support.live_hub import LiveHub, lay_out

LONGEST_ROUND = 20
ROUND = 80
"""So many sections are read back after each round; all of them after the last."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A fresh database; None stands for SQLite in the hub's folder."""
    if request.param == "sqlite":
        yield None
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield url


async def test_a_killed_hub_keeps_its_word(
    installed: Installed, tmp_path: Path, database_url: str | None
) -> None:
    hub = await lay_out(tmp_path, [installed.command], database_url, integrate_every=0.05)
    rounds = 8 if database_url is None else 4
    try:
        hub.served.start()
        consent = await hub.consent(max_releases=10_000)
        (tmp_path / "uploads").mkdir()
        traffic = Traffic(hub.story.alpha, consent, tmp_path / "uploads", random.Random())
        for at in range(rounds):
            await kill_amid(hub, traffic)
            if at % 3 == 2:
                await kill_while_starting(hub, traffic.dice)
            hub.served.start()
            await require_all(hub, traffic, from_the_first=at == rounds - 1)
    finally:
        hub.served.kill()


async def kill_amid(hub: LiveHub, traffic: Traffic) -> None:
    """Kill the hub after some answers, with others on the way."""
    traffic.account.expect(traffic.dice.randrange(1, 100))

    async def strike() -> None:
        async with asyncio.timeout(LONGEST_ROUND):
            await traffic.account.enough.wait()
        await asyncio.sleep(traffic.dice.random() * 0.01)
        hub.served.kill()

    async with hub.client("alpha") as alpha, hub.client("beta") as beta:
        await asyncio.gather(traffic.run(alpha, beta), strike())


async def kill_while_starting(hub: LiveHub, dice: random.Random) -> None:
    """Kill the hub at some point of its start, ready or not."""
    hub.served.launch()
    await asyncio.sleep(dice.uniform(0.5, 3))
    hub.served.kill()


async def require_all(hub: LiveHub, traffic: Traffic, *, from_the_first: bool) -> None:
    """Require what was acknowledged, before and after what was not is sent again."""
    account = traffic.account
    async with hub.client("alpha") as alpha, hub.client("beta") as beta:
        places = list(account.stored)
        await require_sections(alpha, traffic, places if from_the_first else places[-ROUND:])
        known = set(places)
        await traffic.repeat(alpha, beta)
        await require_sections(alpha, traffic, account.stored.keys() - known)
        await require_attachments(alpha, traffic)
        await require_repeats_change_nothing(alpha, traffic)
        await require_releases(hub, beta, traffic)
        require_one_entry_each(
            await hub.audited(traffic.digests | account.releases.keys()), traffic
        )
        state = await beta.consent(traffic.consent)
        assert state.releases == len(account.releases)


async def require_sections(
    alpha: HubClient, traffic: Traffic, places: Collection[tuple[str, int]]
) -> None:
    """Read back sections that were acknowledged."""
    at_once = asyncio.Semaphore(16)

    async def require(place: tuple[str, int]) -> None:
        async with at_once:
            assert await alpha.section(*place) == traffic.account.stored[place]

    await asyncio.gather(*map(require, places))


async def require_attachments(alpha: HubClient, traffic: Traffic) -> None:
    for digest in list(traffic.account.uploaded)[-10:]:
        await alpha.own_attachment(digest, traffic.folder / "back")
        assert (traffic.folder / "back").read_bytes() == traffic.account.attachments[digest]


async def require_repeats_change_nothing(alpha: HubClient, traffic: Traffic) -> None:
    for body in traffic.account.pushes[-20:]:
        answer = await alpha.push_sections(SectionsIn(sections=body.sections))
        assert {one.state for one in answer.sections} == {"unchanged"}


async def require_releases(hub: LiveHub, beta: HubClient, traffic: Traffic) -> None:
    """Require that releases come as they came, with half-keys and a proof."""
    answered = traffic.account.answered
    for release in list(answered)[-20:]:
        before, now = answered[release], await traffic.received(beta, release)
        assert before is not None
        assert now.evidence.index == before.evidence.index
        assert now.evidence.leaf == before.evidence.leaf
        assert now.model_dump(exclude={"evidence"}) == before.model_dump(exclude={"evidence"})
        require_half_keys_and_proof(hub, traffic.consent, now)


def require_half_keys_and_proof(hub: LiveHub, consent: str, answer: ReleaseOut) -> None:
    found = {b64u(one.manifest.digest()): one.half_key for one in answer.sections}
    assert found == hub.half_keys(consent)
    keys = HubLogKeys.from_card(hub.card)
    leaf = leaf_hash(unb64u(answer.evidence.leaf))
    assert proof.verify(answer.evidence.proof, leaf, keys).index == answer.evidence.index


def require_one_entry_each(entries: list[AuditDetails], traffic: Traffic) -> None:
    """Require one entry for each push and each release, and none for what was never sent."""
    pushed = Counter(
        digest for one in entries if one.action == "section.push" for digest in one.objects
    )
    assert all(pushed[digest] == 1 for digest in traffic.digests)
    uploaded = Counter(
        digest for one in entries if one.action == "attachment.push" for digest in one.objects
    )
    assert uploaded == Counter(traffic.account.uploaded)
    released = Counter(
        one.release for one in entries if (one.action, one.outcome) == ("release.decide", "permit")
    )
    assert released == Counter(traffic.account.releases.keys())

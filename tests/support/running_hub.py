"""A real hub in this process, on a real database, with everyone's clients and a clock to turn.

Requests go through the application by ASGI, signed and verified like any others. `check_log` reads
the whole log as an auditor does and verifies it; the fixture calls it after every test.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from fastapi import FastAPI

from exchange.audit import checkpoint, entry, tree
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from keys.keycard import make_key_statement
from keys.request_keys import RequestSigner
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import (
    AuditDetails,
    AuditorCard,
    ConsentIn,
    GrantIn,
    GrantsIn,
    GrantsStored,
    HubCard,
    SectionIn,
    SectionsIn,
)
from schemas.wire.statement import SignedStatement
from services.hub.admin import admit_facility, enrol_auditor, make_hub
from services.hub.app import create_app
from services.hub.context import Hub
from services.hub.key_files import load_keys
from services.hub.settings import HubSettings, load_settings
from services.hub_client.client import HubClient, open_hub_client
from tests.support.facilities import NOW, YEAR, Facility, alpha, beta, fixed_id, gamma, seed
from tests.support.story import Story

URL = "http://127.0.0.1:8440"
AUDITOR = fixed_id("auditor")


@dataclass
class Clock:
    """The hub's and the clients' clock: stands still until a test turns it."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


def http_seed(name: str) -> bytes:
    return seed(f"{name} http")


def with_working_keys(facility: Facility) -> Facility:
    """Certify the facility's HTTP and receipt keys."""
    receipts = facility.receipts.public
    http = RequestSigner(http_seed(facility.name)).public
    for kind, public, second in (
        ("http", http, None),
        ("receipt", receipts.ed25519, receipts.ml_dsa_65),
    ):
        facility.extra.append(
            make_key_statement(
                facility=facility.code,
                kind=kind,
                public=public,
                ml_dsa_65=second,
                issued_at=facility.made_at,
                not_before=facility.made_at,
                not_after=facility.made_at + 3 * YEAR,
                identity=facility.identity,
            )
        )
    return facility


@dataclass
class RunningHub:
    """The hub and everyone around it."""

    settings: HubSettings
    card: HubCard
    clock: Clock
    story: Story
    app: FastAPI
    clients: dict[str, HubClient] = field(default_factory=dict)

    @property
    def hub(self) -> Hub:
        return self.app.state.hub

    @property
    def alpha(self) -> HubClient:
        return self.clients["alpha"]

    @property
    def beta(self) -> HubClient:
        return self.clients["beta"]

    @property
    def gamma(self) -> HubClient:
        return self.clients["gamma"]

    @property
    def auditor(self) -> HubClient:
        return self.clients["auditor"]

    @property
    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(self.app)

    @property
    def log_keys(self) -> HubLogKeys:
        return HubLogKeys.from_card(self.card)

    async def push_all(self) -> None:
        """Push every version that the story has sealed."""
        for versions in self.story.sealed.values():
            await self.alpha.push_sections(
                SectionsIn(sections=[section_in(one) for one in versions])
            )

    async def consent(self, **changes: object) -> str:
        """Record a consent of the story; return its id."""
        consent = self.story.consent(self.story.claims(**changes))
        token, _ = self.story.hub.consents[consent]
        await self.alpha.record_consent(ConsentIn(token=token))
        return consent

    def grants(self, consent: str) -> GrantsIn:
        """Return the story's newest head under a consent and the grants for what it lists."""
        return GrantsIn(
            consent=consent,
            grants=[
                GrantIn(grant=grant, half_key=b64u(half_key))
                for (one, manifest), (grant, half_key) in self.story.hub.grants.items()
                if one == consent and manifest in self.current
            ],
            head=self.story.hub.heads[consent][-1],
        )

    @property
    def current(self) -> set[str]:
        """Digests of the newest version of every section."""
        return {b64u(one[-1].manifest.digest()) for one in self.story.sealed.values()}

    async def grant(self, consent: str) -> GrantsStored:
        return await self.alpha.record_grants(self.grants(consent))

    async def ready_consent(self, **changes: object) -> str:
        """Push, consent and grant: all that a release needs."""
        await self.push_all()
        consent = await self.consent(**changes)
        await self.grant(consent)
        return consent

    async def integrated(self) -> None:
        """Wait until every entry has its index and the checkpoint is published."""
        for _ in range(400):
            async with self.hub.database.reading() as connection:
                rows = await connection.fetch("SELECT count(*) AS n FROM log_entries")
            if self.hub.log.published.size == rows[0]["n"]:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the log was not integrated")

    async def entries(self) -> list[AuditDetails]:
        """Return what the auditor reads, after checking every entry and the root."""
        await self.integrated()
        signed = checkpoint.verify(await self.auditor.checkpoint(), self.log_keys)
        found = (await self.auditor.entries(0, 1024)).entries[: signed.size]
        assert [one.index for one in found] == list(range(signed.size))
        leaves = [unb64u(one.leaf) for one in found]
        assert naive_root(leaves) == signed.root
        return [
            entry.open_entry(leaf, unb64u(one.salt or ""), unb64u(one.details or ""))
            for leaf, one in zip(leaves, found, strict=True)
        ]

    async def actions(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Return action, outcome and reasons of all entries but the auditor's own reading."""
        return [
            (one.action, one.outcome, tuple(one.reasons))
            for one in await self.entries()
            if one.action != "audit.read" and not one.action.endswith(".admit")
        ]

    async def signed_checkpoint(self) -> Checkpoint:
        return checkpoint.verify(await self.alpha.checkpoint(), self.log_keys)


def naive_root(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, by its own recursion: no tile, no frontier."""
    if not leaves:
        return tree.EMPTY_ROOT
    if len(leaves) == 1:
        return tree.leaf_hash(leaves[0])
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return tree.node_hash(naive_root(leaves[:split]), naive_root(leaves[split:]))


def section_in(sealed: object) -> SectionIn:
    return SectionIn(manifest=sealed.manifest, ciphertext=b64u(sealed.ciphertext))


async def lay_out_hub(folder: Path, database_url: str | None, **values: object) -> HubSettings:
    """Make a hub and let Alpha, Beta, Gamma and the auditor in."""
    await make_hub(folder, URL, database_url, **{"integrate_every": 0.02, **values})
    settings = load_settings(folder)
    for facility in (alpha(), beta(), gamma()):
        await admit_facility(settings, with_working_keys(facility).introduction, now=NOW)
    auditor = AuditorCard(auditor=AUDITOR, ed25519=b64u(RequestSigner(http_seed("auditor")).public))
    await enrol_auditor(settings, auditor, now=NOW)
    return settings


def card_of(settings: HubSettings) -> HubCard:
    return load_keys(settings).card(settings)


@asynccontextmanager
async def serving(
    settings: HubSettings, card: HubCard, story: Story, clock: Clock | None = None
) -> AsyncIterator[RunningHub]:
    """Start the hub; stop it at the end."""
    clock = clock or Clock()
    app = create_app(settings, clock=clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        running = RunningHub(settings, card, clock, story, app)
        for name in ("alpha", "beta", "gamma", "auditor"):
            running.clients[name] = await stack.enter_async_context(
                open_hub_client(card, http_seed(name), clock, transport=running.transport)
            )
        yield running


def statement_with(statement: SignedStatement, **changes: object) -> SignedStatement:
    """Return a statement with some members exchanged, signatures left as they are."""
    return statement.model_copy(update=changes)

"""A hub in a process of its own, with facilities and an auditor who call it over HTTP.

The facilities are those of the story, as of today: the process has the machine's clock.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from exchange.audit import entry
from exchange.audit.checkpoint import HubLogKeys
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import (
    AuditDetails,
    ConsentIn,
    EntryOut,
    GrantIn,
    GrantsIn,
    HubCard,
    SectionsIn,
)
from services.auditor.folder import ENTRIES, MirrorFolder
from services.auditor.key import AuditorKey, init_auditor
from services.auditor.mirror import update_mirror
from services.auditor.verification import verify_mirror
from services.hub.admin import admit_facility, enrol_auditor, make_hub
from services.hub.settings import HubSettings, load_settings
from services.hub_client.client import HubClient, open_hub_client
from tests.support.facilities import DAY, Facility
from tests.support.processes import Served, free_ports
from tests.support.running_hub import http_seed, section_in, with_working_keys
from tests.support.story import Story

PATIENCE = 30


def clock() -> int:
    return int(time.time())


def story_of_today() -> Story:
    """Return the story with facilities that were made yesterday."""
    made_at = clock() - DAY
    return Story(
        *(
            with_working_keys(Facility(name, code, made_at))
            for name, code in (
                ("alpha", "F-A1A1A1A1A1"),
                ("beta", "F-B2B2B2B2B2"),
                ("gamma", "F-G3G3G3G3G3"),
            )
        )
    )


@dataclass
class LiveHub:
    """The hub, everyone around it, and the auditor's mirror, which outlives the hub's crashes."""

    folder: Path
    served: Served
    story: Story
    card: HubCard

    @property
    def settings(self) -> HubSettings:
        return load_settings(self.folder / "hub")

    @asynccontextmanager
    async def client(self, name: str) -> AsyncIterator[HubClient]:
        """Give somebody's client."""
        seed = http_seed(name)
        if name == "auditor":
            seed = AuditorKey.load(self.folder / "auditor").seed
        async with open_hub_client(self.card, seed, clock) as client:
            yield client

    async def consent(self, **changes: object) -> str:
        """Push the story's sections, record its consent and grants; return the consent's id."""
        now = clock()
        times = {"iat": now, "nbf": now, "exp": now + 30 * DAY}
        consent = self.story.consent(self.story.claims(**(times | changes)))
        token, _ = self.story.hub.consents[consent]
        sections = [section_in(version) for one in self.story.sealed.values() for version in one]
        grants = [
            GrantIn(grant=grant, half_key=b64u(half_key))
            for (one, _manifest), (grant, half_key) in self.story.hub.grants.items()
            if one == consent
        ]
        async with self.client("alpha") as alpha:
            await alpha.push_sections(SectionsIn(sections=sections))
            await alpha.record_consent(ConsentIn(token=token))
            head = self.story.hub.heads[consent][-1]
            await alpha.record_grants(GrantsIn(consent=consent, grants=grants, head=head))
        return consent

    def half_keys(self, consent: str) -> dict[str, str]:
        """Return the half-key of each manifest granted under a consent, all as text."""
        return {
            manifest: b64u(half_key)
            for (one, manifest), (_grant, half_key) in self.story.hub.grants.items()
            if one == consent
        }

    async def audited(self, expected: set[str]) -> list[AuditDetails]:
        """Mirror and verify the whole log; return its entries once they name all of `expected`.

        `expected`: digests of objects and ids of releases. The mirror was begun before the hub
        crashed, so a log that does not continue the earlier one is found as well.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            entries = await self._mirrored()
            named = {name for one in entries for name in (*one.objects, one.release) if name}
            if expected <= named:
                return entries
            assert time.monotonic() < deadline, f"no entry names {sorted(expected - named)[:5]}"
            await asyncio.sleep(0.1)

    async def _mirrored(self) -> list[AuditDetails]:
        mirror, keys = self.folder / "auditor" / "mirror", HubLogKeys.from_card(self.card)
        async with self.client("auditor") as auditor:
            done = await update_mirror(MirrorFolder(mirror), auditor, keys)
        assert done.finding is None, done.finding
        verdict = verify_mirror(mirror, self.card)
        assert verdict.verified, verdict.findings
        lines = [EntryOut.from_bytes(one) for one in (mirror / ENTRIES).read_bytes().splitlines()]
        assert [one.index for one in lines] == list(range(verdict.entries))
        return [_details(one) for one in lines]


def _details(one: EntryOut) -> AuditDetails:
    assert one.salt is not None
    assert one.details is not None
    return entry.open_entry(unb64u(one.leaf), unb64u(one.salt), unb64u(one.details))


async def lay_out(
    folder: Path, command: Sequence[str | Path], database_url: str | None = None, **values: object
) -> LiveHub:
    """Make a hub with everyone admitted; it is not started. `command`: the `safehand` to run."""
    (port,) = free_ports(1)
    hub = folder / "hub"
    card = await make_hub(hub, f"http://127.0.0.1:{port}", database_url, port=port, **values)
    story = story_of_today()
    settings = load_settings(hub)
    for facility in (story.alpha, story.beta, story.gamma):
        await admit_facility(settings, facility.introduction, now=clock())
    await enrol_auditor(settings, init_auditor(folder / "auditor"), now=clock())
    served = Served([*command, "hub", "serve", "--dir", hub], port, folder / "hub.log")
    return LiveHub(folder, served, story, card)

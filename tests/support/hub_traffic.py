"""Traffic on a hub that may die at any moment, and an exact account of what it acknowledged.

Whatever was sent is remembered before it is sent, and marked once the answer has come and was
verified. What was sent without an answer may or may not have happened; both are told apart here.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from keys.randomness import new_id
from schemas.encoding import b64u, digest_text
from schemas.wire.hub_api import ReleaseIn, ReleaseOut, SectionIn, SectionsIn
from services.hub_client.client import HubClient
from services.hub_client.errors import HubUnavailableError
from tests.support.facilities import Facility
from tests.support.loose_sections import loose_section, manifest_of

Place = tuple[str, int]
"""Section id and version."""


@dataclass
class Account:
    """What was sent and what was acknowledged."""

    pushes: list[SectionsIn] = field(default_factory=list)
    attachments: dict[str, bytes] = field(default_factory=dict)
    releases: dict[str, ReleaseIn] = field(default_factory=dict)
    stored: dict[Place, SectionIn] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    answered: dict[str, ReleaseOut | None] = field(default_factory=dict)
    """A release that was acknowledged, with its answer, or none if that was `pending`."""
    awaited: int = 0
    """How many further answers make `enough`."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def open_pushes(self) -> list[SectionsIn]:
        """Pushes without an answer."""
        return [one for one in self.pushes if place_of(one.sections[0]) not in self.stored]

    def expect(self, answers: int) -> None:
        """Set `enough` after so many answers from now on."""
        self.awaited = answers
        self.enough.clear()

    def answer(self) -> None:
        """Count an answer."""
        self.awaited -= 1
        if self.awaited <= 0:
            self.enough.set()

    def took(self, push: SectionsIn) -> None:
        """Note that a push was acknowledged."""
        self.stored |= {place_of(one): one for one in push.sections}
        self.answer()


def place_of(section: SectionIn) -> Place:
    manifest = manifest_of(section)
    return manifest.section, manifest.version


@dataclass
class Traffic:
    """Alpha pushes and Beta asks for releases, each several at a time, until the hub is gone."""

    alpha: Facility
    consent: str
    folder: Path
    dice: random.Random
    account: Account = field(default_factory=Account)

    async def run(self, alpha: HubClient, beta: HubClient) -> None:
        """Go on until the hub no longer answers."""
        steps: list[Callable[[], Awaitable[None]]] = [
            lambda: self.push(alpha, [self.section()]),
            lambda: self.push(alpha, [self.section()]),
            lambda: self.push(alpha, [self.section() for _ in range(8)]),
            lambda: self.push_versions(alpha),
            lambda: self.upload(alpha),
            lambda: self.release(beta),
            lambda: self.release(beta),
        ]
        await asyncio.gather(*(_until_gone(step) for step in steps))

    def section(self, **more: object) -> SectionIn:
        """Return a section that was never pushed before."""
        return loose_section(self.alpha, self.dice.randbytes(self.dice.choice((200, 4096))), **more)

    async def push(self, alpha: HubClient, sections: list[SectionIn]) -> None:
        """Push some sections at once."""
        body = SectionsIn(sections=sections)
        self.account.pushes.append(body)
        await alpha.push_sections(body)
        self.account.took(body)

    async def push_versions(self, alpha: HubClient) -> None:
        """Push a section, then its next version."""
        first = self.section()
        await self.push(alpha, [first])
        await self.push(alpha, [loose_section(self.alpha, b"next", after=first)])

    async def upload(self, alpha: HubClient) -> None:
        """Upload an attachment, then a section that names it."""
        content = self.dice.randbytes(self.dice.randrange(1, 200_000))
        digest = digest_text(content)
        self.account.attachments[digest] = content
        await alpha.put_attachment(digest, self.file(digest))
        self.account.uploaded.add(digest)
        self.account.answer()
        await self.push(alpha, [self.section(attachments=[digest])])

    def file(self, digest: str) -> Path:
        """Return the file to upload an attachment from."""
        path = self.folder / digest
        path.write_bytes(self.account.attachments[digest])
        return path

    async def release(self, beta: HubClient) -> None:
        """Ask for a release of all that the consent covers."""
        asked = ReleaseIn(id=new_id(), consent=self.consent, purpose="TREAT", sections=[])
        self.account.releases[asked.id] = asked
        answer = await beta.ask_release(asked)
        self.account.answered[asked.id] = answer if isinstance(answer, ReleaseOut) else None
        self.account.answer()

    async def repeat(self, alpha: HubClient, beta: HubClient) -> None:
        """Send again, with the same ids and signed afresh, what got no answer."""
        for digest in self.account.attachments.keys() - self.account.uploaded:
            await alpha.put_attachment(digest, self.file(digest))
            self.account.uploaded.add(digest)
        for body in self.account.open_pushes:
            await alpha.push_sections(body)
            self.account.took(body)
        for release in self.account.releases:
            if self.account.answered.get(release) is None:
                self.account.answered[release] = await self.received(beta, release)

    async def received(self, beta: HubClient, release: str) -> ReleaseOut:
        """Return a release's answer, waiting for its proof."""
        answer = await beta.ask_release(self.account.releases[release])
        while not isinstance(answer, ReleaseOut):
            await asyncio.sleep(0.1)
            answer = await beta.release(release)
        return answer

    @property
    def digests(self) -> set[str]:
        """The manifests' digests of all that was stored."""
        return {b64u(one.manifest.digest()) for one in self.account.stored.values()}


async def _until_gone(step: Callable[[], Awaitable[None]]) -> None:
    try:
        while True:
            await step()
    except HubUnavailableError:
        return

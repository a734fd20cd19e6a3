"""A hub under measurement: its process, two admitted facilities, and requests signed for it.

Owns making valid pushes and releases: real statements, real signatures, fresh nonces. Requests are
signed just before a run, since a signature counts for a minute only.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx

from exchange.fine_scope import seal_fine_scope
from exchange.grants import make_grant
from exchange.revocation import revocation_hash
from exchange.sealing import SealedSection, make_head, seal_section
from keys.body import seal_body
from keys.keycard import make_key_statement
from keys.randomness import new_facility_code, new_id, new_seed, random_bytes
from keys.signing import ed25519_public, sign_statement
from keys.tokens import sign_consent
from schemas.encoding import SUITE, b64u, digest_text, unb64u
from schemas.wire.base import WireModel
from schemas.wire.hub_api import (
    ConsentIn,
    GrantIn,
    GrantsIn,
    HubCard,
    ReleaseIn,
    SectionIn,
    SectionsIn,
)
from schemas.wire.statement import FineScopeLine, Manifest
from schemas.wire.token import ConsentClaims
from services.hub.admin import admit_facility, make_hub
from services.hub.settings import load_settings
from services.hub_client.client import open_hub_client
from services.hub_client.signing import Signing
from tests.bench.load import HOST
from tests.bench.processes import Server, free_port, safehand, serving
from tests.support.facilities import DAY, YEAR, Facility

CIPHERTEXT = 4096
"""What a push is measured with: as many bytes as the floor inserts."""

CONSENTS = 16
MOST_RELEASES = 10_000


def wall_clock() -> int:
    return int(time.time())


@dataclass
class Party:
    """A facility, and how it signs requests to one hub."""

    facility: Facility
    http_seed: bytes
    hub: HubCard

    def __post_init__(self) -> None:
        self._signing = Signing(self.http_seed, unb64u(self.hub.http_ed25519), wall_clock)

    def post(self, path: str, body: WireModel) -> bytes:
        """Return a POST as the bytes that go over the wire, signed afresh."""
        data = body.to_bytes()
        headers = {"content-type": "application/json"}
        request = httpx.Request("POST", self.hub.url + path, content=data, headers=headers)
        self._signing.sign(request, sha256(data).digest())
        return raw(request, data)

    def get(self, path: str) -> bytes:
        """Return a GET as the bytes that go over the wire, signed afresh."""
        request = httpx.Request("GET", self.hub.url + path)
        self._signing.sign(request, None)
        return raw(request, b"")


def raw(request: httpx.Request, body: bytes) -> bytes:
    """Return a request in HTTP/1.1's own spelling."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % field for field in request.headers.raw]
    return b"\r\n".join([*lines, b"", body])


def make_party(name: str, hub: HubCard) -> Party:
    """Return a facility with a certified request key, valid since yesterday."""
    facility = Facility(name, new_facility_code(), made_at=wall_clock() - DAY)
    seed = new_seed()
    facility.extra.append(
        make_key_statement(
            facility=facility.code,
            kind="http",
            public=ed25519_public(seed),
            issued_at=facility.made_at,
            not_before=facility.made_at,
            not_after=facility.made_at + YEAR,
            identity=facility.identity,
        )
    )
    return Party(facility, seed, hub)


class Sections:
    """Seals sections of one case: as many as are asked for, no two alike."""

    def __init__(self, owner: Facility) -> None:
        self.owner, self.case = owner, new_id()
        self._ciphertext = seal_body(new_seed(), b"bench", random_bytes(CIPHERTEXT - _OVERHEAD))

    def small(self, scope_tag: str | None = None) -> SectionIn:
        """Return a section whose ciphertext has 4 KiB; the same one, since the hub can't tell."""
        manifest = Manifest(
            suite=SUITE,
            owner=self.owner.code,
            case=self.case,
            section=new_id(),
            version=1,
            previous=None,
            scope_tag=scope_tag or new_id(),
            size=len(self._ciphertext),
            ciphertext=digest_text(self._ciphertext),
            attachments=[],
        )
        signed = sign_statement("manifest", manifest, self.owner.identity)
        return SectionIn(manifest=signed, ciphertext=b64u(self._ciphertext))

    def sealed(self, key: bytes, scope_tag: str, bundle: bytes) -> SealedSection:
        """Return a section sealed as a node seals it."""
        return seal_section(
            owner=self.owner.code,
            case=self.case,
            section=new_id(),
            version=1,
            previous=None,
            scope_tag=scope_tag,
            bundle=bundle,
            attachments=[],
            author_pair=self.owner.doctor.pair,
            author=self.owner.doctor.author,
            identity=self.owner.identity,
            section_key=key,
            now=wall_clock(),
        )


_OVERHEAD = len(seal_body(bytes(32), b"bench", b""))


@dataclass
class HubWorld:
    """A running hub on which Beta holds consents to one section of Alpha's each."""

    server: Server
    alpha: Party
    beta: Party
    sections: Sections
    consents: Sequence[str]

    def pushes(self, count: int, each: int = 1) -> list[bytes]:
        """Return signed pushes of `each` new sections."""
        return [
            self.alpha.post(
                "/v1/sections", SectionsIn(sections=[self.sections.small() for _ in range(each)])
            )
            for _ in range(count)
        ]

    def releases(self, count: int) -> list[bytes]:
        """Return signed releases, each a new one, under all consents in turn."""
        consents = itertools.islice(itertools.cycle(self.consents), count)
        return [
            self.beta.post("/v1/releases", ReleaseIn(id=new_id(), consent=one, purpose="TREAT"))
            for one in consents
        ]


@contextlib.contextmanager
def hub_world(folder: Path, database_url: str | None, **settings: str) -> Iterator[HubWorld]:
    """Make, fill and run a hub until the context ends.

    `database_url`: None for SQLite in `folder`. `settings`: SAFEHAND_HUB_... variables.
    """
    port = free_port()
    card = asyncio.run(make_hub(folder / "hub", f"http://{HOST}:{port}", database_url, port=port))
    alpha, beta = make_party("alpha", card), make_party("beta", card)
    asyncio.run(admit(folder / "hub", (alpha, beta)))
    command, log = safehand("hub", "serve", "--dir", str(folder / "hub")), folder / "hub.log"
    with serving(command, port, "/readyz", log, **settings) as server:
        sections = Sections(alpha.facility)
        consents = asyncio.run(fill(alpha, beta, sections))
        yield HubWorld(server, alpha, beta, sections, consents)


async def admit(folder: Path, parties: Sequence[Party]) -> None:
    for party in parties:
        settings = load_settings(folder)
        await admit_facility(settings, party.facility.introduction, now=wall_clock())


async def fill(alpha: Party, beta: Party, sections: Sections) -> list[str]:
    """Push one section per consent and grant it, as the owner's node does; return the consents."""
    consents = []
    async with open_hub_client(alpha.hub, alpha.http_seed, wall_clock) as hub:
        for _ in range(CONSENTS):
            tag = new_id()
            section = sections.small(tag)
            await hub.push_sections(SectionsIn(sections=[section]))
            claims = _claims(alpha.facility, beta.facility, sections.case, tag)
            token = sign_consent(claims, alpha.facility.case_manager.pair)
            await hub.record_consent(ConsentIn(token=token))
            await hub.record_grants(_grants(alpha.facility, beta.facility, claims, token, section))
            consents.append(claims.jti)
    return consents


def _claims(alpha: Facility, beta: Facility, case: str, tag: str) -> ConsentClaims:
    jti, now = new_id(), wall_clock()
    lines = [FineScopeLine(tag=tag, component="health", category="general")]
    return ConsentClaims(
        iss=alpha.code,
        sub=case,
        aud=["hub", beta.code],
        jti=jti,
        iat=now,
        nbf=now,
        exp=now + DAY,
        purpose="TREAT",
        scope_tags=[tag],
        recipient_fingerprint=b64u(beta.fingerprint),
        fine_scope=seal_fine_scope(
            lines, beta.kem_public, jti=jti, iss=alpha.code, recipient=beta.code
        ),
        consent_hash=digest_text(b"the sealed consent record"),
        revocation_hash=revocation_hash(random_bytes(11)),
        redisclosure="none",
        max_releases=MOST_RELEASES,
        erase_at=None,
        on_revocation="erase",
    )


def _grants(
    alpha: Facility, beta: Facility, claims: ConsentClaims, token: str, section: SectionIn
) -> GrantsIn:
    half_key = new_seed()
    grant = make_grant(
        section_key=new_seed(),
        half_key=half_key,
        manifest=section.manifest,
        owner=alpha.code,
        recipient=beta.code,
        recipient_kem=beta.kem_public,
        consent_jws=token,
        consent_id=claims.jti,
        expires_at=claims.exp,
        identity=alpha.identity,
    )
    head = make_head(
        owner=alpha.code,
        consent=claims.jti,
        counter=1,
        manifests=[b64u(section.manifest.digest())],
        at=wall_clock(),
        identity=alpha.identity,
    )
    sealed = GrantIn(grant=grant, half_key=b64u(half_key))
    return GrantsIn(consent=claims.jti, grants=[sealed], head=head)

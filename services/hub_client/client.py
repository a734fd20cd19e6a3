"""The hub's API as methods: each call signed afresh, each answer verified. PROTOCOL section 8.

Owns which route means what. The way there and back is in transport.py. Does not repeat calls: ids
make repeating safe, and the outbox of the caller knows when.
"""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import httpx
from pydantic import ValidationError

from schemas.encoding import unb64u
from schemas.wire.base import WireModel
from schemas.wire.hub_api import (
    AttachmentStored,
    ConsentIn,
    ConsentOut,
    ConsentsOut,
    ConsistencyOut,
    EntriesOut,
    GrantsIn,
    GrantsStored,
    HubCard,
    Introduction,
    MessageIn,
    MessagesOut,
    ReceiptIn,
    Recorded,
    ReleaseIn,
    ReleaseOut,
    ReleasePending,
    RevocationByCodeIn,
    RevocationsOut,
    SectionIn,
    SectionsIn,
    SectionsStored,
    StatementsIn,
    StatementsStored,
    TokenIn,
)
from services.hub_client.errors import AnswerError
from services.hub_client.signing import Signing
from services.hub_client.transport import HubTransport

Answer = TypeVar("Answer", bound=WireModel)
TIMEOUT = 30.0
"""Seconds to wait for the hub; a release may wait two for its proof."""


@asynccontextmanager
async def open_hub_client(
    hub: HubCard,
    seed: bytes,
    clock: Callable[[], int],
    *,
    ca_file: Path | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator["HubClient"]:
    """Give a client for one pinned hub.

    `seed`: the caller's HTTP key, 32 bytes. `ca_file`: the certificate authority behind the hub's
    TLS, if it is not a public one. `transport`: another way to the hub, for tests.
    """
    # Nothing is taken from the environment: a proxy variable must not redirect a shelter's traffic.
    async with httpx.AsyncClient(
        timeout=TIMEOUT,
        trust_env=False,
        verify=ssl.create_default_context(cafile=ca_file) if ca_file else True,
        transport=transport,
    ) as http:
        yield HubClient(http, hub, seed=seed, clock=clock)


class HubClient:
    """One caller's access to one pinned hub. Every method raises HubError."""

    def __init__(
        self, http: httpx.AsyncClient, hub: HubCard, *, seed: bytes, clock: Callable[[], int]
    ) -> None:
        """`seed`: the caller's HTTP key, 32 bytes. `http`: the caller closes it."""
        signing = Signing(seed, unb64u(hub.http_ed25519), clock)
        self._transport = HubTransport(http, hub.url, signing)

    async def push_statements(self, body: StatementsIn) -> StatementsStored:
        """Add key and staff statements to one's own introduction."""
        return await self._post("/v1/directory/statements", body, StatementsStored)

    async def introduction(self, facility: str) -> Introduction:
        """Return another facility's introduction: hold it against a pin."""
        return await self._get(f"/v1/directory/{facility}", Introduction)

    async def push_sections(self, body: SectionsIn) -> SectionsStored:
        """Push sections and heads, all or nothing."""
        return await self._post("/v1/sections", body, SectionsStored)

    async def section(self, section: str, version: int) -> SectionIn:
        """Read back a section version of one's own."""
        return await self._get(f"/v1/sections/{section}/{version}", SectionIn)

    async def put_attachment(self, digest: str, ciphertext: Path) -> AttachmentStored:
        """Upload an attachment's ciphertext. `digest`: its SHA-256, base64url."""
        answer = await self._transport.upload(f"/v1/attachments/{digest}", ciphertext, digest)
        stored = _read(answer, AttachmentStored)
        _require_same(stored.digest, digest)
        return stored

    async def own_attachment(self, digest: str, into: Path) -> None:
        """Read back an attachment of one's own into a file."""
        await self._transport.download(f"/v1/attachments/{digest}", into)

    async def record_consent(self, body: ConsentIn) -> Recorded:
        """Record a consent token."""
        return await self._post("/v1/consents", body, Recorded)

    async def consents(self, after: str | None = None) -> ConsentsOut:
        """Return a page of the consents one issued or received, after an id; see `next`."""
        query = "" if after is None else f"?after={after}"
        return await self._get(f"/v1/consents{query}", ConsentsOut)

    async def consent(self, consent: str) -> ConsentOut:
        """Return one consent."""
        return await self._get(f"/v1/consents/{consent}", ConsentOut)

    async def record_refusal(self, body: TokenIn) -> Recorded:
        """Record a refusal."""
        return await self._post("/v1/refusals", body, Recorded)

    async def revoke(self, body: TokenIn) -> Recorded:
        """Record a revocation."""
        return await self._post("/v1/revocations", body, Recorded)

    async def revoke_by_code(self, body: RevocationByCodeIn) -> Recorded:
        """Revoke by the person's own code."""
        return await self._post("/v1/revocations/by-code", body, Recorded)

    async def revocations(self) -> RevocationsOut:
        """Return one's revocation list, signed by the hub, and the tokens behind it."""
        return await self._get("/v1/revocations", RevocationsOut)

    async def send_revocation_receipt(self, body: ReceiptIn) -> Recorded:
        """Send the receipt of a revocation's effect."""
        return await self._post("/v1/revocations/receipts", body, Recorded)

    async def send_message(self, body: MessageIn) -> Recorded:
        """Send a sealed message."""
        return await self._post("/v1/messages", body, Recorded)

    async def messages(self, after: int = 0) -> MessagesOut:
        """Return one's messages after a position."""
        return await self._get(f"/v1/messages?after={after}", MessagesOut)

    async def record_grants(self, body: GrantsIn) -> GrantsStored:
        """Record grants and head under one consent, all or nothing."""
        return await self._post("/v1/grants", body, GrantsStored)

    async def ask_release(self, body: ReleaseIn) -> ReleaseOut | ReleasePending:
        """Ask for a release; while it is pending, ask again or use `release`."""
        return _read_release(await self._transport.post("/v1/releases", body.to_bytes()))

    async def release(self, release: str) -> ReleaseOut | ReleasePending:
        """Fetch a release that was asked for before."""
        return _read_release(await self._transport.get(f"/v1/releases/{release}"))

    async def fetch_section(
        self, release: str, section: str, into: Path, *, most: int | None = None
    ) -> None:
        """Fetch a released section's ciphertext by reference into a file of at most `most` bytes.

        Raises OversizeError if there is more.
        """
        await self._transport.download(f"/v1/releases/{release}/sections/{section}", into, most)

    async def fetch_attachment(self, release: str, digest: str, into: Path) -> None:
        """Fetch a released attachment's ciphertext into a file."""
        await self._transport.download(f"/v1/releases/{release}/attachments/{digest}", into)

    async def send_receipt(self, release: str, body: ReceiptIn) -> Recorded:
        """Send the receipt of what was opened of a release."""
        recorded = await self._post(f"/v1/releases/{release}/receipt", body, Recorded)
        _require_same(recorded.id, release)
        return recorded

    async def entries(self, start: int, count: int = 1024) -> EntriesOut:
        """Return audit entries: one's own, or all for an auditor."""
        return await self._get(f"/v1/audit/entries?start={start}&count={count}", EntriesOut)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """Return a consistency proof between two sizes of the log: hashes of 32 bytes."""
        answer = await self._get(f"/v1/audit/consistency?old={old}&new={new}", ConsistencyOut)
        return [unb64u(one) for one in answer.hashes]

    async def checkpoint(self) -> str:
        """Return the log's checkpoint; verify it with `exchange.audit.checkpoint`."""
        return (await self._transport.get("/v1/audit/checkpoint")).text

    async def tile(self, path: str) -> bytes:
        """Return a tile by its C2SP path, e.g. `tile/0/x001/067`."""
        return (await self._transport.get(f"/v1/audit/{path}")).content

    async def _get(self, path: str, model: type[Answer]) -> Answer:
        return _read(await self._transport.get(path), model)

    async def _post(self, path: str, body: WireModel, model: type[Answer]) -> Answer:
        return _read(await self._transport.post(path, body.to_bytes()), model)


def _read(response: httpx.Response, model: type[Answer]) -> Answer:
    try:
        return model.from_bytes(response.content)
    except ValidationError:
        raise AnswerError("answer-malformed") from None


def _require_same(answered: str, asked: str) -> None:
    """Refuse an answer about something else. Raises AnswerError."""
    if answered != asked:
        raise AnswerError("answer-about-another")


def _read_release(response: httpx.Response) -> ReleaseOut | ReleasePending:
    if response.status_code == 202:
        return _read(response, ReleasePending)
    return _read(response, ReleaseOut)

"""Messages, grants and releases."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from schemas.encoding import unb64u
from schemas.identifiers import DIGEST, ID128
from schemas.wire.hub_api import (
    GrantsIn,
    GrantsStored,
    MessageIn,
    MessagesOut,
    ReceiptIn,
    Recorded,
    ReleaseIn,
    ReleaseOut,
    ReleasePending,
)
from services.hub import attachments, delivery, granting, messaging, receipts, releasing
from services.hub.answers import answer, answer_bytes, answer_file
from services.hub.calls import Call, Signed
from services.hub.store import releases as release_store
from services.web.bodies import OCTETS
from services.web.description import gives, gives_octets, takes

router = APIRouter(prefix="/v1", tags=["exchange"])
Id = Annotated[str, Path(pattern=f"^{ID128}$")]
Digest = Annotated[str, Path(pattern=f"^{DIGEST}$")]
After = Annotated[int, Query(ge=0, lt=2**63)]


@router.post(
    "/messages",
    summary="Send a sealed message to another facility",
    openapi_extra=takes(MessageIn),
    responses=gives(Recorded),
)
async def send_message(call: Signed) -> Response:
    body = await call.body(MessageIn, call.hub.settings.json_bytes)
    message = messaging.read_message(body.message, await call.own_member())
    recorded = await call.perform(lambda turn: messaging.send(turn, call, body.message, message))
    return answer(call.request, recorded)


@router.get("/messages", summary="One's messages after a position", responses=gives(MessagesOut))
async def read_messages(call: Signed, after: After = 0) -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        messages = await messaging.inbox(call, connection, after)
    return answer(call.request, messages)


@router.post(
    "/grants",
    summary="Record grants, half-keys and the head under one consent, all or nothing",
    openapi_extra=takes(GrantsIn),
    responses=gives(GrantsStored),
)
async def record_grants(call: Signed) -> Response:
    body = await call.body(GrantsIn, call.hub.settings.push_bytes)
    grants, head = granting.read_grants(body, await call.own_member())
    stored = await call.perform(
        lambda turn: granting.record_grants(turn, call, body.consent, grants, head)
    )
    return answer(call.request, stored)


@router.post(
    "/releases",
    summary="Ask for a release under one consent; the same id is the same release",
    openapi_extra=takes(ReleaseIn),
    responses=gives(ReleaseOut, pending=ReleasePending),
)
async def ask_release(call: Signed) -> Response:
    body = await call.body(ReleaseIn, call.hub.settings.json_bytes)
    decided = await call.perform(lambda turn: releasing.ask(turn, call, body))
    if decided.is_new:
        await call.hub.log.index_of(decided.leaf_hash, within=call.hub.settings.release_wait)
    return await _deliver(call, body.id)


@router.get(
    "/releases/{release}",
    summary="Fetch a release whose proof is there by now",
    responses=gives(ReleaseOut, pending=ReleasePending),
)
async def read_release(call: Signed, release: Id) -> Response:
    await call.perform(lambda turn: delivery.record_poll(turn, call, release))
    return await _deliver(call, release)


async def _deliver(call: Call, release: str) -> Response:
    async with call.hub.database.reading() as connection:
        body = await delivery.deliver(call, connection, release, call.hub.clock())
    if body is None:
        return answer(call.request, ReleasePending(id=release, state="pending"), 202)
    return answer_bytes(call.request, body)


@router.get(
    "/releases/{release}/sections/{section}",
    summary="Fetch a released section's ciphertext",
    responses=gives_octets(),
)
async def released_section(call: Signed, release: Id, section: Id) -> Response:
    manifest = await call.perform(
        lambda turn: delivery.permit_section(turn, call, release, section)
    )
    async with call.hub.database.reading() as connection:
        ciphertext = await release_store.ciphertext(connection, manifest)
    return answer_bytes(call.request, ciphertext, media_type=OCTETS)


@router.get(
    "/releases/{release}/attachments/{digest}",
    summary="Fetch a released attachment's ciphertext",
    responses=gives_octets(),
)
async def released_attachment(call: Signed, release: Id, digest: Digest) -> Response:
    await call.perform(lambda turn: delivery.permit_attachment(turn, call, release, digest))
    path = attachments.attachment_path(call.hub.settings.attachments_dir, digest)
    return answer_file(call.request, path, unb64u(digest))


@router.post(
    "/releases/{release}/receipt",
    summary="A recipient's signed word on what it opened",
    openapi_extra=takes(ReceiptIn),
    responses=gives(Recorded),
)
async def record_receipt(call: Signed, release: Id) -> Response:
    body = await call.body(ReceiptIn, call.hub.settings.json_bytes)
    recorded = await call.perform(
        lambda turn: receipts.record_receipt(turn, call, release, body.receipt)
    )
    return answer(call.request, recorded)

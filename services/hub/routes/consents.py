"""Consents, refusals, revocations and receipts of revocation."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from schemas.encoding import sha256
from schemas.identifiers import ID128
from schemas.wire.hub_api import (
    ConsentIn,
    ConsentOut,
    ConsentsOut,
    ReceiptIn,
    Recorded,
    RevocationByCodeIn,
    RevocationsOut,
    TokenIn,
)
from services.hub import consenting, revoking
from services.hub.answers import answer
from services.hub.calls import Signed
from services.hub.context import Hub
from services.hub.errors import NotFoundError
from services.hub.recognising import OpenToAll
from services.web.bodies import JSON, parse_body, read_body, require_media_type
from services.web.description import gives, takes

router = APIRouter(prefix="/v1", tags=["consent"])
ConsentId = Annotated[str, Path(pattern=f"^{ID128}$")]
After = Annotated[str, Query(pattern=f"^({ID128})?$")]
RECORDED = gives(Recorded)


@router.post(
    "/consents",
    summary="Record a consent token of one's own case manager",
    openapi_extra=takes(ConsentIn),
    responses=RECORDED,
)
async def record_consent(call: Signed) -> Response:
    body = await call.body(ConsentIn, call.hub.settings.json_bytes)
    vouched = consenting.read_consent_token(body.token, await call.own_member())
    recorded = await call.perform(
        lambda turn: consenting.record_consent(turn, call, body.token, vouched)
    )
    return answer(call.request, recorded)


@router.get(
    "/consents",
    summary="The consents that one issued or received",
    responses=gives(ConsentsOut),
)
async def list_consents(call: Signed, after: After = "") -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        consents = await consenting.consents_of(call, connection, after)
    return answer(call.request, consents)


@router.get(
    "/consents/{consent}",
    summary="One consent, as its parties see it",
    responses=gives(ConsentOut),
)
async def read_consent(call: Signed, consent: ConsentId) -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        found = await consenting.consent_of_party(call, connection, consent)
    return answer(call.request, found)


@router.post(
    "/refusals",
    summary="Record that something must not be sent",
    openapi_extra=takes(TokenIn),
    responses=RECORDED,
)
async def record_refusal(call: Signed) -> Response:
    body = await call.body(TokenIn, call.hub.settings.json_bytes)
    vouched = consenting.read_refusal_token(body.token, await call.own_member())
    recorded = await call.perform(
        lambda turn: consenting.record_refusal(turn, call, body.token, vouched)
    )
    return answer(call.request, recorded)


@router.post(
    "/revocations",
    summary="Revoke a consent as issuer or recipient",
    openapi_extra=takes(TokenIn),
    responses=RECORDED,
)
async def revoke(call: Signed) -> Response:
    body = await call.body(TokenIn, call.hub.settings.json_bytes)
    vouched = revoking.read_revocation_token(body.token, await call.own_member())
    recorded = await call.perform(lambda turn: revoking.revoke(turn, call, body.token, vouched))
    return answer(call.request, recorded)


@router.post(
    "/revocations/by-code",
    summary="Revoke with the person's own code: the code is the whole authority",
    openapi_extra=takes(RevocationByCodeIn),
    responses=RECORDED,
)
async def revoke_by_code(request: Request, signed: OpenToAll) -> Response:
    hub: Hub = request.app.state.hub
    require_media_type(request, JSON)
    data = await read_body(request, hub.settings.json_bytes)
    if signed is not None:
        signed.require_digest(sha256(data))
    body = parse_body(data, RevocationByCodeIn)
    hub.log.require_sound()
    try:
        code_hash = revoking.read_code(body.code)
        recorded = await hub.writer.run(lambda turn: revoking.revoke_by_code(turn, hub, code_hash))
    except NotFoundError:
        hub.anonymous.add("unknown-code")
        raise
    return answer(request, recorded)


@router.get(
    "/revocations",
    summary="One's revocation list, signed by the hub",
    responses=gives(RevocationsOut),
)
async def list_revocations(call: Signed) -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        listed = await revoking.revocations(call.hub, connection, call.facility)
    return answer(call.request, listed)


@router.post(
    "/revocations/receipts",
    summary="A recipient's signed word that a revocation took effect",
    openapi_extra=takes(ReceiptIn),
    responses=RECORDED,
)
async def record_receipt(call: Signed) -> Response:
    body = await call.body(ReceiptIn, call.hub.settings.json_bytes)
    recorded = await call.perform(
        lambda turn: revoking.record_revocation_receipt(turn, call, body.receipt)
    )
    return answer(call.request, recorded)

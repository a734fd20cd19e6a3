"""Consents, refusals and revocations."""

from typing import Literal

from fastapi import APIRouter, Request

from schemas.identifiers import Id128
from services.node import api, consents
from services.node.consent_form import ConsentTerms
from services.node.local import ANode, Local, json_body
from services.node.store.tables import ConsentRow
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["consents"], dependencies=[Local])
ConsentStateName = Literal[
    "waiting", "active", "approved", "revoked", "expired", "erased", "refused"
]


@router.post("/consents", openapi_extra=takes(api.ConsentIn), summary="Record a consent")
async def record_consent(request: Request, node: ANode) -> api.NewConsentOut:
    body = await json_body(request, api.ConsentIn, node.settings.json_bytes)
    new = await consents.issue(node, _terms(body), body.form, body.staff)
    return api.NewConsentOut.model_validate(
        {
            "consent": new.consent,
            "revocation_code": new.revocation_code,
            "delivery": new.delivery,
        }
    )


@router.get("/consents", summary="Consents issued by and given to this facility")
async def list_consents(node: ANode) -> api.ConsentsOut:
    rows = await consents.list_consents(node)
    return api.ConsentsOut(consents=[_consent(row, node.now()) for row in rows])


@router.post(
    "/consents/{consent}/revoke", openapi_extra=takes(api.RevokeIn), summary="Take a consent back"
)
async def revoke(consent: Id128, request: Request, node: ANode) -> api.DeliveryOut:
    body = await json_body(request, api.RevokeIn, node.settings.json_bytes)
    delivery = await consents.revoke(node, consent, staff_id=body.staff, reason=body.reason)
    return api.DeliveryOut.model_validate({"id": consent, "delivery": delivery})


@router.post(
    "/revocations",
    openapi_extra=takes(api.RevocationCodeIn),
    summary="Pass on the person's own revocation code",
)
async def revoke_by_code(request: Request, node: ANode) -> api.CodeTakenOut:
    body = await json_body(request, api.RevocationCodeIn, node.settings.json_bytes)
    delivery = await consents.revoke_by_code(node, body.code)
    return api.CodeTakenOut.model_validate({"delivery": delivery})


@router.post("/refusals", openapi_extra=takes(api.RefusalIn), summary="Record a refusal")
async def refuse(request: Request, node: ANode) -> api.DeliveryOut:
    body = await json_body(request, api.RefusalIn, node.settings.json_bytes)
    refusal, delivery = await consents.refuse(
        node,
        code_number=body.code_number,
        recipient=body.recipient,
        scope=body.scope,
        staff_id=body.staff,
    )
    return api.DeliveryOut.model_validate({"id": refusal, "delivery": delivery})


def _terms(body: api.ConsentIn) -> ConsentTerms:
    return ConsentTerms(
        code_number=body.code_number,
        recipient=body.recipient,
        purpose=body.purpose,
        scope=body.scope,
        valid_from=body.valid_from,
        valid_until=body.valid_until,
        max_releases=body.max_releases,
        on_revocation=body.on_revocation,
        erase_at=body.erase_at,
    )


def _consent(row: ConsentRow, now: int) -> api.ConsentOut:
    return api.ConsentOut.model_validate(
        {
            "consent": row.jti,
            "issued": row.issued,
            "partner": row.partner,
            "purpose": row.purpose,
            "state": _state(row, now),
            "recorded_at": row.recorded_at,
            "expires_at": row.expires_at,
            "erase_at": row.erase_at,
            "on_revocation": row.on_revocation,
            "revoked_at": row.revoked_at,
        }
    )


def _state(row: ConsentRow, now: int) -> ConsentStateName:
    """Say how a consent stands; the most final word first."""
    if row.erased_at is not None:
        return "erased"
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= now:
        return "expired"
    if row.hub_state == "refused":
        return "refused"
    if row.hub_state == "waiting":
        return "waiting"
    return "approved" if row.approved_at is not None else "active"

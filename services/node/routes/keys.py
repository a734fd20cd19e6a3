"""Unlock, lock, status, and who this facility is."""

from fastapi import APIRouter, Request

from keys.keycard import fingerprint_text
from schemas.wire.hub_api import Introduction
from services.node import api, lifecycle, staff
from services.node.local import ANode, ASync, Local, json_body
from services.node.store import outbox
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["node"], dependencies=[Local])


@router.post("/unlock", openapi_extra=takes(api.UnlockIn), summary="Open the record keyring")
async def unlock(request: Request, node: ANode, sync: ASync) -> api.StatusOut:
    body = await json_body(request, api.UnlockIn, node.settings.json_bytes)
    await lifecycle.unlock(node, body.passphrase)
    return await lifecycle.status(node, sync.hub)


@router.post("/lock", summary="Forget the record keys")
async def lock(node: ANode, sync: ASync) -> api.StatusOut:
    await lifecycle.lock(node)
    return await lifecycle.status(node, sync.hub)


@router.get("/status", summary="Locked or not, what waits, how the hub is")
async def get_status(node: ANode, sync: ASync) -> api.StatusOut:
    return await lifecycle.status(node, sync.hub)


@router.get("/outbox", summary="What waits for the hub, and what it refused")
async def get_outbox(node: ANode) -> api.OutboxListOut:
    async with node.db.read() as session:
        waiting, _ = await outbox.count(session)
        rows = await outbox.list_refused(session, most=100)
    return api.OutboxListOut(waiting=waiting, refused=[lifecycle.refused_out(row) for row in rows])


@router.get("/introduction", summary="What partners and the hub's operator are handed")
async def get_introduction(node: ANode) -> Introduction:
    async with node.db.read() as session:
        return await staff.own_introduction(session)


@router.get("/fingerprint", summary="This facility's fingerprint, to be read out")
async def get_fingerprint(node: ANode) -> api.FingerprintOut:
    return api.FingerprintOut(
        facility=node.facility, fingerprint=fingerprint_text(node.fingerprint)
    )

"""Releases: asked for, received, opened; and what was received."""

import json
from typing import Annotated

from fastapi import APIRouter, Query, Request

from schemas.identifiers import CODE_NUMBER, Id128
from services.node import api_records as api
from services.node import asking, reading, releases
from services.node.local import ANode, ASync, Local, json_body
from services.node.node import Node
from services.node.store import outbox
from services.node.store import releases as store
from services.node.store.tables import ReleaseRow
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["releases"], dependencies=[Local])
CodeQuery = Annotated[str | None, Query(pattern=f"^{CODE_NUMBER}$")]


@router.post("/pull", summary="Do one round with the hub now")
async def pull(node: ANode, sync: ASync) -> api.RoundOut:
    done = await sync.round()
    async with node.db.read() as session:
        waiting, _ = await outbox.count(session)
    return api.RoundOut(
        pushed=done.pushed,
        waiting=waiting,
        messages=done.messages,
        revocations=done.revocations,
        received=done.received,
        opened=done.opened,
        troubles=done.troubles,
    )


@router.post("/releases", openapi_extra=takes(api.AskReleaseIn), summary="Ask for a release now")
async def ask(request: Request, node: ANode) -> api.ReleaseStateOut:
    body = await json_body(request, api.AskReleaseIn, node.settings.json_bytes)
    row = await asking.ask_now(node, body.consent, body.purpose, body.sections)
    return await _release(node, row)


@router.get("/releases", summary="Releases that were asked for, and what came of them")
async def list_releases(node: ANode) -> api.ReleasesOut:
    async with node.db.read() as session:
        rows = await store.list_releases(session)
    return api.ReleasesOut(releases=[await _release(node, row) for row in rows])


@router.get("/releases/{release}", summary="What came of a release")
async def show_release(release: Id128, node: ANode) -> api.ReleaseStateOut:
    return await _release(node, await releases.get(node, release))


@router.get("/opened", summary="Received sections, and whether each may be shown now")
async def list_opened(node: ANode, code_number: CodeQuery = None) -> api.OpenedListOut:
    return await reading.list_opened(node, code_number)


async def _release(node: Node, row: ReleaseRow) -> api.ReleaseStateOut:
    async with node.db.read() as session:
        opened = await store.count_opened(session, row.release)
    return api.ReleaseStateOut.model_validate(
        {
            "release": row.release,
            "consent": row.consent,
            "state": row.state,
            "asked_at": row.asked_at,
            "answered_at": row.answered_at,
            "status": row.status,
            "slug": row.slug,
            "reasons": json.loads(row.reasons),
            "findings": json.loads(row.findings),
            "opened": opened,
        }
    )

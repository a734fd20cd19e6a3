"""The node's own audit log, for the facility's own eyes and its auditors."""

from typing import Annotated

from fastapi import APIRouter, Query

from exchange.audit.entry import open_entry
from schemas.encoding import b64u
from services.node import api_records as api
from services.node.local import ANode, Local
from services.node.store import log
from services.node.store.state import LOG_CHECKPOINT, get_value
from services.node.store.tables import EntryRow

router = APIRouter(prefix="/v1", tags=["audit"], dependencies=[Local])


@router.get("/audit", summary="The node's own log: checkpoint, keys, entries")
async def show_log(
    node: ANode,
    start: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    count: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> api.AuditOut:
    async with node.db.read() as session:
        checkpoint = await get_value(session, LOG_CHECKPOINT)
        size = await log.size(session)
        rows = await log.list_entries(session, start=start, most=count)
    signer = node.keys.service.log
    return api.AuditOut(
        checkpoint=checkpoint.value.decode() if checkpoint else None,
        log_ed25519=signer.ed25519.text,
        log_ml_dsa_44=signer.ml_dsa_44.text,
        size=size,
        entries=[_entry(row) for row in rows],
    )


def _entry(row: EntryRow) -> api.EntryOut:
    return api.EntryOut(
        index=row.position,
        leaf=b64u(row.leaf),
        salt=b64u(row.salt),
        details=open_entry(row.leaf, row.salt, row.details),
    )

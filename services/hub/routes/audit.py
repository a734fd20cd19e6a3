"""The audit log: checkpoint and tiles for everyone, entries for their parties and for auditors."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from exchange.audit.errors import TileError
from exchange.audit.tiles import parse_path
from schemas.encoding import b64u
from schemas.wire.hub_api import ConsistencyOut, EntriesOut
from services.hub import proofs
from services.hub.answers import answer, answer_bytes
from services.hub.audit_reading import read_entries
from services.hub.calls import Signed
from services.hub.context import Hub
from services.hub.errors import NotFoundError, UnavailableError
from services.hub.recognising import Open
from services.web.bodies import OCTETS
from services.web.description import gives, gives_octets

router = APIRouter(prefix="/v1/audit", tags=["audit"])
TEXT = "text/plain; charset=utf-8"
Index = Annotated[int, Query(ge=0, lt=2**62)]
Count = Annotated[int, Query(ge=1, le=1024)]


@router.get(
    "/checkpoint",
    summary="The published checkpoint (C2SP tlog-checkpoint)",
    responses=gives_octets(TEXT),
)
async def checkpoint(request: Request, _: Open) -> Response:
    hub: Hub = request.app.state.hub
    if not hub.log.published.note:
        raise UnavailableError("audit-halted")
    return answer_bytes(request, hub.log.published.note.encode(), media_type=TEXT)


@router.get(
    "/tile/{path:path}",
    summary="A tile of hashes (C2SP tlog-tiles)",
    responses=gives_octets(),
)
async def tile(request: Request, path: str, _: Open) -> Response:
    hub: Hub = request.app.state.hub
    try:
        wanted = parse_path(f"tile/{path}")
    except TileError:
        raise NotFoundError from None
    async with hub.database.reading() as connection:
        data = await hub.log.published_tile(connection, wanted)
    if data is None:
        raise NotFoundError
    return answer_bytes(request, data, media_type=OCTETS)


@router.get(
    "/entries",
    summary="Entries from an index on: one's own; all of them for an auditor",
    responses=gives(EntriesOut),
)
async def entries(call: Signed, start: Index, count: Count = 1024) -> Response:
    found = await call.perform(lambda turn: read_entries(turn, call, start, count))
    return answer(call.request, found)


@router.get(
    "/consistency",
    summary="Proof that a later tree begins with an earlier one (RFC 6962)",
    responses=gives(ConsistencyOut),
)
async def consistency(call: Signed, old: Index, new: Index) -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        hashes = await proofs.consistency(connection, call.hub.log, old, new)
    proof = ConsistencyOut(old=old, new=new, hashes=[b64u(one) for one in hashes])
    return answer(call.request, proof)

"""The hub's card, and the directory: introductions and new statements."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from schemas.identifiers import FACILITY_CODE
from schemas.wire.hub_api import HubCard, Introduction, StatementsIn, StatementsStored
from services.hub.answers import answer, answer_bytes
from services.hub.calls import Signed, require_member
from services.hub.introducing import add_statements, read_statements
from services.hub.recognising import Open
from services.web.description import gives, takes

router = APIRouter(prefix="/v1", tags=["directory"])
Facility = Annotated[str, Path(pattern=f"^{FACILITY_CODE}$")]


@router.get("/hub", summary="The hub's card: what a node pins", response_model=HubCard)
async def card(request: Request, _: Open) -> Response:
    return answer(request, request.app.state.hub.card)


@router.post(
    "/directory/statements",
    summary="Certify working keys and staff of the calling facility",
    openapi_extra=takes(StatementsIn),
    responses=gives(StatementsStored),
)
async def statements(call: Signed) -> Response:
    body = await call.body(StatementsIn, call.hub.settings.json_bytes)
    certified = read_statements(body.statements)
    stored = await call.perform(lambda turn: add_statements(turn, call, certified))
    return answer(call.request, stored)


@router.get(
    "/directory/{facility}",
    summary="A facility's card and statements, to be held against a pin",
    responses=gives(Introduction),
)
async def introduction(call: Signed, facility: Facility) -> Response:
    await call.admit()
    async with call.hub.database.reading() as connection:
        member = await require_member(call, connection, facility)
    return answer_bytes(call.request, member.introduction)

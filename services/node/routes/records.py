"""Records: put in as components, shown as components, section by section, or as attachments."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from schemas.identifiers import CODE_NUMBER, Digest, Id128
from services.node import api_records as api
from services.node import attachments, cases, reading
from services.node.local import ANode, Local, json_body
from services.node.records import StoredRecord
from services.web.description import takes

router = APIRouter(prefix="/v1", tags=["records"], dependencies=[Local])
CodeQuery = Annotated[str | None, Query(pattern=f"^{CODE_NUMBER}$")]
OCTETS = {200: {"content": {"application/octet-stream": {}}, "description": "The attachment."}}


@router.post("/cases", openapi_extra=takes(api.CaseIn), summary="Store a whole case, sealed")
async def add_case(request: Request, node: ANode) -> api.StoredOut:
    body = await json_body(request, api.CaseIn, node.settings.case_bytes)
    case = cases.read_case(body.case)
    return _stored(case.code_number, await cases.add_case(node, case, body.author))


@router.post("/records", openapi_extra=takes(api.RecordIn), summary="Store one component, sealed")
async def add_record(request: Request, node: ANode) -> api.StoredOut:
    body = await json_body(request, api.RecordIn, node.settings.case_bytes)
    case = cases.one_component(body.code_number, body.component, body.record, body.attachments)
    return _stored(case.code_number, await cases.add_case(node, case, body.author))


@router.get("/records", summary="Which records there are, of one case or of all")
async def list_records(node: ANode, code_number: CodeQuery = None) -> api.CasesOut:
    return await reading.list_own(node, code_number)


@router.get("/records/{record}", summary="A record in clear, own or received")
async def show_record(record: Id128, node: ANode) -> api.RecordContentOut:
    return await reading.show_record(node, record)


@router.get("/sections/{section}", summary="A section in clear, own or received")
async def show_section(section: Id128, node: ANode) -> api.SectionContentOut:
    return reading.section_out(await reading.show_section(node, section))


@router.get(
    "/sections/{section}/attachments/{digest}",
    summary="An attachment in clear",
    responses=OCTETS,  # type: ignore[arg-type]
    response_class=StreamingResponse,
)
async def show_attachment(section: Id128, digest: Digest, node: ANode) -> StreamingResponse:
    view = await reading.show_section(node, section)
    descriptor = attachments.find(view, digest)
    pieces = await attachments.open_file(node, view, descriptor)
    # Never the declared type: a browser must not run what a partner sent.
    headers = {"content-disposition": "attachment"}
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)


def _stored(code_number: str, stored: list[StoredRecord]) -> api.StoredOut:
    return api.StoredOut.model_validate_json(
        orjson.dumps({"code_number": code_number, "records": stored})
    )

"""FHIR R4 for local systems: metadata, read, search by code number.

A search may also be posted as a form, which keeps code numbers out of URLs.
"""

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from services.node import fhir
from services.node.errors import InputError
from services.node.local import ANode, Local
from services.node.problems import FHIR
from services.web.bodies import read_body, require_media_type

router = APIRouter(prefix="/fhir", tags=["fhir"], dependencies=[Local])
ResourceType = Literal["Bundle", "Composition", "Patient"]
ResourceId = Annotated[str, Path(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
FORM = "application/x-www-form-urlencoded"
_GIVES: dict[int | str, dict[str, Any]] = {
    200: {"content": {FHIR: {"schema": {"type": "object"}}}, "description": "FHIR R4 JSON."}
}
_FORM_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"identifier": {"type": "string"}},
                    "required": ["identifier"],
                    "additionalProperties": False,
                }
            }
        },
    }
}


@router.get("/metadata", summary="CapabilityStatement", responses=_GIVES)
async def metadata() -> Response:
    return _fhir(orjson.dumps(fhir.capability_statement()))


@router.get("/{resource_type}/{resource_id}", summary="Read one resource", responses=_GIVES)
async def read(resource_type: ResourceType, resource_id: ResourceId, node: ANode) -> Response:
    return _fhir(await fhir.read(node, resource_type, resource_id))


@router.get("/{resource_type}", summary="Search by code number", responses=_GIVES)
async def search(
    resource_type: ResourceType,
    request: Request,
    node: ANode,
    identifier: Annotated[str, Query(max_length=200)],
) -> Response:
    _only_identifier([name for name, _ in request.query_params.multi_items()])
    return _fhir(await fhir.search(node, resource_type, identifier))


@router.post(
    "/{resource_type}/_search",
    summary="Search by code number, posted",
    responses=_GIVES,
    openapi_extra=_FORM_BODY,
)
async def post_search(resource_type: ResourceType, request: Request, node: ANode) -> Response:
    require_media_type(request, FORM)
    body = await read_body(request, node.settings.json_bytes)
    fields = _form_fields(body)
    _only_identifier([name for name, _ in fields])
    return _fhir(await fhir.search(node, resource_type, fields[0][1]))


def _form_fields(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise InputError(("body", "is a form of too many fields")) from None


def _only_identifier(names: list[str]) -> None:
    """Refuse other parameters: ignoring one would show more than was asked for."""
    if names != ["identifier"]:
        raise InputError(("identifier", "is the one search parameter there is, once"))


def _fhir(body: bytes) -> Response:
    return Response(body, media_type=FHIR)

"""What OpenAPI can't see by itself: bodies are read by hand, because their bytes are signed."""

from typing import Any

from schemas.wire.base import WireModel
from schemas.wire.problem import Problem
from services.web.bodies import JSON, OCTETS
from services.web.problems import MEDIA_TYPE

PROBLEM: dict[str, Any] = {
    "model": Problem,
    "description": "A problem document (RFC 9457).",
    "content": {MEDIA_TYPE: {}},
}
Responses = dict[int | str, dict[str, Any]]


def takes(model: type[WireModel]) -> dict[str, Any]:
    """Return the OpenAPI description of a JSON body."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def takes_octets() -> dict[str, Any]:
    """Return the OpenAPI description of a raw body."""
    schema = {"type": "string", "format": "binary"}
    return {"requestBody": {"required": True, "content": {OCTETS: {"schema": schema}}}}


def gives(
    model: type[WireModel], *problems: int, pending: type[WireModel] | None = None
) -> Responses:
    """Return the OpenAPI description of answers: 200, perhaps 202, and problems."""
    answers: Responses = {200: {"model": model}}
    if pending is not None:
        answers[202] = {"model": pending}
    return answers | may_refuse(*problems)


def gives_octets(*problems: int) -> Responses:
    """Return the OpenAPI description of a raw answer."""
    content = {OCTETS: {"schema": {"type": "string", "format": "binary"}}}
    return {200: {"content": content, "description": "Ciphertext."}} | may_refuse(*problems)


def may_refuse(*statuses: int) -> Responses:
    """Return the OpenAPI description of problems; those that any signed call may meet are added."""
    return dict.fromkeys(sorted({401, 403, 422, 503, *statuses}), PROBLEM)

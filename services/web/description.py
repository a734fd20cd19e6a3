"""OpenAPI descriptions: what FastAPI can't see by itself. PROTOCOL section 9.

Bodies are read by hand, because their bytes are signed or bounded; errors are problem documents.
Owns how both are described, and the one spelling in which a description is committed.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.wire.problem import Problem
from services.web.bodies import JSON, OCTETS
from services.web.problems import MEDIA_TYPE

REFERENCE = "#/components/schemas/{model}"
BINARY = {"schema": {"type": "string", "format": "binary"}}
Responses = dict[int | str, dict[str, Any]]


def takes(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of a JSON body, for a route's `openapi_extra`."""
    schema = {"$ref": REFERENCE.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def takes_octets() -> dict[str, Any]:
    """Return the description of a raw body."""
    return {"requestBody": {"required": True, "content": {OCTETS: BINARY}}}


def gives(model: type[BaseModel], *, pending: type[BaseModel] | None = None) -> Responses:
    """Return the description of a JSON answer, and of a 202 if there is one."""
    answers: Responses = {200: {"model": model}}
    return answers if pending is None else answers | {202: {"model": pending}}


def gives_octets(media_type: str = OCTETS) -> Responses:
    """Return the description of a raw answer."""
    return {200: {"content": {media_type: BINARY}, "description": "Bytes as they are."}}


def complete(
    description: dict[str, Any],
    models: Sequence[type[BaseModel]],
    *,
    scheme: dict[str, Any],
    is_guarded: Callable[[str], bool],
) -> dict[str, Any]:
    """Add body models, problem documents and the security scheme to FastAPI's description.

    `scheme`: an OpenAPI security scheme. `is_guarded`: says of a path whether it needs it.
    """
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in _definitions(models).items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):  # FastAPI's own are never sent
        schemas.pop(unused, None)
    components["securitySchemes"] = {"caller": scheme}
    problem = {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}}
    for path, operations in description["paths"].items():
        for operation in operations.values():
            if is_guarded(path):
                operation["security"] = [{"caller": []}]
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {
                "description": "A problem document (RFC 9457).",
                "content": problem,
            }
    return description


def _definitions(models: Sequence[type[BaseModel]]) -> dict[str, Any]:
    every = [(one, "validation") for one in (*models, Problem)]
    _, found = models_json_schema(every, ref_template=REFERENCE)  # type: ignore[arg-type]
    return dict(found["$defs"])


def as_text(description: dict[str, Any]) -> str:
    """Return a description as it is committed: the same API is the same file."""
    return json.dumps(description, indent=1, sort_keys=True) + "\n"

"""What OpenAPI can't see by itself: bodies that routes read, problems, and the bearer token."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.wire.base import WireModel
from schemas.wire.problem import Problem
from services.web.bodies import JSON
from services.web.problems import MEDIA_TYPE

_REF = "#/components/schemas/{model}"
_FHIR = "application/fhir+json"


def takes(model: type[WireModel]) -> dict[str, Any]:
    """Return the OpenAPI description of a JSON body."""
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def complete(description: dict[str, Any], models: list[type[WireModel]]) -> dict[str, Any]:
    """Return a description with body models, the answers to errors and the token added."""
    every: list[type[BaseModel]] = [*models, Problem]
    _, found = models_json_schema([(one, "validation") for one in every], ref_template=_REF)
    components = description.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name, schema in found.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for path, operations in description["paths"].items():
        if path.startswith(("/v1", "/fhir")):
            for operation in operations.values():
                _guard(operation, is_fhir=path.startswith("/fhir"))
    return description


def _guard(operation: dict[str, Any], *, is_fhir: bool) -> None:
    """Say of an operation that it needs the token, and how it answers errors."""
    operation["security"] = [{"token": []}]
    problem = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    outcome = {_FHIR: {"schema": {"type": "object"}}}
    operation["responses"].pop("422", None)  # FastAPI's own shape is never sent
    operation["responses"]["default"] = {
        "description": "An OperationOutcome." if is_fhir else "A problem document (RFC 9457).",
        "content": outcome if is_fhir else problem,
    }

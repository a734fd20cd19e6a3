"""How request bodies that routes read by themselves appear in the OpenAPI description."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.wire.base import WireModel
from schemas.wire.problem import Problem

_REF = "#/components/schemas/{model}"


def takes(model: type[WireModel], media_type: str = "application/json") -> dict[str, Any]:
    """Return `openapi_extra` for a route whose body is a wire model."""
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def add_models(description: dict[str, Any], models: list[type[WireModel]]) -> dict[str, Any]:
    """Return an OpenAPI description with the schemas of body models added."""
    every: list[type[BaseModel]] = [*models, Problem]
    _, found = models_json_schema([(one, "validation") for one in every], ref_template=_REF)
    schemas = description.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in found.get("$defs", {}).items():
        schemas.setdefault(name, schema)
    return description

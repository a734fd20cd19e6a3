"""Validation of resources against the R4 models of `fhir.resources`, loaded when first needed."""

from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from schemas.errors import ComponentError


@cache
def _model(resource_type: str) -> type[BaseModel]:
    """Return the R4B model; R4B and R4 are the same for every resource used here."""
    from fhir.resources.R4B import get_fhir_model_class

    found: type[BaseModel] = get_fhir_model_class(resource_type)
    return found


def _path(root: str, error: ValidationError) -> str:
    return ".".join([root, *(str(part) for part in error.errors(include_input=False)[0]["loc"])])


def validate_json(data: bytes) -> None:
    """Refuse bytes that are no valid R4 Bundle. Raises ComponentError with the element's path."""
    try:
        _model("Bundle").model_validate_json(data)
    except ValidationError as error:
        raise ComponentError("is not valid FHIR R4", _path("Bundle", error)) from None


def fault_of(resource: dict[str, Any]) -> str | None:
    """Return the path of the first fault in a resource, None if it is valid R4."""
    kind = str(resource.get("resourceType"))
    try:
        _model(kind).model_validate(resource)
    except ValidationError as error:
        return _path(kind, error)
    except (LookupError, ImportError, ValueError):
        return f"{kind}.resourceType"
    return None

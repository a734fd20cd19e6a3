"""The node's OpenAPI description, committed as openapi/node.json and compared in the tests."""

import inspect
from typing import Any

from schemas.wire.base import WireModel
from services.node import api, api_records
from services.node.app import bare_app
from services.node.problems import FHIR, FHIR_PATH
from services.web.description import as_text, complete
from services.web.metrics import Metrics

TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "The content of the file `api-token` in the node's folder.",
}


def describe() -> dict[str, Any]:
    """Return the description of the node's API."""
    models = {
        one for module in (api, api_records) for _, one in inspect.getmembers(module, _is_model)
    }
    description = complete(
        bare_app(Metrics("node")).openapi(),
        sorted(models, key=lambda one: one.__name__),
        scheme=TOKEN,
        is_guarded=lambda path: path.startswith(("/v1/", FHIR_PATH)),
    )
    for path, operations in description["paths"].items():
        if path.startswith(FHIR_PATH):
            for operation in operations.values():
                operation["responses"]["default"] = {
                    "description": "An OperationOutcome.",
                    "content": {FHIR: {"schema": {"type": "object"}}},
                }
    return description


def node_description() -> str:
    """Return the description as text."""
    return as_text(describe())


def _is_model(member: object) -> bool:
    return inspect.isclass(member) and issubclass(member, WireModel) and member is not WireModel

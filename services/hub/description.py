"""The hub's OpenAPI description, committed as openapi/hub.json and compared in the tests."""

import inspect
from typing import Any

from schemas.wire import hub_api
from schemas.wire.base import WireModel
from services.hub.app import bare_app
from services.web.description import as_text, complete
from services.web.metrics import Metrics

SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": (
        "HTTP message signature (RFC 9421) with Signature-Input: @method, @target-uri and, with a "
        "body, content-digest and content-type; created, nonce, keyid, alg ed25519, tag safehand-1."
    ),
}
OPEN = ("/v1/hub", "/v1/revocations/by-code", "/v1/audit/checkpoint", "/v1/audit/tile/{path}")
"""What needs no signature, besides health."""


def describe() -> dict[str, Any]:
    """Return the description of the hub's API."""
    return complete(
        bare_app(Metrics("hub")).openapi(),
        [one for _, one in inspect.getmembers(hub_api, _is_model)],
        scheme=SIGNATURE,
        is_guarded=lambda path: path.startswith("/v1/") and path not in OPEN,
    )


def hub_description() -> str:
    """Return the description as text."""
    return as_text(describe())


def _is_model(member: object) -> bool:
    return inspect.isclass(member) and issubclass(member, WireModel) and member is not WireModel

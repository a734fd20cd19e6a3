"""The node's OpenAPI description, as it is committed in openapi/node.json."""

import json

from services.node.app import bare_app
from services.web.metrics import Metrics


def node_description() -> str:
    """Return the description as text: sorted, so that the same API is the same file."""
    return json.dumps(bare_app(Metrics("node")).openapi(), indent=1, sort_keys=True) + "\n"

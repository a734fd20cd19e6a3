"""The gate of the local API: Host header, bearer token, bounded bodies. PROTOCOL section 12.

A web page opened on this machine could reach a loopback port; it does not know the token, and by
rebinding a name of its own it can't pass the Host check. Nothing here says who the person is.
"""

import hmac
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.wire.base import WireModel
from services.node.errors import HostError, TokenError
from services.node.node import Node
from services.node.sync import Sync
from services.web.bodies import JSON, parse_body, read_body, require_media_type
from services.web.transport import is_loopback

Model = TypeVar("Model", bound=WireModel)


def the_node(request: Request) -> Node:
    """Return the node that this application serves."""
    node: Node = request.app.state.node
    return node


def the_sync(request: Request) -> Sync:
    """Return its sync loop."""
    sync: Sync = request.app.state.sync
    return sync


def require_local(request: Request) -> None:
    """Refuse a caller who does not know the token. Raises HostError, TokenError."""
    require_host(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected: bytes = request.app.state.token
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), expected):
        raise TokenError


def require_host(request: Request) -> None:
    """Refuse a Host header that is neither loopback nor configured. Raises HostError."""
    try:
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        raise HostError from None
    if not is_loopback(name) and name not in the_node(request).settings.allowed_hosts:
        raise HostError


async def json_body(request: Request, model: type[Model], limit: int) -> Model:
    """Return a bounded JSON body as a wire model. Raises WebError."""
    return parse_body(await json_bytes(request, limit), model)


async def json_bytes(request: Request, limit: int) -> bytes:
    """Return a bounded JSON body as bytes. Raises WebError."""
    require_media_type(request, JSON)
    return await read_body(request, limit)


class NoStore:
    """ASGI middleware: no answer of the node is kept by whoever passes it on or shows it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; mark its answer."""

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["cache-control"] = "no-store"
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, marked)


ANode = Annotated[Node, Depends(the_node)]
"""Declares that a route works on the node."""

ASync = Annotated[Sync, Depends(the_sync)]
"""Declares that a route runs rounds of the sync loop."""

Local = Depends(require_local)
"""Declares routes that need the bearer token."""

"""The outermost layer: nothing unexpected leaves, and every answer is counted.

Owns what happens when an error was nobody's: a problem document without text, one log line with the
error's class and nothing else. Callers that hang up are no errors. PROTOCOL section 9.
"""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.web.problems import INTERNAL

log = logging.getLogger("safehand.web")

Answer = Callable[[Request, Exception], Awaitable[Response]]
"""Makes the answer to an error: the process's own, so that it is audited and signed alike."""

Count = Callable[[str, str, int], None]
"""Takes method, route template and status of one answer."""


class Shield:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, answer: Answer, count: Count) -> None:
        self._app, self._answer, self._count = app, answer, count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and count its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        statuses: list[int] = []

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self._guarded(scope, receive, counted, statuses)
        finally:
            template = getattr(scope.get("route"), "path", "none")
            self._count(scope["method"], template, statuses[0] if statuses else 499)

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, statuses: list[int]
    ) -> None:
        try:
            await self._app(scope, receive, send)
        except ClientDisconnect:
            log.info("client-gone")
        except Exception as error:
            # The class says enough to find the fault; a traceback could carry what was sent.
            log.error("unexpected %s", type(error).__name__)
            if not statuses:
                response = await self._answered(Request(scope, receive), error)
                await response(scope, receive, send)

    async def _answered(self, request: Request, error: Exception) -> Response:
        try:
            return await self._answer(request, error)
        except Exception as second:
            log.error("unanswered %s", type(second).__name__)
            return Response(status_code=INTERNAL.status)

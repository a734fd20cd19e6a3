"""The hub's application: routes, error answers, and the hub behind them for as long as it serves.

Owns nothing of its own: `create_app` puts the parts together. PROTOCOL section 8.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.hub.answers import answer_error
from services.hub.context import Clock, Hub
from services.hub.errors import HubError
from services.hub.routes import audit, consents, directory, exchange, sections
from services.hub.settings import HubSettings
from services.hub.start import running_hub
from services.web.application import new_application
from services.web.errors import WebError
from services.web.metrics import Metrics, health_routes
from services.web.shield import Shield


def wall_clock() -> int:
    """Return seconds since the Unix epoch."""
    return int(time.time())


def create_app(settings: HubSettings, *, clock: Clock = wall_clock) -> FastAPI:
    """Return the hub's application. Nothing is opened before it starts to serve."""
    metrics = Metrics("hub")

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running_hub(settings, clock, metrics) as hub:
            app.state.hub = hub
            yield

    app = bare_app(metrics)
    app.router.lifespan_context = lifespan
    return app


def bare_app(metrics: Metrics) -> FastAPI:
    """Return the application without a hub behind it: enough to describe it."""
    app = new_application("Safehand hub")
    for module in (directory, sections, consents, exchange, audit):
        app.include_router(module.router)
    app.include_router(health_routes(metrics, lambda: _not_ready(app)))
    for error in (HubError, WebError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, answer_error)
    app.add_middleware(Shield, answer=answer_error, count=metrics.count)
    return app


def _not_ready(app: FastAPI) -> list[str]:
    hub: Hub = app.state.hub
    reasons = [] if hub.log.halted is None else [hub.log.halted]
    return [*reasons, "database"] if hub.writer.is_failing else reasons

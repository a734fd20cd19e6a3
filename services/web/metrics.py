"""/healthz, /readyz and /metrics, the same on every process.

Owns the request counter and the three routes. A metric's labels are route templates and numbers,
never ids.
"""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest

Ready = Callable[[], list[str]]
"""Says what keeps the process from serving: stable slugs, none when it is ready."""


NOT_READY: dict[int | str, dict[str, Any]] = {503: {"description": "Not ready, with the reasons."}}


class Metrics:
    """One process's metrics, in a registry of its own."""

    def __init__(self, process: str) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            f"safehand_{process}_answers",
            "Answers given, by method, route and status",
            ("method", "route", "status"),
            registry=self.registry,
        )

    def count(self, method: str, route: str, status: int) -> None:
        """Count one answer; methods outside the usual few are lumped together."""
        known = method if method in ("GET", "POST", "PUT", "DELETE", "HEAD", "PATCH") else "other"
        self._answers.labels(known, route, str(status)).inc()


def health_routes(metrics: Metrics, ready: Ready) -> APIRouter:
    """Return the three routes. They need no credentials and disclose no one."""
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="Is the process alive?")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @router.get("/readyz", summary="Would the process do its work now?", responses=NOT_READY)
    async def readyz() -> JSONResponse:
        reasons = ready()
        status = "not-ready" if reasons else "ready"
        return JSONResponse({"status": status, "reasons": reasons}, 503 if reasons else 200)

    @router.get("/metrics", summary="Counters in Prometheus text form", response_class=Response)
    async def prometheus() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router

"""Health and metrics: numbers and route templates only."""

import httpx
from fastapi import FastAPI

from services.web.metrics import Metrics, health_routes


def app(metrics: Metrics, reasons: list[str]) -> httpx.AsyncClient:
    application = FastAPI()
    application.include_router(health_routes(metrics, lambda: reasons))
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://x")


async def test_counts_appear_under_their_route() -> None:
    metrics = Metrics("hub")
    metrics.count("GET", "/v1/x/{id}", 200)
    metrics.count("GET", "/v1/x/{id}", 200)
    metrics.count("INVENTED", "none", 405)
    text = (await app(metrics, []).get("/metrics")).text
    assert 'safehand_hub_answers_total{method="GET",route="/v1/x/{id}",status="200"} 2.0' in text
    assert 'method="other"' in text
    assert "INVENTED" not in text


async def test_two_processes_count_apart() -> None:
    one, other = Metrics("hub"), Metrics("hub")
    one.count("GET", "/a", 200)
    assert "/a" not in (await app(other, []).get("/metrics")).text


async def test_readiness_gives_reasons() -> None:
    metrics = Metrics("hub")
    assert (await app(metrics, []).get("/readyz")).json() == {"status": "ready", "reasons": []}
    answer = await app(metrics, ["guard-unreadable"]).get("/readyz")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["guard-unreadable"])
    assert (await app(metrics, ["x"]).get("/healthz")).status_code == 200

"""Applications keep to themselves: no pages, no telemetry, whatever the environment says."""

import os
from collections.abc import Iterator

import httpx
import pytest

from services.web.application import NO_TELEMETRY, new_application

SWITCH = "FASTAPI_OTEL_AUTO_CONFIGURE"


@pytest.fixture
def _telemetry_wanted() -> Iterator[None]:
    os.environ[SWITCH] = "true"
    yield
    del os.environ[SWITCH]


@pytest.mark.usefixtures("_telemetry_wanted")
def test_no_variable_switches_telemetry_on() -> None:
    app = new_application("x")
    assert {name: app._telemetry[name] for name in NO_TELEMETRY} == dict.fromkeys(
        NO_TELEMETRY, False
    )
    assert not app._native_telemetry.enabled()


async def test_there_are_no_pages() -> None:
    app = new_application("x")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        for path in ("/docs", "/redoc", "/openapi.json", "/docs/oauth2-redirect"):
            assert (await http.get(path)).status_code == 404

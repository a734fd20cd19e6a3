"""The hub's API as its description promises it: schemathesis against a hub that serves.

No status of 500 and no undescribed answer, whatever an admitted facility sends. Every request is
signed, so that it gets past the door.
"""

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from requests.auth import AuthBase
from schemathesis.specs.openapi import checks

from schemas.encoding import unb64u
from services.hub.app import create_app
from services.hub.description import describe
from services.hub.settings import HubSettings
from services.hub_client.signing import Signing
from services.web.serve import server_config
from tests.support.facilities import NOW
from tests.support.hub_process import free_port
from tests.support.running_hub import card_of, http_seed, lay_out_hub

api = schemathesis.openapi.from_dict(describe())


class Signed(AuthBase):
    """Signs what schemathesis made up."""

    def __init__(self, settings_: HubSettings) -> None:
        card = card_of(settings_)
        self._signing = Signing(http_seed("alpha"), unb64u(card.http_ed25519), lambda: NOW)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        has_body = request.method in ("POST", "PUT")
        if has_body:
            request.headers.setdefault("content-type", "application/json")
        digest = hashlib.sha256(body or b"").digest() if has_body else None
        self._signing.sign(request, digest)  # type: ignore[arg-type]  # it has what is needed
        return request


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Signed]]:
    """Serve a hub on SQLite; give its URL and Alpha's signature."""
    folder: Path = tmp_path_factory.mktemp("contract") / "hub"
    port = free_port()
    laid_out = asyncio.run(lay_out_hub(folder, None, port=port))
    url = f"http://127.0.0.1:{port}"
    config = laid_out.model_copy(update={"public_url": url})
    server = uvicorn.Server(server_config(create_app(config, clock=lambda: NOW), config.listener))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        _wait_for(url)
        yield url, Signed(config)
    finally:
        server.should_exit = True
        thread.join()


def _wait_for(url: str) -> None:
    for _ in range(400):
        try:
            httpx.get(f"{url}/readyz", trust_env=False).raise_for_status()
            return
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError("the hub does not answer")


@api.parametrize()
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: Any, served: tuple[str, Signed]) -> None:
    url, signed = served
    response = case.call(base_url=url, auth=signed)
    assert response.status_code < 500
    assert response.status_code != 401
    case.validate_response(
        response,
        checks=[
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ],
    )


def test_the_log_is_sound_after_all_that(served: tuple[str, Signed]) -> None:
    url, _ = served
    answer = httpx.get(f"{url}/readyz", trust_env=False)
    assert answer.json() == {"status": "ready", "reasons": []}

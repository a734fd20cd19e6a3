"""The outermost layer: nothing unexpected leaves, callers who hang up are no errors."""

import asyncio
import logging

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Message

from services.web.shield import Shield


async def fine(_request: Request) -> Response:
    return PlainTextResponse("fine")


async def broken(_request: Request) -> Response:
    raise RuntimeError("the name is Jane")


async def gone(_request: Request) -> Response:
    raise ClientDisconnect


async def half(_request: Request) -> Response:
    async def pieces():
        yield b"half of it"
        raise RuntimeError("the name is Jane")

    return StreamingResponse(pieces())


async def answer(_request: Request, error: Exception) -> Response:
    return PlainTextResponse("sorry", 500)


async def answer_badly(_request: Request, error: Exception) -> Response:
    raise RuntimeError("Jane again")


class World:
    def __init__(self, made=answer) -> None:
        self.counted: list[tuple[str, str, int]] = []
        routes = [Route(f"/{one.__name__}/{{id}}", one) for one in (fine, broken, gone, half)]
        app = Starlette(routes=routes)
        app.add_middleware(Shield, answer=made, count=lambda *one: self.counted.append(one))
        self.app = app
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=True), base_url="http://x"
        )

    async def drive(self, path: str) -> list[Message]:
        """Call the application as a server does; return what it sent."""
        sent: list[Message] = []

        async def receive() -> Message:
            await asyncio.sleep(3600)
            raise AssertionError

        async def send(message: Message) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
        await self.app({**scope, "asgi": {"spec_version": "2.4"}}, receive, send)
        return sent


async def test_answers_are_counted_by_template(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    assert (await world.http.get("/fine/Jane")).text == "fine"
    await world.http.get("/nowhere/Jane")
    assert world.counted == [("GET", "/fine/{id}", 200), ("GET", "none", 404)]
    assert "Jane" not in caplog.text


async def test_unexpected_errors_become_an_answer_and_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    with caplog.at_level(logging.INFO):
        response = await world.http.get("/broken/1")
    assert (response.status_code, response.text) == (500, "sorry")
    assert [one.getMessage() for one in caplog.records if one.name == "safehand.web"] == [
        "unexpected RuntimeError"
    ]
    assert "Jane" not in caplog.text
    assert world.counted == [("GET", "/broken/{id}", 500)]


async def test_an_error_while_answering_an_error_stays_inside(
    caplog: pytest.LogCaptureFixture,
) -> None:
    response = await World(answer_badly).http.get("/broken/1")
    assert response.status_code == 500
    assert "Jane" not in response.text + caplog.text


async def test_hanging_up_is_quiet(caplog: pytest.LogCaptureFixture) -> None:
    world = World()
    with caplog.at_level(logging.WARNING):
        assert await world.drive("/gone/1") == []
    assert caplog.text == ""
    assert world.counted == [("GET", "/gone/{id}", 499)]


async def test_an_answer_that_breaks_off_is_not_completed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    sent = await world.drive("/half/1")
    assert [one.get("more_body") for one in sent] == [None, True]
    assert "unexpected RuntimeError" in caplog.text
    assert "Jane" not in caplog.text

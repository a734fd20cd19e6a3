"""Bodies: bounded, typed, strict."""

import pytest
from fastapi import Request

from schemas.wire.base import WireModel
from schemas.wire.hub_api import SectionsIn
from services.web.bodies import (
    JSON,
    parse_body,
    read_body,
    require_media_type,
    stream_body,
)
from services.web.errors import (
    BodyTooLargeError,
    InvalidBodyError,
    MalformedJsonError,
    MediaTypeError,
)


def request(pieces: list[bytes], **headers: str) -> Request:
    messages = [
        {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1}
        for at, piece in enumerate(pieces)
    ]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "method": "POST"}, receive)


async def test_a_body_within_the_limit_is_read_whole() -> None:
    assert await read_body(request([b"ab", b"", b"cd"]), 4) == b"abcd"


async def test_one_byte_too_many_is_refused() -> None:
    with pytest.raises(BodyTooLargeError):
        await read_body(request([b"ab", b"cde"]), 4)


@pytest.mark.parametrize("length", ["5", "99999999999999999999", "-1", "x", ""])
async def test_an_announced_excess_is_refused_before_reading(length: str) -> None:
    unread = request([b"never asked for"], content_length=length)
    with pytest.raises(BodyTooLargeError):
        await anext(stream_body(unread, 4))


@pytest.mark.parametrize(
    "value", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
def test_json_is_json(value: str) -> None:
    require_media_type(request([], content_type=value), JSON)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content_type": "text/json"},
        {"content_type": "application/json; charset=latin-1"},
        {"content_type": "application/json", "content_encoding": "gzip"},
    ],
)
def test_anything_else_is_not(headers: dict[str, str]) -> None:
    with pytest.raises(MediaTypeError):
        require_media_type(request([], **headers), JSON)


@pytest.mark.parametrize(
    "body",
    [b'{"sections":[]}', b'{"sections":[],"heads":[]}', b' {"heads": [], "sections": [] } '],
)
def test_any_spelling_of_a_good_body_is_taken(body: bytes) -> None:
    assert parse_body(body, SectionsIn) == SectionsIn(sections=[])


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"sections":[],"sections":[]}', b"\xff", b"nan", b'{"sections":[]} x']
)
def test_what_is_no_strict_json_is_malformed(body: bytes) -> None:
    with pytest.raises((MalformedJsonError, InvalidBodyError)):
        parse_body(body, SectionsIn)


class Measured(WireModel):
    value: float


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_json_number_is_refused(value: str) -> None:
    assert parse_body(b'{"value":1.5}', Measured).value == 1.5
    with pytest.raises((MalformedJsonError, InvalidBodyError)):
        parse_body(f'{{"value":{value}}}'.encode(), Measured)

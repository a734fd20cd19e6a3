"""Reading request bodies: bounded, typed, never spooled to disk. PROTOCOL section 8.

Owns size limits and media types. Never parses forms: Starlette would write large ones in plaintext
to temporary files.
"""

import json
from collections.abc import AsyncIterator
from typing import NoReturn, TypeVar

from fastapi import Request
from pydantic import ValidationError

from schemas.wire.base import WireModel
from services.web.errors import BodyTooLargeError, MalformedJsonError, MediaTypeError
from services.web.problems import body_error

JSON = "application/json"
OCTETS = "application/octet-stream"

Model = TypeVar("Model", bound=WireModel)


def require_media_type(request: Request, expected: str) -> None:
    """Refuse a body of another media type, or an encoded one. Raises MediaTypeError."""
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    if media_type.strip().lower() != expected or parameters.strip().lower() not in (
        "",
        "charset=utf-8",
    ):
        raise MediaTypeError
    if request.headers.get("content-encoding", "identity") != "identity":
        raise MediaTypeError


async def stream_body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body's pieces; at most `limit` bytes in all. Raises BodyTooLargeError.

    An announced length over the limit is refused before a byte is read.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limit:
        raise BodyTooLargeError
    taken = 0
    async for piece in request.stream():
        taken += len(piece)
        if taken > limit:
            raise BodyTooLargeError
        if piece:
            yield piece


async def read_body(request: Request, limit: int) -> bytes:
    """Return the whole body, at most `limit` bytes. Raises BodyTooLargeError."""
    return b"".join([piece async for piece in stream_body(request, limit)])


def parse_body(body: bytes, model: type[Model]) -> Model:
    """Return `body` as a wire model. Raises MalformedJsonError, InvalidBodyError."""
    try:
        parsed = model.from_bytes(body)
    except ValidationError as error:
        raise body_error(error) from None
    # What has the model's shape is shallow and well-formed, but may still name a member twice, and
    # two readers would disagree on which one counts. NaN and Infinity are not JSON at all.
    json.loads(body, object_pairs_hook=_require_unique, parse_constant=_refuse_constant)
    return parsed


def _require_unique(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) != len(members):
        raise MalformedJsonError


def _refuse_constant(_name: str) -> NoReturn:
    raise MalformedJsonError

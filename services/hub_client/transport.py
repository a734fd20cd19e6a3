"""The way to the hub and back: one signed request, one verified answer.

Owns what is believed: an answer counts when the pinned hub signed its status, its body's digest and
this request's method, target and signature. "Not now" needs no signature, since it says nothing.
PROTOCOL section 8.
"""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from pydantic import ValidationError

from schemas.encoding import unb64u
from schemas.wire.problem import Problem
from services.hub_client.errors import HubRefusal, HubUnavailableError, NoAnswerError, OversizeError
from services.hub_client.signing import Signing, require_digest
from services.web.bodies import JSON, OCTETS
from services.web.problems import TYPE_PREFIX

UNAVAILABLE = frozenset({429, 500, 502, 503, 504})
PIECE = 64 * 1024


class HubTransport:
    """Sends requests to one hub."""

    def __init__(self, http: httpx.AsyncClient, url: str, signing: Signing) -> None:
        self._http, self._url, self._signing = http, url, signing

    async def get(self, path: str) -> httpx.Response:
        """Return the answer to a GET. Raises HubError."""
        return await self._send(self._http.build_request("GET", self._url + path), None)

    async def post(self, path: str, body: bytes) -> httpx.Response:
        """Return the answer to a POST of JSON. Raises HubError."""
        request = self._http.build_request(
            "POST", self._url + path, content=body, headers={"content-type": JSON}
        )
        return await self._send(request, hashlib.sha256(body).digest())

    async def upload(self, path: str, file: Path, digest: str) -> httpx.Response:
        """Return the answer to a PUT of a file; `digest`: its SHA-256. Raises HubError, OSError."""
        request = self._http.build_request(
            "PUT", self._url + path, content=_read_pieces(file), headers=_octets(file)
        )
        return await self._send(request, unb64u(digest))

    async def download(self, path: str, into: Path, most: int | None = None) -> None:
        """Write the answer to a GET into a file: the whole verified body, or no file.

        `most`: bytes after which nothing more is taken. Raises HubError (OversizeError), OSError.
        """
        request = self._http.build_request("GET", self._url + path)
        self._signing.sign(request, None)
        part = into.with_name(f".{into.name}.part")
        try:
            response = await self._http.send(request, stream=True)
            try:
                await self._save(response, part, most)
            finally:
                await response.aclose()
            part.replace(into)
        except httpx.HTTPError:
            raise NoAnswerError("no-answer") from None
        finally:
            part.unlink(missing_ok=True)

    async def _save(self, response: httpx.Response, part: Path, most: int | None) -> None:
        if response.status_code != 200:
            self._require_answer(response, await response.aread())
        field, hasher = self._signing.verify(response), hashlib.sha256()
        with part.open("wb") as file:
            async for piece in response.aiter_bytes(PIECE):
                hasher.update(piece)
                file.write(piece)
                if most is not None and file.tell() > most:
                    raise OversizeError("answer-too-large")
        require_digest(field, hasher.digest())

    async def _send(self, request: httpx.Request, digest: bytes | None) -> httpx.Response:
        self._signing.sign(request, digest)
        try:
            response = await self._http.send(request)
        except httpx.HTTPError:
            raise NoAnswerError("no-answer") from None
        self._require_answer(response, response.content)
        return response

    def _require_answer(self, response: httpx.Response, body: bytes) -> None:
        """Refuse an answer that is not the hub's; turn its problems into errors."""
        if response.status_code in UNAVAILABLE:
            raise HubUnavailableError(_problem(body)[0])
        require_digest(self._signing.verify(response), hashlib.sha256(body).digest())
        if response.status_code >= 300:
            slug, reasons = _problem(body)
            raise HubRefusal(response.status_code, slug, reasons)


def _octets(file: Path) -> dict[str, str]:
    return {"content-type": OCTETS, "content-length": str(file.stat().st_size)}


async def _read_pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def _problem(body: bytes) -> tuple[str, list[str]]:
    try:
        problem = Problem.from_bytes(body)
    except ValidationError:
        return "no-problem-document", []
    return problem.type.removeprefix(TYPE_PREFIX), problem.reasons

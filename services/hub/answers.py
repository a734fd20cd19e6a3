"""Answers: signed, whatever they say; refusals with their audit entry written first.

Owns how a result or an error becomes a response. PROTOCOL sections 8, 9 and 10.
"""

import hashlib
from pathlib import Path

from fastapi import Request
from fastapi.responses import FileResponse, Response

from schemas.wire.base import WireModel
from services.hub.context import Hub
from services.hub.errors import HubError, ReplayedError, UnavailableError
from services.hub.problems import TABLE
from services.web.bodies import JSON, OCTETS
from services.web.errors import AuthenticationError
from services.web.problems import MEDIA_TYPE
from services.web.signatures import Answered, answer_fields, content_digest

NO_STORE = {"cache-control": "no-store"}
FIRST_REFUSAL = 400


def answer(request: Request, model: WireModel, status: int = 200) -> Response:
    """Return a wire model as a signed answer."""
    return answer_bytes(request, model.to_bytes(), status=status)


def answer_bytes(
    request: Request, body: bytes, *, status: int = 200, media_type: str = JSON
) -> Response:
    """Return bytes as a signed answer."""
    fields = _signature(request, status, hashlib.sha256(body).digest())
    return Response(body, status, headers=NO_STORE | fields, media_type=media_type)


def answer_file(request: Request, path: Path, digest: bytes) -> Response:
    """Return a file, streamed; `digest` is its SHA-256, which it is named by."""
    fields = _signature(request, 200, digest)
    return FileResponse(path, headers=NO_STORE | fields, media_type=OCTETS)


def _signature(request: Request, status: int, digest: bytes) -> dict[str, str]:
    """Return the fields that sign an answer; none for a caller who did not sign either.

    What was asked for is tied only to a signature that was verified. A refusal is tied to any: that
    the request was refused is true of it, whatever its signature is worth.
    """
    hub: Hub = request.app.state.hub
    signatures = request.headers.getlist("signature")
    if not signatures or (status < FIRST_REFUSAL and not _is_verified(request)):
        return {}
    signature = ", ".join(one.strip() for one in signatures)
    return answer_fields(
        status=status,
        digest_field=content_digest(digest),
        request=Answered(request.method, hub.target(request.scope), signature),
        signer=hub.signer,
        now=hub.clock(),
    )


def _is_verified(request: Request) -> bool:
    return hasattr(request.state, "call") or hasattr(request.state, "recognised")


async def answer_error(request: Request, error: Exception) -> Response:
    """Return the problem document for `error`, after its audit entry is written."""
    if isinstance(error, ReplayedError):
        error = AuthenticationError("replayed")
    problem = TABLE.problem(await _audited(request, error))
    return answer_bytes(request, problem.to_bytes(), status=problem.status, media_type=MEDIA_TYPE)


async def _audited(request: Request, error: Exception) -> Exception:
    """Write what must be written about a refused request; return what to answer."""
    hub: Hub = request.app.state.hub
    call = getattr(request.state, "call", None)
    if isinstance(error, AuthenticationError):
        hub.anonymous.add(error.fault)
        return error
    if call is None or isinstance(error, UnavailableError):
        return error
    slug = TABLE.kind_of(error).slug
    try:
        await call.record_refusal((slug,), error)
    except ReplayedError:
        hub.anonymous.add("replayed")
        return AuthenticationError("replayed")
    except HubError as unavailable:
        return unavailable
    return error

"""The table from error to problem document."""

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from schemas.wire.hub_api import SectionsIn
from services.hub.errors import (
    ConflictError,
    DeniedError,
    ForbiddenError,
    GuardError,
    HubError,
    NotFoundError,
    RejectedError,
    ReplayedError,
    UnavailableError,
)
from services.hub.problems import HUB, TABLE
from services.web.errors import (
    AuthenticationError,
    BodyTooLargeError,
    DigestError,
    InvalidBodyError,
    MalformedJsonError,
    MediaTypeError,
)
from services.web.problems import INTERNAL, SHARED, body_error, problem_response
from services.web.signatures import UnknownKeyError


@pytest.mark.parametrize(
    ("error", "status", "slug", "reasons"),
    [
        (AuthenticationError("stale"), 401, "unauthenticated", ["stale"]),
        (UnknownKeyError("key"), 401, "unauthenticated", ["unknown-key"]),
        (BodyTooLargeError(), 413, "too-large", []),
        (MediaTypeError(), 415, "media-type", []),
        (MalformedJsonError(), 400, "malformed-json", []),
        (InvalidBodyError([]), 422, "invalid-body", []),
        (DigestError(), 400, "wrong-digest", []),
        (RequestValidationError([]), 422, "invalid-request", []),
        (NotFoundError(audited=("wrong-recipient",)), 404, "not-found", []),
        (ConflictError("other-bytes"), 409, "conflict", ["other-bytes"]),
        (RejectedError("manifest-invalid"), 422, "rejected", ["manifest-invalid"]),
        (DeniedError("revoked", "expired"), 403, "denied", ["revoked", "expired"]),
        (ForbiddenError("facilities-only"), 403, "forbidden", ["facilities-only"]),
        (UnavailableError("database"), 503, "unavailable", []),
        (HTTPException(404), 404, "not-found", []),
        (HTTPException(405), 405, "method-not-allowed", []),
        (HTTPException(418, "a name"), 418, "http", []),
        (RuntimeError("a name"), 500, "internal", []),
        (GuardError("database-behind"), 500, "internal", []),
    ],
)
def test_each_error_has_its_answer(
    error: Exception, status: int, slug: str, reasons: list[str]
) -> None:
    problem = TABLE.problem(error)
    assert problem.type == f"urn:safehand:problem:{slug}"
    assert (problem.status, problem.reasons) == (status, reasons)
    assert "a name" not in problem.model_dump_json()
    response = problem_response(problem)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_slugs_are_unique_and_stable() -> None:
    slugs = [kind.slug for kind in (*SHARED.values(), *HUB.values(), INTERNAL)]
    assert len(set(slugs)) == len(slugs)


def test_every_refusal_of_the_hub_is_in_the_table() -> None:
    def leaves(error: type[Exception]) -> set[type[Exception]]:
        below = error.__subclasses__()
        return {error} if not below else set().union(*(leaves(one) for one in below))

    # These never reach a caller: answers.py turns the first into a 401; the rest stop the log.
    inside = {"ReplayedError", "StartError", "GuardError", "LogMovedError"}
    unanswered = {one.__name__ for one in leaves(HubError) if one not in HUB}
    assert unanswered == inside
    assert issubclass(ReplayedError, HubError)


def test_places_are_named_and_values_are_not() -> None:
    body = b'{"sections":[{"ciphertext":"?","Jane":1}],"heads":false}'
    with pytest.raises(ValidationError) as caught:
        SectionsIn.from_bytes(body)
    error = body_error(caught.value)
    assert isinstance(error, InvalidBodyError)
    found = {(one.path, one.problem) for one in error.fields}
    assert ("sections.0.?", "extra_forbidden") in found
    assert ("sections.0.manifest", "missing") in found
    assert ("heads", "list_type") in found
    assert "Jane" not in TABLE.problem(error).model_dump_json()


def test_a_thousand_faults_make_a_short_answer() -> None:
    with pytest.raises(ValidationError) as caught:
        SectionsIn.from_bytes(b'{"sections":[' + b",".join([b"1"] * 250) + b"]}")
    error = body_error(caught.value)
    assert len(TABLE.problem(error).fields) == 20

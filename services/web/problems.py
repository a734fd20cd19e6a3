"""Problem documents (RFC 9457): the one table from error to status, slug and title.

Owns the table of errors that every process shares, the registry that a process extends with its
own errors, and the response made from it. Domain errors know nothing of this module. PROTOCOL
section 9.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from schemas.wire.problem import Problem, ProblemField
from services.web.errors import (
    AuthenticationError,
    BodyTooLargeError,
    DigestError,
    InvalidBodyError,
    MalformedJsonError,
    MediaTypeError,
)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:safehand:problem:"
MAX_FIELDS = 20
"""A body may be wrong in thousands of places; naming twenty is enough to mend it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one sort of error is answered. `detail` says what to do next."""

    status: int
    slug: str
    title: str
    detail: str = ""


INTERNAL = Kind(500, "internal", "Something went wrong here", "Try again later.")

SHARED: Mapping[type[Exception], Kind] = {
    AuthenticationError: Kind(
        401,
        "unauthenticated",
        "The caller is not known",
        "Sign the request afresh with a certified key; check this machine's clock.",
    ),
    BodyTooLargeError: Kind(413, "too-large", "The body is too large", "Send less at a time."),
    MediaTypeError: Kind(415, "media-type", "The body is of another type than this route takes"),
    MalformedJsonError: Kind(400, "malformed-json", "The body is not JSON"),
    InvalidBodyError: Kind(422, "invalid-body", "The body has another shape than is asked for"),
    DigestError: Kind(400, "wrong-digest", "The body is not the one that was signed"),
    RequestValidationError: Kind(422, "invalid-request", "Path, query or body is out of shape"),
}

STATUSES: Mapping[int, Kind] = {
    404: Kind(404, "not-found", "There is no such thing here"),
    405: Kind(405, "method-not-allowed", "This method does not apply here"),
}
"""Kinds for the refusals of the router itself."""


class ProblemTable:
    """Looks up how an error is answered: shared errors, and those of one process."""

    def __init__(self, *tables: Mapping[type[Exception], Kind]) -> None:
        self._kinds = {error: kind for table in (SHARED, *tables) for error, kind in table.items()}

    @property
    def errors(self) -> tuple[type[Exception], ...]:
        """Every class of error with an entry."""
        return tuple(self._kinds)

    def kind_of(self, error: Exception) -> Kind:
        """Return the kind of `error`'s nearest class; `INTERNAL` if there is none."""
        if isinstance(error, HTTPException):
            return STATUSES.get(error.status_code, Kind(error.status_code, "http", "Not accepted"))
        return next(
            (self._kinds[base] for base in type(error).__mro__ if base in self._kinds), INTERNAL
        )

    def problem(self, error: Exception) -> Problem:
        """Return the document that answers `error`."""
        kind = self.kind_of(error)
        return Problem(
            type=TYPE_PREFIX + kind.slug,
            title=kind.title,
            status=kind.status,
            detail=kind.detail,
            reasons=reasons_of(error),
            fields=fields_of(error),
        )


def reasons_of(error: Exception) -> list[str]:
    """Return the stable slugs that an error carries for its caller."""
    if isinstance(error, AuthenticationError):
        return [error.fault]
    return list(getattr(error, "reasons", ()))


def fields_of(error: Exception) -> list[ProblemField]:
    """Return where the request is out of shape."""
    if isinstance(error, InvalidBodyError):
        return list(error.fields[:MAX_FIELDS])
    if isinstance(error, RequestValidationError):
        return places(error.errors())
    return []


def places(errors: Sequence[Mapping[str, object]]) -> list[ProblemField]:
    """Return pydantic's errors as places and kinds of error, without any value that was sent.

    The name of an unknown member was chosen by the sender and is withheld too.
    """
    found = []
    for error in errors[:MAX_FIELDS]:
        kind, location = str(error["type"]), error["loc"]
        path = [str(step) for step in location] if isinstance(location, tuple) else []
        if kind == "extra_forbidden":
            path[-1:] = ["?"]
        found.append(ProblemField(path=".".join(path), problem=kind))
    return found


def body_error(error: ValidationError) -> MalformedJsonError | InvalidBodyError:
    """Return pydantic's complaint about a body as one of ours."""
    errors = error.errors(include_url=False, include_context=False, include_input=False)
    if any(one["type"] == "json_invalid" for one in errors):
        return MalformedJsonError()
    return InvalidBodyError(places(errors))


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return `problem` as a response."""
    return Response(
        problem.to_bytes(),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )

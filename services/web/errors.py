"""What can be wrong with a request before anyone asks what it wants.

WebError
├── AuthenticationError   the caller proves nothing: no, wrong, stale or replayed signature
├── BodyTooLargeError     the body exceeds the route's limit
├── MediaTypeError        the body is not of the type that the route takes
├── MalformedJsonError    the body is not JSON
├── InvalidBodyError      the body is JSON of another shape
├── DigestError           the body is not the one whose digest was signed
└── TransportError        the process would serve plain HTTP beyond this machine, or can't serve
"""

from collections.abc import Sequence
from typing import Literal

from schemas.wire.problem import ProblemField

AuthenticationFault = Literal[
    "unsigned", "malformed-signature", "unknown-key", "bad-signature", "stale", "replayed"
]


class WebError(Exception):
    """Root of this package's errors. Messages and attributes never hold what was sent."""


class AuthenticationError(WebError):
    """The caller did not prove who it is. `fault` is a stable slug."""

    def __init__(self, fault: AuthenticationFault) -> None:
        super().__init__(fault)
        self.fault = fault


class BodyTooLargeError(WebError):
    """More bytes came, or were announced, than the route takes."""


class MediaTypeError(WebError):
    """The Content-Type or Content-Encoding is not the one that the route takes."""


class MalformedJsonError(WebError):
    """The body cannot be read as JSON."""


class InvalidBodyError(WebError):
    """The body has another shape than the wire model. `fields` name places, never values."""

    def __init__(self, fields: Sequence[ProblemField]) -> None:
        super().__init__("invalid body")
        self.fields = tuple(fields)


class DigestError(WebError):
    """The body does not have the Content-Digest that was signed."""


class TransportError(WebError):
    """Not served: neither loopback, nor TLS, nor declared to be behind a proxy; or no start."""

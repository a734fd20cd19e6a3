"""Errors of the hub. They know nothing of HTTP; services/hub/problems.py says how each is answered.

HubError
├── RefusedError          a request that is refused, with an audit entry of its own
│   ├── NotFoundError     not there, or not the caller's: never told apart
│   ├── ConflictError     the id is taken by other bytes, or a counter or version does not follow
│   ├── RejectedError     a statement or token does not verify or does not say what it must
│   ├── DeniedError       the decision was Deny
│   └── ForbiddenError    this kind of caller may not do this at all
├── ReplayedError         the nonce was used before
├── UnavailableError      database or audit log can't take it now; nothing was done
├── StartError            the hub refuses to start as it is configured
├── LogMovedError         somebody else integrated: look again before going on
└── GuardError            database and guard file disagree: nothing may be signed
"""

from dataclasses import dataclass

from schemas.wire.hub_api import AuditAction


class HubError(Exception):
    """Root of this package's errors. Messages are stable slugs, never content."""


@dataclass(frozen=True, slots=True)
class Concern:
    """What a refused request was about, as far as it was established: for its audit entry."""

    action: AuditAction = "request.refused"
    counterpart: str | None = None
    case: str | None = None
    consent: str | None = None
    release: str | None = None
    purpose: str | None = None


class RefusedError(HubError):
    """A request that is refused. `reasons` are shown to the caller, `audited` to auditors."""

    def __init__(
        self,
        *reasons: str,
        concern: Concern | None = None,
        audited: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(*reasons)
        self.reasons = reasons
        self.audited = reasons if audited is None else audited
        self.concern = concern or Concern()


class NotFoundError(RefusedError):
    """Not there, or not the caller's."""


class ConflictError(RefusedError):
    """It contradicts what was stored before."""


class RejectedError(RefusedError):
    """A statement or token can't be accepted."""


class DeniedError(RefusedError):
    """The decision was Deny."""


class ForbiddenError(RefusedError):
    """Not for this kind of caller."""


class ReplayedError(HubError):
    """The nonce was used before."""


class UnavailableError(HubError):
    """It can't be done now, and nothing was done."""


class StartError(HubError):
    """The hub refuses to start as it is configured."""


class LogMovedError(HubError):
    """The log is not as this process left it."""


class GuardError(HubError):
    """Database and guard file disagree about what was signed."""

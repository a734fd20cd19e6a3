"""A call: one authenticated request, from its signature to its signed answer.

Owns the order of checks on a request and the rule that everything an identified caller does or is
refused is one transaction with its nonce and its audit entry. PROTOCOL sections 8 and 10.
"""

from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from schemas.encoding import sha256
from schemas.wire.base import WireModel
from schemas.wire.hub_api import AuditAction, AuditDetails
from services.hub.context import Hub
from services.hub.database.interface import Connection
from services.hub.directory import Caller, Member
from services.hub.errors import ForbiddenError, NotFoundError, RefusedError
from services.hub.turn import Operation, Parties, Result, Turn
from services.web.bodies import JSON, parse_body, read_body, require_media_type
from services.web.errors import DigestError
from services.web.signatures import (
    Fields,
    RequestView,
    UnknownKeyError,
    VerifiedRequest,
    content_digest,
    verify_request,
)

Model = TypeVar("Model", bound=WireModel)


@dataclass
class Call:
    """An authenticated request. Lives as long as the request."""

    hub: Hub
    request: Request
    caller: Caller
    verified: VerifiedRequest
    spent: bool = False
    """Whether its nonce is in the database."""

    @property
    def facility(self) -> str:
        """The calling facility's code. Raises ForbiddenError for an auditor."""
        if self.caller.kind != "facility":
            raise ForbiddenError("facilities-only")
        return self.caller.id

    async def body(self, model: type[Model], limit: int) -> Model:
        """Return the body, which must be the one that was signed. Raises WebError."""
        require_media_type(self.request, JSON)
        data = await read_body(self.request, limit)
        self.require_digest(sha256(data))
        return parse_body(data, model)

    def require_digest(self, body_digest: bytes) -> None:
        """Refuse a body other than the one that was signed. Raises DigestError."""
        if content_digest(body_digest) != self.verified.content_digest:
            raise DigestError

    async def member(self, connection: Connection) -> Member:
        """Return the caller's own entry in the directory. Raises ForbiddenError."""
        member = await self.hub.directory.member(connection, self.facility)
        if member is None:
            raise ForbiddenError("not-admitted")
        return member

    async def own_member(self) -> Member:
        """Like `member`, outside a transaction: for checking signatures first."""
        known = self.hub.directory.remembered(self.facility)
        if known is not None:
            return known
        async with self.hub.database.reading() as connection:
            return await self.member(connection)

    async def perform(self, operation: Operation[Result]) -> Result:
        """Run an operation that may change or disclose something.

        Raises what the operation raises; ReplayedError; UnavailableError.
        """
        self.hub.log.require_sound()
        return await self._run(operation)

    async def admit(self) -> None:
        """Use up the nonce of a call that neither changes nor discloses anything."""
        await self._run(_nothing)

    async def _run(self, operation: Operation[Result]) -> Result:
        async def with_nonce(turn: Turn) -> Result:
            if not self.spent:
                turn.use_nonce(self.verified.key_id, self.verified.nonce)
            return await operation(turn)

        result = await self.hub.writer.run(with_nonce)
        self.spent = True
        return result

    def details(
        self, action: AuditAction, now: int, *, outcome: str = "done", **concern: Any
    ) -> AuditDetails:
        """Return the details of an entry about this call."""
        return AuditDetails.model_validate(
            {
                "action": action,
                "outcome": outcome,
                "reasons": [],
                "actor": self.caller.id,
                "request": self.verified.base_digest,
                "at": now,
                **concern,
            }
        )

    async def record_refusal(self, reasons: tuple[str, ...], error: Exception) -> None:
        """Write the entry of a refused call, in a transaction of its own.

        Raises UnavailableError, ReplayedError.
        """

        async def record(turn: Turn) -> None:
            details = self._refusal_details(reasons, error, turn.now)
            turn.record(details, parties=_readers(error, details))

        await self._run(record)

    def _refusal_details(
        self, reasons: tuple[str, ...], error: Exception, now: int
    ) -> AuditDetails:
        if not isinstance(error, RefusedError):
            return self.details("request.refused", now, outcome="deny", reasons=list(reasons))
        about = error.concern
        return self.details(
            about.action,
            now,
            outcome="deny",
            reasons=list(error.audited or reasons),
            counterpart=about.counterpart if about.counterpart != self.caller.id else None,
            case=about.case,
            consent=about.consent,
            release=about.release,
            purpose=about.purpose,
        )


def _readers(error: Exception, details: AuditDetails) -> Parties | None:
    """Say who may read a refusal's entry, if that is not actor and counterpart.

    Where the entry says more than the answer, as a 404 for what is not the caller's, the caller
    must not learn it from the log: that is for the other party and for auditors.
    """
    if isinstance(error, NotFoundError) and error.audited:
        return (details.counterpart or "hub", None)
    return None


async def _nothing(_turn: Turn) -> None:
    """Do nothing: the nonce alone is written."""


async def authenticate(request: Request) -> Call:
    """Return the call that a signed request makes. Raises AuthenticationError."""
    hub: Hub = request.app.state.hub
    view = RequestView(request.method, hub.target(request.scope), Fields(request.scope["headers"]))
    has_body = request.method in ("POST", "PUT")
    verified = await _verify(hub, view, has_body)
    call = Call(hub, request, hub.directory.caller(verified.key_id), verified)
    request.state.call = call
    return call


async def _verify(hub: Hub, view: RequestView, has_body: bool) -> VerifiedRequest:
    try:
        return verify_request(view, hub.directory, now=hub.clock(), has_body=has_body)
    except UnknownKeyError as unknown:
        await hub.directory.look_up(unknown.key_id)
    return verify_request(view, hub.directory, now=hub.clock(), has_body=has_body)


Signed = Annotated[Call, Depends(authenticate)]
"""Declares a route that needs a signature."""


async def require_member(call: Call, connection: Connection, facility: str) -> Member:
    """Return another facility's entry in the directory. Raises NotFoundError."""
    member = await call.hub.directory.member(connection, facility)
    if member is None:
        raise NotFoundError(audited=("facility-unknown",))
    return member

"""New statements under an admitted card: working keys and staff. PROTOCOL section 3.

Owns what a statement must be before it joins a facility's introduction. The whole introduction is
verified together with the new statements, because one bad statement would spoil all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from keys.directory import verify_introduction
from keys.errors import CardError
from keys.signing import key_id
from schemas.encoding import b64u, unb64u
from schemas.errors import SchemaError
from schemas.wire.hub_api import Introduction, StatementsStored
from schemas.wire.statement import KeyStatement, SignedStatement, StaffStatement
from services.hub.calls import Call
from services.hub.database.interface import Connection, Values
from services.hub.errors import ConflictError, RejectedError
from services.hub.store import directory as store
from services.hub.turn import Turn

MOST = 1024
"""Statements in one introduction; its wire model holds no more."""


@dataclass(frozen=True, slots=True)
class Certified:
    """A statement and the id of the key it is about; not verified yet."""

    statement: SignedStatement
    digest: str
    key_id: str

    def row(self, facility: str, now: int) -> Values:
        """Return the columns to store."""
        return self.digest, facility, self.key_id, self.statement.to_bytes(), now


def read_statements(statements: Sequence[SignedStatement]) -> list[Certified]:
    """Return which keys statements are about. Raises RejectedError."""
    return [_read(one) for one in statements]


def _read(one: SignedStatement) -> Certified:
    try:
        if one.type == "key-statement":
            raw = KeyStatement.from_bytes(one.payload_bytes()).public
        elif one.type == "staff-statement":
            raw = StaffStatement.from_bytes(one.payload_bytes()).ed25519
        else:
            raise RejectedError("statement-type")
        return Certified(one, b64u(one.digest()), key_id(unb64u(raw)))
    except (SchemaError, ValidationError):
        raise RejectedError("statement-invalid") from None


async def add_statements(
    turn: Turn, call: Call, certified: Sequence[Certified]
) -> StatementsStored:
    """Add statements to the caller's introduction. Raises RejectedError, ConflictError."""
    member = await call.member(turn.connection)
    known = await store.statements(turn.connection, call.facility)
    stored = [SignedStatement.from_bytes(one) for one in known]
    seen = {b64u(one.digest()) for one in stored}
    fresh = list({one.digest: one for one in certified if one.digest not in seen}.values())
    whole = Introduction.model_construct(
        card=SignedStatement.from_bytes(member.card),
        statements=[*stored, *(one.statement for one in fresh)],
    )
    await require_sound(turn.connection, whole, fresh, turn.now)
    await store.put_statements(turn.connection, [one.row(call.facility, turn.now) for one in fresh])
    if fresh:
        turn.on_commit(lambda: call.hub.directory.forget(call.facility))
        objects = [one.digest for one in fresh]
        turn.record(call.details("directory.statement", turn.now, objects=objects))
    return StatementsStored(created=len(fresh), unchanged=len(certified) - len(fresh))


async def require_sound(
    connection: Connection, introduction: Introduction, fresh: Sequence[Certified], now: int
) -> None:
    """Refuse an introduction that does not hold together, or that claims another's key.

    Raises RejectedError, ConflictError.
    """
    if len(introduction.statements) > MOST:
        raise ConflictError("too-many-statements")
    try:
        facility = verify_introduction(introduction, now=now, hub_checks_only=True)
    except CardError:
        raise RejectedError("statement-invalid") from None
    for one in fresh:
        holder = await store.facility_of_key(connection, one.key_id)
        auditor = await store.auditor_of_key(connection, one.key_id)
        if holder not in (None, facility.card.facility) or auditor is not None:
            raise ConflictError("key-taken")

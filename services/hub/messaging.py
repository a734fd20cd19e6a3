"""Sealed messages from facility to facility: the hub sees everything but the words. PROTOCOL 5."""

from exchange.errors import StatementError
from exchange.statements import read_statement_ed25519
from schemas.encoding import b64u, sha256, unb64u
from schemas.wire.hub_api import MessageOut, MessagesOut, Recorded
from schemas.wire.statement import Message, SignedStatement
from services.hub.calls import Call, require_member
from services.hub.database.interface import Connection
from services.hub.directory import Member
from services.hub.errors import ConflictError, RejectedError
from services.hub.paging import cut
from services.hub.store import messages as store
from services.hub.turn import Turn

PAGE = 100
"""Most messages in one answer."""
SEALED_MAXIMUM = 131_072
"""Longest sealed words, in characters of base64url."""


def read_message(statement: SignedStatement, sender: Member) -> Message:
    """Check a message's signature and sender. Raises RejectedError."""
    try:
        message = read_statement_ed25519(statement, Message, sender.facility.public.ed25519)
    except StatementError:
        raise RejectedError("message-invalid") from None
    if message.sender != sender.facility.card.facility or message.recipient == message.sender:
        raise RejectedError("other-sender")
    if len(message.sealed) > SEALED_MAXIMUM:
        raise RejectedError("message-too-long")
    return message


async def send(turn: Turn, call: Call, statement: SignedStatement, message: Message) -> Recorded:
    """Store a message. Raises NotFoundError, RejectedError, ConflictError."""
    digest = b64u(statement.digest())
    known = await store.digest(turn.connection, message.id)
    if known is not None:
        if known != digest:
            raise ConflictError("other-bytes")
        return Recorded(id=message.id, state="unchanged")
    recipient = await require_member(call, turn.connection, message.recipient)
    if not is_sealed_to(message.recipient_kem, recipient):
        raise RejectedError("other-kem-key")
    row = (
        message.id,
        message.sender,
        message.recipient,
        digest,
        statement.to_bytes(),
        turn.now,
    )
    await store.put(turn.connection, row)
    turn.record(
        call.details(
            "message.send",
            turn.now,
            reasons=[message.kind, message.reason],
            counterpart=message.recipient,
            objects=[digest],
        )
    )
    return Recorded(id=message.id, state="created")


def is_sealed_to(kem_key: str, recipient: Member) -> bool:
    """Say whether a KEM key's digest is that of the recipient's newest certified key."""
    kem = recipient.facility.kem
    return kem is not None and b64u(sha256(unb64u(kem.public))) == kem_key


async def inbox(call: Call, connection: Connection, after: int) -> MessagesOut:
    """Return a page of the caller's messages after a position."""
    rows = cut(await store.inbox(connection, call.facility, after, PAGE), "statement")
    return MessagesOut(
        messages=[
            MessageOut(
                position=row["position"],
                message=SignedStatement.from_bytes(row["statement"]),
            )
            for row in rows
        ],
        next=rows[-1]["position"] if rows else after,
    )

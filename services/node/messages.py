"""Sealed messages to and from other facilities.

Owns composing and opening; what follows from an answer is for `requests` and `releases`. Messages
are kept as they came and opened at each view; of what was sent, a copy sealed to this node is kept.
PROTOCOL section 5.
"""

from dataclasses import dataclass, field
from typing import TypeVar, cast

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from exchange.errors import ExchangeError
from exchange.grants import GrantRecipient
from exchange.messages import seal_message
from exchange.opening import open_message
from keys.directory import VerifiedFacility
from keys.randomness import new_id
from schemas.errors import SchemaError
from schemas.wire.base import WireModel
from schemas.wire.hub_api import MessageIn
from schemas.wire.statement import Message, MessageKind, ReasonCode, SignedStatement
from services.node import push
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.store import messages as store
from services.node.store.tables import MessageRow

_WORDS = "message.words"
Model = TypeVar("Model", bound=WireModel)


@dataclass(frozen=True)
class Sent:
    """A message on its way, and its place in the outbox."""

    message: str
    position: int = field(compare=False)


async def send(
    node: Node,
    session: AsyncSession,
    keys: RecordKeys,
    recipient: GrantRecipient,
    kind: MessageKind,
    reason: ReasonCode,
    words: WireModel,
    *,
    in_reply_to: str | None = None,
) -> Sent:
    """Seal a message and queue it, within the caller's transaction."""
    message = new_id()
    row = MessageRow(
        message=message,
        incoming=False,
        partner=recipient.facility,
        kind=kind,
        reason=reason,
        in_reply_to=in_reply_to,
        sent_at=node.now(),
        sealed_words=keys.vault.seal_model(_WORDS, message, words),
        state=store.NEW,
    )
    session.add(row)
    return await _queue(node, session, keys, recipient, row, words.to_bytes())


async def send_again(
    node: Node, session: AsyncSession, keys: RecordKeys, recipient: GrantRecipient, row: MessageRow
) -> Sent:
    """Seal a message that did not leave to the recipient's key of now, and queue it."""
    words = keys.vault.open(_WORDS, row.message, row.sealed_words or b"")
    row.state = store.NEW
    return await _queue(node, session, keys, recipient, row, words)


async def _queue(
    node: Node,
    session: AsyncSession,
    keys: RecordKeys,
    recipient: GrantRecipient,
    row: MessageRow,
    words: bytes,
) -> Sent:
    statement = seal_message(
        id=row.message,
        sender=node.facility,
        recipient=recipient.facility,
        recipient_kem=recipient.kem,
        kind=cast("MessageKind", row.kind),
        reason=cast("ReasonCode", row.reason),
        in_reply_to=row.in_reply_to,
        sent_at=row.sent_at,
        words=words,
        identity=keys.identity,
    )
    row.statement = statement.model_dump_json()
    body = MessageIn(message=statement)
    return Sent(row.message, await push.enqueue(node, session, "message", row.message, body))


def received(statement: SignedStatement, node: Node) -> MessageRow | None:
    """Return a row for a message that came in, unopened; None if it is not one for this node."""
    try:
        message = Message.from_bytes(statement.payload_bytes())
    except (SchemaError, ValidationError):
        return None
    if statement.type != "message" or message.recipient != node.facility:
        return None
    return MessageRow(
        message=message.id,
        incoming=True,
        partner=message.sender,
        kind=message.kind,
        reason=message.reason,
        in_reply_to=message.in_reply_to,
        sent_at=message.sent_at,
        statement=statement.model_dump_json(),
        sealed_words=None,
        state=store.NEW,
    )


def words_of(
    row: MessageRow,
    model: type[Model],
    *,
    node: Node,
    keys: RecordKeys,
    sender: VerifiedFacility | None,
) -> Model | None:
    """Return the words of a message; None if they can't be opened or are not of this kind.

    `sender` is the verified sender of an incoming one; without it nothing is opened.
    """
    try:
        if not row.incoming:
            return keys.vault.open_model(_WORDS, row.message, row.sealed_words or b"", model)
        if sender is None:
            return None
        statement = SignedStatement.model_validate_json(row.statement)
        opened = open_message(statement, node.facility, keys.kem_seeds, sender)
        return model.from_bytes(opened.words)
    except (ExchangeError, ValidationError):
        return None

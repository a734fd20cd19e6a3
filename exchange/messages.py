"""Messages: words from one facility to another, which the hub carries and can't read.

Owns sealing and the checks of the envelope. Opening is in `exchange.opening`. PROTOCOL section 5.
"""

from exchange.errors import SealError
from exchange.padding import pad
from keys.hpke import hpke_seal
from keys.signing import SigningPair, sign_statement
from schemas.encoding import SUITE, b64u, digest_text, pae
from schemas.wire.statement import Message, MessageKind, ReasonCode, SignedStatement

MAX_WORDS = 65_536
"""Longest words of a message, in bytes."""


def message_info(
    *,
    id: str,
    sender: str,
    recipient: str,
    recipient_kem: str,
    kind: MessageKind,
    reason: ReasonCode,
    in_reply_to: str | None,
    sent_at: int,
) -> bytes:
    """Return the HPKE `info` of a message: everything that the hub sees of it."""
    fields = (id, sender, recipient, recipient_kem, kind, reason, in_reply_to or "", str(sent_at))
    return pae("message", SUITE.encode(), *(field.encode() for field in fields))


def info_of(message: Message) -> bytes:
    """Return the HPKE `info` that belongs to a message's own fields."""
    return message_info(
        id=message.id,
        sender=message.sender,
        recipient=message.recipient,
        recipient_kem=message.recipient_kem,
        kind=message.kind,
        reason=message.reason,
        in_reply_to=message.in_reply_to,
        sent_at=message.sent_at,
    )


def seal_message(
    *,
    id: str,
    sender: str,
    recipient: str,
    recipient_kem: bytes,
    kind: MessageKind,
    reason: ReasonCode,
    in_reply_to: str | None,
    sent_at: int,
    words: bytes,
    identity: SigningPair,
) -> SignedStatement:
    """Pad `words`, seal them to the recipient's KEM key (1,216 bytes) and sign the message.

    `id` is random, `sent_at` in seconds. The padding hides the exact length of the words. Raises
    SealError for more than 64 KiB: what is longer belongs into a record.
    """
    if len(words) > MAX_WORDS:
        raise SealError("a message holds at most 64 KiB")
    kem = digest_text(recipient_kem)
    info = message_info(
        id=id,
        sender=sender,
        recipient=recipient,
        recipient_kem=kem,
        kind=kind,
        reason=reason,
        in_reply_to=in_reply_to,
        sent_at=sent_at,
    )
    message = Message(
        suite=SUITE,
        id=id,
        sender=sender,
        recipient=recipient,
        recipient_kem=kem,
        kind=kind,
        reason=reason,
        in_reply_to=in_reply_to,
        sent_at=sent_at,
        sealed=b64u(hpke_seal(recipient_kem, info, pad(words))),
    )
    return sign_statement("message", message, identity)

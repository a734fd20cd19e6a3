"""Receipts: what a recipient says it opened of a release. PROTOCOL section 7."""

from typing import TypeVar

from exchange.errors import StatementError
from exchange.statements import read_statement_ed25519
from schemas.encoding import b64u
from schemas.wire.hub_api import Recorded
from schemas.wire.statement import Receipt, RevocationReceipt, SignedStatement
from services.hub.calls import Call
from services.hub.directory import Member
from services.hub.errors import NotFoundError, RejectedError
from services.hub.store import consents as consent_store
from services.hub.store import releases as store
from services.hub.turn import Turn

AnyReceipt = TypeVar("AnyReceipt", Receipt, RevocationReceipt)


def read_receipt(statement: SignedStatement, model: type[AnyReceipt], member: Member) -> AnyReceipt:
    """Return a receipt signed with one of the member's receipt keys. Raises RejectedError."""
    for keys in member.facility.receipt_keys():
        try:
            receipt = read_statement_ed25519(statement, model, keys.ed25519)
        except StatementError:
            continue
        if receipt.recipient == member.facility.card.facility:
            return receipt
    raise RejectedError("receipt-invalid")


async def record_receipt(
    turn: Turn, call: Call, release: str, statement: SignedStatement
) -> Recorded:
    """Store what the caller opened of its release. Raises NotFoundError, RejectedError."""
    receipt = read_receipt(statement, Receipt, await call.member(turn.connection))
    row = await store.one(turn.connection, release)
    if row is None or row["recipient"] != call.facility:
        raise NotFoundError
    if (receipt.release, receipt.consent) != (release, row["consent"]):
        raise RejectedError("other-release")
    sections = await store.sections(turn.connection, release, 0)
    if not {*receipt.opened, *receipt.refused} <= {one["digest"] for one in sections}:
        raise RejectedError("other-sections")
    digest = b64u(statement.digest())
    stored = (digest, release, statement.to_bytes(), turn.now)
    if not await store.put_receipt(turn.connection, stored):
        return Recorded(id=release, state="unchanged")
    consent = await consent_store.one(turn.connection, row["consent"])
    turn.record(
        call.details(
            "receipt.record",
            turn.now,
            counterpart=None if consent is None else consent["issuer"],
            consent=row["consent"],
            release=release,
            objects=[digest],
        )
    )
    return Recorded(id=release, state="created")

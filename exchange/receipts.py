"""Receipts: a recipient's signed word on what it opened, and that a revocation took effect.

Owns how they are made. They are signed with the node's receipt keys, which work while the record
keyring is locked. Reading is `exchange.statements.read_statement`. PROTOCOL section 7.
"""

from collections.abc import Sequence
from typing import Literal

from keys.signing import SigningPair, sign_statement
from schemas.encoding import SUITE
from schemas.wire.statement import Receipt, RevocationReceipt, SignedStatement


def make_receipt(
    *,
    recipient: str,
    release: str,
    consent: str,
    opened: Sequence[str],
    refused: Sequence[str],
    at: int,
    pair: SigningPair,
) -> SignedStatement:
    """Sign what was opened and refused of one release: manifest digests, base64url."""
    receipt = Receipt(
        suite=SUITE,
        recipient=recipient,
        release=release,
        consent=consent,
        opened=list(opened),
        refused=list(refused),
        at=at,
    )
    return sign_statement("receipt", receipt, pair)


def make_revocation_receipt(
    *,
    recipient: str,
    consent: str,
    effect: Literal["blocked", "erased"],
    at: int,
    pair: SigningPair,
) -> SignedStatement:
    """Sign that a revocation was carried out here."""
    receipt = RevocationReceipt(
        suite=SUITE, recipient=recipient, consent=consent, effect=effect, at=at
    )
    return sign_statement("revocation-receipt", receipt, pair)

"""Reading signed statements: signature first, then shape. PROTOCOL section 3.

Owns the step from a `SignedStatement` to a verified wire model. Does not decide whose key it should
be: the caller brings a key that it already trusts.
"""

from typing import TypeVar

from exchange.errors import StatementError
from keys.errors import KeysError
from keys.signing import PublicPair, verify_statement, verify_statement_ed25519
from keys.strict_json import parse_strict
from schemas.errors import SchemaError
from schemas.wire.base import WireModel
from schemas.wire.statement import (
    Author,
    Grant,
    Head,
    Manifest,
    Message,
    Receipt,
    RevocationReceipt,
    SignedStatement,
    StatementType,
)

TYPES: dict[type[WireModel], StatementType] = {
    Manifest: "manifest",
    Head: "head",
    Grant: "grant",
    Message: "message",
    Receipt: "receipt",
    RevocationReceipt: "revocation-receipt",
    Author: "author",
}
"""The statement type under which each model is signed."""

Model = TypeVar("Model", bound=WireModel)


def read_statement(statement: SignedStatement, model: type[Model], public: PublicPair) -> Model:
    """Return the model that `statement` carries, both signatures verified under `public`.

    Raises StatementError.
    """
    try:
        payload = verify_statement(statement, public, expect=TYPES[model])
    except KeysError:
        raise StatementError(TYPES[model]) from None
    return _parse(payload, model)


def read_statement_ed25519(statement: SignedStatement, model: type[Model], ed25519: bytes) -> Model:
    """Like `read_statement`, checking the Ed25519 signature alone: enough for the hub.

    `ed25519` is the raw 32-byte public key. Raises StatementError.
    """
    try:
        payload = verify_statement_ed25519(statement, ed25519, expect=TYPES[model])
    except KeysError:
        raise StatementError(TYPES[model]) from None
    return _parse(payload, model)


def parse_statement(statement: SignedStatement, model: type[Model]) -> Model:
    """Return the model of a statement *without* looking at its signatures.

    For statements that the caller made or verified before. Raises StatementError.
    """
    if statement.type != TYPES[model]:
        raise StatementError(TYPES[model])
    try:
        payload = statement.payload_bytes()
    except SchemaError:
        raise StatementError(TYPES[model]) from None
    return _parse(payload, model)


def _parse(payload: bytes, model: type[Model]) -> Model:
    try:
        parse_strict(payload)
        return model.from_bytes(payload)
    except ValueError:  # pydantic's ValidationError is one, too
        raise StatementError(TYPES[model]) from None

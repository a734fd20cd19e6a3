"""Reading statements: signature first, then shape. PROTOCOL section 3."""

import pytest

from exchange.errors import StatementError
from exchange.receipts import make_receipt, make_revocation_receipt
from exchange.statements import TYPES, parse_statement, read_statement, read_statement_ed25519
from keys.signing import sign_statement
from schemas.encoding import b64u, digest_text
from schemas.wire.statement import Head, Receipt, RevocationReceipt, SignedStatement
from tests.support.facilities import NOW, alpha, fixed_id, mallory

ALPHA = alpha()
PUBLIC = ALPHA.receipts.public
RECEIPT = make_receipt(
    recipient=ALPHA.code,
    release=fixed_id("release"),
    consent=fixed_id("consent"),
    opened=[digest_text(b"one")],
    refused=[digest_text(b"two")],
    at=NOW,
    pair=ALPHA.receipts,
)


def signed(payload: bytes) -> SignedStatement:
    return sign_statement("receipt", payload, ALPHA.receipts)


def test_a_receipt_says_what_was_opened_and_refused() -> None:
    receipt = read_statement(RECEIPT, Receipt, PUBLIC)
    assert receipt.opened == [digest_text(b"one")]
    assert receipt.refused == [digest_text(b"two")]
    assert receipt == read_statement_ed25519(RECEIPT, Receipt, PUBLIC.ed25519)
    assert receipt == parse_statement(RECEIPT, Receipt)


def test_a_revocation_receipt_says_what_was_done() -> None:
    statement = make_revocation_receipt(
        recipient=ALPHA.code,
        consent=fixed_id("consent"),
        effect="erased",
        at=NOW,
        pair=ALPHA.receipts,
    )
    assert read_statement(statement, RevocationReceipt, PUBLIC).effect == "erased"


def test_the_hub_checks_one_signature_where_readers_check_both() -> None:
    first, second = RECEIPT.signatures
    broken = second.model_copy(update={"sig": b64u(bytes(3309))})
    half = RECEIPT.model_copy(update={"signatures": [first, broken]})
    assert read_statement_ed25519(half, Receipt, PUBLIC.ed25519)
    with pytest.raises(StatementError):
        read_statement(half, Receipt, PUBLIC)


@pytest.mark.parametrize(
    ("defect", "statement"),
    [
        ("wrong-key", sign_statement("receipt", RECEIPT.payload_bytes(), mallory().identity)),
        ("wrong-type", sign_statement("head", RECEIPT.payload_bytes(), ALPHA.receipts)),
        ("relabelled", RECEIPT.model_copy(update={"type": "head"})),
        ("not-json", signed(b"?")),
        ("not-utf8", signed(b"\xff")),
        ("not-an-object", signed(b"[]")),
        ("field-missing", signed(b'{"suite":"safehand/1"}')),
        ("unknown-suite", signed(RECEIPT.payload_bytes().replace(b"safehand/1", b"safehand/2"))),
        ("unknown-field", signed(RECEIPT.payload_bytes()[:-1] + b',"more":1}')),
        ("key-twice", signed(RECEIPT.payload_bytes()[:-1] + b',"at":1}')),
        ("boolean-for-a-time", signed(RECEIPT.payload_bytes().replace(b"1800000000", b"true"))),
        ("text-for-a-time", signed(RECEIPT.payload_bytes().replace(b"1800000000", b'"18"'))),
        ("nested-too-deeply", signed(b"[" * 100_000)),
    ],
)
def test_what_is_no_receipt_is_refused(defect: str, statement: SignedStatement) -> None:
    with pytest.raises(StatementError):
        read_statement(statement, Receipt, PUBLIC)
    with pytest.raises(StatementError):
        read_statement_ed25519(statement, Receipt, PUBLIC.ed25519)


@pytest.mark.parametrize(
    "statement",
    [
        RECEIPT.model_copy(update={"type": "head"}),
        RECEIPT.model_copy(update={"payload": "QR"}),
        RECEIPT.model_copy(update={"payload": b64u(b"{}")}),
    ],
)
def test_parsing_alone_still_looks_at_type_and_shape(statement: SignedStatement) -> None:
    with pytest.raises(StatementError):
        parse_statement(statement, Receipt)


def test_no_two_kinds_of_statement_share_a_type() -> None:
    assert len(set(TYPES.values())) == len(TYPES)
    with pytest.raises(StatementError):
        read_statement(RECEIPT, Head, PUBLIC)

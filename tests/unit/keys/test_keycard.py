"""Key cards, statements under them, fingerprints and safety numbers. PROTOCOL section 3."""

import re

import pytest

from keys.errors import CardError
from keys.keycard import (
    fingerprint,
    fingerprint_text,
    make_card,
    make_key_statement,
    parse_fingerprint,
    safety_number,
    verify_card,
    verify_key_statement,
    verify_staff_statement,
)
from keys.signing import PublicPair, SigningPair, new_pair, sign_statement
from schemas.encoding import b64u, unb64u
from schemas.wire.statement import KeyCard, SignedStatement
from tests.support.issuer import BEGIN, END, Issuer

ALPHA = Issuer()
CARD = ALPHA.card()
OWNER = verify_card(CARD)


def resigned(statement: SignedStatement, pair: SigningPair, **update: object) -> SignedStatement:
    """The card with changed fields, signed by any pair."""
    card = KeyCard.from_bytes(statement.payload_bytes()).model_copy(update=update)
    return sign_statement("key-card", card, pair)


def test_a_card_is_verified_by_the_keys_it_carries() -> None:
    assert OWNER.card.facility == ALPHA.code
    assert OWNER.public == ALPHA.identity.public
    assert OWNER.fingerprint == fingerprint(ALPHA.identity.public)
    assert verify_card(CARD, hub_checks_only=True) == OWNER


def test_a_card_signed_by_others_is_refused() -> None:
    for hub_checks_only in (False, True):
        with pytest.raises(CardError, match="another key"):
            verify_card(resigned(CARD, new_pair()), hub_checks_only=hub_checks_only)


def test_a_swapped_second_key_is_refused() -> None:
    other = new_pair()
    mixed = SigningPair(ALPHA.identity.ed_seed, other.ml_seed)
    card = resigned(CARD, mixed, ml_dsa_65=b64u(ALPHA.identity.public.ml_dsa_65))
    with pytest.raises(CardError, match="another key"):
        verify_card(card)


def test_a_card_of_another_suite_is_refused() -> None:
    payload = CARD.payload_bytes().replace(b"safehand/1", b"safehand/2")
    with pytest.raises(CardError, match="not a KeyCard"):
        verify_card(sign_statement("key-card", payload, ALPHA.identity))


def test_duplicate_keys_in_a_card_are_refused() -> None:
    payload = CARD.payload_bytes()[:-1] + b',"country":"ZZ"}'
    with pytest.raises(CardError, match="not a KeyCard"):
        verify_card(sign_statement("key-card", payload, ALPHA.identity))


def test_a_card_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CardError, match="ends before"):
        verify_card(ALPHA.card(not_before=END, not_after=END))


def test_another_statement_is_no_card() -> None:
    with pytest.raises(CardError):
        verify_card(ALPHA.kem())
    with pytest.raises(CardError, match="key-card was expected"):
        verify_card(CARD.model_copy(update={"type": "key-statement"}))


def test_a_card_with_keys_that_are_none_is_refused() -> None:
    with pytest.raises(CardError):
        verify_card(resigned(CARD, ALPHA.identity, ml_dsa_65=b64u(bytes(10))))
    with pytest.raises(CardError):
        verify_card(CARD.model_copy(update={"payload": "!"}))


def test_the_fingerprint_binds_both_keys() -> None:
    other = new_pair().public
    mine = ALPHA.identity.public
    prints = {
        fingerprint(pair)
        for pair in (
            mine,
            PublicPair(mine.ed25519, other.ml_dsa_65),
            PublicPair(other.ed25519, mine.ml_dsa_65),
            PublicPair(mine.ed25519 + mine.ml_dsa_65[:1], mine.ml_dsa_65[1:]),
        )
    }
    assert len(prints) == 4


def test_a_fingerprint_is_read_as_people_type_it() -> None:
    text = fingerprint_text(OWNER.fingerprint)
    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){12}[0-9A-Z]{4}", text)
    assert parse_fingerprint(text) == OWNER.fingerprint
    assert parse_fingerprint(f"  {text.lower().replace('-', ' ')} ") == OWNER.fingerprint


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 52, "Z" * 52, "0" * 53])
def test_what_is_no_fingerprint_is_refused(text: str) -> None:
    with pytest.raises(CardError, match="not a fingerprint"):
        parse_fingerprint(text)


def test_both_sides_read_the_same_safety_number() -> None:
    one, other = OWNER.fingerprint, fingerprint(new_pair().public)
    number = safety_number(one, other)
    assert number == safety_number(other, one)
    assert re.fullmatch(r"(?:\d{5} ){11}\d{5}", number)
    assert number != safety_number(one, fingerprint(new_pair().public))


@pytest.mark.parametrize("statement", [ALPHA.kem(), ALPHA.http(), ALPHA.receipt_key()])
def test_working_keys_are_certified_by_the_identity(statement: SignedStatement) -> None:
    verified = verify_key_statement(statement, OWNER)
    assert verified == verify_key_statement(statement, OWNER, hub_checks_only=True)
    assert verified.facility == ALPHA.code


def test_a_staff_key_is_certified_by_the_identity() -> None:
    staff = verify_staff_statement(ALPHA.staff(), OWNER)
    assert unb64u(staff.ed25519) == ALPHA.manager.public.ed25519
    assert staff.staff == ALPHA.manager_id


def test_statements_by_another_identity_are_refused() -> None:
    beta = Issuer()
    for hub_checks_only in (False, True):
        with pytest.raises(CardError, match="another key"):
            verify_key_statement(beta.kem(), OWNER, hub_checks_only=hub_checks_only)
        with pytest.raises(CardError, match="another key"):
            verify_staff_statement(beta.staff(), OWNER, hub_checks_only=hub_checks_only)


def test_statements_about_another_facility_are_refused() -> None:
    beta = Issuer(identity=ALPHA.identity)
    with pytest.raises(CardError, match="another facility"):
        verify_key_statement(beta.kem(), OWNER)
    with pytest.raises(CardError, match="another facility"):
        verify_staff_statement(beta.staff(), OWNER)


def test_one_statement_is_not_taken_for_another() -> None:
    with pytest.raises(CardError, match="staff-statement was expected"):
        verify_staff_statement(ALPHA.kem(), OWNER)
    relabelled = ALPHA.staff().model_copy(update={"type": "key-statement"})
    with pytest.raises(CardError, match="does not verify"):
        verify_key_statement(relabelled, OWNER)


def test_a_validity_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(CardError, match="ends before"):
        verify_key_statement(ALPHA.kem(not_before=END, not_after=BEGIN), OWNER)
    with pytest.raises(CardError, match="ends before"):
        verify_staff_statement(ALPHA.staff(not_before=END, not_after=BEGIN), OWNER)


@pytest.mark.parametrize(
    ("kind", "public", "ml_dsa_65"),
    [
        ("kem", bytes(32), None),
        ("kem", b"\xff" * 1216, None),
        ("http", bytes(31), None),
        ("http", bytes(32), ALPHA.receipt.public.ml_dsa_65),
        ("receipt", bytes(32), None),
        ("receipt", ALPHA.receipt.public.ed25519, bytes(1951)),
    ],
)
def test_keys_of_a_wrong_shape_are_refused(kind, public, ml_dsa_65) -> None:  # type: ignore[no-untyped-def]
    statement = make_key_statement(
        facility=ALPHA.code,
        kind=kind,
        public=public,
        ml_dsa_65=ml_dsa_65,
        issued_at=BEGIN,
        not_before=BEGIN,
        not_after=END,
        identity=ALPHA.identity,
    )
    with pytest.raises(CardError):
        verify_key_statement(statement, OWNER)


LOW_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]


@pytest.mark.parametrize("point", LOW_ORDER)
def test_keys_of_low_order_are_refused(point: str) -> None:
    with pytest.raises(CardError):
        verify_key_statement(ALPHA.http(bytes.fromhex(point)), OWNER)
    low = PublicPair(bytes.fromhex(point), ALPHA.manager.public.ml_dsa_65)
    with pytest.raises(CardError):
        verify_staff_statement(ALPHA.staff(public=low), OWNER, hub_checks_only=True)


def test_staff_keys_of_a_wrong_shape_are_refused() -> None:
    for public in (
        PublicPair(ALPHA.manager.public.ed25519, bytes(5)),
        PublicPair(ALPHA.manager.public.ed25519, b""),
    ):
        with pytest.raises(CardError, match="not an ML-DSA-65"):
            verify_staff_statement(ALPHA.staff(public=public), OWNER)


def test_a_card_has_no_field_for_names_or_places() -> None:
    assert set(KeyCard.model_fields) == {
        "suite",
        "facility",
        "country",
        "units",
        "ed25519",
        "ml_dsa_65",
        "not_before",
        "not_after",
    }
    assert make_card(
        facility=ALPHA.code,
        country="NL",
        units=["short-term", "long-term"],
        identity=ALPHA.identity,
        not_before=BEGIN,
        not_after=END,
    ).payload_bytes()

"""Two-signature statements. PROTOCOL section 3."""

import pytest

from keys.errors import KeyFormatError, SignatureError
from keys.signing import (
    PublicPair,
    SigningPair,
    ed25519_public,
    ed25519_sign,
    ed25519_verify,
    key_id,
    new_pair,
    sign_statement,
    verify_statement,
    verify_statement_ed25519,
)
from schemas.encoding import b64u, digest_text
from schemas.wire.statement import SignedStatement

PAIR = new_pair()
STATEMENT = sign_statement("head", b'{"a":1}', PAIR)


def changed(**update: object) -> SignedStatement:
    return STATEMENT.model_copy(update=update)


def test_rfc_8032_test_1() -> None:
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert ed25519_public(seed).hex() == public
    assert ed25519_sign(seed, b"").hex() == signature
    ed25519_verify(bytes.fromhex(public), bytes.fromhex(signature), b"")


def test_a_statement_returns_its_exact_bytes() -> None:
    assert verify_statement(STATEMENT, PAIR.public, expect="head") == b'{"a":1}'
    assert verify_statement_ed25519(STATEMENT, PAIR.public.ed25519, expect="head") == b'{"a":1}'


def test_key_ids_are_digests_of_the_raw_public_keys() -> None:
    ids = [one.key for one in STATEMENT.signatures]
    assert ids == [key_id(PAIR.public.ed25519), key_id(PAIR.public.ml_dsa_65)]
    assert PAIR.key_id == digest_text(PAIR.public.ed25519) == PAIR.public.key_id


def test_the_type_is_part_of_what_is_signed() -> None:
    with pytest.raises(SignatureError, match="grant was expected"):
        verify_statement(STATEMENT, PAIR.public, expect="grant")
    with pytest.raises(SignatureError, match="Ed25519 signature"):
        verify_statement(changed(type="grant"), PAIR.public, expect="grant")


def test_both_signatures_are_needed_of_a_reader() -> None:
    other = sign_statement("head", b'{"a":2}', PAIR)
    stale = changed(
        payload=other.payload, signatures=[other.signatures[0], STATEMENT.signatures[1]]
    )
    with pytest.raises(SignatureError, match="ML-DSA-65 signature"):
        verify_statement(stale, PAIR.public, expect="head")
    assert verify_statement_ed25519(stale, PAIR.public.ed25519, expect="head") == b'{"a":2}'


@pytest.mark.parametrize("half", [0, 1])
def test_a_key_of_another_pair_is_refused(half: int) -> None:
    other = new_pair().public
    mixed = (
        PublicPair(other.ed25519, PAIR.public.ml_dsa_65),
        PublicPair(PAIR.public.ed25519, other.ml_dsa_65),
    )[half]
    with pytest.raises(SignatureError, match="another key"):
        verify_statement(STATEMENT, mixed, expect="head")


def test_signatures_in_another_order_are_refused() -> None:
    swapped = changed(signatures=STATEMENT.signatures[::-1])
    with pytest.raises(SignatureError, match="Ed25519, then ML-DSA-65"):
        verify_statement(swapped, PAIR.public, expect="head")


def test_one_algorithm_twice_is_refused() -> None:
    twice = changed(signatures=[STATEMENT.signatures[0]] * 2)
    with pytest.raises(SignatureError, match="Ed25519, then ML-DSA-65"):
        verify_statement_ed25519(twice, PAIR.public.ed25519, expect="head")


def test_a_non_canonical_payload_is_refused() -> None:
    with pytest.raises(SignatureError, match="canonical"):
        verify_statement(changed(payload=STATEMENT.payload + "="), PAIR.public, expect="head")


def test_a_missing_second_signature_is_refused_even_by_the_hub() -> None:
    first, second = STATEMENT.signatures
    emptied = changed(signatures=[first, second.model_copy(update={"sig": b64u(b"")})])
    with pytest.raises(SignatureError, match="wrong length"):
        verify_statement_ed25519(emptied, PAIR.public.ed25519, expect="head")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_bytes_that_are_no_key_are_refused(size: int) -> None:
    with pytest.raises(KeyFormatError):
        ed25519_verify(bytes(size), bytes(64), b"")


def test_the_same_seeds_give_the_same_pair() -> None:
    assert SigningPair(PAIR.ed_seed, PAIR.ml_seed).public == PAIR.public

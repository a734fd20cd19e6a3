"""Consent, refusal and revocation tokens: everything pinned. PROTOCOL section 6."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws as jose
from joserfc.jwk import OctKey

from keys import tokens
from keys.errors import ClaimsError
from keys.signing import SigningPair, ed25519_sign, new_pair
from schemas.encoding import b64u, sha256, unb64u
from schemas.wire.base import WireModel
from schemas.wire.hub_api import RevocationsOut
from schemas.wire.token import (
    ConsentClaims,
    RefusalClaims,
    RevocationClaims,
    RevocationListClaims,
)

PAIR = new_pair()
KEY = PAIR.public.ed25519
ALPHA, BETA = "F-A1A1A1A1A1", "F-B2B2B2B2B2"
ID = b64u(bytes(16))
DIGEST = b64u(bytes(32))
HEADER = {"alg": "Ed25519", "typ": "consent+jwt", "kid": PAIR.key_id}
CONSENT = ConsentClaims(
    iss=ALPHA,
    sub=ID,
    aud=["hub", BETA],
    jti=ID,
    iat=100,
    nbf=100,
    exp=200,
    purpose="TREAT",
    scope_tags=[ID],
    recipient_fingerprint=DIGEST,
    fine_scope="",
    consent_hash=DIGEST,
    revocation_hash=DIGEST,
    redisclosure="none",
    max_releases=3,
    erase_at=None,
    on_revocation="erase",
)
REFUSAL = RefusalClaims(
    iss=ALPHA, sub=ID, aud=["hub"], jti=ID, iat=100, scope_tags=[], recipient=None
)
REVOCATION = RevocationClaims(
    iss=BETA, aud=["hub"], jti=ID, iat=100, consent=ID, reason="withdrawn"
)
LIST = RevocationListClaims(iss="hub", aud=[BETA], iat=100, exp=200, consents=[ID])

Sign = Callable[[Any, SigningPair | bytes], str]
Verify = Callable[[str, bytes], WireModel]
KINDS: dict[str, tuple[WireModel, Sign, Verify]] = {
    "consent": (CONSENT, tokens.sign_consent, tokens.verify_consent),
    "refusal": (REFUSAL, tokens.sign_refusal, tokens.verify_refusal),
    "revocation": (REVOCATION, tokens.sign_revocation, tokens.verify_revocation),
    "list": (
        LIST,
        tokens.sign_revocation_list,
        lambda text, key: tokens.verify_revocation_list(text, key, facility=BETA),
    ),
}


def forge(header: object, payload: object = CONSENT, pair: SigningPair = PAIR) -> str:
    """Sign any header and payload with a real key, as an insider could."""
    parts = [one if isinstance(one, bytes) else encode(one) for one in (header, payload)]
    signed = ".".join(map(b64u, parts))
    return f"{signed}.{b64u(ed25519_sign(pair.ed_seed, signed.encode()))}"


def encode(value: object) -> bytes:
    return value.to_bytes() if isinstance(value, WireModel) else json.dumps(value).encode()


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_signed_is_what_is_read(kind: str) -> None:
    claims, sign, verify = KINDS[kind]
    assert verify(sign(claims, PAIR), KEY) == claims
    assert verify(sign(claims, PAIR.ed_seed), KEY) == claims


def test_a_forged_token_with_nothing_wrong_passes() -> None:
    assert tokens.verify_consent(forge(HEADER), KEY) == CONSENT


def test_no_kind_passes_for_another() -> None:
    for kind, (claims, sign, _) in KINDS.items():
        for other, (_, _, verify) in KINDS.items():
            if kind != other:
                with pytest.raises(ClaimsError, match="was expected"):
                    verify(sign(claims, PAIR), KEY)


@pytest.mark.parametrize("alg", ["none", "EdDSA", "HS256", "ES256", "ed25519", "", None, 1])
def test_the_algorithm_is_pinned(alg: object) -> None:
    with pytest.raises(ClaimsError, match="must be Ed25519"):
        tokens.verify_consent(forge({**HEADER, "alg": alg}), KEY)


def test_a_public_key_is_no_hmac_secret() -> None:
    key = OctKey.import_key(KEY)
    header = {**HEADER, "alg": "HS256"}
    token = jose.serialize_compact(header, CONSENT.to_bytes(), key, algorithms=["HS256"])
    with pytest.raises(ClaimsError, match="must be Ed25519"):
        tokens.verify_consent(token, KEY)


@pytest.mark.parametrize("typ", ["JWT", "refusal+jwt", "CONSENT+JWT", "", None])
def test_the_type_is_pinned(typ: object) -> None:
    with pytest.raises(ClaimsError, match="consent\\+jwt was expected"):
        tokens.verify_consent(forge({**HEADER, "typ": typ}), KEY)


@pytest.mark.parametrize(
    "more",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": True},
        {"b64": False, "crit": ["b64"]},
        {"jwk": {"kty": "OKP", "crv": "Ed25519", "x": b64u(KEY)}},
        {"jku": "https://example.org/keys"},
        {"x5c": []},
        {"cty": "JWT"},
        {"zip": "DEF"},
        {"x": 1},
    ],
)
def test_other_header_members_are_refused(more: dict[str, object]) -> None:
    with pytest.raises(ClaimsError, match="nothing else"):
        tokens.verify_consent(forge({**HEADER, **more}), KEY)


@pytest.mark.parametrize("member", ["alg", "typ", "kid"])
def test_no_header_member_may_be_missing(member: str) -> None:
    header = {name: value for name, value in HEADER.items() if name != member}
    with pytest.raises(ClaimsError, match="nothing else"):
        tokens.verify_consent(forge(header), KEY)


@pytest.mark.parametrize("header", [b"[]", b"null", b"\xff", b"", b"{", b'"x"', b"[" * 5_000])
def test_a_header_that_is_no_object_is_refused(header: bytes) -> None:
    with pytest.raises(ClaimsError):
        tokens.verify_consent(forge(header), KEY)


def test_duplicate_keys_are_refused_in_the_header() -> None:
    header = json.dumps(HEADER)[:-1] + ', "alg": "Ed25519"}'
    with pytest.raises(ClaimsError, match="strict"):
        tokens.verify_consent(forge(header.encode()), KEY)


def test_duplicate_keys_are_refused_in_the_claims() -> None:
    payload = CONSENT.to_bytes()[:-1] + b',"max_releases":9999}'
    with pytest.raises(ClaimsError, match="strict JSON"):
        tokens.verify_consent(forge(HEADER, payload), KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"extra": 1},
        {"exp": "200"},
        {"exp": 200.5},
        {"exp": None},
        {"max_releases": True},
        {"max_releases": 0},
        {"scope_tags": []},
        {"redisclosure": "any"},
        {"purpose": "MARKETING"},
        {"sub": "../../etc"},
    ],
)
def test_claims_are_strict(change: dict[str, object]) -> None:
    payload = {**json.loads(CONSENT.to_bytes()), **change}
    with pytest.raises(ClaimsError, match="not of this kind"):
        tokens.verify_consent(forge(HEADER, payload), KEY)


@pytest.mark.parametrize("missing", ["exp", "aud", "jti", "erase_at", "on_revocation"])
def test_no_claim_may_be_missing(missing: str) -> None:
    payload = json.loads(CONSENT.to_bytes())
    del payload[missing]
    with pytest.raises(ClaimsError, match="not of this kind"):
        tokens.verify_consent(forge(HEADER, payload), KEY)


@pytest.mark.parametrize("audience", [["hub", "hub"], [BETA, BETA], ["hub", ALPHA]])
def test_a_consent_is_for_the_hub_and_one_other_facility(audience: list[str]) -> None:
    claims = CONSENT.model_copy(update={"aud": audience})
    with pytest.raises(ClaimsError, match="one other facility"):
        tokens.verify_consent(forge(HEADER, claims), KEY)
    with pytest.raises(ClaimsError, match="one other facility"):
        tokens.sign_consent(claims, PAIR)


@pytest.mark.parametrize("change", [{"exp": 100}, {"exp": 99}, {"nbf": 200}, {"iat": 200}])
def test_times_that_contradict_each_other_are_refused(change: dict[str, int]) -> None:
    claims = CONSENT.model_copy(update=change)
    with pytest.raises(ClaimsError, match="contradict"):
        tokens.verify_consent(forge(HEADER, claims), KEY)


def test_a_scope_tag_named_twice_is_refused() -> None:
    claims = CONSENT.model_copy(update={"scope_tags": [ID, ID]})
    with pytest.raises(ClaimsError, match="twice"):
        tokens.sign_consent(claims, PAIR)


def test_refusal_and_revocation_are_for_the_hub_only() -> None:
    for typ, claims, verify in (
        (tokens.REFUSAL, REFUSAL, tokens.verify_refusal),
        (tokens.REVOCATION, REVOCATION, tokens.verify_revocation),
    ):
        elsewhere = claims.model_copy(update={"aud": [BETA]})
        with pytest.raises(ClaimsError, match="another audience"):
            verify(forge({**HEADER, "typ": typ}, elsewhere), KEY)


def test_a_revocation_list_is_for_one_facility() -> None:
    token = tokens.sign_revocation_list(LIST, PAIR)
    with pytest.raises(ClaimsError, match="another audience"):
        tokens.verify_revocation_list(token, KEY, facility=ALPHA)


def test_another_key_is_refused_whatever_the_kid_says() -> None:
    other = new_pair()
    with pytest.raises(ClaimsError, match="another key"):
        tokens.verify_consent(tokens.sign_consent(CONSENT, other), KEY)
    with pytest.raises(ClaimsError, match="signature"):
        tokens.verify_consent(forge(HEADER, pair=other), KEY)


@pytest.mark.parametrize("kid", ["", "x", None, 7, DIGEST + "A", "'; DROP TABLE keys"])
def test_a_kid_that_is_no_key_id_is_refused(kid: object) -> None:
    with pytest.raises(ClaimsError, match="key id"):
        tokens.peek_kid(forge({**HEADER, "kid": kid}))


def test_peeking_tells_the_key_and_nothing_more() -> None:
    assert tokens.peek_kid(tokens.sign_consent(CONSENT, PAIR)) == PAIR.key_id


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b", "a.b.c.d", "é.é.é", "a=.b.c", "A" * 200_000]
)
def test_texts_that_are_no_token_are_refused(text: str) -> None:
    with pytest.raises(ClaimsError):
        tokens.peek_kid(text)
    with pytest.raises(ClaimsError):
        tokens.verify_consent(text, KEY)


def test_another_spelling_of_the_same_token_is_refused() -> None:
    head, payload, signature = tokens.sign_consent(CONSENT, PAIR).split(".")
    # 64 bytes leave four unused bits in the last character: set one.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    respelt = signature[:-1] + last[last.index(signature[-1]) + 1]
    with pytest.raises(ClaimsError, match="strict"):
        tokens.verify_consent(f"{head}.{payload}.{respelt}", KEY)
    with pytest.raises(ClaimsError):
        tokens.verify_consent(f"{head}.{payload}.{signature}=", KEY)


def test_a_detached_payload_is_refused() -> None:
    head, _, signature = tokens.sign_consent(CONSENT, PAIR).split(".")
    with pytest.raises(ClaimsError):
        tokens.verify_consent(f"{head}..{signature}", KEY)


def test_a_token_too_long_to_be_read_is_not_made() -> None:
    with pytest.raises(ClaimsError):
        tokens.sign_refusal(REFUSAL.model_copy(update={"scope_tags": [ID] * 5_000}), PAIR)
    with pytest.raises(ClaimsError):
        tokens.sign_revocation_list(LIST.model_copy(update={"consents": [ID] * 130_000}), PAIR)


def test_a_revocation_list_has_room_for_all_that_its_claims_may_hold() -> None:
    full = LIST.model_copy(update={"consents": [ID] * 100_000})
    token = tokens.sign_revocation_list(full, PAIR)
    assert RevocationsOut(signed_list=token, tokens=[]).signed_list == token
    assert len(tokens.verify_revocation_list(token, KEY, facility=BETA).consents) == 100_000
    with pytest.raises(ClaimsError, match="compact"):
        tokens.verify_refusal(token, KEY)


def test_the_digest_is_of_the_characters() -> None:
    token = tokens.sign_consent(CONSENT, PAIR)
    assert tokens.jws_digest(token) == sha256(token.encode())
    with pytest.raises(ClaimsError):
        tokens.jws_digest(token + "é")


def test_the_payload_is_the_exact_claims() -> None:
    payload = tokens.sign_consent(CONSENT, PAIR).split(".")[1]
    assert unb64u(payload) == CONSENT.to_bytes()


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_a_wrong_length_verifies_nothing(key: bytes) -> None:
    with pytest.raises(ClaimsError):
        tokens.verify_consent(tokens.sign_consent(CONSENT, PAIR), key)

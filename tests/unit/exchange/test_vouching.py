"""Tokens are believed through a facility's own staff alone. PROTOCOL section 6."""

import pytest

from exchange.errors import StatementError
from exchange.vouching import read_consent, read_refusal, read_revocation
from keys.directory import VerifiedFacility, verify_introduction
from keys.tokens import sign_consent, sign_refusal, sign_revocation
from schemas.wire.token import RefusalClaims, RevocationClaims
from tests.support.facilities import NOW, alpha, beta, fixed_id, seed
from tests.support.lying_hub import token_digest
from tests.support.story import CASE, Story

ALPHA, BETA = alpha(), beta()
CONSENT = Story().claims()
REFUSAL = RefusalClaims(
    iss=ALPHA.code,
    sub=CASE,
    aud=["hub"],
    jti=fixed_id("refusal"),
    iat=NOW,
    scope_tags=[],
    recipient=None,
)
REVOCATION = RevocationClaims(
    iss=ALPHA.code,
    aud=["hub"],
    jti=fixed_id("revocation"),
    iat=NOW,
    consent=CONSENT.jti,
    reason="withdrawn",
)
KINDS = [
    (sign_consent, read_consent, CONSENT),
    (sign_refusal, read_refusal, REFUSAL),
    (sign_revocation, read_revocation, REVOCATION),
]


@pytest.fixture(scope="module")
def issuer() -> VerifiedFacility:
    return verify_introduction(ALPHA.introduction, now=NOW)


@pytest.mark.parametrize(("sign", "read", "claims"), KINDS)
def test_a_token_of_staff_is_read(sign, read, claims, issuer: VerifiedFacility) -> None:
    found = read(sign(claims, ALPHA.case_manager.pair.ed_seed), issuer)
    assert found.claims == claims
    assert found.signer.staff == ALPHA.case_manager.id


def test_a_consent_comes_with_its_digest(issuer: VerifiedFacility) -> None:
    token = sign_consent(CONSENT, ALPHA.case_manager.pair.ed_seed)
    assert read_consent(token, issuer).token_digest == token_digest(token)


@pytest.mark.parametrize(("sign", "read", "claims"), KINDS)
def test_a_key_that_the_facility_did_not_certify_is_refused(
    sign, read, claims, issuer: VerifiedFacility
) -> None:
    with pytest.raises(StatementError, match=r"^signer-unknown$"):
        read(sign(claims, seed("stranger")), issuer)


@pytest.mark.parametrize(("sign", "read", "claims"), KINDS)
def test_the_identity_itself_signs_no_tokens(sign, read, claims, issuer: VerifiedFacility) -> None:
    with pytest.raises(StatementError, match=r"^signer-unknown$"):
        read(sign(claims, ALPHA.identity.ed_seed), issuer)


@pytest.mark.parametrize(("sign", "read", "claims"), KINDS)
def test_staff_speak_for_their_own_facility_only(
    sign, read, claims, issuer: VerifiedFacility
) -> None:
    other = claims.model_copy(update={"iss": "F-C3C3C3C3C3"})
    with pytest.raises(StatementError, match=r"^other-issuer$"):
        read(sign(other, ALPHA.case_manager.pair.ed_seed), issuer)


@pytest.mark.parametrize(("sign", "read", "claims"), KINDS)
def test_a_token_of_one_kind_is_none_of_another(
    sign, read, claims, issuer: VerifiedFacility
) -> None:
    token = sign(claims, ALPHA.case_manager.pair.ed_seed)
    for _, other, _ in KINDS:
        if other is not read:
            with pytest.raises(StatementError, match=r"^token-invalid$"):
                other(token, issuer)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "ä.b.c"])
@pytest.mark.parametrize("read", [read_consent, read_refusal, read_revocation])
def test_what_is_no_token_is_refused(read, token: str, issuer: VerifiedFacility) -> None:
    with pytest.raises(StatementError, match=r"^token-invalid$"):
        read(token, issuer)

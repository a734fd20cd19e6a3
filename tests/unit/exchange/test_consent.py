"""The decision. PROTOCOL section 6. Properties are in tests/property/test_exchange_decide.py."""

from dataclasses import replace

import pytest

from exchange.consent import (
    CLOCK_SKEW,
    REVOCATIONS_MAX_AGE,
    ConsentState,
    Deny,
    Permit,
    Question,
    Signer,
    decide,
)
from schemas.encoding import b64u, digest_text
from schemas.wire.token import ConsentClaims, RefusalClaims
from tests.support.facilities import DAY, NOW, YEAR, beta, fixed_id

TAGS = tuple(fixed_id(name) for name in ("one", "two", "three"))
STRAY = fixed_id("stray")
BETA = beta()
CLAIMS = ConsentClaims(
    iss="F-A1A1A1A1A1",
    sub=fixed_id("case"),
    aud=["hub", BETA.code],
    jti=fixed_id("consent"),
    iat=NOW - DAY,
    nbf=NOW - DAY,
    exp=NOW + DAY,
    purpose="TREAT",
    scope_tags=list(TAGS),
    recipient_fingerprint=b64u(BETA.fingerprint),
    fine_scope="",
    consent_hash=digest_text(b"record"),
    revocation_hash=digest_text(b"code"),
    redisclosure="none",
    max_releases=2,
    erase_at=NOW + YEAR,
    on_revocation="block",
)
STATE = ConsentState(
    claims=CLAIMS,
    token_digest=digest_text(b"token"),
    revoked_at=None,
    suspended=False,
    releases_used=0,
    signer=Signer("case-manager", NOW - YEAR, NOW + YEAR),
)
QUESTION = Question(
    recipient=BETA.code,
    purpose="TREAT",
    recipient_fingerprint=b64u(BETA.fingerprint),
    case=CLAIMS.sub,
    new_release=True,
    first_opening=True,
    revocations_at=NOW - 60,
)
REFUSAL = RefusalClaims(
    iss="F-A1A1A1A1A1",
    sub=CLAIMS.sub,
    aud=["hub"],
    jti=fixed_id("refusal"),
    iat=NOW,
    scope_tags=[],
    recipient=None,
)


def state(**changes: object) -> ConsentState:
    """Return the good state with some claims, or its own fields, changed."""
    own = {name: changes.pop(name) for name in list(changes) if hasattr(STATE, name)}
    return replace(STATE, claims=CLAIMS.model_copy(update=changes), **own)


def refusal(**changes: object) -> RefusalClaims:
    return REFUSAL.model_copy(update=changes)


def test_a_consent_permits_what_it_is_for() -> None:
    assert decide(STATE, QUESTION, [], now=NOW) == Permit(frozenset(TAGS), CLAIMS.jti)


def test_asking_for_less_permits_just_that() -> None:
    asked = replace(QUESTION, tags=frozenset(TAGS[:1]))
    assert decide(STATE, asked, [], now=NOW) == Permit(frozenset(TAGS[:1]), CLAIMS.jti)


def test_no_consent_no_release() -> None:
    assert decide(None, QUESTION, [], now=NOW) == Deny(("unknown-consent",))


@pytest.mark.parametrize(
    ("reason", "consent"),
    [
        ("not-yet-valid", state(nbf=NOW + 1)),
        ("not-yet-valid", state(iat=NOW + 1)),
        ("expired", state(exp=NOW)),
        ("erased", state(erase_at=NOW)),
        ("revoked", state(revoked_at=NOW - 1)),
        ("revoked", state(revoked_at=NOW + DAY)),
        ("suspended", state(suspended=True)),
        ("wrong-audience", state(aud=[BETA.code, BETA.code])),
        ("wrong-audience", state(aud=["hub", "hub"])),
        ("wrong-audience", state(aud=[BETA.code, "F-C3C3C3C3C3"])),
        ("wrong-audience", state(iss=BETA.code)),
        ("signer-not-case-manager", state(signer=Signer("doctor", NOW - YEAR, NOW + YEAR))),
        ("signer-not-case-manager", state(signer=None)),
        ("signer-not-current", state(signer=Signer("case-manager", NOW - YEAR, NOW))),
        ("signer-not-current", state(signer=Signer("case-manager", NOW - 60, NOW + YEAR))),
        ("releases-exhausted", state(releases_used=2)),
        ("releases-exhausted", state(releases_used=3)),
    ],
)
def test_a_consent_that_does_not_hold_denies(reason: str, consent: ConsentState) -> None:
    decision = decide(consent, QUESTION, [], now=NOW)
    assert isinstance(decision, Deny)
    assert reason in decision.reasons


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("wrong-recipient", {"recipient": "F-C3C3C3C3C3"}),
        ("wrong-recipient", {"recipient": "F-A1A1A1A1A1"}),
        ("wrong-recipient", {"recipient_fingerprint": digest_text(b"another")}),
        ("wrong-case", {"case": fixed_id("another")}),
        ("wrong-purpose", {"purpose": "PUBHLTH"}),
        ("out-of-scope", {"tags": frozenset({STRAY})}),
        ("out-of-scope", {"tags": frozenset({TAGS[0], STRAY})}),
        ("stale-revocations", {"revocations_at": None}),
        ("stale-revocations", {"revocations_at": NOW - REVOCATIONS_MAX_AGE - 1}),
        ("stale-revocations", {"revocations_at": NOW + CLOCK_SKEW + 1}),
    ],
)
def test_a_question_beyond_the_consent_denies(reason: str, changes: dict[str, object]) -> None:
    assert decide(STATE, replace(QUESTION, **changes), [], now=NOW) == Deny((reason,))


@pytest.mark.parametrize(
    ("consent", "revocations_at"),
    [
        (state(nbf=NOW, iat=NOW), NOW),
        (state(exp=NOW + 1, erase_at=NOW + 1), NOW),
        (state(signer=Signer("case-manager", NOW - DAY, NOW + 1)), NOW),
        (state(releases_used=1), NOW),
        (STATE, NOW - REVOCATIONS_MAX_AGE),
        (STATE, NOW + CLOCK_SKEW),
    ],
)
def test_bounds_belong_to_the_permitted_side(consent: ConsentState, revocations_at: int) -> None:
    question = replace(QUESTION, revocations_at=revocations_at)
    assert isinstance(decide(consent, question, [], now=NOW), Permit)


def test_all_reasons_are_given() -> None:
    decision = decide(state(exp=NOW - 1, suspended=True), QUESTION, [REFUSAL], now=NOW)
    assert decision == Deny(("expired", "suspended", "refused"))


def test_a_delivery_of_an_earlier_release_is_not_counted_again() -> None:
    again = replace(QUESTION, new_release=False)
    assert isinstance(decide(state(releases_used=2), again, [], now=NOW), Permit)


def test_a_later_view_may_have_an_old_revocation_list() -> None:
    later = replace(QUESTION, first_opening=False, revocations_at=NOW - YEAR)
    assert isinstance(decide(STATE, later, [], now=NOW), Permit)


class TestRefusals:
    """A recorded refusal beats every permit."""

    @pytest.mark.parametrize(
        "refused",
        [
            REFUSAL,
            refusal(recipient=BETA.code),
            refusal(scope_tags=list(TAGS)),
            refusal(iat=NOW - YEAR),
            refusal(iat=NOW + YEAR),
        ],
    )
    def test_of_everything_denies(self, refused: RefusalClaims) -> None:
        assert decide(STATE, QUESTION, [refused], now=NOW) == Deny(("refused",))

    def test_of_some_tags_leaves_the_others(self) -> None:
        decision = decide(STATE, QUESTION, [refusal(scope_tags=[TAGS[0], STRAY])], now=NOW)
        assert decision == Permit(frozenset(TAGS[1:]), CLAIMS.jti)

    def test_of_a_tag_that_is_asked_for_denies(self) -> None:
        asked = replace(QUESTION, tags=frozenset(TAGS[:2]))
        decision = decide(STATE, asked, [refusal(scope_tags=[TAGS[0]])], now=NOW)
        assert decision == Deny(("refused",))

    def test_of_all_tags_by_several_denies(self) -> None:
        each = [refusal(scope_tags=[tag]) for tag in TAGS]
        assert decide(STATE, QUESTION, each, now=NOW) == Deny(("refused",))

    @pytest.mark.parametrize(
        "other", [refusal(sub=fixed_id("another case")), refusal(recipient="F-C3C3C3C3C3")]
    )
    def test_about_something_else_changes_nothing(self, other: RefusalClaims) -> None:
        assert isinstance(decide(STATE, QUESTION, [other], now=NOW), Permit)

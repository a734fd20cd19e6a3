"""Laws of the decision. PROTOCOL section 6.

Consents and questions are drawn near a good one, so that permits are common enough to test.
"""

from collections.abc import Callable
from dataclasses import replace

from hypothesis import assume, event, given
from hypothesis import strategies as st

from exchange.consent import ConsentState, Deny, Permit, Question, Signer, decide
from schemas.encoding import b64u, digest_text
from schemas.wire.statement import StaffRole
from schemas.wire.token import ConsentClaims, RefusalClaims
from tests.support.facilities import fixed_id

FACILITIES = ("F-A1A1A1A1A1", "F-B2B2B2B2B2", "F-C3C3C3C3C3")
TAGS = tuple(fixed_id(f"tag {number}") for number in range(5))
CASES = (fixed_id("case"), fixed_id("another case"))
FINGERPRINTS = (digest_text(b"beta"), digest_text(b"another"))
ROLES: tuple[StaffRole, ...] = ("case-manager", "doctor", "system")

TIMES = st.integers(0, 60)
"""Few seconds, so that bounds meet often."""

TAG_SETS = st.frozensets(st.sampled_from(TAGS))


Picker = Callable[[str, object, st.SearchStrategy], object]


def picker(draw: st.DrawFn) -> Picker:
    """Return a chooser that takes the good value for all names but at most one."""
    odd_one = draw(st.integers(0, 30))
    names: list[str] = []

    def pick(name: str, good: object, other: st.SearchStrategy) -> object:
        names.append(name)
        return draw(other) if len(names) == odd_one else good

    return pick


@st.composite
def consents(draw: st.DrawFn) -> ConsentState:
    pick = picker(draw)
    audiences = st.lists(st.sampled_from(("hub", *FACILITIES)), min_size=2, max_size=2)
    signers = st.builds(Signer, st.sampled_from(ROLES), TIMES, TIMES)
    claims = ConsentClaims(
        iss=pick("iss", FACILITIES[0], st.sampled_from(FACILITIES)),
        sub=pick("sub", CASES[0], st.sampled_from(CASES)),
        aud=pick("aud", ["hub", FACILITIES[1]], audiences),
        jti=fixed_id("consent"),
        iat=pick("iat", 2, TIMES),
        nbf=pick("nbf", 5, TIMES),
        exp=pick("exp", 55, TIMES),
        purpose=pick("purpose", "TREAT", st.sampled_from(("TREAT", "ETREAT", "PUBHLTH"))),
        scope_tags=draw(st.lists(st.sampled_from(TAGS), min_size=1, max_size=6)),
        recipient_fingerprint=pick("fingerprint", FINGERPRINTS[0], st.sampled_from(FINGERPRINTS)),
        fine_scope=b64u(b""),
        consent_hash=digest_text(b"record"),
        revocation_hash=digest_text(b"code"),
        redisclosure="none",
        max_releases=pick("max_releases", 3, st.integers(1, 4)),
        erase_at=pick("erase_at", None, TIMES),
        on_revocation="block",
    )
    return ConsentState(
        claims=claims,
        token_digest=digest_text(b"token"),
        revoked_at=pick("revoked_at", None, TIMES),
        suspended=pick("suspended", False, st.just(True)),
        releases_used=pick("releases_used", 2, st.integers(0, 5)),
        signer=pick("signer", Signer("case-manager", 0, 60), st.none() | signers),
    )


@st.composite
def questions(draw: st.DrawFn) -> Question:
    pick = picker(draw)
    return Question(
        recipient=pick("recipient", FACILITIES[1], st.sampled_from(("hub", *FACILITIES))),
        purpose=pick("purpose", "TREAT", st.sampled_from(("TREAT", "ETREAT", "PUBHLTH"))),
        recipient_fingerprint=pick(
            "fingerprint", FINGERPRINTS[0], st.none() | st.sampled_from(FINGERPRINTS)
        ),
        case=pick("case", CASES[0], st.none() | st.sampled_from(CASES)),
        tags=pick("tags", frozenset(), TAG_SETS),
        new_release=draw(st.booleans()),
        first_opening=draw(st.booleans()),
        revocations_at=pick("revocations_at", 30, st.none() | st.integers(-90_000, 500)),
    )


@st.composite
def refusals(draw: st.DrawFn) -> RefusalClaims:
    return RefusalClaims(
        iss=FACILITIES[0],
        sub=draw(st.sampled_from(CASES)),
        aud=["hub"],
        jti=fixed_id("refusal"),
        iat=draw(TIMES),
        scope_tags=draw(st.lists(st.sampled_from(TAGS), max_size=3)),
        recipient=draw(st.none() | st.sampled_from(FACILITIES)),
    )


REFUSALS = st.just([]) | st.lists(refusals(), max_size=2)


def permitted(decision: Permit | Deny) -> frozenset[str]:
    """Return what may go: nothing, when denied."""
    return decision.tags if isinstance(decision, Permit) else frozenset()


@given(st.none() | consents(), questions(), REFUSALS, TIMES)
def test_it_always_answers(consent, question, refused, now) -> None:
    decision = decide(consent, question, refused, now=now)
    event(type(decision).__name__)
    if isinstance(decision, Permit):
        assert decision.tags
        assert decision.consent == consent.claims.jti
    else:
        assert decision.reasons
        assert len(set(decision.reasons)) == len(decision.reasons)


@given(questions(), REFUSALS, TIMES)
def test_an_unknown_consent_denies(question, refused, now) -> None:
    assert decide(None, question, refused, now=now) == Deny(("unknown-consent",))


@given(consents(), questions(), REFUSALS, TIMES)
def test_a_permit_means_that_everything_holds(consent, question, refused, now) -> None:
    """Every condition, written a second time and from the other side."""
    assume(isinstance(decide(consent, question, refused, now=now), Permit))
    claims, signer = consent.claims, consent.signer
    assert claims.nbf <= now < claims.exp
    assert claims.iat <= now
    assert claims.erase_at is None or now < claims.erase_at
    assert consent.revoked_at is None
    assert not consent.suspended
    assert sorted(claims.aud) == sorted(["hub", question.recipient])
    assert claims.iss != question.recipient
    assert question.recipient_fingerprint in (None, claims.recipient_fingerprint)
    assert question.case in (None, claims.sub)
    assert question.purpose == claims.purpose
    assert signer.role == "case-manager"
    assert signer.not_before <= claims.iat <= now < signer.not_after
    assert not question.new_release or consent.releases_used < claims.max_releases
    assert not question.first_opening or now - 86_400 <= question.revocations_at <= now + 300


@given(consents(), questions(), REFUSALS, TIMES)
def test_the_scope_never_widens(consent, question, refused, now) -> None:
    tags = permitted(decide(consent, question, refused, now=now))
    assert tags <= frozenset(consent.claims.scope_tags)
    assert not question.tags or tags in (frozenset(), question.tags)


@given(consents(), questions(), REFUSALS, refusals(), TIMES)
def test_a_refusal_only_ever_takes_away(consent, question, refused, more, now) -> None:
    before = permitted(decide(consent, question, refused, now=now))
    after = permitted(decide(consent, question, [*refused, more], now=now))
    assert after <= before


@given(consents(), questions(), REFUSALS, refusals(), TIMES)
def test_a_refusal_beats_every_permit(consent, question, refused, more, now) -> None:
    assume(more.sub == consent.claims.sub and more.recipient in (None, question.recipient))
    tags = permitted(decide(consent, question, [*refused, more], now=now))
    assert not tags & frozenset(more.scope_tags or TAGS)


@given(consents(), questions(), REFUSALS, TIMES, TAG_SETS)
def test_a_wider_scope_of_the_same_consent_never_takes_away(
    consent, question, refused, now, added
) -> None:
    wider = replace(
        consent,
        claims=consent.claims.model_copy(
            update={"scope_tags": [*consent.claims.scope_tags, *added]}
        ),
    )
    before = permitted(decide(consent, question, refused, now=now))
    assert before <= permitted(decide(wider, question, refused, now=now))


@given(consents(), questions(), REFUSALS, TIMES, TAG_SETS)
def test_asking_for_part_of_what_is_permitted_is_permitted(
    consent, question, refused, now, part
) -> None:
    tags = permitted(decide(consent, question, refused, now=now)) & part
    assume(tags)
    narrower = decide(consent, replace(question, tags=tags), refused, now=now)
    assert permitted(narrower) == tags


@given(consents(), questions(), REFUSALS, st.lists(TIMES, min_size=3, max_size=3))
def test_what_ended_does_not_come_back(consent, question, refused, times) -> None:
    """Permitted times are one stretch: after the end there is no second beginning."""
    first, middle, last = sorted(times)
    allowed = [
        isinstance(decide(consent, question, refused, now=now), Permit)
        for now in (first, middle, last)
    ]
    assert allowed != [True, False, True]


@given(consents(), questions(), REFUSALS, TIMES, st.sampled_from(["revoke", "suspend", "expire"]))
def test_what_happens_to_a_consent_only_ends_it(
    consent, question, refused, now, event_name
) -> None:
    ended = {
        "revoke": replace(consent, revoked_at=now),
        "suspend": replace(consent, suspended=True),
        "expire": replace(consent, claims=consent.claims.model_copy(update={"exp": now})),
    }[event_name]
    assert isinstance(decide(ended, question, refused, now=now), Deny)


@given(consents(), questions(), REFUSALS, TIMES)
def test_a_release_more_never_permits_more(consent, question, refused, now) -> None:
    used = replace(consent, releases_used=consent.releases_used + 1)
    before = permitted(decide(consent, question, refused, now=now))
    assert permitted(decide(used, question, refused, now=now)) <= before

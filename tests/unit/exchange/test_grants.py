"""Grants: made for pinned recipients alone, and bound to everything that matters. PROTOCOL 5."""

from collections.abc import Callable

import pytest

from exchange.errors import OpenError, SealError, StatementError
from exchange.grants import (
    SEALED_SIZE,
    check_grant,
    check_half_key,
    grant_info,
    join_keys,
    make_grant,
    recipient_of,
)
from exchange.opening import open_grant
from exchange.statements import parse_statement, read_statement
from keys.tokens import sign_consent
from schemas.encoding import b64u, digest_text, unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import Grant
from tests.support.facilities import NOW, YEAR, Facility, fixed_id, mallory, seed
from tests.support.lying_hub import token_digest
from tests.support.story import INFECTIOUS, MENTAL, Story, digest, section_key

INFO = {
    "manifest": digest_text(b"manifest"),
    "owner": "F-A1A1A1A1A1",
    "recipient": "F-B2B2B2B2B2",
    "recipient_kem": digest_text(b"kem"),
    "consent_token": digest_text(b"token"),
    "half_key": digest_text(b"half-key"),
    "expires_at": NOW,
}


@pytest.fixture(scope="module")
def story() -> Story:
    made = Story()
    made.consent()
    return made


@pytest.fixture(scope="module")
def grant(story: Story) -> Grant:
    return parse_statement(_granted(story)[0], Grant)


def _granted(story: Story):
    return story.hub.grants[fixed_id("consent"), digest(story.sealed[MENTAL][0])]


def _claims(story: Story):
    return story.hub.consents[fixed_id("consent")][1]


def _token(story: Story) -> str:
    return token_digest(story.hub.consents[fixed_id("consent")][0])


@pytest.mark.parametrize("field", INFO)
def test_the_info_binds_every_field(field: str) -> None:
    other = NOW + 1 if field == "expires_at" else "F-C3C3C3C3C3"
    assert grant_info(**INFO) != grant_info(**INFO | {field: other})


def test_joining_keys_twice_gives_the_key_back() -> None:
    joined = join_keys(seed("section"), seed("half"))
    assert joined not in (seed("section"), seed("half"))
    assert join_keys(joined, seed("half")) == seed("section")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_of_another_size_do_not_join(size: int) -> None:
    with pytest.raises(SealError):
        join_keys(seed("section"), bytes(size))
    with pytest.raises(SealError):
        join_keys(bytes(size), seed("half"))


def test_a_grant_opens_with_its_half_key_alone(story: Story, grant: Grant) -> None:
    half_key = _granted(story)[1]
    seeds = [story.beta.kem_seed]
    assert len(unb64u(grant.sealed)) == SEALED_SIZE
    assert open_grant(grant, half_key, seeds) == section_key(MENTAL, 1)
    assert open_grant(grant, bytes(32), seeds) != section_key(MENTAL, 1)


def test_a_rotated_kem_key_still_opens_what_was_under_way(story: Story, grant: Grant) -> None:
    seeds = [seed("beta's next kem"), story.beta.kem_seed]
    assert open_grant(grant, _granted(story)[1], seeds) == section_key(MENTAL, 1)


@pytest.mark.parametrize("field", INFO)
def test_a_grant_opens_for_nothing_else(story: Story, grant: Grant, field: str) -> None:
    other = NOW if field == "expires_at" else digest_text(b"another")
    moved = grant.model_copy(update={field: other})
    with pytest.raises(OpenError) as refused:
        open_grant(moved, _granted(story)[1], [story.beta.kem_seed])
    assert (refused.value.step, refused.value.reason) == ("key", "not-opened")


@pytest.mark.parametrize("sealed", ["", "AAAA", b64u(bytes(SEALED_SIZE + 1)), "QR"])
def test_a_sealed_key_of_another_length_is_not_tried(
    story: Story, grant: Grant, sealed: str
) -> None:
    with pytest.raises(OpenError) as refused:
        open_grant(grant.model_copy(update={"sealed": sealed}), bytes(32), [story.beta.kem_seed])
    assert refused.value.step == "key"


def test_a_true_grant_passes_the_checks(story: Story, grant: Grant) -> None:
    check_grant(grant, story.sealed[MENTAL][0].manifest, _claims(story), _token(story))
    check_half_key(grant, _granted(story)[1])


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("other-owner", {"owner": "F-C3C3C3C3C3"}),
        ("other-recipient", {"recipient": "F-C3C3C3C3C3"}),
        ("other-recipient", {"recipient": "F-A1A1A1A1A1"}),
        ("other-consent", {"consent": fixed_id("another")}),
        ("other-consent", {"consent_token": digest_text(b"another")}),
        ("other-manifest", {"manifest": digest_text(b"another")}),
        ("outlives-consent", {"expires_at": NOW + YEAR}),
        ("wrong-size", {"sealed": b64u(bytes(80))}),
    ],
)
def test_a_grant_that_disagrees_is_refused(
    story: Story, grant: Grant, slug: str, changes: dict[str, object]
) -> None:
    manifest = story.sealed[MENTAL][0].manifest
    with pytest.raises(StatementError, match=rf"^{slug}$"):
        check_grant(grant.model_copy(update=changes), manifest, _claims(story), _token(story))


def test_a_grant_outside_the_scope_is_refused(story: Story, grant: Grant) -> None:
    manifest = story.sealed[INFECTIOUS][0].manifest
    moved = grant.model_copy(update={"manifest": b64u(manifest.digest())})
    with pytest.raises(StatementError, match=r"^out-of-scope$"):
        check_grant(moved, manifest, _claims(story), _token(story))


def test_a_grant_for_another_case_is_refused(story: Story, grant: Grant) -> None:
    claims = _claims(story).model_copy(update={"sub": fixed_id("another case")})
    with pytest.raises(StatementError, match=r"^other-case$"):
        check_grant(grant, story.sealed[MENTAL][0].manifest, claims, _token(story))


@pytest.mark.parametrize("half_key", [b"", bytes(31), bytes(32), seed("another")])
def test_another_half_key_is_refused(grant: Grant, half_key: bytes) -> None:
    with pytest.raises(StatementError, match=r"^other-half-key$"):
        check_half_key(grant, half_key)


class TestRecipients:
    """What a hub can do to an owner who is about to grant."""

    def recipient(self, story: Story, introduction: Introduction, **pins: bytes):
        return recipient_of(_claims(story), introduction, story.pins | pins, now=NOW)

    def test_a_pinned_recipient_gets_its_newest_key(self, story: Story) -> None:
        beta = story.beta
        newer = Facility("beta", beta.code)
        key = mallory().kem_public
        newer.extra.append(newer.certify_kem(key, issued_at=NOW - 5))
        found = self.recipient(story, newer.introduction)
        assert (found.facility, found.kem) == (beta.code, key)

    @pytest.mark.parametrize(
        ("lie", "introduce"),
        [
            ("swapped-identity", lambda story: mallory(story.beta.code).introduction),
            ("unpinned-facility", lambda story: mallory().introduction),
            ("another-pinned-facility", lambda story: story.gamma.introduction),
            ("swapped-kem-key", lambda story: _with_mallorys_kem(story.beta)),
            ("no-kem-key", lambda story: Introduction(card=story.beta.card, statements=[])),
        ],
    )
    def test_a_lie_about_the_recipient_stops_the_grant(
        self, story: Story, lie: str, introduce: Callable[[Story], Introduction]
    ) -> None:
        with pytest.raises(SealError):
            self.recipient(story, introduce(story))

    def test_another_code_of_the_same_identity_stops_the_grant(self, story: Story) -> None:
        """A fingerprint binds keys, not the code that they are used under."""
        double = Facility("beta", "F-B9B9B9B9B9")
        pins = {double.code: double.fingerprint}
        assert double.fingerprint == story.beta.fingerprint
        with pytest.raises(SealError):
            recipient_of(_claims(story), double.introduction, pins, now=NOW)

    def test_a_consent_for_a_former_identity_stops_the_grant(self, story: Story) -> None:
        claims = story.claims(recipient_fingerprint=b64u(mallory().fingerprint))
        with pytest.raises(SealError):
            recipient_of(claims, story.beta.introduction, story.pins, now=NOW)


def _with_mallorys_kem(facility: Facility) -> Introduction:
    forged = mallory(facility.code).certify_kem(mallory().kem_public, issued_at=NOW - 1)
    introduction = facility.introduction
    return Introduction(card=introduction.card, statements=[*introduction.statements, forged])


def test_a_recipient_can_not_pass_a_grant_on(story: Story) -> None:
    """Beta knows the section key, but a grant of its own is no grant by Alpha."""
    token = sign_consent(
        story.claims("gammas", recipient=story.gamma), story.alpha.case_manager.pair.ed_seed
    )
    manifest = story.sealed[MENTAL][0].manifest
    forwarded = make_grant(
        section_key=section_key(MENTAL, 1),
        half_key=seed("betas half-key"),
        manifest=manifest,
        owner=story.alpha.code,
        recipient=story.gamma.code,
        recipient_kem=story.gamma.kem_public,
        consent_jws=token,
        consent_id=fixed_id("gammas"),
        expires_at=NOW + 1,
        identity=story.beta.identity,
    )
    with pytest.raises(StatementError):
        read_statement(forwarded, Grant, story.alpha.identity.public)

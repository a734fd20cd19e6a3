"""Opening: what an honest hub sends, and what a careless or dishonest owner could. PROTOCOL 7."""

from dataclasses import replace

import pytest

from exchange.consent import CLOCK_SKEW
from exchange.errors import OpenError
from exchange.fine_scope import scope_tags_of, seal_fine_scope
from exchange.opening import OpenedRelease, open_section
from exchange.padding import pad
from exchange.recipient import SeenHead, SeenVersion
from exchange.sealing import SealedSection, make_head
from exchange.section import attachments_part, encode_section, part_digests, section_context
from exchange.statements import parse_statement
from keys.body import seal_body
from keys.directory import verify_introduction
from keys.signing import SigningPair, sign_statement
from keys.tokens import sign_refusal
from schemas.encoding import SUITE, b64u, digest_text, sha256, unb64u
from schemas.wire.hub_api import ReleaseIn
from schemas.wire.statement import Author, Manifest
from schemas.wire.token import RefusalClaims
from tests.support.facilities import DAY, NOW, YEAR, fixed_id, fixed_pair, seed
from tests.support.story import (
    CASE,
    CONSENTED,
    GENERAL,
    INFECTIOUS,
    MENTAL,
    REFERRAL,
    Labels,
    Story,
    ask,
    bundle,
    digest,
    fresh_memory,
    lines_for,
    section_id,
    section_key,
    tag,
)


@pytest.fixture
def story() -> Story:
    return Story()


def opened_labels(opened: OpenedRelease) -> set[Labels]:
    return {(one.line.component, one.line.category) for one in opened.sections}


def refusals_of(opened: OpenedRelease) -> set[tuple[str, str]]:
    return {(one.step, one.reason) for one in opened.refused}


class TestHonestHub:
    def test_a_release_opens_exactly_the_consented_sections(self, story: Story) -> None:
        asked = ask(story.consent())
        opened = story.open(story.hub.release(asked), asked)
        assert opened_labels(opened) == set(CONSENTED)
        assert {one.section.bundle for one in opened.sections} == {
            bundle(labels, "version 1") for labels in CONSENTED
        }
        assert opened.refused == ()
        assert opened.accepted.withheld == 0

    def test_it_says_as_of_when_and_what_to_remember(self, story: Story) -> None:
        asked = ask(story.consent())
        accepted = story.open(story.hub.release(asked), asked).accepted
        assert accepted.head.at == NOW - 60
        assert accepted.head.counter == 1
        assert accepted.decided_at == NOW
        assert accepted.checkpoint == story.hub.log.checkpoint()

    def test_sections_may_be_asked_for_by_id(self, story: Story) -> None:
        asked = ask(story.consent(), MENTAL)
        assert opened_labels(story.open(story.hub.release(asked), asked)) == {MENTAL}

    def test_a_large_body_may_come_by_reference(self, story: Story) -> None:
        asked = ask(story.consent(), MENTAL)
        answer = story.hub.release(asked)
        body = unb64u(answer.sections[0].ciphertext or "")
        bare = [answer.sections[0].model_copy(update={"ciphertext": None})]
        answer = answer.model_copy(update={"sections": bare})
        opened = story.open(answer, asked, bodies={section_id(MENTAL): body})
        assert opened_labels(opened) == {MENTAL}

    def test_a_newer_version_follows_an_older_one(self, story: Story) -> None:
        consent = story.consent()
        seen = SeenVersion(1, digest(story.sealed[MENTAL][0]))
        head = SeenHead(1, b64u(story.hub.heads[consent][0].digest()))
        story.seal(MENTAL)
        story.head(story.hub.consents[consent][1])
        asked = ask(consent)
        memory = fresh_memory(heads={consent: head}, versions={section_id(MENTAL): seen})
        opened = story.open(story.hub.release(asked), asked, memory=memory)
        assert bundle(MENTAL, "version 2") in {one.section.bundle for one in opened.sections}
        assert opened.refused == ()

    def test_the_same_release_may_be_delivered_again(self, story: Story) -> None:
        asked = ask(story.consent())
        answer = story.hub.release(asked)
        first = story.open(answer, asked)
        memory = fresh_memory(
            checkpoint=first.accepted.checkpoint,
            heads={asked.consent: SeenHead(1, first.accepted.head_digest)},
            versions={
                one.section.manifest.section: SeenVersion(1, one.section.digest)
                for one in first.sections
            },
        )
        assert story.open(answer, asked, memory=memory).refused == ()

    def test_what_a_refusal_keeps_back_is_counted_and_not_held_against_the_hub(
        self, story: Story
    ) -> None:
        asked = ask(story.consent())
        claims = RefusalClaims(
            iss=story.alpha.code,
            sub=CASE,
            aud=["hub"],
            jti=fixed_id("refusal"),
            iat=NOW,
            scope_tags=[tag(MENTAL)],
            recipient=None,
        )
        story.hub.refusals.append(sign_refusal(claims, story.alpha.doctor.pair.ed_seed))
        rest = [
            story.hub.released(asked.consent, digest(story.sealed[one][-1]))
            for one in (GENERAL, REFERRAL)
        ]
        answer = story.hub.answer(asked, story.hub.heads[asked.consent][-1], rest)
        opened = story.open(answer, asked)
        assert opened_labels(opened) == {GENERAL, REFERRAL}
        assert opened.accepted.withheld == 1

    @pytest.mark.parametrize("later", [True, False])
    def test_a_log_that_only_grew_is_consistent(self, story: Story, later: bool) -> None:
        """The answer's checkpoint may be newer or older than the one remembered."""
        asked = ask(story.consent())
        before = story.hub.log.checkpoint()
        answer = story.hub.release(asked)
        at_answer = story.hub.log.checkpoint()
        story.hub.record("message.send")
        after = story.hub.log.checkpoint()
        remembered, newest = (before, at_answer) if later else (after, after)
        old, new = sorted((remembered.size, at_answer.size))
        memory = fresh_memory(
            checkpoint=remembered, consistency=story.hub.log.consistency(old, new)
        )
        assert story.open(answer, asked, memory=memory).accepted.checkpoint == newest


class TestRecipient:
    """What the recipient itself may not do."""

    def test_it_opens_nothing_from_a_facility_that_it_has_not_pinned(self, story: Story) -> None:
        asked = ask(story.consent())
        with pytest.raises(OpenError) as refused:
            story.open(story.hub.release(asked), asked, pins={})
        assert (refused.value.step, refused.value.reason) == ("owner", "unpinned")

    def test_a_third_facility_opens_nothing(self, story: Story) -> None:
        asked = ask(story.consent())
        answer = story.hub.release(asked)
        gamma: dict[str, object] = {
            "facility": story.gamma.code,
            "fingerprint": story.gamma.fingerprint,
            "kem_keys": frozenset({story.gamma.kem_key}),
        }
        with pytest.raises(OpenError) as refused:
            story.open(answer, asked, **gamma)
        assert (refused.value.step, refused.value.reason) == ("decision", "wrong-recipient")

    def test_another_log_is_not_believed(self, story: Story) -> None:
        asked = ask(story.consent())
        memory = fresh_memory(checkpoint=replace(story.hub.log.checkpoint(), origin="other/log"))
        with pytest.raises(OpenError) as refused:
            story.open(story.hub.release(asked), asked, memory=memory)
        assert (refused.value.step, refused.value.reason) == ("consistency", "other-log")

    def test_secrets_and_content_stay_out_of_reprs(self, story: Story) -> None:
        asked = ask(story.consent())
        text = repr(story.open(story.hub.release(asked), asked))
        assert "version 1" not in text
        assert repr(seed("half-key")) not in text


class TestOwner:
    """What an owner could seal wrongly, by mistake or on purpose."""

    def release_of(self, story: Story, labels: Labels, sealed: SealedSection) -> OpenedRelease:
        """Release a section that Alpha sealed in its own way."""
        story.sealed[labels].append(sealed)
        story.hub.push(sealed)
        asked: ReleaseIn = ask(story.consent())
        return story.open(story.hub.release(asked), asked)

    def sealed_as(
        self,
        story: Story,
        *,
        content: bytes | None = None,
        padded: bytes | None = None,
        author: Author | None = None,
        signer: SigningPair | None = None,
        listed: list[str] | None = None,
        context: bytes | None = None,
    ) -> SealedSection:
        """Seal version 2 of a section with something wrong about it."""
        place = {"owner": story.alpha.code, "section": section_id(MENTAL), "version": 2}
        true_context = section_context(**place, scope_tag=tag(MENTAL))
        content = bundle(MENTAL) if content is None else content
        signed = sign_statement(
            "author",
            author or self.author(story, content),
            signer or story.alpha.doctor.pair,
        )
        plaintext = pad(encode_section(signed, content, attachments_part([])))
        ciphertext = seal_body(
            section_key(MENTAL, 2),
            context or true_context,
            plaintext if padded is None else padded,
        )
        manifest = Manifest(
            suite=SUITE,
            case=CASE,
            previous=digest(story.sealed[MENTAL][0]),
            scope_tag=tag(MENTAL),
            size=len(ciphertext),
            ciphertext=digest_text(ciphertext),
            attachments=listed or [],
            **place,
        )
        return SealedSection(sign_statement("manifest", manifest, story.alpha.identity), ciphertext)

    def author(self, story: Story, content: bytes, **changes: object) -> Author:
        staff, role = story.alpha.doctor.author
        context = section_context(
            owner=story.alpha.code, section=section_id(MENTAL), version=2, scope_tag=tag(MENTAL)
        )
        parts = part_digests(content, attachments_part([]))
        author = Author(
            suite=SUITE,
            facility=story.alpha.code,
            staff=staff,
            role=role,
            context=b64u(sha256(context)),
            parts=[b64u(part) for part in parts],
            at=NOW - DAY,
        )
        return author.model_copy(update=changes)

    def refuses(self, story: Story, sealed: SealedSection, step: str, reason: str) -> None:
        opened = self.release_of(story, MENTAL, sealed)
        assert refusals_of(opened) == {(step, reason)}
        assert opened_labels(opened) == {GENERAL, REFERRAL}

    def test_the_helper_seals_rightly_when_nothing_is_wrong(self, story: Story) -> None:
        assert self.release_of(story, MENTAL, self.sealed_as(story)).refused == ()

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (bundle(INFECTIOUS), "not-as-consented"),
            (bundle(("identity", "identity")), "not-as-consented"),
            (b"not a bundle", "unreadable"),
        ],
    )
    def test_content_under_a_wrong_tag(self, story: Story, content: bytes, reason: str) -> None:
        self.refuses(story, self.sealed_as(story, content=content), "labels", reason)

    @pytest.mark.parametrize(
        ("reason", "changes"),
        [
            ("not-as-certified", {"facility": "F-C3C3C3C3C3"}),
            ("not-as-certified", {"staff": fixed_id("someone else")}),
            ("not-as-certified", {"role": "case-manager"}),
            ("not-current", {"at": NOW - 2 * YEAR}),
            ("not-current", {"at": NOW + DAY}),
            ("other-context", {"context": digest_text(b"another section")}),
            ("other-parts", {"parts": [digest_text(b"another bundle")] * 2}),
            ("other-parts", {"parts": []}),
        ],
    )
    def test_an_author_statement_about_something_else(
        self, story: Story, reason: str, changes: dict[str, object]
    ) -> None:
        author = self.author(story, bundle(MENTAL), **changes)
        self.refuses(story, self.sealed_as(story, author=author), "author", reason)

    @pytest.mark.parametrize("signer", ["stranger", "gamma doctor", "alpha identity"])
    def test_an_author_who_is_not_the_owners_staff(self, story: Story, signer: str) -> None:
        sealed = self.sealed_as(story, signer=fixed_pair(signer))
        self.refuses(story, sealed, "author", "unknown")

    def test_an_author_whose_second_signature_is_anothers(self, story: Story) -> None:
        mixed = SigningPair(story.alpha.doctor.pair.ed_seed, seed("another"))
        self.refuses(story, self.sealed_as(story, signer=mixed), "author", "signature")

    def test_an_author_who_has_left_since_still_counts(self, story: Story) -> None:
        alpha = story.alpha
        alpha.extra.append(alpha.certify(alpha.doctor, until=NOW - 60))
        story.hub.introductions[alpha.code] = alpha.introduction
        assert self.release_of(story, MENTAL, self.sealed_as(story)).refused == ()

    def test_an_authors_clock_may_run_a_little_ahead(self, story: Story) -> None:
        author = self.author(story, bundle(MENTAL), at=NOW + CLOCK_SKEW)
        assert self.release_of(story, MENTAL, self.sealed_as(story, author=author)).refused == ()

    def test_an_author_who_signs_after_leaving_does_not(self, story: Story) -> None:
        alpha = story.alpha
        alpha.extra.append(alpha.certify(alpha.doctor, until=NOW - 2 * DAY))
        story.hub.introductions[alpha.code] = alpha.introduction
        opened = self.release_of(story, MENTAL, self.sealed_as(story))
        assert refusals_of(opened) == {("author", "not-current")}

    @pytest.mark.parametrize(
        ("reason", "padded"),
        [
            ("padding", b"no length and no zeros"),
            ("padding", pad(b"x")[:-1] + b"\1"),
            ("parts-cut-short", pad(b"")),
            ("parts-malformed", pad(bytes(24))),
        ],
    )
    def test_a_plaintext_of_another_form(self, story: Story, reason: str, padded: bytes) -> None:
        self.refuses(story, self.sealed_as(story, padded=padded), "body", reason)

    def test_a_body_sealed_for_another_place(self, story: Story) -> None:
        context = section_context(
            owner=story.alpha.code,
            section=section_id(MENTAL),
            version=2,
            scope_tag=tag(INFECTIOUS),
        )
        self.refuses(story, self.sealed_as(story, context=context), "body", "not-opened")

    def test_an_attachment_that_only_the_manifest_names(self, story: Story) -> None:
        sealed = self.sealed_as(story, listed=[digest_text(b"attachment")])
        self.refuses(story, sealed, "attachment", "not-in-manifest")

    def test_a_manifest_in_anothers_name(self, story: Story) -> None:
        manifest = parse_statement(self.sealed_as(story).manifest, Manifest)
        other = manifest.model_copy(update={"owner": story.gamma.code})
        sealed = SealedSection(sign_statement("manifest", other, story.alpha.identity), b"")
        self.refuses(story, sealed, "grant", "other-owner")

    def test_two_versions_of_a_section_in_one_head(self, story: Story) -> None:
        consent = story.consent()
        old = story.hub.released(consent, digest(story.sealed[MENTAL][0]))
        story.seal(MENTAL)
        story.head(story.hub.consents[consent][1])
        new = story.hub.released(consent, digest(story.sealed[MENTAL][1]))
        asked = ask(consent, MENTAL)
        head = make_head(
            owner=story.alpha.code,
            consent=consent,
            counter=3,
            manifests=[digest(sealed) for sealed in story.sealed[MENTAL]],
            at=NOW,
            identity=story.alpha.identity,
        )
        with pytest.raises(OpenError) as refused:
            story.open(story.hub.answer(asked, head, [old, new]), asked)
        assert (refused.value.step, refused.value.reason) == ("answer", "section-twice")

    @pytest.mark.parametrize(
        ("head_ahead", "entry_ahead", "expected"),
        [
            (CLOCK_SKEW, CLOCK_SKEW, None),
            (CLOCK_SKEW + 1, 0, ("head", "from-the-future")),
            (0, CLOCK_SKEW + 1, ("audit", "from-the-future")),
        ],
    )
    def test_clocks_may_run_a_little_ahead(
        self, story: Story, head_ahead: int, entry_ahead: int, expected: tuple[str, str] | None
    ) -> None:
        asked = ask(story.consent())
        head = make_head(
            owner=story.alpha.code,
            consent=asked.consent,
            counter=2,
            manifests=[digest(story.sealed[labels][0]) for labels in CONSENTED],
            at=NOW + head_ahead,
            identity=story.alpha.identity,
        )
        story.hub.take_head(head)
        answer = story.hub.release(asked, at=NOW + entry_ahead)
        if expected is None:
            assert story.open(answer, asked).refused == ()
            return
        with pytest.raises(OpenError) as refused:
            story.open(answer, asked)
        assert (refused.value.step, refused.value.reason) == expected

    def test_a_fine_scope_wider_than_the_token(self, story: Story) -> None:
        lines = lines_for((*CONSENTED, INFECTIOUS))
        claims = story.claims()
        wider = seal_fine_scope(
            lines,
            story.beta.kem_public,
            jti=claims.jti,
            iss=claims.iss,
            recipient=claims.recipient,
        )
        asked = ask(story.consent(claims.model_copy(update={"fine_scope": wider})))
        with pytest.raises(OpenError) as refused:
            story.open(story.hub.release(asked), asked)
        assert (refused.value.step, refused.value.reason) == ("fine-scope", "other-tags")
        assert scope_tags_of(lines) != claims.scope_tags


def test_a_section_of_another_owner_is_not_opened_as_ones_own(story: Story) -> None:
    sealed = story.sealed[MENTAL][0]
    manifest = parse_statement(sealed.manifest, Manifest)
    gamma = verify_introduction(story.gamma.introduction, now=NOW)
    with pytest.raises(OpenError) as refused:
        open_section(
            manifest, digest(sealed), sealed.ciphertext, section_key(MENTAL, 1), gamma, now=NOW
        )
    assert (refused.value.step, refused.value.reason) == ("manifest", "other-owner")

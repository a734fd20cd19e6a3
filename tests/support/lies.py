"""Named lies of a hub about a release, each with the step at which its recipient must stop.

A lie gets a whole story, so that it can reach for other consents, older heads and other facilities'
things, and returns what the hub answers. It never uses Alpha's or Beta's private keys, except where
the name says `alphas`, for things that Alpha really signed at another time or for someone else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from exchange.audit import checkpoint, entry, notes, proof
from exchange.errors import Step
from exchange.recipient import Memory, SeenHead, SeenVersion
from exchange.sealing import make_head
from exchange.statements import parse_statement
from keys.signing import sign_statement
from keys.tokens import sign_consent, sign_refusal
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import AuditDetails, Introduction, ReleasedSection, ReleaseIn, ReleaseOut
from schemas.wire.statement import Grant, Head, Manifest, SignedStatement
from schemas.wire.token import RefusalClaims
from tests.support.facilities import DAY, NOW, YEAR, Facility, fixed_id, mallory, seed
from tests.support.lying_hub import ORIGIN, Hub, Log
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
    digest,
    fresh_memory,
    section_id,
    tag,
)


@dataclass
class Scene:
    """A story at the moment when Beta has asked and the hub is about to answer."""

    story: Story = field(default_factory=Story)
    asked: ReleaseIn = field(init=False)
    memory: Memory = field(default_factory=fresh_memory)
    now: int = NOW
    bodies: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = ask(self.story.consent())

    @property
    def hub(self) -> Hub:
        return self.story.hub

    @property
    def consent(self) -> str:
        return self.asked.consent

    def truth(self) -> ReleaseOut:
        return self.hub.release(self.asked)

    def section(self, labels: Labels = MENTAL) -> ReleasedSection:
        return self.hub.released(self.consent, digest(self.story.sealed[labels][-1]))

    def sections(self) -> list[ReleasedSection]:
        return [self.section(labels) for labels in CONSENTED]

    def answer_with(self, *sections: ReleasedSection) -> ReleaseOut:
        """Answer with these sections, logged as if they were the truth."""
        return self.hub.answer(self.asked, self.hub.heads[self.consent][-1], list(sections))

    def answer_first(self, **changes: object) -> ReleaseOut:
        """Answer with the first section changed."""
        first, *rest = self.sections()
        return self.answer_with(first.model_copy(update=changes), *rest)


@dataclass(frozen=True)
class Lie:
    """What a hub does, and where that must end."""

    tell: Callable[[Scene], ReleaseOut]
    step: Step
    reason: str
    whole: bool
    """Whether all is refused, or only the sections that are lied about."""


LIES: dict[str, Lie] = {}

Teller = Callable[[Scene], ReleaseOut]


def lie(step: Step, reason: str, *, whole: bool = True) -> Callable[[Teller], Teller]:
    """Register a lie under its function's name."""

    def register(tell: Teller) -> Teller:
        LIES[tell.__name__.replace("_", "-")] = Lie(tell, step, reason, whole)
        return tell

    return register


def changed(statement: SignedStatement, model: type, **changes: object) -> SignedStatement:
    """Return a statement whose payload was edited under its old signatures."""
    edited = parse_statement(statement, model).model_copy(update=changes)
    return statement.model_copy(update={"payload": b64u(edited.to_bytes())})


def re_signed(statement: SignedStatement, signer: Facility) -> SignedStatement:
    """Return the same payload signed by someone else."""
    return sign_statement(statement.type, statement.payload_bytes(), signer.identity)


def flipped(text: str) -> str:
    """Return base64url with one bit of its first byte flipped."""
    data = bytearray(unb64u(text))
    data[0] ^= 1
    return b64u(bytes(data))


# --- the answer ---------------------------------------------------------------------------------


@lie("answer", "not-what-was-asked")
def replay_an_earlier_release(scene: Scene) -> ReleaseOut:
    return scene.hub.release(ask(scene.consent, release="earlier"))


@lie("answer", "not-what-was-asked")
def answer_under_another_consent(scene: Scene) -> ReleaseOut:
    other = scene.story.consent(scene.story.claims("other"))
    return scene.hub.release(ask(other))


@lie("answer", "section-twice")
def send_a_section_twice(scene: Scene) -> ReleaseOut:
    return scene.answer_with(*scene.sections(), scene.section())


@lie("answer", "malformed")
def spell_a_manifest_in_another_way(scene: Scene) -> ReleaseOut:
    # "QQ" and "QR" decode to the same byte: only one spelling may be read.
    answer = scene.truth()
    first, *rest = answer.sections
    payload = first.manifest.payload + "QR"
    manifest = first.manifest.model_copy(
        update={"payload": payload[: len(payload) // 4 * 4] + "QR"}
    )
    odd = first.model_copy(update={"manifest": manifest})
    return answer.model_copy(update={"sections": [odd, *rest]})


# --- the owner ----------------------------------------------------------------------------------


@lie("owner", "unpinned")
def put_another_facility_in_the_owners_place(scene: Scene) -> ReleaseOut:
    impostor = mallory(scene.story.alpha.code)
    return scene.truth().model_copy(update={"owner": impostor.introduction})


@lie("owner", "unpinned")
def introduce_a_facility_that_nobody_pinned(scene: Scene) -> ReleaseOut:
    return scene.truth().model_copy(update={"owner": mallory().introduction})


@lie("owner", "card-invalid")
def add_a_staff_key_to_the_owners_introduction(scene: Scene) -> ReleaseOut:
    alpha = scene.story.alpha
    forged = mallory(alpha.code).certify(mallory().case_manager)
    introduction = alpha.introduction
    more = Introduction(card=introduction.card, statements=[*introduction.statements, forged])
    return scene.truth().model_copy(update={"owner": more})


@lie("head", "signature")
def present_another_pinned_facility_as_the_owner(scene: Scene) -> ReleaseOut:
    return scene.truth().model_copy(update={"owner": scene.story.gamma.introduction})


@lie("owner", "myself")
def present_the_recipient_as_the_owner(scene: Scene) -> ReleaseOut:
    return scene.truth().model_copy(update={"owner": scene.story.beta.introduction})


# --- the head -----------------------------------------------------------------------------------


@lie("head", "withheld")
def withhold_a_section(scene: Scene) -> ReleaseOut:
    return scene.answer_with(*scene.sections()[1:])


@lie("head", "withheld")
def withhold_a_section_that_was_asked_for(scene: Scene) -> ReleaseOut:
    scene.asked = ask(scene.consent, MENTAL, GENERAL)
    return scene.answer_with(scene.section(MENTAL))


@lie("head", "withheld")
def withhold_everything(scene: Scene) -> ReleaseOut:
    return scene.answer_with()


@lie("head", "withheld")
def withhold_with_a_refusal_of_another_case(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(_alphas_refusal(scene, sub=fixed_id("another case")))
    return scene.answer_with(*scene.sections()[1:])


@lie("head", "withheld")
def withhold_with_a_refusal_about_another_recipient(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(_alphas_refusal(scene, recipient=scene.story.gamma.code))
    return scene.answer_with(*scene.sections()[1:])


@lie("consent", "refusal-invalid")
def withhold_with_a_forged_refusal(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(_alphas_refusal(scene, seed=seed("hub")))
    return scene.answer_with(*scene.sections()[1:])


@lie("head", "signature")
def forge_a_shorter_head(scene: Scene) -> ReleaseOut:
    head = scene.hub.heads[scene.consent][-1]
    kept = parse_statement(head, Head).manifests[1:]
    return scene.hub.answer(scene.asked, changed(head, Head, manifests=kept), scene.sections()[1:])


@lie("head", "signature")
def sign_a_head_as_another_facility(scene: Scene) -> ReleaseOut:
    head = re_signed(scene.hub.heads[scene.consent][-1], scene.story.gamma)
    return scene.hub.answer(scene.asked, head, scene.sections())


@lie("head", "other-consent")
def use_the_head_of_a_narrower_consent(scene: Scene) -> ReleaseOut:
    narrow = scene.story.consent(scene.story.claims("narrow", scope=(MENTAL,)))
    return scene.hub.answer(scene.asked, scene.hub.heads[narrow][-1], [scene.section(MENTAL)])


@lie("head", "rolled-back")
def roll_back_the_head(scene: Scene) -> ReleaseOut:
    past = scene.truth()
    scene.story.seal(MENTAL)
    head = scene.story.head(scene.hub.consents[scene.consent][1])
    scene.memory = fresh_memory(heads={scene.consent: SeenHead(2, b64u(head.digest()))})
    return scene.hub.relog(past)


@lie("head", "forked")
def show_two_heads_of_one_counter(scene: Scene) -> ReleaseOut:
    scene.memory = fresh_memory(heads={scene.consent: SeenHead(1, fixed_id("other") + "A" * 21)})
    return scene.truth()


@lie("head", "from-the-future")
def show_a_head_that_alpha_dated_ahead(scene: Scene) -> ReleaseOut:
    scene.hub.heads[scene.consent].append(_alphas_head(scene, at=NOW + DAY))
    return scene.truth()


# --- manifests ----------------------------------------------------------------------------------


@lie("head", "withheld")
def edit_a_manifest(scene: Scene) -> ReleaseOut:
    edited = changed(scene.section().manifest, Manifest, size=5000)
    return scene.answer_first(manifest=edited)


@lie("manifest", "signature", whole=False)
def re_sign_a_manifest(scene: Scene) -> ReleaseOut:
    return scene.answer_first(manifest=re_signed(scene.section().manifest, scene.story.gamma))


@lie("manifest", "signature", whole=False)
def break_the_post_quantum_signature_alone(scene: Scene) -> ReleaseOut:
    statement = scene.section().manifest
    first, second = statement.signatures
    broken = [first, second.model_copy(update={"sig": flipped(second.sig)})]
    return scene.answer_first(manifest=statement.model_copy(update={"signatures": broken}))


@lie("manifest", "signature", whole=False)
def put_the_ed25519_signature_in_both_places(scene: Scene) -> ReleaseOut:
    statement = scene.section().manifest
    first, _ = statement.signatures
    twice = statement.model_copy(update={"signatures": [first, first]})
    return scene.answer_first(manifest=twice)


@lie("manifest", "signature", whole=False)
def pass_a_grant_off_as_a_manifest(scene: Scene) -> ReleaseOut:
    disguised = scene.section().grant.model_copy(update={"type": "manifest"})
    odd = scene.section().model_copy(update={"manifest": disguised})
    return scene.answer_with(odd, *scene.sections())


@lie("head", "withheld")
def roll_back_a_section(scene: Scene) -> ReleaseOut:
    old = scene.section(MENTAL)
    scene.story.seal(MENTAL)
    scene.story.head(scene.hub.consents[scene.consent][1])
    return scene.answer_with(old, *scene.sections()[1:])


@lie("manifest", "rolled-back", whole=False)
def roll_back_a_section_through_another_consent(scene: Scene) -> ReleaseOut:
    past = scene.truth()
    newer = scene.story.seal(MENTAL)
    scene.story.consent(scene.story.claims("second"))
    seen = SeenVersion(2, digest(newer))
    scene.memory = fresh_memory(versions={section_id(MENTAL): seen})
    return past


@lie("manifest", "forked", whole=False)
def show_two_manifests_of_one_version(scene: Scene) -> ReleaseOut:
    seen = SeenVersion(1, digest(scene.story.sealed[GENERAL][0]))
    scene.memory = fresh_memory(versions={section_id(MENTAL): seen})
    return scene.truth()


@lie("manifest", "forked", whole=False)
def continue_another_history(scene: Scene) -> ReleaseOut:
    seen = SeenVersion(1, digest(scene.story.sealed[GENERAL][0]))
    scene.memory = fresh_memory(versions={section_id(MENTAL): seen})
    scene.story.seal(MENTAL)
    scene.story.head(scene.hub.consents[scene.consent][1])
    return scene.truth()


@lie("manifest", "not-asked", whole=False)
def add_a_section_that_nobody_asked_for(scene: Scene) -> ReleaseOut:
    scene.asked = ask(scene.consent, GENERAL, REFERRAL)
    return scene.answer_with(*scene.sections())


@lie("head", "not-in-head", whole=False)
def add_a_section_outside_the_consent(scene: Scene) -> ReleaseOut:
    wider = scene.story.consent(scene.story.claims("wider", scope=(*CONSENTED, INFECTIOUS)))
    stray = scene.hub.released(wider, digest(scene.story.sealed[INFECTIOUS][-1]))
    return scene.answer_with(stray, *scene.sections())


# --- the consent --------------------------------------------------------------------------------


@lie("consent", "other-consent")
def present_the_token_of_another_consent(scene: Scene) -> ReleaseOut:
    other = scene.story.consent(scene.story.claims("other"))
    return scene.hub.relog(scene.truth().model_copy(update={"token": _token(scene, other)}))


@lie("consent", "signer-unknown")
def sign_a_consent_oneself(scene: Scene) -> ReleaseOut:
    claims = scene.hub.consents[scene.consent][1]
    token = sign_consent(claims, seed("hub"))
    return scene.hub.relog(scene.truth().model_copy(update={"token": token}))


@lie("consent", "token-invalid")
def widen_the_scope_of_a_token(scene: Scene) -> ReleaseOut:
    claims = scene.hub.consents[scene.consent][1]
    wider = claims.model_copy(update={"scope_tags": [*claims.scope_tags, tag(INFECTIOUS)]})
    head, _, signature = _token(scene, scene.consent).split(".")
    token = f"{head}.{b64u(wider.to_bytes())}.{signature}"
    return scene.hub.relog(scene.truth().model_copy(update={"token": token}))


@lie("consent", "token-invalid")
def pass_a_refusal_off_as_a_consent(scene: Scene) -> ReleaseOut:
    answer = scene.truth().model_copy(update={"token": _alphas_refusal(scene)})
    return scene.hub.relog(answer)


# --- the decision -------------------------------------------------------------------------------


@lie("decision", "expired")
def release_under_an_expired_consent(scene: Scene) -> ReleaseOut:
    scene.now = NOW + 31 * DAY
    scene.memory = fresh_memory(revocations_at=scene.now)
    return scene.truth()


@lie("decision", "revoked")
def release_under_a_consent_known_to_be_revoked(scene: Scene) -> ReleaseOut:
    scene.memory = fresh_memory(revoked=frozenset({scene.consent}))
    return scene.truth()


@lie("decision", "stale-revocations")
def hide_revocations_for_two_days(scene: Scene) -> ReleaseOut:
    scene.memory = fresh_memory(revocations_at=NOW - 2 * DAY)
    return scene.truth()


@lie("decision", "refused")
def release_what_alphas_refusal_forbids(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(_alphas_refusal(scene))
    return scene.truth()


@lie("decision", "refused", whole=False)
def release_a_section_that_alphas_refusal_forbids(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(_alphas_refusal(scene, scope_tags=[tag(MENTAL)]))
    return scene.truth()


@lie("decision", "wrong-purpose")
def release_for_another_purpose(scene: Scene) -> ReleaseOut:
    scene.asked = scene.asked.model_copy(update={"purpose": "PUBHLTH"})
    return scene.truth()


@lie("decision", "wrong-recipient")
def release_under_a_consent_for_someone_else(scene: Scene) -> ReleaseOut:
    story = scene.story
    scene.asked = ask(story.consent(story.claims("gammas", recipient=story.gamma)))
    return scene.truth()


@lie("decision", "signer-not-case-manager")
def release_under_a_doctors_consent(scene: Scene) -> ReleaseOut:
    token, claims = scene.hub.consents[scene.consent]
    token = sign_consent(claims, scene.story.alpha.doctor.pair.ed_seed)
    return scene.hub.relog(scene.truth().model_copy(update={"token": token}))


@lie("decision", "signer-not-current")
def release_under_a_consent_of_someone_who_left(scene: Scene) -> ReleaseOut:
    alpha = scene.story.alpha
    alpha.extra.append(alpha.certify(alpha.case_manager, until=NOW - 60))
    scene.hub.introductions[alpha.code] = alpha.introduction
    return scene.truth()


# --- grants -------------------------------------------------------------------------------------


@lie("grant", "signature", whole=False)
def edit_a_grants_expiry(scene: Scene) -> ReleaseOut:
    later = changed(scene.section().grant, Grant, expires_at=NOW + YEAR)
    return scene.answer_first(grant=later)


@lie("grant", "signature", whole=False)
def re_sign_a_grant(scene: Scene) -> ReleaseOut:
    return scene.answer_first(grant=re_signed(scene.section().grant, scene.story.gamma))


@lie("grant", "other-recipient", whole=False)
def send_gammas_grant(scene: Scene) -> ReleaseOut:
    story = scene.story
    other = story.consent(story.claims("gammas", recipient=story.gamma))
    grant, half_key = scene.hub.grants[other, digest(story.sealed[MENTAL][-1])]
    return scene.answer_first(grant=grant, half_key=b64u(half_key))


@lie("grant", "other-consent", whole=False)
def send_a_grant_made_under_another_consent(scene: Scene) -> ReleaseOut:
    other = scene.story.consent(scene.story.claims("other"))
    grant, half_key = scene.hub.grants[other, digest(scene.story.sealed[MENTAL][-1])]
    return scene.answer_first(grant=grant, half_key=b64u(half_key))


@lie("grant", "other-manifest", whole=False)
def swap_the_grants_of_two_sections(scene: Scene) -> ReleaseOut:
    first, second, third = scene.sections()
    swapped = (
        first.model_copy(update={"grant": second.grant, "half_key": second.half_key}),
        second.model_copy(update={"grant": first.grant, "half_key": first.half_key}),
    )
    return scene.answer_with(*swapped, third)


@lie("grant", "other-key", whole=False)
def send_a_grant_to_a_key_that_is_not_ours(scene: Scene) -> ReleaseOut:
    token, claims = scene.hub.consents[scene.consent]
    scene.story.grant(claims, token, MENTAL, recipient_kem=mallory().kem_public)
    return scene.truth()


@lie("grant", "expired", whole=False)
def send_a_grant_after_its_end(scene: Scene) -> ReleaseOut:
    token, claims = scene.hub.consents[scene.consent]
    scene.story.grant(claims, token, MENTAL, expires_at=NOW)
    return scene.truth()


@lie("grant", "other-half-key", whole=False)
def send_a_wrong_half_key(scene: Scene) -> ReleaseOut:
    return scene.answer_first(half_key=b64u(seed("wrong half-key")))


@lie("grant", "other-half-key", whole=False)
def swap_the_half_keys_of_two_sections(scene: Scene) -> ReleaseOut:
    first, second, third = scene.sections()
    swapped = (
        first.model_copy(update={"half_key": second.half_key}),
        second.model_copy(update={"half_key": first.half_key}),
    )
    return scene.answer_with(*swapped, third)


# --- the audit log ------------------------------------------------------------------------------


@lie("audit", "other-details")
def prove_another_entry(scene: Scene) -> ReleaseOut:
    return scene.truth().model_copy(update={"evidence": scene.hub.log.evidence(0)})


@lie("audit", "other-details")
def prove_one_entry_for_two_releases(scene: Scene) -> ReleaseOut:
    earlier = scene.hub.release(ask(scene.consent, release="earlier"))
    return scene.truth().model_copy(update={"evidence": earlier.evidence})


@lie("audit", "other-details")
def log_less_than_was_released(scene: Scene) -> ReleaseOut:
    logged = scene.answer_with(scene.section())
    return scene.truth().model_copy(update={"evidence": logged.evidence})


@lie("audit", "other-details")
def log_the_release_as_someone_elses(scene: Scene) -> ReleaseOut:
    answer = scene.truth()
    found = entry.open_entry(
        unb64u(answer.evidence.leaf), unb64u(answer.evidence.salt), unb64u(answer.evidence.details)
    )
    other = found.model_copy(update={"actor": scene.story.gamma.code})
    evidence = scene.hub.log.evidence(scene.hub.log.append(other))
    return answer.model_copy(update={"evidence": evidence})


@lie("audit", "from-the-future")
def date_the_entry_ahead(scene: Scene) -> ReleaseOut:
    return scene.hub.release(scene.asked, at=NOW + DAY)


@lie("audit", "proof-invalid")
def release_without_logging(scene: Scene) -> ReleaseOut:
    # The entry exists only in a copy of the log that the pinned keys never signed.
    unlogged = Log("hub's other")
    unlogged.entries = []
    truth = scene.truth()
    index = unlogged.append(_details(truth))
    return truth.model_copy(update={"evidence": unlogged.evidence(index)})


@lie("audit", "proof-invalid")
def put_an_unlogged_entry_under_a_real_checkpoint(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    made = entry.commit(_details(truth).model_copy(update={"count": 2}), seed("unlogged"))
    evidence = truth.evidence.model_copy(
        update={"leaf": b64u(made.leaf), "salt": b64u(made.salt), "details": b64u(made.details)}
    )
    return truth.model_copy(update={"evidence": evidence})


@lie("audit", "details-not-committed")
def show_other_details_than_the_leaf_commits_to(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    other = _details(truth).model_copy(update={"at": NOW - 1})
    evidence = truth.evidence.model_copy(update={"details": b64u(other.to_bytes())})
    return truth.model_copy(update={"evidence": evidence})


@lie("audit", "other-index")
def name_another_index(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    evidence = truth.evidence.model_copy(update={"index": truth.evidence.index - 1})
    return truth.model_copy(update={"evidence": evidence})


@lie("audit", "proof-invalid")
def forge_an_inclusion_proof(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    parsed = proof.parse(truth.evidence.proof)
    hashes = [seed("a hash"), *parsed.hashes[1:]]
    return _with_proof(truth, proof.make(parsed.index, hashes, parsed.checkpoint_text))


@lie("audit", "proof-invalid")
def sign_a_checkpoint_with_another_key(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    parsed = proof.parse(truth.evidence.proof)
    log = scene.hub.log
    forged = checkpoint.make(ORIGIN, log.size, log.root(), Log("another").signer)
    return _with_proof(truth, proof.make(parsed.index, parsed.hashes, forged))


@lie("audit", "proof-invalid")
def leave_out_the_logs_post_quantum_signature(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    parsed = proof.parse(truth.evidence.proof)
    note = notes.split_note(parsed.checkpoint_text)
    weaker = notes.join_note(note.text, note.signatures[:1])
    return _with_proof(truth, proof.make(parsed.index, parsed.hashes, weaker))


# --- consistency --------------------------------------------------------------------------------


@lie("consistency", "log-forked")
def rewrite_the_log(scene: Scene) -> ReleaseOut:
    scene.memory = _remember(scene)
    scene.hub.log = _rewritten(scene.hub.log, entries=scene.hub.log.size)
    answer = scene.truth()
    old = scene.memory.checkpoint.size
    proof_of = scene.hub.log.consistency(old, scene.hub.log.size)
    scene.memory = replace(scene.memory, consistency=proof_of)
    return answer


@lie("consistency", "log-forked")
def truncate_the_log(scene: Scene) -> ReleaseOut:
    scene.hub.record("message.send")
    scene.memory = _remember(scene)
    scene.hub.log = _rewritten(scene.hub.log, entries=1)
    return scene.truth()


@lie("consistency", "log-forked")
def show_a_fork_of_the_same_size(scene: Scene) -> ReleaseOut:
    scene.hub.record("message.send")
    scene.memory = _remember(scene)
    scene.hub.log = _rewritten(scene.hub.log, entries=scene.hub.log.size - 1)
    return scene.truth()


@lie("consistency", "log-forked")
def give_no_consistency_proof(scene: Scene) -> ReleaseOut:
    scene.memory = _remember(scene)
    return scene.truth()


# --- bodies -------------------------------------------------------------------------------------


@lie("body", "digest", whole=False)
def swap_the_bodies_of_two_sections(scene: Scene) -> ReleaseOut:
    first, second, third = scene.sections()
    swapped = (
        first.model_copy(update={"ciphertext": second.ciphertext}),
        second.model_copy(update={"ciphertext": first.ciphertext}),
    )
    return scene.answer_with(*swapped, third)


@lie("body", "digest", whole=False)
def flip_a_bit_of_a_body(scene: Scene) -> ReleaseOut:
    return scene.answer_first(ciphertext=flipped(scene.section().ciphertext))


@lie("body", "digest", whole=False)
def cut_a_body_short(scene: Scene) -> ReleaseOut:
    return scene.answer_first(ciphertext=scene.section().ciphertext[:-4])


@lie("body", "digest", whole=False)
def send_an_old_body_under_a_new_manifest(scene: Scene) -> ReleaseOut:
    old = scene.section().ciphertext
    scene.story.seal(MENTAL)
    scene.story.head(scene.hub.consents[scene.consent][1])
    return scene.answer_first(ciphertext=old)


@lie("body", "missing", whole=False)
def keep_a_body_back(scene: Scene) -> ReleaseOut:
    return scene.answer_first(ciphertext=None)


@lie("body", "digest", whole=False)
def serve_another_body_by_reference(scene: Scene) -> ReleaseOut:
    scene.bodies[section_id(MENTAL)] = unb64u(scene.section(GENERAL).ciphertext)
    return scene.answer_first(ciphertext=None)


# --- what the lies are made of ------------------------------------------------------------------


def _token(scene: Scene, consent: str) -> str:
    return scene.hub.consents[consent][0]


def _alphas_refusal(scene: Scene, *, seed: bytes | None = None, **changes: object) -> str:
    claims = RefusalClaims(
        iss=scene.story.alpha.code,
        sub=CASE,
        aud=["hub"],
        jti=fixed_id("refusal"),
        iat=NOW - DAY,
        scope_tags=[],
        recipient=None,
    )
    signer = seed or scene.story.alpha.case_manager.pair.ed_seed
    return sign_refusal(claims.model_copy(update=changes), signer)


def _alphas_head(scene: Scene, *, at: int) -> SignedStatement:
    return make_head(
        owner=scene.story.alpha.code,
        consent=scene.consent,
        counter=9,
        manifests=parse_statement(scene.hub.heads[scene.consent][-1], Head).manifests,
        at=at,
        identity=scene.story.alpha.identity,
    )


def _details(answer: ReleaseOut) -> AuditDetails:
    evidence = answer.evidence
    return entry.open_entry(unb64u(evidence.leaf), unb64u(evidence.salt), unb64u(evidence.details))


def _with_proof(answer: ReleaseOut, text: str) -> ReleaseOut:
    evidence = answer.evidence.model_copy(update={"proof": text})
    return answer.model_copy(update={"evidence": evidence})


def _remember(scene: Scene) -> Memory:
    return replace(scene.memory, checkpoint=scene.hub.log.checkpoint())


def _rewritten(log: Log, *, entries: int) -> Log:
    """Return a log under the same keys whose history is another one."""
    other = Log()
    details = entry.open_entry(log.entries[0].leaf, log.entries[0].salt, log.entries[0].details)
    for index in range(entries):
        other.append(details.model_copy(update={"at": details.at - index - 1}))
    return other

"""Lies about the consent, the decision and the grants."""

from keys.tokens import sign_consent
from schemas.encoding import b64u
from schemas.wire.hub_api import ReleaseOut
from schemas.wire.statement import Grant
from tests.support.facilities import DAY, NOW, YEAR, mallory, seed
from tests.support.lies.scene import (
    Scene,
    alphas_refusal,
    changed,
    lie,
    re_signed,
    token_of,
)
from tests.support.story import (
    INFECTIOUS,
    MENTAL,
    ask,
    digest,
    fresh_memory,
    tag,
)

# --- the consent --------------------------------------------------------------------------------


@lie("consent", "other-consent")
def present_the_token_of_another_consent(scene: Scene) -> ReleaseOut:
    other = scene.story.consent(scene.story.claims("other"))
    return scene.hub.relog(scene.truth().model_copy(update={"token": token_of(scene, other)}))


@lie("consent", "signer-unknown")
def sign_a_consent_oneself(scene: Scene) -> ReleaseOut:
    claims = scene.hub.consents[scene.consent][1]
    token = sign_consent(claims, seed("hub"))
    return scene.hub.relog(scene.truth().model_copy(update={"token": token}))


@lie("consent", "token-invalid")
def widen_the_scope_of_a_token(scene: Scene) -> ReleaseOut:
    claims = scene.hub.consents[scene.consent][1]
    wider = claims.model_copy(update={"scope_tags": [*claims.scope_tags, tag(INFECTIOUS)]})
    head, _, signature = token_of(scene, scene.consent).split(".")
    token = f"{head}.{b64u(wider.to_bytes())}.{signature}"
    return scene.hub.relog(scene.truth().model_copy(update={"token": token}))


@lie("consent", "token-invalid")
def pass_a_refusal_off_as_a_consent(scene: Scene) -> ReleaseOut:
    answer = scene.truth().model_copy(update={"token": alphas_refusal(scene)})
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
    scene.hub.refusals.append(alphas_refusal(scene))
    return scene.truth()


@lie("decision", "refused", whole=False)
def release_a_section_that_alphas_refusal_forbids(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(alphas_refusal(scene, scope_tags=[tag(MENTAL)]))
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

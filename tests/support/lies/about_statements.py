"""Lies about what was asked, who owns it, heads and manifests."""

from exchange.recipient import SeenHead, SeenVersion
from exchange.statements import parse_statement
from schemas.encoding import b64u
from schemas.wire.hub_api import Introduction, ReleaseOut
from schemas.wire.statement import Head, Manifest
from tests.support.facilities import DAY, NOW, fixed_id, mallory, seed
from tests.support.lies.scene import (
    Scene,
    alphas_head,
    alphas_refusal,
    changed,
    flipped,
    lie,
    re_signed,
)
from tests.support.story import (
    CONSENTED,
    GENERAL,
    INFECTIOUS,
    MENTAL,
    REFERRAL,
    ask,
    digest,
    fresh_memory,
    section_id,
)

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
    scene.hub.refusals.append(alphas_refusal(scene, sub=fixed_id("another case")))
    return scene.answer_with(*scene.sections()[1:])


@lie("head", "withheld")
def withhold_with_a_refusal_about_another_recipient(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(alphas_refusal(scene, recipient=scene.story.gamma.code))
    return scene.answer_with(*scene.sections()[1:])


@lie("consent", "refusal-invalid")
def withhold_with_a_forged_refusal(scene: Scene) -> ReleaseOut:
    scene.hub.refusals.append(alphas_refusal(scene, seed=seed("hub")))
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
    scene.hub.heads[scene.consent].append(alphas_head(scene, at=NOW + DAY))
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

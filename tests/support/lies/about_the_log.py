"""Lies about the audit log, its history, and the bodies that it vouches for."""

from dataclasses import replace

from exchange.audit import checkpoint, entry, notes, proof
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import ReleaseOut
from tests.support.facilities import DAY, NOW, seed
from tests.support.lies.scene import (
    Scene,
    details,
    flipped,
    lie,
    remember,
    rewritten,
    with_proof,
)
from tests.support.lying_hub import ORIGIN, Log
from tests.support.story import (
    GENERAL,
    MENTAL,
    ask,
    section_id,
)

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
    index = unlogged.append(details(truth))
    return truth.model_copy(update={"evidence": unlogged.evidence(index)})


@lie("audit", "proof-invalid")
def put_an_unlogged_entry_under_a_real_checkpoint(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    made = entry.commit(details(truth).model_copy(update={"count": 2}), seed("unlogged"))
    evidence = truth.evidence.model_copy(
        update={"leaf": b64u(made.leaf), "salt": b64u(made.salt), "details": b64u(made.details)}
    )
    return truth.model_copy(update={"evidence": evidence})


@lie("audit", "details-not-committed")
def show_other_details_than_the_leaf_commits_to(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    other = details(truth).model_copy(update={"at": NOW - 1})
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
    return with_proof(truth, proof.make(parsed.index, hashes, parsed.checkpoint_text))


@lie("audit", "proof-invalid")
def sign_a_checkpoint_with_another_key(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    parsed = proof.parse(truth.evidence.proof)
    log = scene.hub.log
    forged = checkpoint.make(ORIGIN, log.size, log.root(), Log("another").signer)
    return with_proof(truth, proof.make(parsed.index, parsed.hashes, forged))


@lie("audit", "proof-invalid")
def leave_out_the_logs_post_quantum_signature(scene: Scene) -> ReleaseOut:
    truth = scene.truth()
    parsed = proof.parse(truth.evidence.proof)
    note = notes.split_note(parsed.checkpoint_text)
    weaker = notes.join_note(note.text, note.signatures[:1])
    return with_proof(truth, proof.make(parsed.index, parsed.hashes, weaker))


# --- consistency --------------------------------------------------------------------------------


@lie("consistency", "log-forked")
def rewrite_the_log(scene: Scene) -> ReleaseOut:
    scene.memory = remember(scene)
    scene.hub.log = rewritten(scene.hub.log, entries=scene.hub.log.size)
    answer = scene.truth()
    old = scene.memory.checkpoint.size
    proof_of = scene.hub.log.consistency(old, scene.hub.log.size)
    scene.memory = replace(scene.memory, consistency=proof_of)
    return answer


@lie("consistency", "log-forked")
def truncate_the_log(scene: Scene) -> ReleaseOut:
    scene.hub.record("message.send")
    scene.memory = remember(scene)
    scene.hub.log = rewritten(scene.hub.log, entries=1)
    return scene.truth()


@lie("consistency", "log-forked")
def show_a_fork_of_the_same_size(scene: Scene) -> ReleaseOut:
    scene.hub.record("message.send")
    scene.memory = remember(scene)
    scene.hub.log = rewritten(scene.hub.log, entries=scene.hub.log.size - 1)
    return scene.truth()


@lie("consistency", "log-forked")
def give_no_consistency_proof(scene: Scene) -> ReleaseOut:
    scene.memory = remember(scene)
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
    return scene.answer_first(ciphertext=b64u(unb64u(scene.section().ciphertext)[:-1]))


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

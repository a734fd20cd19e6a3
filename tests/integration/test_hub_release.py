"""Release: decided, counted and logged in one transaction; delivered with its proof only.
PROTOCOL section 7."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.receipts import make_receipt
from exchange.statements import parse_statement
from keys.hpke import kem_public
from keys.keycard import make_key_statement
from keys.signing import sign_statement
from schemas.encoding import b64u, digest_text, unb64u
from schemas.wire.hub_api import (
    GrantIn,
    ReceiptIn,
    ReleaseIn,
    ReleaseOut,
    ReleasePending,
    SectionIn,
    SectionsIn,
    StatementsIn,
)
from schemas.wire.statement import Grant, Manifest
from services.hub.database.sqlite import SqliteDatabase
from services.hub.housekeeping import Housekeeping
from services.hub.settings import load_settings
from services.hub_client.errors import HubRefusal, HubUnavailableError
from tests.integration.test_hub_consent import live_half_keys, refuses, revocation
from tests.integration.test_hub_faults import meddle
from tests.support.facilities import DAY, NOW, YEAR, fixed_id, fixed_pair, seed
from tests.support.running_hub import RunningHub, card_of, serving
from tests.support.story import (
    CONSENTED,
    GENERAL,
    INFECTIOUS,
    MENTAL,
    Story,
    ask,
    digest,
    section_id,
)


async def released(hub: RunningHub, question: ReleaseIn) -> ReleaseOut:
    answer = await hub.beta.ask_release(question)
    assert isinstance(answer, ReleaseOut)
    return answer


async def test_a_release_opens_at_its_recipient_and_nothing_else_comes(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    answer = await released(hub, ask(consent))
    opened = hub.story.open(answer, ask(consent), log_keys=hub.log_keys)
    assert opened.refused == ()
    labels = {(one.line.component, one.line.category) for one in opened.sections}
    assert labels == set(CONSENTED)
    everything = answer.to_bytes().decode()
    assert section_id(INFECTIOUS) not in everything


async def test_the_same_release_asked_again_is_counted_once(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    first = await released(hub, ask(consent))
    again = await released(hub, ask(consent))
    assert again.evidence.index == first.evidence.index
    assert again.sections == first.sections
    assert (await hub.alpha.consent(consent)).releases == 1
    fetched = await hub.beta.release(ask(consent).id)
    assert isinstance(fetched, ReleaseOut)
    assert fetched.sections == first.sections
    events = [action for action, _, _ in await hub.actions()]
    assert events.count("release.decide") == 1
    assert events.count("release.deliver") == 2


async def test_the_same_id_with_another_question_is_a_conflict(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    await released(hub, ask(consent))
    other = await refuses(hub.beta.ask_release(ask(consent, MENTAL)))
    assert (other.status, other.reasons) == (409, ("other-question",))
    stranger = await refuses(hub.gamma.ask_release(ask(consent)))
    assert stranger.status == 409
    assert (await refuses(hub.gamma.release(ask(consent).id))).status == 404


async def test_releases_run_out(hub: RunningHub) -> None:
    consent = await hub.ready_consent(max_releases=2)
    await released(hub, ask(consent, release="one"))
    await released(hub, ask(consent, release="two"))
    found = await refuses(hub.beta.ask_release(ask(consent, release="three")))
    assert (found.status, found.slug, found.reasons) == (403, "denied", ("releases-exhausted",))
    await released(hub, ask(consent, release="two"))  # an earlier one can still be delivered


async def test_a_burst_of_releases_is_counted_exactly(hub: RunningHub) -> None:
    consent = await hub.ready_consent(max_releases=5)
    asked = [hub.beta.ask_release(ask(consent, release=f"r{at}")) for at in range(12)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, ReleaseOut) for one in answers) == 5
    refusals = [one for one in answers if isinstance(one, HubRefusal)]
    assert {one.reasons for one in refusals} == {("releases-exhausted",)}
    assert (await hub.alpha.consent(consent)).releases == 5
    decided = [outcome for action, outcome, _ in await hub.actions() if action == "release.decide"]
    assert (decided.count("permit"), decided.count("deny")) == (5, 7)


async def test_before_consent_there_is_nothing(hub: RunningHub) -> None:
    await hub.push_all()
    found = await refuses(hub.beta.ask_release(ask(fixed_id("consent"))))
    assert (found.status, found.slug, found.reasons) == (404, "not-found", ())
    assert ("release.decide", "deny", ("unknown-consent",)) in await hub.actions()


async def test_before_grants_nothing_leaves(hub: RunningHub) -> None:
    await hub.push_all()
    consent = await hub.consent()
    found = await refuses(hub.beta.ask_release(ask(consent)))
    assert (found.status, found.reasons) == (409, ("nothing-granted",))
    assert (await hub.alpha.consent(consent)).releases == 0


async def test_a_third_facility_learns_nothing_not_even_that_the_consent_is_there(
    hub: RunningHub,
) -> None:
    consent = await hub.ready_consent()
    existing = await refuses(hub.gamma.ask_release(ask(consent)))
    absent = await refuses(hub.gamma.ask_release(ask(fixed_id("nothing"))))
    assert str(existing) == str(absent) == "404 not-found"
    denied = [one for one in await hub.entries() if one.outcome == "deny"]
    assert [one.reasons for one in denied] == [["wrong-recipient"], ["unknown-consent"]]
    # Its owner can see who tried.
    seen = (await hub.alpha.entries(0)).entries
    assert denied[0].to_bytes() in [_details(one.details) for one in seen]
    # Who tried can read neither: the reasons would tell the two apart.
    own = [_details(one.details) for one in (await hub.gamma.entries(0)).entries]
    assert not {one.to_bytes() for one in denied} & set(own)


def _details(text: str | None) -> bytes:
    return unb64u(text or "")


async def test_the_owner_cannot_release_to_itself(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    found = await refuses(hub.alpha.ask_release(ask(consent)))
    assert (found.status, found.reasons) == (403, ("wrong-recipient",))


async def test_an_out_of_scope_section_looks_like_one_that_is_not_there(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    existing = await refuses(hub.beta.ask_release(ask(consent, INFECTIOUS, release="one")))
    nowhere = ask(consent, release="two").model_copy(update={"sections": [fixed_id("nothing")]})
    absent = await refuses(hub.beta.ask_release(nowhere))
    assert str(existing) == str(absent) == "403 denied out-of-scope"


async def test_a_named_section_comes_alone(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    question = ask(consent, GENERAL)
    answer = await released(hub, question)
    opened = hub.story.open(answer, question, log_keys=hub.log_keys)
    assert [one.section.manifest.section for one in opened.sections] == [section_id(GENERAL)]


@pytest.mark.parametrize(
    ("turn", "reason"),
    [(31 * DAY, "expired"), (-2 * DAY, "not-yet-valid"), (11 * DAY, "erased")],
)
async def test_time_ends_a_consent(hub: RunningHub, turn: int, reason: str) -> None:
    consent = await hub.ready_consent(erase_at=NOW + 10 * DAY)
    hub.clock.now += turn
    found = await refuses(hub.beta.ask_release(ask(consent)))
    assert reason in found.reasons


async def test_another_purpose_is_denied(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    question = ask(consent).model_copy(update={"purpose": "PUBHLTH"})
    assert (await refuses(hub.beta.ask_release(question))).reasons == ("wrong-purpose",)


async def test_each_delivery_is_decided_anew(hub: RunningHub, tmp_path: Path) -> None:
    consent = await hub.ready_consent()
    answer = await released(hub, ask(consent))
    section = section_id(MENTAL)
    await hub.beta.fetch_section(answer.id, section, tmp_path / "before")
    await hub.alpha.revoke(revocation(consent, hub.story.alpha))
    for attempt in (
        hub.beta.ask_release(ask(consent)),
        hub.beta.release(answer.id),
        hub.beta.fetch_section(answer.id, section, tmp_path / "after"),
    ):
        found = await refuses(attempt)
        assert (found.status, found.reasons) == (403, ("revoked",))
    assert not (tmp_path / "after").exists()


async def test_a_case_manager_who_left_ends_her_consents(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    alpha = hub.story.alpha
    gone = alpha.certify(alpha.case_manager, until=NOW - 60)
    await hub.alpha.push_statements(StatementsIn(statements=[gone]))
    assert (await refuses(hub.beta.ask_release(ask(consent)))).reasons == ("signer-not-current",)


@contextlib.asynccontextmanager
async def stalled(folder: Path) -> AsyncIterator[RunningHub]:
    """A hub whose integrator has stopped: the test integrates by hand."""
    settings = load_settings(folder).model_copy(update={"release_wait": 0.0})
    async with serving(settings, card_of(settings), Story()) as running:
        await running.hub.log.stop()
        yield running


async def test_no_half_key_leaves_without_its_proof(hub_folder: Path) -> None:
    async with stalled(hub_folder) as hub:
        consent = await hub.ready_consent()
        answer = await hub.beta.ask_release(ask(consent))
        assert isinstance(answer, ReleasePending)
        await hub.hub.log.integrate()
        later = await hub.beta.release(answer.id)
        assert isinstance(later, ReleaseOut)
        hub.story.open(later, ask(consent), log_keys=hub.log_keys)
        assert (await hub.alpha.consent(consent)).releases == 1


async def test_nothing_comes_by_reference_before_the_proof(
    hub_folder: Path, tmp_path: Path
) -> None:
    async with stalled(hub_folder) as hub:
        file = tmp_path / "attachment"
        file.write_bytes(b"ciphertext")
        named = digest_text(file.read_bytes())
        await hub.alpha.put_attachment(named, file)
        await _push_with_attachment(hub, named)
        consent = await hub.consent()
        await hub.grant(consent)
        answer = await hub.beta.ask_release(ask(consent))
        assert isinstance(answer, ReleasePending)
        into = tmp_path / "got"
        for attempt in (
            lambda: hub.beta.fetch_section(answer.id, section_id(MENTAL), into),
            lambda: hub.beta.fetch_attachment(answer.id, named, into),
        ):
            with pytest.raises(HubUnavailableError):
                await attempt()
            assert not into.exists()
        await hub.hub.log.integrate()
        await hub.beta.fetch_section(answer.id, section_id(MENTAL), into)
        await hub.beta.fetch_attachment(answer.id, named, into)


async def test_a_revocation_between_decision_and_delivery_wins(hub_folder: Path) -> None:
    async with stalled(hub_folder) as hub:
        consent = await hub.ready_consent()
        answer = await hub.beta.ask_release(ask(consent))
        assert isinstance(answer, ReleasePending)
        await hub.beta.revoke(revocation(consent, hub.story.beta))
        await hub.hub.log.integrate()
        found = await refuses(hub.beta.release(answer.id))
        assert found.reasons == ("revoked",)


async def test_large_ciphertexts_and_attachments_come_by_reference(
    hub_folder: Path, tmp_path: Path
) -> None:
    settings = load_settings(hub_folder).model_copy(update={"inline_bytes": 0})
    async with serving(settings, card_of(settings), Story()) as hub:
        file = tmp_path / "attachment"
        file.write_bytes(bytes(range(256)) * 4096)
        named = digest_text(file.read_bytes())
        await hub.alpha.put_attachment(named, file)
        await _push_with_attachment(hub, named)
        consent = await hub.consent()
        await hub.grant(consent)
        answer = await released(hub, ask(consent))
        assert [one.ciphertext for one in answer.sections] == [None, None, None]
        for label in CONSENTED:
            into = tmp_path / section_id(label)
            await hub.beta.fetch_section(answer.id, section_id(label), into)
            assert into.read_bytes() == hub.story.sealed[label][-1].ciphertext
        await hub.beta.fetch_attachment(answer.id, named, tmp_path / "got")
        assert (tmp_path / "got").read_bytes() == file.read_bytes()
        for attempt in (
            hub.gamma.fetch_attachment(answer.id, named, tmp_path / "stolen"),
            hub.beta.fetch_attachment(answer.id, digest_text(b"x"), tmp_path / "stolen"),
            hub.beta.fetch_section(answer.id, section_id(INFECTIOUS), tmp_path / "stolen"),
        ):
            assert str(await refuses(attempt)) == "404 not-found"


async def _push_with_attachment(hub: RunningHub, attachment: str) -> None:
    """Push the story's sections, the first of them listing an attachment."""
    first = hub.story.sealed[MENTAL][0]
    manifest = Manifest.from_bytes(first.manifest.payload_bytes())
    listed = manifest.model_copy(update={"attachments": [attachment]})
    statement = sign_statement("manifest", listed, hub.story.alpha.identity)
    hub.story.sealed[MENTAL][0] = replace(first, manifest=statement)
    await hub.push_all()


async def test_receipts_are_taken_for_ones_own_release(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    answer = await released(hub, ask(consent))
    beta = hub.story.beta

    def receipt(opened: list[str], pair: object = beta.receipts) -> ReceiptIn:
        return ReceiptIn(
            receipt=make_receipt(
                recipient=beta.code,
                release=answer.id,
                consent=consent,
                opened=opened,
                refused=[],
                at=NOW,
                pair=pair,
            )
        )

    manifests = [b64u(one.manifest.digest()) for one in answer.sections]
    body = receipt(manifests)
    assert (await hub.beta.send_receipt(answer.id, body)).state == "created"
    assert (await hub.beta.send_receipt(answer.id, body)).state == "unchanged"
    for bad, reason in (
        (receipt([digest(hub.story.sealed[INFECTIOUS][0])]), "other-sections"),
        (receipt(manifests, fixed_pair("mallory")), "receipt-invalid"),
    ):
        assert (await refuses(hub.beta.send_receipt(answer.id, bad))).reasons == (reason,)
    assert (await refuses(hub.beta.send_receipt(fixed_id("nothing"), body))).status == 404


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"recipient": "F-G3G3G3G3G3"}, "other-recipient"),
        ({"consent_token": b64u(bytes(32))}, "other-consent"),
        ({"expires_at": NOW + 40 * DAY}, "outlives-consent"),
        ({"recipient_kem": b64u(bytes(32))}, "other-kem-key"),
        ({"sealed": b64u(bytes(100))}, "wrong-size"),
        ({"half_key": b64u(bytes(32))}, "other-half-key"),
        ({"owner": "F-B2B2B2B2B2"}, "other-owner"),
    ],
)
async def test_a_grant_agrees_with_its_consent(
    hub: RunningHub, changes: dict[str, object], reason: str
) -> None:
    await hub.push_all()
    consent = await hub.consent()
    body = hub.grants(consent)
    hostile = _regrant(hub, body.grants[0], **changes)
    bad = body.model_copy(update={"grants": [*body.grants[1:], hostile]})
    assert (await refuses(hub.alpha.record_grants(bad))).reasons == (reason,)
    assert await live_half_keys(hub) == 0


def _regrant(hub: RunningHub, one: GrantIn, **changes: object) -> GrantIn:
    grant = parse_statement(one.grant, Grant).model_copy(update=changes)
    return one.model_copy(
        update={"grant": sign_statement("grant", grant, hub.story.alpha.identity)}
    )


async def test_an_out_of_scope_section_is_not_granted(hub: RunningHub) -> None:
    await hub.push_all()
    consent = await hub.consent()
    body = hub.grants(consent)
    outside = _regrant(hub, body.grants[0], manifest=digest(hub.story.sealed[INFECTIOUS][0]))
    bad = body.model_copy(update={"grants": [outside]})
    assert (await refuses(hub.alpha.record_grants(bad))).reasons == ("out-of-scope",)


async def test_nobody_grants_under_anothers_consent(hub: RunningHub) -> None:
    await hub.push_all()
    consent = await hub.consent()
    found = await refuses(hub.gamma.record_grants(hub.grants(consent)))
    assert (found.status, found.reasons) == (422, ("grant-invalid",))


async def test_grants_are_idempotent_and_a_newer_one_replaces(hub: RunningHub) -> None:
    await hub.push_all()
    consent = await hub.consent()
    body = hub.grants(consent)
    assert (await hub.alpha.record_grants(body)).created == 3
    assert (await hub.alpha.record_grants(body)).unchanged == 3
    new_kem = _rotate_kem(hub)
    await hub.beta.push_statements(StatementsIn(statements=[new_kem]))
    stale = _regrant(hub, body.grants[0], expires_at=NOW + DAY)
    assert (
        await refuses(hub.alpha.record_grants(body.model_copy(update={"grants": [stale]})))
    ).reasons == ("other-kem-key",)
    assert (await hub.alpha.record_grants(body)).unchanged == 3
    assert await live_half_keys(hub) == 3


def _rotate_kem(hub: RunningHub) -> object:
    beta = hub.story.beta
    return make_key_statement(
        facility=beta.code,
        kind="kem",
        public=kem_public(seed("beta's next kem")),
        issued_at=NOW,
        not_before=NOW - 60,
        not_after=NOW + YEAR,
        identity=beta.identity,
    )


async def test_no_new_half_keys_for_a_consent_that_ended(hub: RunningHub) -> None:
    await hub.push_all()
    consent = await hub.consent()
    await hub.alpha.revoke(revocation(consent, hub.story.alpha))
    found = await refuses(hub.alpha.record_grants(hub.grants(consent)))
    assert (found.status, found.reasons) == (409, ("revoked",))


async def test_a_head_with_something_ungranted_waits(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    hub.story.seal(MENTAL)
    newest = hub.story.sealed[MENTAL][-1]
    _, claims = hub.story.hub.consents[consent]
    head = hub.story.head(claims)
    body = SectionIn(manifest=newest.manifest, ciphertext=b64u(newest.ciphertext))
    await hub.alpha.push_sections(SectionsIn(sections=[body], heads=[head]))
    found = await refuses(hub.beta.ask_release(ask(consent)))
    assert (found.status, found.reasons) == (409, ("not-granted-yet",))
    await hub.grant(consent)
    answer = await released(hub, ask(consent))
    opened = hub.story.open(answer, ask(consent), log_keys=hub.log_keys)
    versions = {one.section.manifest.version for one in opened.sections}
    assert versions == {1, 2}


async def test_half_keys_end_with_their_time_and_under_a_new_epoch_key(hub: RunningHub) -> None:
    consent = await hub.ready_consent(erase_at=NOW + DAY)
    epoch_file = hub.settings.epoch_file
    before = epoch_file.read_bytes()
    answer = await released(hub, ask(consent))
    await hub.hub.half_keys.renew_epoch()
    assert epoch_file.read_bytes() == before  # nothing was destroyed
    hub.clock.now += DAY
    assert await hub.hub.half_keys.erase_due() == 3
    assert await hub.hub.half_keys.renew_epoch()
    assert epoch_file.read_bytes() != before
    assert await live_half_keys(hub) == 0
    assert "erased" in (await refuses(hub.beta.release(answer.id))).reasons
    assert ("halfkeys.erase", "done", ()) in await hub.actions()


async def test_a_new_epoch_key_leaves_living_half_keys_usable(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    other = await hub.consent(name="second")
    await hub.grant(other)
    await hub.alpha.revoke(revocation(other, hub.story.alpha))
    assert await hub.hub.half_keys.renew_epoch()
    answer = await released(hub, ask(consent))
    hub.story.open(answer, ask(consent), log_keys=hub.log_keys)


async def test_an_interrupted_renewal_is_finished_at_the_next_start(hub_folder: Path) -> None:
    settings = load_settings(hub_folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        consent = await hub.ready_consent()
        hub.hub.half_keys._epoch.begin_rotation()  # and the power fails
    async with serving(settings, card_of(settings), hub.story) as hub:
        assert not hub.hub.half_keys._epoch.rotating
        answer = await released(hub, ask(consent))
        hub.story.open(answer, ask(consent), log_keys=hub.log_keys)


async def test_an_erasure_that_failed_is_done_again(hub: RunningHub, hub_folder: Path) -> None:
    await hub.ready_consent(erase_at=NOW + DAY)
    housekeeping = Housekeeping(hub.hub)
    await meddle(hub_folder, ["ALTER TABLE grants RENAME COLUMN manifest TO hidden"])
    hub.hub.half_keys._note()
    await housekeeping._guarded(housekeeping.erase)  # nothing of it escapes to end the loop
    assert hub.hub.half_keys._epoch.rotating
    await meddle(hub_folder, ["ALTER TABLE grants RENAME COLUMN hidden TO manifest"])
    assert await hub.hub.half_keys.renew_epoch()
    assert not hub.hub.half_keys._epoch.rotating
    assert not await hub.hub.half_keys.renew_epoch()


async def test_an_erasure_is_not_over_before_the_journal_is_cut(
    sqlite_pattern: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "hub"
    shutil.copytree(sqlite_pattern, folder)
    settings = load_settings(folder)
    async with serving(settings, card_of(settings), Story()) as hub:
        database = hub.hub.database
        assert isinstance(database, SqliteDatabase)
        database._busy_ms = 20
        hub.hub.half_keys._note()
        housekeeping = Housekeeping(hub.hub)
        async with database.reading(steady=True) as reader:
            await reader.fetch("SELECT count(*) FROM grants")
            await hub.push_all()
            await housekeeping._guarded(housekeeping.erase)
        assert await hub.hub.half_keys.renew_epoch()
        assert not await hub.hub.half_keys.renew_epoch()


async def test_nothing_is_released_while_the_log_is_halted(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    await hub.integrated()
    hub.hub.log.halted = "guard-unreadable"
    with pytest.raises(HubUnavailableError):
        await hub.beta.ask_release(ask(consent))
    hub.hub.log.halted = None
    assert (await hub.alpha.consent(consent)).releases == 0


async def test_a_retry_is_known_in_a_busy_batch_even_when_releases_ran_out(
    hub: RunningHub,
) -> None:
    consent = await hub.ready_consent(max_releases=1)
    first = await released(hub, ask(consent))
    answers = await asyncio.gather(
        *(hub.beta.ask_release(ask(consent)) for _ in range(3)),
        *(hub.beta.ask_release(ask(consent, release=f"more {at}")) for at in range(3)),
        return_exceptions=True,
    )
    assert [one.sections for one in answers[:3]] == [first.sections] * 3
    assert {one.reasons for one in answers[3:]} == {("releases-exhausted",)}
    assert (await hub.alpha.consent(consent)).releases == 1


async def test_the_same_new_release_twice_at_once_is_counted_once(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    answers = await asyncio.gather(*(hub.beta.ask_release(ask(consent)) for _ in range(6)))
    indexes = {one.evidence.index for one in answers if isinstance(one, ReleaseOut)}
    assert len(indexes) == 1
    assert (await hub.alpha.consent(consent)).releases == 1

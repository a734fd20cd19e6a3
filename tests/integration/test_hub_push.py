"""Push: idempotent, in line, all or nothing. PROTOCOL section 4."""

import asyncio
from pathlib import Path

import pytest

from exchange.sealing import SealedSection, make_head
from keys.signing import sign_statement
from schemas.encoding import b64u, digest_text
from schemas.wire.hub_api import SectionIn, SectionsIn, SectionsStored
from schemas.wire.statement import Manifest, SignedStatement
from services.hub_client.errors import HubRefusal
from tests.support.facilities import NOW, Facility, fixed_id
from tests.support.running_hub import RunningHub, section_in
from tests.support.story import GENERAL, INFECTIOUS, MENTAL, digest, section_id, tag


async def push(hub: RunningHub, *sealed: SealedSection) -> SectionsStored:
    return await hub.alpha.push_sections(SectionsIn(sections=[section_in(one) for one in sealed]))


async def refused(hub: RunningHub, body: SectionsIn) -> HubRefusal:
    with pytest.raises(HubRefusal) as caught:
        await hub.alpha.push_sections(body)
    return caught.value


def signed(
    sealed: SealedSection, signer: Facility, ciphertext: bytes | None = None, **changes: object
) -> SectionIn:
    """Return a section whose manifest was changed and signed anew: what a hostile node can do."""
    manifest = Manifest.from_bytes(sealed.manifest.payload_bytes()).model_copy(update=changes)
    body = sealed.ciphertext if ciphertext is None else ciphertext
    return SectionIn(
        manifest=sign_statement("manifest", manifest, signer.identity), ciphertext=b64u(body)
    )


async def stored(hub: RunningHub) -> int:
    async with hub.hub.database.reading() as connection:
        return (await connection.fetch("SELECT count(*) AS n FROM sections"))[0]["n"]


async def test_a_push_is_stored_and_can_be_read_back_by_its_owner_alone(hub: RunningHub) -> None:
    one = hub.story.sealed[MENTAL][0]
    answer = await push(hub, one)
    assert [item.state for item in answer.sections] == ["created"]
    assert await hub.alpha.section(section_id(MENTAL), 1) == section_in(one)
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.section(section_id(MENTAL), 1)
    with pytest.raises(HubRefusal) as absent:
        await hub.beta.section(fixed_id("nothing"), 1)
    assert (caught.value.status, caught.value.slug) == (404, "not-found")
    assert str(caught.value) == str(absent.value)


async def test_a_retry_signed_afresh_changes_nothing_and_leaves_no_entry(hub: RunningHub) -> None:
    one = hub.story.sealed[MENTAL][0]
    await push(hub, one)
    answer = await push(hub, one)
    assert [item.state for item in answer.sections] == ["unchanged"]
    assert await hub.actions() == [("section.push", "done", ())]


async def test_the_same_version_with_other_bytes_is_a_conflict(hub: RunningHub) -> None:
    await push(hub, hub.story.sealed[MENTAL][0])
    other = signed(hub.story.sealed[GENERAL][0], hub.story.alpha, section=section_id(MENTAL))
    refusal = await refused(hub, SectionsIn(sections=[other]))
    assert (refusal.status, refusal.slug, refusal.reasons) == (409, "conflict", ("other-bytes",))
    assert (await hub.alpha.section(section_id(MENTAL), 1)) == section_in(
        hub.story.sealed[MENTAL][0]
    )


async def test_a_push_is_all_or_nothing(hub: RunningHub) -> None:
    await push(hub, hub.story.sealed[MENTAL][0])
    good = hub.story.sealed[GENERAL][0]
    bad = signed(hub.story.sealed[GENERAL][0], hub.story.alpha, section=section_id(MENTAL))
    refusal = await refused(hub, SectionsIn(sections=[section_in(good), bad]))
    assert refusal.status == 409
    assert await stored(hub) == 1


async def test_versions_follow_one_another_also_within_one_push(hub: RunningHub) -> None:
    second = hub.story.seal(MENTAL)
    third = hub.story.seal(MENTAL)
    await push(hub, hub.story.sealed[MENTAL][0], second, third)
    assert await stored(hub) == 3


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"version": 3}, 409, "version-gap"),
        ({"previous": digest_text(b"other")}, 409, "other-previous"),
        ({"case": fixed_id("another case")}, 409, "other-line"),
        ({"scope_tag": tag(INFECTIOUS)}, 409, "other-line"),
        ({"section": fixed_id("new"), "version": 1}, 422, "previous-of-first"),
    ],
)
async def test_a_version_out_of_line_is_refused(
    hub: RunningHub, changes: dict[str, object], status: int, reason: str
) -> None:
    first = hub.story.sealed[MENTAL][0]
    await push(hub, first)
    fields = {"version": 2, "previous": digest(first)} | changes
    body = SectionsIn(sections=[signed(first, hub.story.alpha, **fields)])
    refusal = await refused(hub, body)
    assert (refusal.status, refusal.reasons) == (status, (reason,))
    assert await stored(hub) == 1


async def test_nobody_continues_another_ones_section(hub: RunningHub) -> None:
    first = hub.story.sealed[MENTAL][0]
    await push(hub, first)
    beta = hub.story.beta
    second = signed(first, beta, owner=beta.code, version=2, previous=digest(first))
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.push_sections(SectionsIn(sections=[second]))
    assert caught.value.reasons == ("other-line",)


async def test_nobody_pushes_for_another(hub: RunningHub) -> None:
    one = section_in(hub.story.sealed[MENTAL][0])
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.push_sections(SectionsIn(sections=[one]))
    assert caught.value.reasons == ("manifest-invalid",)
    claimed = signed(hub.story.sealed[MENTAL][0], hub.story.beta)
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.push_sections(SectionsIn(sections=[claimed]))
    assert caught.value.reasons == ("other-owner",)
    assert await stored(hub) == 0


def _flip(text: str) -> str:
    return ("A" if text[20] != "A" else "B").join((text[:20], text[21:]))


async def test_flipped_and_swapped_bytes_are_refused(hub: RunningHub) -> None:
    one, other = section_in(hub.story.sealed[MENTAL][0]), section_in(hub.story.sealed[GENERAL][0])
    cut = b64u(hub.story.sealed[MENTAL][0].ciphertext[:-4])
    manifest = one.manifest.model_copy(update={"payload": _flip(one.manifest.payload)})
    for body, reason in (
        (SectionIn(manifest=manifest, ciphertext=one.ciphertext), "manifest-invalid"),
        (SectionIn(manifest=one.manifest, ciphertext=_flip(one.ciphertext)), "other-ciphertext"),
        (SectionIn(manifest=one.manifest, ciphertext=other.ciphertext), "other-ciphertext"),
        (SectionIn(manifest=one.manifest, ciphertext=cut), "other-ciphertext"),
    ):
        assert (await refused(hub, SectionsIn(sections=[body]))).reasons == (reason,)
    assert await stored(hub) == 0


def head_of(hub: RunningHub, consent: str, counter: int, *labels: object) -> SignedStatement:
    return make_head(
        owner=hub.story.alpha.code,
        consent=consent,
        counter=counter,
        manifests=[digest(hub.story.sealed[one][-1]) for one in labels],
        at=NOW,
        identity=hub.story.alpha.identity,
    )


async def test_heads_counters_only_rise(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    newer = head_of(hub, consent, 5, MENTAL)
    await hub.alpha.push_sections(SectionsIn(sections=[], heads=[newer]))
    await hub.alpha.push_sections(SectionsIn(sections=[], heads=[newer]))
    for counter, labels in ((4, (MENTAL,)), (5, (GENERAL,))):
        body = SectionsIn(sections=[], heads=[head_of(hub, consent, counter, *labels)])
        assert (await refused(hub, body)).reasons == ("head-counter",)
    earlier = hub.story.hub.heads[consent][-1]
    await hub.alpha.push_sections(SectionsIn(sections=[], heads=[earlier]))  # a late retry


async def test_a_push_has_one_head_for_each_consent(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    for counters in ((7, 7), (7, 8)):
        heads = [head_of(hub, consent, counter, MENTAL) for counter in counters]
        found = await refused(hub, SectionsIn(sections=[], heads=heads))
        assert (found.status, found.reasons) == (422, ("head-twice",))
    assert not hub.hub.writer.is_failing


@pytest.mark.parametrize(
    ("labels", "reason"), [(INFECTIOUS, "head-out-of-scope"), (None, "head-manifest-unknown")]
)
async def test_a_head_lists_only_what_the_consent_covers(
    hub: RunningHub, labels: object, reason: str
) -> None:
    consent = await hub.ready_consent()
    if labels is None:
        hub.story.seal(MENTAL)  # not pushed
        labels = MENTAL
    body = SectionsIn(sections=[], heads=[head_of(hub, consent, 9, labels)])
    assert (await refused(hub, body)).reasons == (reason,)


async def test_a_head_for_anothers_consent_is_not_found(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    head = make_head(
        owner=hub.story.beta.code,
        consent=consent,
        counter=9,
        manifests=[],
        at=NOW,
        identity=hub.story.beta.identity,
    )
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.push_sections(SectionsIn(sections=[], heads=[head]))
    assert caught.value.status == 404


async def test_an_attachment_is_there_before_its_manifest(hub: RunningHub, tmp_path: Path) -> None:
    file = tmp_path / "attachment"
    file.write_bytes(b"ciphertext" * 10_000)
    named = digest_text(file.read_bytes())
    one = hub.story.sealed[MENTAL][0]
    body = SectionsIn(sections=[signed(one, hub.story.alpha, attachments=[named])])
    assert (await refused(hub, body)).reasons == ("attachment-missing",)
    assert (await hub.alpha.put_attachment(named, file)).state == "created"
    assert (await hub.alpha.put_attachment(named, file)).state == "unchanged"
    await hub.alpha.push_sections(body)
    await hub.alpha.own_attachment(named, tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == file.read_bytes()
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.own_attachment(named, tmp_path / "stolen")
    assert caught.value.status == 404
    assert not (tmp_path / "stolen").exists()


async def test_an_attachment_with_another_digest_is_not_kept(
    hub: RunningHub, tmp_path: Path
) -> None:
    file = tmp_path / "attachment"
    file.write_bytes(b"ciphertext")
    with pytest.raises(HubRefusal) as caught:
        await hub.alpha.put_attachment(digest_text(b"something else"), file)
    assert (caught.value.status, caught.value.slug) == (400, "wrong-digest")
    assert list(hub.settings.attachments_dir.iterdir()) == []
    assert ("request.refused", "deny", ("wrong-digest",)) in await hub.actions()


async def test_the_same_new_push_twice_at_once_is_stored_once(hub: RunningHub) -> None:
    one, other = hub.story.sealed[MENTAL][0], hub.story.sealed[GENERAL][0]
    answers = await asyncio.gather(*(push(hub, each) for each in (one, other, one, one, other)))
    states = [answer.sections[0].state for answer in answers]
    assert sorted(states) == ["created", "created", "unchanged", "unchanged", "unchanged"]
    assert await stored(hub) == 2
    assert await hub.actions() == [("section.push", "done", ())] * 2


async def test_a_second_version_finds_the_first_in_its_own_batch(hub: RunningHub) -> None:
    second = hub.story.seal(MENTAL)
    await asyncio.gather(push(hub, hub.story.sealed[MENTAL][0]), push(hub, second))
    assert await stored(hub) == 2

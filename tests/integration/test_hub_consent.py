"""Consents, refusals and revocations at the hub. PROTOCOL section 6."""

from pathlib import Path

import pytest

from exchange.receipts import make_revocation_receipt
from exchange.revocation import revocation_hash
from keys.tokens import sign_consent, sign_refusal, sign_revocation, verify_revocation_list
from schemas.encoding import b64u, sha256, unb64u
from schemas.wire.hub_api import ConsentIn, ReceiptIn, RevocationByCodeIn, StatementsIn, TokenIn
from schemas.wire.token import RefusalClaims, RevocationClaims
from services.hub import consenting
from services.hub.settings import load_settings
from services.hub_client.client import HubClient
from services.hub_client.errors import HubRefusal
from tests.support.facilities import DAY, NOW, Facility, Staff, fixed_id, fixed_pair
from tests.support.running_hub import RunningHub, card_of, serving
from tests.support.story import CASE, CODE, MENTAL, Story, ask, tag


async def refuses(answer: object) -> HubRefusal:
    with pytest.raises(HubRefusal) as caught:
        await answer
    return caught.value


def token_of(hub: RunningHub, signer: Staff | None = None, **changes: object) -> ConsentIn:
    claims = hub.story.claims(**changes)
    signer = signer or hub.story.alpha.case_manager
    return ConsentIn(token=sign_consent(claims, signer.pair.ed_seed))


def revocation(consent: str, by: Facility, jti: str = "revocation", **changes: object) -> TokenIn:
    fields = {
        "iss": by.code,
        "aud": ["hub"],
        "jti": fixed_id(jti),
        "iat": NOW,
        "consent": consent,
        "reason": "withdrawn",
    }
    claims = RevocationClaims.model_validate(fields | changes)
    return TokenIn(token=sign_revocation(claims, by.doctor.pair.ed_seed))


def refusal(by: Facility, jti: str = "refusal", **changes: object) -> TokenIn:
    fields = {
        "iss": by.code,
        "sub": CASE,
        "aud": ["hub"],
        "jti": fixed_id(jti),
        "iat": NOW,
        "scope_tags": [],
        "recipient": None,
    }
    claims = RefusalClaims.model_validate(fields | changes)
    return TokenIn(token=sign_refusal(claims, by.doctor.pair.ed_seed))


async def live_half_keys(hub: RunningHub) -> int:
    async with hub.hub.database.reading() as connection:
        rows = await connection.fetch("SELECT count(*) AS n FROM grants WHERE half_key IS NOT NULL")
    return rows[0]["n"]


async def test_a_consent_is_recorded_once_and_seen_by_its_parties_only(hub: RunningHub) -> None:
    body = token_of(hub)
    assert (await hub.alpha.record_consent(body)).state == "created"
    recorded = await hub.alpha.record_consent(body)
    assert recorded.state == "unchanged"
    for party in (hub.alpha, hub.beta):
        assert [one.token for one in (await party.consents()).consents] == [body.token]
        assert (await party.consent(recorded.id)).state == "active"
    assert (await hub.gamma.consents()).consents == []
    stranger = await refuses(hub.gamma.consent(recorded.id))
    assert str(stranger) == str(await refuses(hub.gamma.consent(fixed_id("nothing"))))
    assert await hub.actions() == [
        ("consent.record", "done", ()),
        ("request.refused", "deny", ("not-found",)),
        ("request.refused", "deny", ("not-found",)),
    ]


async def test_the_same_id_with_another_token_is_a_conflict(hub: RunningHub) -> None:
    await hub.alpha.record_consent(token_of(hub))
    found = await refuses(hub.alpha.record_consent(token_of(hub, max_releases=9)))
    assert (found.status, found.reasons) == (409, ("other-bytes",))


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"aud": ["F-B2B2B2B2B2", "hub"]}, 422, "wrong-audience"),
        ({"exp": NOW, "nbf": NOW - DAY}, 422, "expired"),
        ({"iat": NOW + 3600, "nbf": NOW}, 422, "from-the-future"),
        ({"recipient_fingerprint": b64u(bytes(32))}, 422, "other-fingerprint"),
        ({"aud": ["hub", "F-Z9Z9Z9Z9Z9"]}, 404, None),
        ({"iss": "F-G3G3G3G3G3"}, 422, "other-issuer"),
    ],
)
async def test_a_token_that_does_not_hold_is_not_recorded(
    hub: RunningHub, changes: dict[str, object], status: int, reason: str | None
) -> None:
    found = await refuses(hub.alpha.record_consent(token_of(hub, **changes)))
    assert (found.status, found.reasons) == (status, (reason,) if reason else ())
    assert (await hub.alpha.consents()).consents == []
    assert [outcome for _, outcome, _ in await hub.actions()] == ["deny"]


async def test_only_a_case_manager_of_the_caller_consents(hub: RunningHub) -> None:
    alpha, beta = hub.story.alpha, hub.story.beta
    by_doctor = await refuses(hub.alpha.record_consent(token_of(hub, alpha.doctor)))
    assert by_doctor.reasons == ("signer-not-case-manager",)
    by_stranger = await refuses(hub.alpha.record_consent(token_of(hub, beta.case_manager)))
    assert by_stranger.reasons == ("signer-unknown",)
    carried = await refuses(hub.gamma.record_consent(token_of(hub)))
    assert carried.reasons == ("signer-unknown",)


async def test_a_case_manager_who_left_does_not_consent(hub: RunningHub) -> None:
    alpha = hub.story.alpha
    gone = alpha.certify(alpha.case_manager, until=NOW - 60)
    await hub.alpha.push_statements(StatementsIn(statements=[gone]))
    found = await refuses(hub.alpha.record_consent(token_of(hub)))
    assert found.reasons == ("signer-not-current",)


async def test_a_flipped_token_is_refused(hub: RunningHub) -> None:
    token = token_of(hub).token
    flipped = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    found = await refuses(hub.alpha.record_consent(ConsentIn(token=flipped)))
    assert (found.status, found.reasons) == (422, ("token-invalid",))


async def test_a_suspended_consent_releases_nothing_until_its_owner_sends_it_again(
    hub: RunningHub,
) -> None:
    consent = await hub.ready_consent()
    await hub.hub.writer.run(
        lambda turn: turn.connection.execute("UPDATE consents SET suspended = 1")
    )
    assert (await refuses(hub.beta.ask_release(ask(consent)))).reasons == ("suspended",)
    token, _ = hub.story.hub.consents[consent]
    await hub.alpha.record_consent(ConsentIn(token=token))
    await hub.beta.ask_release(ask(consent))


@pytest.mark.parametrize("party", ["alpha", "beta"])
async def test_either_party_revokes_and_the_half_keys_are_gone(hub: RunningHub, party: str) -> None:
    consent = await hub.ready_consent()
    assert await live_half_keys(hub) == 3
    client: HubClient = getattr(hub, party)
    by: Facility = getattr(hub.story, party)
    assert (await client.revoke(revocation(consent, by))).state == "created"
    assert (await client.revoke(revocation(consent, by, "again"))).state == "unchanged"
    assert await live_half_keys(hub) == 0
    assert (await refuses(hub.beta.ask_release(ask(consent)))).reasons == ("revoked",)
    assert (await hub.beta.consent(consent)).state == "revoked"


async def test_a_revocation_outlives_its_signers_appointment_but_not_a_month(
    hub: RunningHub,
) -> None:
    consent, alpha = await hub.ready_consent(), hub.story.alpha
    left = alpha.certify(alpha.doctor, until=NOW + 60)
    await hub.alpha.push_statements(StatementsIn(statements=[left]))
    hub.clock.now = NOW + 120
    after = await refuses(hub.alpha.revoke(revocation(consent, alpha, iat=NOW + 61)))
    assert after.reasons == ("signer-not-current",)
    ahead = await refuses(hub.alpha.revoke(revocation(consent, alpha, iat=NOW + 2 * DAY)))
    assert ahead.reasons == ("from-the-future",)
    old = await refuses(hub.alpha.revoke(revocation(consent, alpha, iat=NOW - 31 * DAY)))
    assert old.reasons == ("too-old",)
    assert (await hub.alpha.revoke(revocation(consent, alpha))).state == "created"


async def test_no_one_else_revokes(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    gamma = hub.story.gamma
    found = await refuses(hub.gamma.revoke(revocation(consent, gamma)))
    unknown = await refuses(hub.gamma.revoke(revocation(fixed_id("nothing"), gamma)))
    assert str(found) == str(unknown) == "404 not-found"
    forged = await refuses(hub.gamma.revoke(revocation(consent, hub.story.alpha)))
    assert forged.reasons == ("signer-unknown",)
    assert await live_half_keys(hub) == 3


async def test_the_persons_code_revokes_through_anyone(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    for code in (b64u(bytes(11)), b64u(bytes(10)), "", "AB"):
        wrong = await refuses(hub.gamma.revoke_by_code(RevocationByCodeIn(code=code)))
        assert wrong.status == 404
    done = await hub.gamma.revoke_by_code(RevocationByCodeIn(code=b64u(CODE)))
    assert (done.id, done.state) == (consent, "created")
    again = await hub.gamma.revoke_by_code(RevocationByCodeIn(code=b64u(CODE)))
    assert again.state == "unchanged"
    assert await live_half_keys(hub) == 0
    assert (await refuses(hub.beta.ask_release(ask(consent)))).reasons == ("revoked",)
    recorded = [one for one in await hub.entries() if one.action == "revocation.record"]
    assert [(one.actor, one.consent) for one in recorded] == [("unknown", consent)]


async def test_a_code_ends_every_consent_that_carries_it(hub: RunningHub) -> None:
    first = await hub.ready_consent()
    other = await hub.consent(name="second")
    third = await hub.consent(name="third", revocation_hash=revocation_hash(bytes(11)))
    await hub.beta.revoke_by_code(RevocationByCodeIn(code=b64u(CODE)))
    states = {one: (await hub.alpha.consent(one)).state for one in (first, other, third)}
    assert states == {first: "revoked", other: "revoked", third: "active"}


async def test_both_parties_get_a_signed_list_of_revocations(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    token = revocation(consent, hub.story.alpha)
    await hub.alpha.revoke(token)
    for client, facility, expected in (
        (hub.alpha, hub.story.alpha, [consent]),
        (hub.beta, hub.story.beta, [consent]),
        (hub.gamma, hub.story.gamma, []),
    ):
        answer = await client.revocations()
        listed = verify_revocation_list(
            answer.signed_list, unb64u(hub.card.http_ed25519), facility=facility.code
        )
        assert (listed.consents, listed.iat) == (expected, NOW)
        assert answer.tokens == ([token.token] if expected else [])


async def test_a_list_forgets_what_was_both_revoked_and_expired_long_ago(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    expires = hub.story.hub.consents[consent][1].exp

    async def listed() -> list[str]:
        signed = (await hub.beta.revocations()).signed_list
        key = unb64u(hub.card.http_ed25519)
        return verify_revocation_list(signed, key, facility=hub.story.beta.code).consents

    await hub.alpha.revoke(revocation(consent, hub.story.alpha))
    hub.clock.now = expires + 30 * DAY - 1
    assert await listed() == [consent]
    hub.clock.now = expires + 30 * DAY
    assert await listed() == []


async def test_consents_come_in_pages(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consenting, "PAGE", 2)
    made = sorted([await hub.consent(name=str(at)) for at in range(5)])
    pages, after = [], None
    while len(pages) < 4:
        answer = await hub.beta.consents(after)
        pages.append([sha256(one.token.encode()) for one in answer.consents])
        after = answer.next
        if after is None:
            break
    tokens = [hub.story.hub.consents[one][0] for one in made]
    assert [len(one) for one in pages] == [2, 2, 1]
    assert {one for page in pages for one in page} == {sha256(one.encode()) for one in tokens}


async def test_an_issuer_has_no_end_of_consents_for_one_recipient(hub_folder: Path) -> None:
    settings = load_settings(hub_folder).model_copy(update={"consents_per_pair": 2})
    async with serving(settings, card_of(settings), Story()) as hub:
        for name in ("one", "two"):
            await hub.consent(name=name)
        third = token_of(hub, jti=fixed_id("third"))
        found = await refuses(hub.alpha.record_consent(third))
        assert (found.status, found.reasons) == (409, ("too-many-consents",))


async def test_a_recipient_confirms_what_a_revocation_did(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    beta = hub.story.beta

    def receipt(pair: object) -> ReceiptIn:
        return ReceiptIn(
            receipt=make_revocation_receipt(
                recipient=beta.code, consent=consent, effect="erased", at=NOW, pair=pair
            )
        )

    early = await refuses(hub.beta.send_revocation_receipt(receipt(beta.receipts)))
    assert early.reasons == ("not-revoked",)
    await hub.alpha.revoke(revocation(consent, hub.story.alpha))
    forged = await refuses(hub.beta.send_revocation_receipt(receipt(fixed_pair("mallory"))))
    assert forged.reasons == ("receipt-invalid",)
    body = receipt(beta.receipts)
    assert (await hub.beta.send_revocation_receipt(body)).state == "created"
    assert (await hub.beta.send_revocation_receipt(body)).state == "unchanged"
    assert ("revocation.receipt", "done", ("erased",)) in await hub.actions()


async def test_a_refusal_beats_a_permit(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    body = refusal(hub.story.alpha)
    assert (await hub.alpha.record_refusal(body)).state == "created"
    assert (await hub.alpha.record_refusal(body)).state == "unchanged"
    assert (await refuses(hub.beta.ask_release(ask(consent)))).reasons == ("refused",)
    other = await refuses(hub.alpha.record_refusal(refusal(hub.story.alpha, iat=NOW - 1)))
    assert (other.status, other.reasons) == (409, ("other-bytes",))


async def test_a_refusal_of_some_tags_holds_back_those_sections_and_says_why(
    hub: RunningHub,
) -> None:
    consent = await hub.ready_consent()
    await hub.alpha.record_refusal(
        refusal(hub.story.alpha, "elsewhere", recipient=hub.story.gamma.code)
    )
    body = refusal(hub.story.alpha, scope_tags=[tag(MENTAL)])
    await hub.alpha.record_refusal(body)
    answer = await hub.beta.ask_release(ask(consent))
    assert len(answer.sections) == 2
    assert answer.refusals == [body.token]  # the one about gamma is none of beta's business
    opened = hub.story.open(answer, ask(consent), log_keys=hub.log_keys)
    assert (len(opened.sections), opened.refused) == (2, ())
    named = await refuses(hub.beta.ask_release(ask(consent, MENTAL, release="named")))
    assert named.reasons == ("refused",)


async def test_another_facilitys_refusal_does_not_count(hub: RunningHub) -> None:
    consent = await hub.ready_consent()
    await hub.gamma.record_refusal(refusal(hub.story.gamma))
    await hub.beta.ask_release(ask(consent))

"""Introductions, new statements and messages. PROTOCOL sections 3 and 5."""

from collections.abc import Sequence

import pytest

from exchange.messages import seal_message
from keys.keycard import make_key_statement, make_staff_statement
from keys.request_keys import RequestSigner
from keys.signing import SigningPair, key_id, sign_statement
from schemas.encoding import b64u
from schemas.wire.hub_api import AuditorCard, MessageIn, StatementsIn
from schemas.wire.statement import Message, SignedStatement
from services.hub.admin import admit_facility, enrol_auditor
from services.hub.database.interface import Connection, Row
from services.hub.errors import ConflictError, RejectedError
from services.hub_client.errors import HubRefusal
from tests.integration.test_hub_consent import refuses
from tests.support.facilities import NOW, YEAR, Facility, fixed_id, fixed_pair, mallory
from tests.support.running_hub import AUDITOR, RunningHub, http_seed, with_working_keys


async def test_an_introduction_is_given_as_it_came(hub: RunningHub) -> None:
    found = await hub.beta.introduction(hub.story.alpha.code)
    expected = with_working_keys(Facility("alpha", hub.story.alpha.code)).introduction
    assert found.card.payload == expected.card.payload
    assert {one.payload for one in found.statements} == {one.payload for one in expected.statements}
    assert str(await refuses(hub.beta.introduction("F-Z9Z9Z9Z9Z9"))) == "404 not-found"


async def test_an_auditor_may_look_facilities_up(hub: RunningHub) -> None:
    await hub.auditor.introduction(hub.story.alpha.code)


def staff(owner: Facility, pair: SigningPair, name: str = "new") -> SignedStatement:
    return make_staff_statement(
        facility=owner.code,
        staff=fixed_id(name),
        role="nurse",
        public=pair.public,
        issued_at=NOW,
        not_before=NOW,
        not_after=NOW + YEAR,
        identity=owner.identity,
    )


async def test_statements_are_added_once(hub: RunningHub) -> None:
    body = StatementsIn(statements=[staff(hub.story.alpha, fixed_pair("nurse"))] * 2)
    stored = await hub.alpha.push_statements(body)
    assert (stored.created, stored.unchanged) == (1, 1)
    stored = await hub.alpha.push_statements(body)
    assert (stored.created, stored.unchanged) == (0, 2)
    found = await hub.beta.introduction(hub.story.alpha.code)
    assert body.statements[0].payload in {one.payload for one in found.statements}
    assert await hub.actions() == [("directory.statement", "done", ())]


async def test_only_the_identity_certifies(hub: RunningHub) -> None:
    forged = staff(hub.story.gamma, fixed_pair("nurse"))
    found = await refuses(hub.alpha.push_statements(StatementsIn(statements=[forged])))
    assert (found.status, found.reasons) == (422, ("statement-invalid",))
    other = StatementsIn(statements=[hub.story.alpha.card])
    assert (await refuses(hub.alpha.push_statements(other))).reasons == ("statement-type",)


async def test_one_bad_statement_does_not_spoil_a_facility(hub: RunningHub) -> None:
    twice = staff(hub.story.alpha, hub.story.alpha.doctor.pair, "someone else")
    found = await refuses(hub.alpha.push_statements(StatementsIn(statements=[twice])))
    assert found.reasons == ("statement-invalid",)
    await hub.beta.introduction(hub.story.alpha.code)


def ended_key(owner: Facility) -> tuple[SignedStatement, str]:
    raw = RequestSigner(http_seed("ended")).public
    statement = make_key_statement(
        facility=owner.code,
        kind="http",
        public=raw,
        issued_at=NOW - 10,
        not_before=NOW - 10,
        not_after=NOW - 1,
        identity=owner.identity,
    )
    return statement, key_id(raw)


async def test_naming_a_key_that_ended_makes_no_work(hub: RunningHub) -> None:
    alpha, directory = hub.story.alpha, hub.hub.directory
    statement, ended = ended_key(alpha)
    await hub.alpha.push_statements(StatementsIn(statements=[statement]))
    await hub.alpha.consents()
    before = directory.remembered(alpha.code)
    assert before is not None
    hub.clock.now += 1
    for _ in range(2):
        await directory.look_up(ended)
        assert directory.resolve_public_key(ended) is None
        assert directory.remembered(alpha.code) is before
    assert ended in directory._unusable
    directory.forget(alpha.code)
    assert ended not in directory._unusable


async def test_what_was_read_before_a_change_is_not_remembered_after(hub: RunningHub) -> None:
    alpha, directory = hub.story.alpha, hub.hub.directory
    directory.forget(alpha.code)

    class Changing:
        """A connection under whose reader the facility changes."""

        def __init__(self, inner: Connection) -> None:
            self.inner = inner

        async def fetch(self, sql: str, *parameters: object) -> Sequence[Row]:
            rows = await self.inner.fetch(sql, *parameters)
            directory.forget(alpha.code)
            return rows

    async with hub.hub.database.reading() as connection:
        assert await directory.member(Changing(connection), alpha.code) is not None
        assert directory.remembered(alpha.code) is None
        found = await directory.member(connection, alpha.code)
    assert directory.remembered(alpha.code) is found


@pytest.mark.parametrize("holder", ["alpha", "auditor"])
async def test_nobody_takes_anothers_request_key(hub: RunningHub, holder: str) -> None:
    gamma = hub.story.gamma
    stolen = make_key_statement(
        facility=gamma.code,
        kind="http",
        public=RequestSigner(http_seed(holder)).public,
        issued_at=NOW,
        not_before=NOW,
        not_after=NOW + YEAR,
        identity=gamma.identity,
    )
    found = await refuses(hub.gamma.push_statements(StatementsIn(statements=[stolen])))
    assert (found.status, found.reasons) == (409, ("key-taken",))


async def test_the_operator_admits_each_facility_once(hub: RunningHub) -> None:
    stranger = with_working_keys(mallory())
    await admit_facility(hub.settings, stranger.introduction, now=NOW)
    await hub.alpha.introduction(stranger.code)
    with pytest.raises(ConflictError, match="facility-known"):
        await admit_facility(hub.settings, stranger.introduction, now=NOW)
    impostor = Facility("impostor", hub.story.alpha.code)
    with pytest.raises(ConflictError, match="facility-known"):
        await admit_facility(hub.settings, impostor.introduction, now=NOW)
    entries = [one for one in await hub.entries() if one.counterpart == stranger.code]
    assert [(one.action, one.actor) for one in entries] == [("directory.admit", "operator")]


async def test_the_operator_admits_nothing_that_is_not_whole(hub: RunningHub) -> None:
    stranger = mallory()
    card, other = stranger.introduction, hub.story.alpha.introduction
    mixed = card.model_copy(update={"statements": other.statements})
    with pytest.raises(RejectedError):
        await admit_facility(hub.settings, mixed, now=NOW)
    flipped = card.card.model_copy(update={"signatures": other.card.signatures})
    with pytest.raises(RejectedError):
        await admit_facility(hub.settings, card.model_copy(update={"card": flipped}), now=NOW)


async def test_auditors_are_enrolled_once_and_with_a_key_of_their_own(hub: RunningHub) -> None:
    def card(auditor: str, name: str) -> AuditorCard:
        raw = RequestSigner(http_seed(name)).public
        return AuditorCard(auditor=auditor, ed25519=b64u(raw))

    for bad, reason in (
        (card(AUDITOR, "second"), "auditor-known"),
        (card(fixed_id("second"), "auditor"), "key-taken"),
        (card(fixed_id("second"), "alpha"), "key-taken"),
    ):
        with pytest.raises(ConflictError, match=reason):
            await enrol_auditor(hub.settings, bad, now=NOW)
    await enrol_auditor(hub.settings, card(fixed_id("second"), "second"), now=NOW)


def message(hub: RunningHub, sender: Facility, to: Facility, **changes: object) -> MessageIn:
    fields = {
        "id": fixed_id("message"),
        "sender": sender.code,
        "recipient": to.code,
        "recipient_kem": to.kem_public,
        "kind": "request",
        "reason": "transfer",
        "in_reply_to": None,
        "sent_at": NOW,
        "words": b"sealed words",
        "identity": sender.identity,
    }
    return MessageIn(message=seal_message(**(fields | changes)))


async def test_messages_reach_their_recipient_in_order(hub: RunningHub) -> None:
    alpha, beta = hub.story.alpha, hub.story.beta
    first = message(hub, beta, alpha)
    second = message(hub, beta, alpha, id=fixed_id("second"))
    assert (await hub.beta.send_message(first)).state == "created"
    assert (await hub.beta.send_message(first)).state == "unchanged"
    await hub.beta.send_message(second)
    inbox = await hub.alpha.messages()
    assert [one.message for one in inbox.messages] == [first.message, second.message]
    assert (await hub.alpha.messages(inbox.next)).messages == []
    later = await hub.alpha.messages(inbox.messages[0].position)
    assert [one.message for one in later.messages] == [second.message]
    assert (await hub.gamma.messages()).messages == []
    assert (await hub.beta.messages()).messages == []


async def test_an_inbox_comes_in_pages_of_a_bounded_size(hub: RunningHub) -> None:
    alpha, beta = hub.story.alpha, hub.story.beta
    words = bytes(2**16)
    for at in range(40):
        sent = message(hub, beta, alpha, id=fixed_id(f"long {at}"), words=words)
        await hub.beta.send_message(sent)
    first = await hub.alpha.messages()
    rest = await hub.alpha.messages(first.next)
    assert len(first.to_bytes()) < 5 * 2**20
    assert 0 < len(first.messages) < 40
    assert len(first.messages) + len(rest.messages) == 40


async def test_a_message_too_long_is_refused(hub: RunningHub) -> None:
    beta = hub.story.beta
    fair = message(hub, beta, hub.story.alpha).message
    words = Message.from_bytes(fair.payload_bytes()).model_copy(update={"sealed": "A" * 131_076})
    with pytest.raises(HubRefusal) as caught:
        await hub.beta.send_message(
            MessageIn(message=sign_statement("message", words, beta.identity))
        )
    assert (caught.value.status, caught.value.reasons) == (422, ("message-too-long",))


async def test_messages_that_do_not_hold_are_refused(hub: RunningHub) -> None:
    alpha, beta, gamma = hub.story.alpha, hub.story.beta, hub.story.gamma
    await hub.beta.send_message(message(hub, beta, alpha))
    for attempt, status, reasons in (
        (hub.gamma.send_message(message(hub, beta, alpha)), 422, ("message-invalid",)),
        (
            hub.gamma.send_message(message(hub, beta, alpha, identity=gamma.identity)),
            422,
            ("other-sender",),
        ),
        (
            hub.beta.send_message(message(hub, beta, alpha, words=b"other words")),
            409,
            ("other-bytes",),
        ),
        (
            hub.beta.send_message(
                message(hub, beta, alpha, id=fixed_id("b"), recipient_kem=gamma.kem_public)
            ),
            422,
            ("other-kem-key",),
        ),
        (
            hub.beta.send_message(
                message(hub, beta, alpha, id=fixed_id("c"), recipient="F-Z9Z9Z9Z9Z9")
            ),
            404,
            (),
        ),
    ):
        with pytest.raises(HubRefusal) as caught:
            await attempt
        assert (caught.value.status, caught.value.reasons) == (status, reasons)

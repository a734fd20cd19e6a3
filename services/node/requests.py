"""Transfer requests: asking another facility for a record, and answering one that asked.

A request names the case by its code number, sealed to the owner; the hub sees two facilities. An
approval grants and answers in one transaction. PROTOCOL sections 5 and 7.
"""

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.consent import Deny
from keys.directory import VerifiedFacility
from schemas.encoding import b64u
from schemas.wire.statement import SignedStatement
from services.node import grants, messages, partners, push, staff
from services.node.errors import ConflictError, DeniedError, InputError, NotThereError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import code_tag
from services.node.store import cases, consents
from services.node.store import messages as store
from services.node.store.tables import ConsentRow, MessageRow
from services.node.words import AnswerWords, RequestWords


@dataclass(frozen=True)
class Answer:
    """The answer to a request, as far as it can be read here."""

    message: str
    approved: bool
    consent: str | None
    words: str = field(repr=False)
    sent_at: int


@dataclass(frozen=True)
class TransferRequest:
    """A request in either direction. Words are None where they can't be opened."""

    request: str
    incoming: bool
    facility: str
    alias: str | None = field(repr=False)
    sent_at: int
    state: str
    words: RequestWords | None = field(repr=False)
    answer: Answer | None


async def ask(node: Node, to: str, words: RequestWords) -> tuple[str, str]:
    """Send a request to a pinned facility (alias or code); return its id and delivery state."""
    keys = node.records()
    async with node.db.read() as session:
        partner = await partners.find(session, keys.vault, to)
    recipient = partners.reader(await partners.verified(node, partner.facility))
    async with node.db.write() as session:
        sent = await messages.send(node, session, keys, recipient, "request", "transfer", words)
    return sent.message, await push.tell_now(node, sent.position)


async def list_requests(node: Node) -> list[TransferRequest]:
    """Return requests in both directions with their answers, oldest first."""
    keys = node.records()
    async with node.db.read() as session:
        rows = await store.list_messages(session, kind="request")
        known = await partners.known(session, node.now())
        names = await partners.aliases(session, keys.vault)
        return [await _request(session, node, keys, row, known, names) for row in rows]


async def _request(
    session: AsyncSession,
    node: Node,
    keys: RecordKeys,
    row: MessageRow,
    known: dict[str, VerifiedFacility],
    names: dict[str, str],
) -> TransferRequest:
    words = messages.words_of(
        row, RequestWords, node=node, keys=keys, sender=known.get(row.partner)
    )
    answers = [
        await _answer(node, keys, one, known)
        for one in await store.answers_to(session, row.message)
        if one.kind == "answer" and one.partner == row.partner and one.incoming != row.incoming
    ]
    return TransferRequest(
        request=row.message,
        incoming=row.incoming,
        facility=row.partner,
        alias=names.get(row.partner),
        sent_at=row.sent_at,
        state=row.state,
        words=words,
        answer=next((answer for answer in answers if answer), None),
    )


async def _answer(
    node: Node, keys: RecordKeys, row: MessageRow, known: dict[str, VerifiedFacility]
) -> Answer | None:
    words = messages.words_of(row, AnswerWords, node=node, keys=keys, sender=known.get(row.partner))
    if words is None:
        return None
    return Answer(row.message, words.approved, words.consent, words.words, row.sent_at)


async def approve(node: Node, request: str, *, consent: str, staff_id: str) -> tuple[int, str]:
    """Grant what a consent covers and answer the request; a case manager's doing.

    Returns how many sections were granted and whether the answer was delivered or is queued. Doing
    it again grants what is missing. Raises InputError, ConflictError, DeniedError, NotTrustedError.
    """
    keys = node.records()
    async with node.db.read() as session:
        row = await _incoming(session, request)
    facility = await partners.verified(node, row.partner)
    async with node.db.write() as session:
        row = await _incoming(session, request)
        by = await staff.signer(session, keys, staff_id, now=node.now(), role="case-manager")
        words = _asked(node, keys, row, facility)
        standing = await _fitting(session, keys, row, words, consent)
        made, positions = await _grant_and_answer(session, node, keys, row, standing)
        await _record(session, node, row, by, "node.approve", standing)
    return made, await push.tell_now(node, *positions)


async def _incoming(session: AsyncSession, request: str) -> MessageRow:
    row = await store.get_message(session, request)
    if row is None or not row.incoming or row.kind != "request":
        raise NotThereError("request")
    if row.state == store.DECLINED:
        raise ConflictError("this request was refused; ask the other side to send a new one")
    return row


def _asked(
    node: Node,
    keys: RecordKeys,
    row: MessageRow,
    facility: VerifiedFacility,
) -> RequestWords:
    words = messages.words_of(row, RequestWords, node=node, keys=keys, sender=facility)
    if words is None:
        raise ConflictError("this request can't be opened here; nothing can be granted on it")
    return words


async def _fitting(
    session: AsyncSession, keys: RecordKeys, row: MessageRow, words: RequestWords, jti: str
) -> ConsentRow:
    """Return the consent, which must be this facility's own, for this case, asker and purpose."""
    consent = await consents.get_consent(session, jti)
    if consent is None or not consent.issued:
        raise InputError(("consent", "no such consent"))
    if consent.partner != row.partner:
        raise InputError(("consent", "names another recipient than the one who asks"))
    case = await cases.find_case(session, code_tag(keys, words.code_number))
    if case is None or case.case != consent.case:
        raise InputError(("consent", "is for another case than the one asked for"))
    if consent.purpose != words.purpose:
        raise InputError(("consent", "is for another purpose than the one asked for"))
    return consent


async def _grant_and_answer(
    session: AsyncSession, node: Node, keys: RecordKeys, row: MessageRow, consent: ConsentRow
) -> tuple[int, list[int]]:
    vouched, decision = await grants.decide_own(session, node, consent)
    if isinstance(decision, Deny):
        raise DeniedError(decision.reasons)
    recipient = await grants.recipient(session, node, vouched)
    made = await grants.grant_consent(node, session, keys, consent, vouched, decision, recipient)
    consent.approved_at = consent.approved_at or node.now()
    row.state = store.APPROVED
    answer = AnswerWords(approved=True, consent=consent.jti, words="")
    sent = await messages.send(
        node, session, keys, recipient, "answer", "approved", answer, in_reply_to=row.message
    )
    return made.count, [*made.positions, sent.position]


async def refuse(node: Node, request: str, *, staff_id: str, words: str) -> str:
    """Answer a request with no, the reason sealed to the asker; return the delivery state."""
    keys = node.records()
    async with node.db.read() as session:
        row = await _incoming(session, request)
    recipient = partners.reader(await partners.verified(node, row.partner))
    async with node.db.write() as session:
        row = await _incoming(session, request)
        if row.state == store.APPROVED:
            raise ConflictError("this request was approved; revoke the consent instead")
        by = await staff.signer(session, keys, staff_id, now=node.now(), role="case-manager")
        row.state = store.DECLINED
        answer = AnswerWords(approved=False, consent=None, words=words)
        sent = await messages.send(
            node, session, keys, recipient, "answer", "declined", answer, in_reply_to=row.message
        )
        await _record(session, node, row, by, "node.refuse")
    return await push.tell_now(node, sent.position)


async def _record(
    session: AsyncSession,
    node: Node,
    row: MessageRow,
    by: staff.Signer,
    action: Literal["node.approve", "node.refuse"],
    consent: ConsentRow | None = None,
) -> None:
    """Enter in the node's log who answered which request, and under which consent."""
    request = SignedStatement.model_validate_json(row.statement)
    await node.log.append(
        session,
        node.details(
            action=action,
            staff=by.pair.key_id,
            counterpart=row.partner,
            case=consent.case if consent else None,
            consent=consent.jti if consent else None,
            objects=[b64u(request.digest())],
        ),
    )


def state_of(request: TransferRequest) -> Literal["open", "approved", "declined"]:
    """Say where a request stands, seen from either side."""
    if request.incoming and request.state == store.APPROVED:
        return "approved"
    if request.incoming and request.state == store.DECLINED:
        return "declined"
    if request.answer is None:
        return "open"
    return "approved" if request.answer.approved else "declined"

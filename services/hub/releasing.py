"""Release: decide, count and log in one transaction. PROTOCOL section 7.

Owns what a release consists of. What leaves, and when, is in services/hub/delivery.py: nothing does
before the audit entry written here is published.
"""

from dataclasses import dataclass

from exchange.release import release_details
from schemas.encoding import digest_text
from schemas.wire.hub_api import AuditDetails, ReleaseIn
from schemas.wire.statement import Head, SignedStatement
from services.hub.calls import Call
from services.hub.database.interface import Row, Values
from services.hub.decision import Asked, Permitted, require_permit
from services.hub.delivery import record_if_published
from services.hub.errors import Concern, ConflictError, RefusedError
from services.hub.store import consents as consent_store
from services.hub.store import grants as grant_store
from services.hub.store import releases as store
from services.hub.turn import Turn


@dataclass(frozen=True, slots=True)
class Decided:
    """A release that is written. `leaf_hash`: of the entry that proves it."""

    leaf_hash: bytes
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Selected:
    """What goes into a new release: the head, and sections in the head's order."""

    head: SignedStatement
    head_counter: int
    sections: list[Row]


async def ask(turn: Turn, call: Call, body: ReleaseIn) -> Decided:
    """Decide a release and write it; the same id again is the same release, not counted again.

    Raises DeniedError, NotFoundError, ConflictError.
    """
    if turn.is_alone:
        known = await store.one(turn.connection, body.id)
        if known is not None:
            return await _ask_again(turn, call, body, known)
    # Otherwise it is taken to be new without looking: if it is not, the insert will find out.
    try:
        return await _ask_first(turn, call, body)
    except RefusedError:
        known = await store.one(turn.connection, body.id)
        if known is None:
            raise
        return await _ask_again(turn, call, body, known)


async def _ask_first(turn: Turn, call: Call, body: ReleaseIn) -> Decided:
    asked = Asked(body.consent, body.purpose, body.id, new_release=True, sections=body.sections)
    permitted = await require_permit(call, turn.connection, asked, turn.now)
    selected = await _select(turn, body, permitted)
    entry = turn.record(_details(turn, call, body, permitted, selected))
    await consent_store.count_release(turn.connection, body.consent)
    row = _row(call, body, selected, entry.leaf_hash, turn.now)
    store.put_later(turn.connection, row, [one["digest"] for one in selected.sections])
    turn.on_commit(lambda: call.hub.log.expect(entry.leaf_hash))
    return Decided(entry.leaf_hash, is_new=True)


async def _ask_again(turn: Turn, call: Call, body: ReleaseIn, known: Row) -> Decided:
    if known["recipient"] != call.facility or known["asked"] != _question_digest(body):
        raise ConflictError("other-question", concern=_concern(body))
    await record_if_published(turn, call, known)
    return Decided(bytes(known["leaf_hash"]), is_new=False)


async def _select(turn: Turn, body: ReleaseIn, permitted: Permitted) -> _Selected:
    """Return everything of the head that is permitted and asked for.

    Raises ConflictError if the owner has not granted all of it yet: a recipient that got less than
    the head lists would have to take the hub for a liar.
    """
    consent = permitted.consent.row
    if consent["head_statement"] is None:
        raise ConflictError("nothing-granted", concern=_concern(body))
    head = _statement(consent["head_statement"])
    listed = Head.from_bytes(head.payload_bytes()).manifests
    rows = await grant_store.of_head(turn.connection, body.consent, listed)
    by_digest = {row["digest"]: row for row in rows if _is_wanted(row, body, permitted)}
    sections = [by_digest[one] for one in listed if one in by_digest]
    if not sections or not set(body.sections) <= {row["section"] for row in sections}:
        raise ConflictError("nothing-granted", concern=_concern(body))
    if any(row["half_key"] is None or row["erase_at"] <= turn.now for row in sections):
        raise ConflictError("not-granted-yet", concern=_concern(body))
    return _Selected(head, consent["head_counter"], sections)


def _is_wanted(row: Row, body: ReleaseIn, permitted: Permitted) -> bool:
    if row["scope_tag"] not in permitted.permit.tags:
        return False
    return not body.sections or row["section"] in body.sections


def _details(
    turn: Turn, call: Call, body: ReleaseIn, permitted: Permitted, selected: _Selected
) -> AuditDetails:
    return release_details(
        release=body.id,
        claims=permitted.consent.claims,
        token=permitted.consent.token,
        head=selected.head,
        manifests=[_statement(one["manifest"]) for one in selected.sections],
        at=turn.now,
        request=call.verified.base_digest,
    )


def _row(call: Call, body: ReleaseIn, selected: _Selected, leaf_hash: bytes, now: int) -> Values:
    return (
        body.id,
        body.consent,
        call.facility,
        _question_digest(body),
        body.purpose,
        selected.head_counter,
        leaf_hash,
        now,
    )


def _question_digest(body: ReleaseIn) -> str:
    """Return what makes two questions the same; the order of sections does not matter."""
    sections = sorted(set(body.sections))
    return digest_text(body.model_copy(update={"sections": sections}).to_bytes())


def _concern(body: ReleaseIn) -> Concern:
    return Concern(
        action="release.decide", consent=body.consent, release=body.id, purpose=body.purpose
    )


def _statement(stored: bytes) -> SignedStatement:
    return SignedStatement.from_bytes(stored)

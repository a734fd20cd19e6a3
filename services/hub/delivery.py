"""Delivery of a release: decided anew each time, and never before its proof. PROTOCOL section 7.

Owns what leaves the hub under a release: the whole answer, or one ciphertext or attachment by
reference.
"""

from collections.abc import Sequence

import orjson

from schemas.encoding import b64u
from schemas.wire.statement import Manifest, SignedStatement
from services.hub import proofs
from services.hub.calls import Call
from services.hub.database.interface import Connection, Row
from services.hub.decision import Asked, Permitted, require_permit
from services.hub.errors import Concern, DeniedError, NotFoundError, UnavailableError
from services.hub.store import log as log_store
from services.hub.store import releases as store
from services.hub.turn import Turn


async def require_release(call: Call, connection: Connection, release: str) -> Row:
    """Return one of the caller's releases. Raises NotFoundError."""
    row = await store.one(connection, release)
    if row is None or row["recipient"] != call.facility:
        raise NotFoundError(concern=Concern(release=release))
    return row


async def record_if_published(turn: Turn, call: Call, release: Row) -> bool:
    """Decide a further delivery and write its entry, if the release can be proven by now.

    Says whether it can. Raises DeniedError, NotFoundError.
    """
    if not await _is_provable(turn, call, release):
        return False
    sections = await store.sections(turn.connection, release["release"], 0)
    await record_delivery(turn, call, release, sections)
    return True


async def record_delivery(
    turn: Turn, call: Call, release: Row, sections: Sequence[Row]
) -> Permitted:
    """Decide whether these sections of a release may leave again, and write the entry.

    Raises DeniedError, NotFoundError.
    """
    permitted = await _permit(call, turn.connection, release, sections, turn.now)
    turn.record(
        call.details(
            "release.deliver",
            turn.now,
            outcome="permit",
            counterpart=permitted.consent.claims.iss,
            case=permitted.consent.claims.sub,
            consent=release["consent"],
            release=release["release"],
            purpose=release["purpose"],
            objects=[one["digest"] for one in sections],
        )
    )
    return permitted


async def _permit(
    call: Call, connection: Connection, release: Row, sections: Sequence[Row], now: int
) -> Permitted:
    asked = Asked(
        release["consent"],
        release["purpose"],
        release["release"],
        new_release=False,
        tags=frozenset(one["scope_tag"] for one in sections),
    )
    permitted = await require_permit(call, connection, asked, now)
    if any(one["half_key"] is None or one["erase_at"] <= now for one in sections):
        raise _erased(release)
    return permitted


def _erased(release: Row) -> DeniedError:
    concern = Concern(
        action="release.decide", consent=release["consent"], release=release["release"]
    )
    return DeniedError("erased", concern=concern)


async def _is_provable(turn: Turn, call: Call, release: Row) -> bool:
    index = await log_store.index_of(turn.connection, bytes(release["leaf_hash"]))
    return _is_published(call, index)


async def _require_provable(turn: Turn, call: Call, release: str) -> Row:
    """Return one of the caller's releases, once its entry is published.

    Raises NotFoundError, UnavailableError.
    """
    row = await require_release(call, turn.connection, release)
    if not await _is_provable(turn, call, row):
        raise UnavailableError("proof-pending")
    return row


def _is_published(call: Call, index: int | None) -> bool:
    return index is not None and index < call.hub.log.published.size


async def deliver(call: Call, connection: Connection, release: str, now: int) -> bytes | None:
    """Decide again and return the JSON of `ReleaseOut`; None while the entry is not published.

    Raises DeniedError, NotFoundError.
    """
    row = await store.with_evidence(connection, release)
    if row is None or row["recipient"] != call.facility:
        raise NotFoundError(concern=Concern(release=release))
    if not _is_published(call, row["idx"]):
        return None
    # Half-keys first, then the decision: a revocation in between is seen by the latter.
    sections = await store.sections(connection, release, call.hub.settings.inline_bytes)
    permitted = await _permit(call, connection, row, sections, now)
    return await _assemble(call, connection, row, sections, permitted)


async def _assemble(
    call: Call, connection: Connection, row: Row, sections: Sequence[Row], permitted: Permitted
) -> bytes:
    evidence = await proofs.evidence(connection, call.hub.log, row)
    owner = await call.hub.directory.member(connection, permitted.consent.claims.iss)
    assert owner is not None  # a permit needs its signer
    # Statements go in as the bytes that were stored: nothing is re-written.
    return orjson.dumps(
        {
            "id": row["release"],
            "consent": row["consent"],
            "token": permitted.consent.token,
            "head": _fragment(row["head_statement"]),
            "sections": _released(call, row, sections),
            "owner": orjson.Fragment(owner.introduction),
            "refusals": permitted.refusals,
            "evidence": orjson.Fragment(evidence.to_bytes()),
        }
    )


def _released(call: Call, release: Row, sections: Sequence[Row]) -> list[dict[str, object]]:
    room = call.hub.settings.answer_bytes
    open_half_key = call.hub.half_keys.open
    released: list[dict[str, object]] = []
    for one in sections:
        ciphertext = one["ciphertext"]
        room -= len(ciphertext or b"")
        released.append(
            {
                "manifest": _fragment(one["manifest"]),
                "grant": _fragment(one["grant_statement"]),
                "half_key": b64u(open_half_key(one["half_key"], release["consent"], one["digest"])),
                "ciphertext": None if ciphertext is None or room < 0 else b64u(ciphertext),
            }
        )
    return released


def _fragment(stored: bytes) -> orjson.Fragment:
    return orjson.Fragment(bytes(stored))


async def permit_section(turn: Turn, call: Call, release: str, section: str) -> str:
    """Decide a fetch of one section by reference; return its manifest's digest.

    Raises NotFoundError, DeniedError, UnavailableError.
    """
    row = await _require_provable(turn, call, release)
    sections = await store.sections(turn.connection, release, 0)
    wanted = [one for one in sections if one["section"] == section]
    if not wanted:
        raise NotFoundError(concern=Concern(release=release))
    await record_delivery(turn, call, row, wanted)
    return str(wanted[0]["digest"])


async def permit_attachment(turn: Turn, call: Call, release: str, digest: str) -> None:
    """Decide a fetch of one attachment by reference.

    Raises NotFoundError, DeniedError, UnavailableError.
    """
    row = await _require_provable(turn, call, release)
    sections = await store.sections(turn.connection, release, 0)
    listing = [one for one in sections if digest in _attachments(bytes(one["manifest"]))]
    if not listing:
        raise NotFoundError(concern=Concern(release=release))
    await record_delivery(turn, call, row, listing)


def _attachments(stored: bytes) -> list[str]:
    statement = SignedStatement.from_bytes(stored)
    return Manifest.from_bytes(statement.payload_bytes()).attachments


async def record_poll(turn: Turn, call: Call, release: str) -> bool:
    """Decide a later fetch of the whole release; see `record_if_published`."""
    return await record_if_published(
        turn, call, await require_release(call, turn.connection, release)
    )

"""Push: section versions and heads, stored whole or not at all. PROTOCOL section 4.

Owns idempotency by section id and version, the line of versions, and that counters of heads only
rise. Reads signatures and digests before it takes the writer's time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from exchange.errors import StatementError
from exchange.statements import read_statement_ed25519
from schemas.encoding import b64u, digest_text, unb64u
from schemas.errors import EncodingError
from schemas.wire.hub_api import (
    AuditDetails,
    SectionIn,
    SectionsIn,
    SectionsStored,
    SectionStored,
)
from schemas.wire.statement import Head, Manifest, SignedStatement
from services.hub.calls import Call
from services.hub.database.interface import Connection, Values
from services.hub.decision import Consent, load_consent
from services.hub.directory import Member
from services.hub.errors import ConflictError, NotFoundError, RejectedError
from services.hub.store import consents as consent_store
from services.hub.store import sections as store
from services.hub.turn import Turn

State = Literal["created", "unchanged"]


@dataclass(frozen=True, slots=True)
class NewSection:
    """A section version whose manifest and ciphertext belong together."""

    manifest: Manifest
    digest: str
    statement: bytes
    ciphertext: bytes

    def row(self, now: int) -> Values:
        """Return the columns to store."""
        one = self.manifest
        return (
            one.section,
            one.version,
            one.owner,
            one.case,
            one.scope_tag,
            self.digest,
            self.statement,
            self.ciphertext,
            now,
        )


@dataclass(frozen=True, slots=True)
class NewHead:
    """A head that its owner signed."""

    head: Head
    digest: str
    statement: bytes


@dataclass(frozen=True, slots=True)
class _Version:
    """What matters of a stored or new version for the next one."""

    owner: str
    case: str
    scope_tag: str
    digest: str


def read_sections(body: SectionsIn, member: Member) -> list[NewSection]:
    """Check each manifest's signature and ciphertext. Raises RejectedError."""
    return [_read_section(one, member) for one in body.sections]


def _read_section(one: SectionIn, member: Member) -> NewSection:
    try:
        manifest = read_statement_ed25519(one.manifest, Manifest, member.facility.public.ed25519)
        ciphertext = unb64u(one.ciphertext)
    except StatementError:
        raise RejectedError("manifest-invalid") from None
    except EncodingError:
        raise RejectedError("ciphertext-malformed") from None
    if manifest.owner != member.facility.card.facility:
        raise RejectedError("other-owner")
    if (len(ciphertext), digest_text(ciphertext)) != (manifest.size, manifest.ciphertext):
        raise RejectedError("other-ciphertext")
    digest = b64u(one.manifest.digest())
    return NewSection(manifest, digest, one.manifest.to_bytes(), ciphertext)


def read_head(statement: SignedStatement, member: Member) -> NewHead:
    """Check a head's signature. Raises RejectedError."""
    try:
        head = read_statement_ed25519(statement, Head, member.facility.public.ed25519)
    except StatementError:
        raise RejectedError("head-invalid") from None
    if head.owner != member.facility.card.facility:
        raise RejectedError("other-owner")
    if len(set(head.manifests)) != len(head.manifests):
        raise RejectedError("manifest-twice")
    return NewHead(head, b64u(statement.digest()), statement.to_bytes())


async def push(
    turn: Turn, call: Call, sections: Sequence[NewSection], heads: Sequence[NewHead]
) -> SectionsStored:
    """Store a push. Raises ConflictError, RejectedError, NotFoundError: then nothing is stored."""
    if len({one.head.consent for one in heads}) != len(heads):
        raise RejectedError("head-twice")
    created, states = await _sort_out(turn, sections)
    await _require_attachments(turn.connection, call.facility, created)
    consents = [await _head_consent(turn, call, one) for one in heads]
    fresh = [
        one
        for one, consent in zip(heads, consents, strict=True)
        if await is_new_head(turn.connection, one, consent, created)
    ]
    turn.connection.insert_later(store.SECTIONS, [one.row(turn.now) for one in created])
    for one in fresh:
        await put_head(turn, one)
    if created or fresh:
        turn.record(_details(call, turn.now, created, fresh))
    return SectionsStored(
        sections=[
            SectionStored(section=one.manifest.section, version=one.manifest.version, state=state)
            for one, state in zip(sections, states, strict=True)
        ]
    )


async def _sort_out(
    turn: Turn, sections: Sequence[NewSection]
) -> tuple[list[NewSection], list[State]]:
    """Tell new versions from stored ones; refuse what contradicts or does not follow.

    First versions are taken to be new without looking. If one is not, the insert finds out, and
    this is run again, alone.
    """
    is_first = all(one.manifest.version == 1 for one in sections)
    known = {} if is_first and not turn.is_alone else await _known(turn.connection, sections)
    created: list[NewSection] = []
    states: list[State] = []
    for one in sections:
        place = (one.manifest.section, one.manifest.version)
        stored = known.get(place)
        if stored is not None and stored.digest != one.digest:
            raise ConflictError("other-bytes")
        states.append("created" if stored is None else "unchanged")
        if stored is None:
            _require_line(one, known)
            created.append(one)
            known[place] = _version(one)
    return created, states


async def _known(
    connection: Connection, sections: Sequence[NewSection]
) -> dict[tuple[str, int], _Version]:
    ids = sorted({one.manifest.section for one in sections})
    rows = await store.versions(connection, ids) if ids else []
    return {
        (row["section"], row["version"]): _Version(
            row["owner"], row["case_id"], row["scope_tag"], row["digest"]
        )
        for row in rows
    }


def _version(one: NewSection) -> _Version:
    manifest = one.manifest
    return _Version(manifest.owner, manifest.case, manifest.scope_tag, one.digest)


def _require_line(one: NewSection, known: dict[tuple[str, int], _Version]) -> None:
    """Refuse a version that does not continue the section's own line."""
    manifest = one.manifest
    if manifest.version == 1:
        if manifest.previous is not None:
            raise RejectedError("previous-of-first")
        return
    before = known.get((manifest.section, manifest.version - 1))
    if before is None:
        raise ConflictError("version-gap")
    if manifest.previous != before.digest:
        raise ConflictError("other-previous")
    if (manifest.owner, manifest.case, manifest.scope_tag) != (
        before.owner,
        before.case,
        before.scope_tag,
    ):
        raise ConflictError("other-line")


async def _require_attachments(
    connection: Connection, owner: str, created: Iterable[NewSection]
) -> None:
    """Refuse a manifest whose attachments were not uploaded before."""
    named = sorted({digest for one in created for digest in one.manifest.attachments})
    if named and await store.missing_attachments(connection, owner, named):
        raise ConflictError("attachment-missing")


async def _head_consent(turn: Turn, call: Call, one: NewHead) -> Consent:
    consent = await load_consent(call, turn.connection, one.head.consent)
    if consent is None or consent.claims.iss != call.facility:
        raise NotFoundError
    return consent


async def is_new_head(
    connection: Connection, one: NewHead, consent: Consent, pushed: Sequence[NewSection] = ()
) -> bool:
    """Say whether a head is to be stored; False if it was before.

    Raises ConflictError for a counter that does not rise, RejectedError for manifests that are not
    the owner's, of the case and in scope.
    """
    counter = one.head.counter
    same = await consent_store.head_at(connection, one.head.consent, counter)
    if same is not None and same["digest"] == one.digest:
        return False
    if consent.row["head_counter"] is not None and consent.row["head_counter"] >= counter:
        raise ConflictError("head-counter")
    await _require_in_scope(connection, one.head, consent, pushed)
    return True


async def _require_in_scope(
    connection: Connection, head: Head, consent: Consent, pushed: Sequence[NewSection]
) -> None:
    claims = consent.claims
    found = {one.digest: _version(one) for one in pushed}
    wanted = sorted(set(head.manifests) - set(found))
    for row in await store.by_digest(connection, wanted) if wanted else ():
        found[row["digest"]] = _Version(
            row["owner"], row["case_id"], row["scope_tag"], row["digest"]
        )
    for digest in head.manifests:
        one = found.get(digest)
        if one is None or (one.owner, one.case) != (claims.iss, claims.sub):
            raise RejectedError("head-manifest-unknown")
        if one.scope_tag not in claims.scope_tags:
            raise RejectedError("head-out-of-scope")


async def put_head(turn: Turn, one: NewHead) -> None:
    """Store a head."""
    row = (one.head.consent, one.head.counter, one.digest, one.statement, turn.now)
    await consent_store.put_head(turn.connection, row)


def _details(
    call: Call, now: int, created: Sequence[NewSection], heads: Sequence[NewHead]
) -> AuditDetails:
    cases = {one.manifest.case for one in created}
    return call.details(
        "section.push",
        now,
        case=cases.pop() if len(cases) == 1 else None,
        objects=[*(one.digest for one in created), *(one.digest for one in heads)],
        count=max(len(created), 1),
    )

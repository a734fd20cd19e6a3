"""Consents of this facility: recorded, signed by the case manager, told to the hub, taken back.

The form is sealed like any record before anything leaves; the token is signed with the case
manager's own key. The revocation code is shown once and kept nowhere. PROTOCOL section 6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.fine_scope import scope_tags_of, seal_fine_scope
from exchange.revocation import CODE_SIZE, code_text, parse_code, revocation_hash
from keys.directory import VerifiedFacility
from keys.randomness import new_id, random_bytes
from keys.tokens import sign_consent, sign_refusal, sign_revocation
from schemas.components.base import Record
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import ConsentIn, RevocationByCodeIn, TokenIn
from schemas.wire.statement import FineScopeLine, Manifest
from schemas.wire.token import (
    ConsentClaims,
    RefusalClaims,
    RevocationClaims,
    RevocationReason,
)
from services.node import partners, push, records, revocations, staff
from services.node.consent_form import ConsentTerms, fill_form
from services.node.errors import ConflictError, InputError, NotThereError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.own_sections import CaseSecrets, case_secrets, code_tag, manifest_of
from services.node.scope import ScopeChoice, scope_lines
from services.node.store import cases
from services.node.store import consents as store
from services.node.store.tables import CaseRow, ConsentRow, RefusalRow

_DAY = 86_400
MAX_DAYS = 730
"""Longest consent: what was agreed two years ago is asked again."""


@dataclass(frozen=True)
class NewConsent:
    """A consent just recorded. `revocation_code` is shown once."""

    consent: str
    delivery: str
    revocation_code: str = field(repr=False)


async def issue(
    node: Node, terms: ConsentTerms, form: Mapping[str, Any], staff_id: str
) -> NewConsent:
    """Record a consent: seal the form, sign the token, tell the hub.

    `form`: how the consent was given; what it is for is filled in from the terms. Raises InputError
    or ComponentError at the field, LockedError, NotTrustedError, HubRefusal.
    """
    keys, jti, code = node.records(), new_id(), random_bytes(CODE_SIZE)
    _check_times(terms, node.now())
    async with node.db.read() as session:
        partner = await partners.find(session, keys.vault, terms.recipient)
    recipient = await partners.verified(node, partner.facility)
    async with node.db.write() as session:
        signer = await staff.signer(session, keys, staff_id, now=node.now(), role="case-manager")
        case, secrets = await _case(session, keys, terms.code_number)
        lines = _lines(terms, secrets)
        record = fill_form(
            form, terms, lines, facility=node.facility, to=partner.facility, now=node.now()
        )
        form_hash, stored = await _seal_form(session, node, keys, signer, case, secrets, record)
        claims = _claims(node, terms, recipient, case, lines, jti, code, form_hash)
        token = sign_consent(claims, signer.pair)
        session.add(_row(claims, token, stored, node.now()))
        await session.flush()
        position = await push.enqueue(node, session, "consent", jti, ConsentIn(token=token))
    return NewConsent(jti, await push.tell_now(node, position), code_text(code))


def _check_times(terms: ConsentTerms, now: int) -> None:
    start = terms.valid_from or now
    if terms.valid_until <= max(start, now):
        raise InputError(("valid_until", "must be later than now and than valid_from"))
    if terms.valid_until > now + MAX_DAYS * _DAY:
        raise InputError(("valid_until", f"must be within {MAX_DAYS} days: ask again then"))
    if terms.erase_at is not None and terms.erase_at <= now:
        raise InputError(("erase_at", "this time is past"))


async def _case(
    session: AsyncSession, keys: RecordKeys, code_number: str
) -> tuple[CaseRow, CaseSecrets]:
    case = await cases.find_case(session, code_tag(keys, code_number))
    if case is None:
        raise InputError(("code_number", "no such case here"))
    return case, case_secrets(keys, case)


def _lines(terms: ConsentTerms, secrets: CaseSecrets) -> list[FineScopeLine]:
    lines = scope_lines(terms.scope, unb64u(secrets.scope_key))
    if not lines:
        raise InputError(("scope", "nothing is left to share"))
    return lines


async def _seal_form(
    session: AsyncSession,
    node: Node,
    keys: RecordKeys,
    signer: staff.Signer,
    case: CaseRow,
    secrets: CaseSecrets,
    form: Record,
) -> tuple[str, str]:
    """Seal and store the form, which is one section; return its ciphertext's digest and its id."""
    draft = records.Draft(form, {})
    stored = await records.store_record(session, node, keys, signer, case, secrets, draft)
    (row,) = await cases.current_of_record(session, stored.record)
    manifest = Manifest.from_bytes(manifest_of(row).payload_bytes())
    return manifest.ciphertext, stored.record


def _claims(
    node: Node,
    terms: ConsentTerms,
    recipient: VerifiedFacility,
    case: CaseRow,
    lines: Sequence[FineScopeLine],
    jti: str,
    code: bytes,
    form_hash: str,
) -> ConsentClaims:
    facility, now = recipient.card.facility, node.now()
    kem = partners.reader(recipient).kem
    return ConsentClaims(
        iss=node.facility,
        sub=case.case,
        aud=["hub", facility],
        jti=jti,
        iat=now,
        nbf=terms.valid_from or now,
        exp=terms.valid_until,
        purpose=terms.purpose,
        scope_tags=scope_tags_of(lines),
        recipient_fingerprint=b64u(recipient.fingerprint),
        fine_scope=seal_fine_scope(lines, kem, jti=jti, iss=node.facility, recipient=facility),
        consent_hash=form_hash,
        revocation_hash=revocation_hash(code),
        redisclosure="none",
        max_releases=terms.max_releases,
        erase_at=terms.erase_at,
        on_revocation=terms.on_revocation,
    )


def _row(claims: ConsentClaims, token: str, record: str | None, now: int) -> ConsentRow:
    return ConsentRow(
        jti=claims.jti,
        issued=True,
        case=claims.sub,
        partner=claims.recipient,
        token=token,
        purpose=claims.purpose,
        expires_at=claims.exp,
        erase_at=claims.erase_at,
        on_revocation=claims.on_revocation,
        record=record,
        hub_state="waiting",
        recorded_at=now,
        head_counter=0,
    )


async def revoke(node: Node, jti: str, *, staff_id: str, reason: RevocationReason) -> str:
    """Take a consent back, as its issuer or its recipient; return the delivery state.

    It takes effect here in the same transaction, at the hub when it hears of it. May be done again
    if the hub refused the last one. Raises NotThereError, ConflictError (revoked already),
    InputError.
    """
    keys, now = node.records(), node.now()
    async with node.db.write() as session:
        consent = await store.get_consent(session, jti)
        if consent is None:
            raise NotThereError("consent")
        again = consent.revoked_at is not None
        if again and not await store.forget_refused_revocation(session, jti):
            raise ConflictError("this consent is revoked already")
        signer = await staff.signer(session, keys, staff_id, now=now)
        claims = RevocationClaims(
            iss=node.facility, aud=["hub"], jti=new_id(), iat=now, consent=jti, reason=reason
        )
        body = TokenIn(token=sign_revocation(claims, signer.pair))
        position = await push.enqueue(node, session, "revocation", jti, body)
        if not again:
            await revocations.take_effect(session, node, consent)
    await revocations.clean_up(node)
    return await push.tell_now(node, position)


async def revoke_by_code(node: Node, code: str) -> str:
    """Pass on the person's own revocation code, whichever facility's consent it is for."""
    body = RevocationByCodeIn(code=b64u(parse_code(code)))
    async with node.db.write() as session:
        position = await push.enqueue(node, session, "revocation-code", new_id(), body)
    return await push.tell_now(node, position)


async def refuse(
    node: Node,
    *,
    code_number: str,
    recipient: str | None,
    scope: ScopeChoice | None,
    staff_id: str,
) -> tuple[str, str]:
    """Record that the person refuses: these sections (or all) to a recipient (or to anyone).

    Beats every consent. Returns the refusal's id and its delivery state.
    """
    keys, jti, now = node.records(), new_id(), node.now()
    async with node.db.write() as session:
        signer = await staff.signer(session, keys, staff_id, now=now, role="case-manager")
        case, secrets = await _case(session, keys, code_number)
        to = None
        if recipient is not None:
            to = (await partners.find(session, keys.vault, recipient)).facility
        claims = RefusalClaims(
            iss=node.facility,
            sub=case.case,
            aud=["hub"],
            jti=jti,
            iat=now,
            scope_tags=_refused_tags(scope, secrets),
            recipient=to,
        )
        token = sign_refusal(claims, signer.pair)
        session.add(
            RefusalRow(jti=jti, case=case.case, token=token, hub_state="waiting", recorded_at=now)
        )
        position = await push.enqueue(node, session, "refusal", jti, TokenIn(token=token))
    return jti, await push.tell_now(node, position)


def _refused_tags(scope: ScopeChoice | None, secrets: CaseSecrets) -> list[str]:
    if scope is None:
        return []
    tags = sorted(line.tag for line in scope_lines(scope, unb64u(secrets.scope_key)))
    if not tags:
        # No tags would mean everything, which nobody chose.
        raise InputError(("scope", "names nothing"))
    return tags


async def list_consents(node: Node) -> Sequence[ConsentRow]:
    """Return every consent known here, on either side, oldest first."""
    async with node.db.read() as session:
        return await store.list_consents(session)

"""Facilities that people here have pinned, and what is known of their keys.

A pin is made by comparing fingerprints over a channel that the hub does not carry. Introductions
come from anywhere and are believed only through the pin. PROTOCOL section 3.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.grants import GrantRecipient
from keys.directory import VerifiedFacility, require_pinned, verify_introduction
from keys.errors import CardError
from keys.keycard import parse_fingerprint
from schemas.wire.hub_api import Introduction
from services.hub_client.errors import HubError
from services.node.errors import ConflictError, InputError, NotThereError, NotTrustedError
from services.node.node import Node
from services.node.store import partners as store
from services.node.store.tables import PartnerRow
from services.node.vault import Vault

_ALIAS = "partner.alias"


@dataclass(frozen=True)
class Partner:
    """A pinned facility."""

    facility: str
    alias: str = field(repr=False)
    fingerprint: bytes
    pinned_at: int


async def trust(node: Node, *, alias: str, fingerprint: str, introduction: Introduction) -> Partner:
    """Pin a facility. `fingerprint` is what a person there read out.

    Raises InputError when it is not that of the introduction, ConflictError when the facility or
    the alias is pinned already.
    """
    vault = node.records().vault
    facility = _held_against(introduction, fingerprint, node.now())
    if facility.card.facility == node.facility:
        raise InputError(("introduction", "this is the node's own"))
    row = PartnerRow(
        facility=facility.card.facility,
        fingerprint=facility.fingerprint,
        introduction=introduction.model_dump_json(),
        sealed_alias=vault.seal(_ALIAS, facility.card.facility, alias.encode()),
        pinned_at=node.now(),
        refreshed_at=node.now(),
    )
    async with node.db.write() as session:
        await _require_new(session, vault, row, alias)
        session.add(row)
    node.wake.ring()
    return _partner(row, vault)


def _held_against(introduction: Introduction, fingerprint: str, now: int) -> VerifiedFacility:
    try:
        expected = parse_fingerprint(fingerprint)
    except CardError:
        raise InputError(("fingerprint", "not a fingerprint: check every group")) from None
    try:
        facility = verify_introduction(introduction, now=now)
    except CardError:
        raise InputError(("introduction", "not a valid introduction")) from None
    if not hmac.compare_digest(facility.fingerprint, expected):
        raise InputError(("fingerprint", "not that of this facility: do not trust it"))
    return facility


async def _require_new(session: AsyncSession, vault: Vault, row: PartnerRow, alias: str) -> None:
    for known in await store.list_partners(session):
        if known.facility == row.facility:
            raise ConflictError("this facility is trusted already")
        if _partner(known, vault).alias == alias:
            raise ConflictError("another facility has this alias")


async def list_partners(node: Node) -> list[Partner]:
    """Return the pinned facilities, the first pinned first."""
    vault = node.records().vault
    async with node.db.read() as session:
        return [_partner(row, vault) for row in await store.list_partners(session)]


async def distrust(node: Node, facility: str) -> None:
    """Take a pin back: nothing is granted to or opened from the facility from now on."""
    async with node.db.write() as session:
        row = await store.get_partner(session, facility)
        if row is None:
            raise NotThereError("facility")
        await session.delete(row)


async def find(session: AsyncSession, vault: Vault, name: str) -> Partner:
    """Return the pinned facility with this alias or code. Raises NotTrustedError."""
    for row in await store.list_partners(session):
        partner = _partner(row, vault)
        if name in (partner.facility, partner.alias):
            return partner
    raise NotTrustedError


async def aliases(session: AsyncSession, vault: Vault) -> dict[str, str]:
    """Return the aliases of the pinned facilities by code."""
    rows = [_partner(row, vault) for row in await store.list_partners(session)]
    return {partner.facility: partner.alias for partner in rows}


async def pins(session: AsyncSession) -> dict[str, bytes]:
    """Return every pin: fingerprints by facility code."""
    return {row.facility: row.fingerprint for row in await store.list_partners(session)}


async def introduction_of(node: Node, facility: str) -> Introduction:
    """Return the newest introduction of a pinned facility: from the hub, else the one at hand.

    What the hub hands out counts only if it fits the pin. Raises NotTrustedError.
    """
    async with node.db.read() as session:
        row = await store.get_partner(session, facility)
    if row is None:
        raise NotTrustedError
    fresh = await _from_hub(node, row)
    if fresh is None:
        return Introduction.model_validate_json(row.introduction)
    async with node.db.write() as session:
        await _note_fresh(session, row, fresh, node.now())
    return fresh


async def _note_fresh(
    session: AsyncSession, asked: PartnerRow, fresh: Introduction, now: int
) -> None:
    """Keep an introduction if the pin it was held against is still there.

    The pin may have been taken back while the hub was asked: it must not come back by this.
    """
    row = await store.get_partner(session, asked.facility)
    if row is None or not hmac.compare_digest(row.fingerprint, asked.fingerprint):
        raise NotTrustedError
    row.introduction, row.refreshed_at = fresh.model_dump_json(), now


async def _from_hub(node: Node, row: PartnerRow) -> Introduction | None:
    try:
        fresh = await node.hub.introduction(row.facility)
        require_pinned(fresh, {row.facility: row.fingerprint}, node.now())
    except (HubError, CardError):
        return None
    return fresh


async def verified(node: Node, facility: str) -> VerifiedFacility:
    """Return a pinned facility's keys as of now. Raises NotTrustedError."""
    introduction = await introduction_of(node, facility)
    async with node.db.read() as session:
        known = await pins(session)
    try:
        return require_pinned(introduction, known, node.now())
    except CardError:
        raise NotTrustedError from None


async def known(session: AsyncSession, now: int) -> dict[str, VerifiedFacility]:
    """Return the keys of every pinned facility whose introduction at hand fits its pin."""
    found = {}
    for row in await store.list_partners(session):
        introduction = Introduction.model_validate_json(row.introduction)
        with suppress(CardError):
            found[row.facility] = require_pinned(introduction, {row.facility: row.fingerprint}, now)
    return found


def reader(facility: VerifiedFacility) -> GrantRecipient:
    """Return a facility as one that messages can be sealed to. Raises NotTrustedError."""
    try:
        return GrantRecipient(facility.card.facility, facility.kem_public())
    except CardError:
        raise NotTrustedError from None


def _partner(row: PartnerRow, vault: Vault) -> Partner:
    alias = vault.open(_ALIAS, row.facility, row.sealed_alias).decode()
    return Partner(row.facility, alias, row.fingerprint, row.pinned_at)

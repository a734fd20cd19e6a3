"""Revocations taking effect here: the consent is blocked, or what came under it is erased.

Works while the node is locked. The effect, its entry in the node's log and the receipt to the hub
are one transaction; files and the write-ahead log are cleaned right after. PROTOCOL sections 6 and
11.
"""

import asyncio
import logging
import shutil
from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from exchange.receipts import make_revocation_receipt
from keys.errors import KeysError
from keys.tokens import verify_revocation_list
from schemas.encoding import unb64u
from schemas.wire.hub_api import ReceiptIn, RevocationsOut
from schemas.wire.token import RevocationListClaims
from services.node import push
from services.node.node import Node
from services.node.store import consents, releases
from services.node.store.state import REVOCATIONS, get_value, put_value
from services.node.store.tables import ConsentRow, ReleaseRow

log = logging.getLogger("safehand.node")


async def take_effect(session: AsyncSession, node: Node, consent: ConsentRow) -> None:
    """Carry a revocation out within the caller's transaction."""
    consent.revoked_at = node.now()
    effect = "blocked"
    if not consent.issued and consent.on_revocation == "erase":
        await _erase(session, node, consent)
        effect = "erased"
    await node.log.append(
        session,
        node.details(
            action="node.revocation",
            reasons=["revoked", effect],
            counterpart=consent.partner,
            case=consent.case,
            consent=consent.jti,
        ),
    )
    if not consent.issued:
        receipt = make_revocation_receipt(
            recipient=node.facility,
            consent=consent.jti,
            effect="erased" if effect == "erased" else "blocked",
            at=node.now(),
            pair=node.keys.service.receipt,
        )
        await push.enqueue(
            node, session, "revocation-receipt", consent.jti, ReceiptIn(receipt=receipt)
        )


async def _erase(session: AsyncSession, node: Node, consent: ConsentRow) -> None:
    await releases.erase_consent(session, consent.jti)
    consent.erased_at = node.now()


def forbids_keeping(consent: ConsentRow | None) -> bool:
    """Say whether nothing received under a consent may be here: erased, or revoked to be erased."""
    if consent is None:
        return False
    revoked = consent.revoked_at is not None and consent.on_revocation == "erase"
    return revoked or consent.erased_at is not None


async def erase_again(node: Node) -> None:
    """Repeat erasures after which something came in all the same. For the start, before serving."""
    async with node.db.write() as session:
        for consent in await releases.left_of_erased(session):
            await releases.erase_consent(session, consent)


async def take_list(node: Node, answer: RevocationsOut) -> int:
    """Take the hub's signed revocation list: remember when it was signed, carry out what is new.

    Returns how many revocations were new. A list that is not the hub's, or older than the one at
    hand, is not taken.
    """
    claims = _read(node, answer)
    if claims is None:
        return 0
    fresh = 0
    async with node.db.write() as session:
        known = await get_value(session, REVOCATIONS)
        if known is not None and known.at > claims.iat:
            return 0
        await put_value(session, REVOCATIONS, answer.signed_list.encode(), claims.iat)
        for jti in claims.consents:
            consent = await consents.get_consent(session, jti)
            if consent is not None and consent.revoked_at is None:
                await take_effect(session, node, consent)
                fresh += 1
    if fresh:
        await clean_up(node)
    return fresh


def _read(node: Node, answer: RevocationsOut) -> RevocationListClaims | None:
    try:
        claims = verify_revocation_list(
            answer.signed_list, unb64u(node.hub_card.http_ed25519), facility=node.facility
        )
    except KeysError:
        log.error("the hub's revocation list does not verify")
        return None
    return claims


async def revoked(session: AsyncSession, node: Node) -> tuple[int | None, frozenset[str]]:
    """Return when the list at hand was signed, and the consents it names."""
    row = await get_value(session, REVOCATIONS)
    if row is None:
        return None, frozenset()
    claims = verify_revocation_list(
        row.value.decode(), unb64u(node.hub_card.http_ed25519), facility=node.facility
    )
    return row.at, frozenset(claims.consents)


async def erase_due(node: Node) -> int:
    """Erase what was received under consents whose agreed erasure is due; return how many."""
    async with node.db.read() as session:
        if not await consents.to_erase(session, node.now()):
            return 0
    async with node.db.write() as session:
        due = await consents.to_erase(session, node.now())
        for consent in due:
            await _erase(session, node, consent)
            await node.log.append(
                session,
                node.details(
                    action="node.revocation",
                    reasons=["erased"],
                    counterpart=consent.partner,
                    case=consent.case,
                    consent=consent.jti,
                ),
            )
    await clean_up(node)
    return len(due)


async def clean_up(node: Node) -> None:
    """Remove the files of erased and refused releases, and what the write-ahead log still holds."""
    async with node.db.read() as session:
        gone = [
            *await releases.in_state(session, releases.ERASED),
            *await releases.in_state(session, releases.UNOPENABLE),
            *await releases.in_state(session, releases.REFUSED),
        ]
    await asyncio.to_thread(_remove_files, node, gone)
    await node.db.truncate_log()


def _remove_files(node: Node, erased: Sequence[ReleaseRow]) -> None:
    for row in erased:
        folder = node.folder.received / row.release
        with suppress(FileNotFoundError):
            for file in folder.iterdir():
                # Best effort: a flash controller may keep the old pages all the same.
                with file.open("r+b") as content:
                    content.write(bytes(file.stat().st_size))
            shutil.rmtree(folder)

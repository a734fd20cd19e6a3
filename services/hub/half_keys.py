"""Half-keys: sealed under the epoch key while they live, destroyed for good afterwards.

Owns how half-keys lie in the database, bound to consent and manifest, and the order of erasure that
survives a crash: delete; draw a new epoch key; seal the rest anew in one transaction; destroy the
old key; cut the journal. PROTOCOL section 11.
"""

import logging

from keys.epoch import EpochKey
from keys.errors import OpeningError
from schemas.encoding import pae
from schemas.wire.hub_api import AuditDetails
from services.hub.database.interface import Database, Row, Values
from services.hub.errors import DeniedError
from services.hub.store import grants as store
from services.hub.turn import Turn
from services.hub.writer import Writer

log = logging.getLogger("safehand.hub")


class HalfKeys:
    """The hub's half-keys and the epoch key over them."""

    def __init__(self, epoch: EpochKey, writer: Writer, database: Database) -> None:
        self._epoch, self._writer, self._database = epoch, writer, database
        # At start nobody knows what was destroyed since the epoch key was drawn.
        self._stale = True

    def seal(self, half_key: bytes, consent: str, manifest: str) -> bytes:
        """Return a half-key as it lies in the database."""
        return self._epoch.seal(half_key, _context(consent, manifest))

    def open(self, sealed: bytes, consent: str, manifest: str) -> bytes:
        """Return a half-key. Raises DeniedError if its epoch is gone."""
        try:
            return self._epoch.open(sealed, _context(consent, manifest))
        except OpeningError:
            raise DeniedError("erased") from None

    async def destroy_of(self, turn: Turn, consent: str) -> None:
        """Destroy the half-keys of one consent in this turn."""
        if await store.destroy_of(turn.connection, consent):
            turn.on_commit(self._note)

    def _note(self) -> None:
        self._stale = True

    async def erase_due(self) -> int:
        """Destroy the half-keys whose time has come; return how many. Raises UnavailableError."""
        return await self._writer.run(self._destroy_due)

    async def _destroy_due(self, turn: Turn) -> int:
        count = await store.destroy_due(turn.connection, turn.now)
        if count:
            turn.record(_details(count, turn.now))
            turn.on_commit(self._note)
        return count

    async def renew_epoch(self) -> bool:
        """Draw a new epoch key if anything was destroyed under the present one; say whether.

        Raises UnavailableError, SecretFileError, and the database's own errors; whatever it was,
        the next call does it all again.
        """
        if not (self._stale or self._epoch.rotating):
            return False
        # Before, not after: what is destroyed meanwhile makes it true again.
        self._stale = False
        try:
            await self._renew()
        except BaseException:
            self._stale = True
            raise
        return True

    async def _renew(self) -> None:
        self._epoch.begin_rotation()
        await self._writer.run(self._reseal)
        self._epoch.finish_rotation()
        await self._database.forget()

    async def _reseal(self, turn: Turn) -> None:
        rows = await store.half_keys(turn.connection)
        await store.reseal(turn.connection, [self._resealed(row) for row in rows])

    def _resealed(self, row: Row) -> Values:
        consent, manifest = row["consent"], row["manifest"]
        try:
            sealed = self._epoch.reseal(bytes(row["half_key"]), _context(consent, manifest))
        except OpeningError:
            # It opens under no epoch key there is: what is left of it is of no use to anyone.
            log.error("half-key-unusable")
            return None, consent, manifest
        return sealed, consent, manifest


def _context(consent: str, manifest: str) -> bytes:
    return pae("hub-half-key", consent.encode(), manifest.encode())


def _details(count: int, now: int) -> AuditDetails:
    return AuditDetails(
        action="halfkeys.erase", outcome="done", reasons=[], actor="hub", count=count, at=now
    )

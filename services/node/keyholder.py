"""The two keyrings of a node while it runs: service keys always, record keys while unlocked.

Owns unlocking, locking and the saving of a changed record keyring, off the event loop. Keys never
leave through an error, a log or a repr. PROTOCOL section 11.
"""

import asyncio
from dataclasses import dataclass
from functools import cached_property

from keys.concealed import Concealed
from keys.hpke import kem_public
from keys.keyring import Keyring, RecordKeyring, ServiceKeyring, open_keyring
from keys.lognotes import LogSigner
from keys.signing import SigningPair, key_id
from services.node.audit import log_origin
from services.node.errors import LockedError
from services.node.folder import NodeFolder
from services.node.vault import Vault


@dataclass(frozen=True, repr=False)
class ServiceKeys(Concealed):
    """What a locked node works with."""

    keyring: ServiceKeyring
    facility: str

    @property
    def http_seed(self) -> bytes:
        """Signs requests to the hub."""
        return self.keyring.http_seed

    @property
    def receipt(self) -> SigningPair:
        """Signs receipts."""
        return self.keyring.receipt_pair

    @cached_property
    def log(self) -> LogSigner:
        """Signs the node's own log."""
        return self.keyring.log_signer(log_origin(self.facility))

    @cached_property
    def outbox(self) -> Vault:
        """Seals what waits for the hub."""
        return Vault(self.keyring.outbox_key)


@dataclass(frozen=True, repr=False)
class RecordKeys(Concealed):
    """What reading, sealing and approving take."""

    keyring: RecordKeyring

    @property
    def identity(self) -> SigningPair:
        """Signs statements that last."""
        return self.keyring.identity

    @property
    def kem_seeds(self) -> tuple[bytes, ...]:
        """Newest first; older ones still open what was sealed to them."""
        return self.keyring.kem_seeds

    @cached_property
    def vault(self) -> Vault:
        """Seals the store."""
        return Vault(self.keyring.storage_key)

    @cached_property
    def tags(self) -> Vault:
        """Finds cases and records without showing which they are."""
        return Vault(self.keyring.case_key)

    @cached_property
    def kem_keys(self) -> frozenset[str]:
        """Ids of the KEM keys that can be opened with."""
        return frozenset(key_id(kem_public(seed)) for seed in self.kem_seeds)


class Keyholder:
    """Holds the service keys, and the record keys from `unlock` until `lock`."""

    def __init__(self, folder: NodeFolder, service: ServiceKeys) -> None:
        self._folder = folder
        self.service = service
        self._file: Keyring | None = None
        self._records: RecordKeys | None = None
        self._turn = asyncio.Lock()

    @property
    def is_locked(self) -> bool:
        """Whether the record keyring is closed."""
        return self._records is None

    def records(self) -> RecordKeys:
        """Return the record keys. Raises LockedError."""
        if self._records is None:
            raise LockedError
        return self._records

    async def unlock(self, passphrase: str) -> None:
        """Open the record keyring. Raises KeyringError, which says no more than that it failed.

        One attempt at a time: each takes hundreds of mebibytes of memory for its Argon2id.
        """
        async with self._turn:
            file = await asyncio.to_thread(self._open, passphrase)
            self._file, self._records = file, RecordKeys(RecordKeyring.from_contents(file.contents))

    def _open(self, passphrase: str) -> Keyring:
        return open_keyring(self._folder.record_keyring, passphrase=passphrase)

    def lock(self) -> None:
        """Forget the record keys."""
        self._file = self._records = None

    async def add_staff(self, staff: str, pair: SigningPair) -> None:
        """Keep a staff member's keys in the record keyring, on disk before this returns."""
        async with self._turn:
            await self._save(self.records().keyring.with_staff(staff, pair))

    async def add_kem_seed(self, seed: bytes) -> None:
        """Keep a new KEM seed before the older ones, on disk before this returns."""
        async with self._turn:
            await self._save(self.records().keyring.with_kem_seed(seed))

    async def _save(self, changed: RecordKeyring) -> None:
        if self._file is None:
            raise LockedError
        await asyncio.to_thread(self._file.save, changed.to_contents())
        if self._records is not None:  # it may have been locked meanwhile
            self._records = RecordKeys(changed)

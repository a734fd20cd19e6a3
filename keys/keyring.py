"""A node's two keyrings and how they open.

The *record* keyring (identity, KEM, storage and staff keys) is opened by people: passphrase or
recovery code. The *service* keyring (HTTP, receipt and log keys) opens at start from a credential
file, so that a locked node can still push, pull, take revocations and erase. The file format is in
`keys.keyring_file`. PROTOCOL section 11.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from keys.concealed import Concealed
from keys.errors import KeyringError, SecretFileError
from keys.keyring_file import (
    KeyringFile,
    Profile,
    Slot,
    SlotKind,
    make_slot,
    new_master_key,
    open_contents,
    open_slots,
    parse_keyring,
    refusal,
    seal_contents,
)
from keys.lognotes import LogSigner
from keys.passphrase import normal_passphrase, strong_passphrase
from keys.randomness import SEED_SIZE, new_seed
from keys.recovery import parse_recovery_code
from keys.secret_files import create_secret, read_secret, replace_secret
from keys.signing import SigningPair, new_pair


class Keyring(Concealed):
    """An open keyring: named secrets, and the means to save them again behind the same slots."""

    def __init__(self, path: Path, master: bytes, contents: Mapping[str, bytes]) -> None:
        self._path = path
        self._master = master
        self.contents = dict(contents)

    def save(self, contents: Mapping[str, bytes]) -> None:
        """Replace the contents, atomically. Ways of opening stay as they are on disk."""
        file = parse_keyring(read_secret(self._path))
        open_contents(file, self._master)  # refuse to overwrite another keyring
        _write(self._path, file.slots, self._master, contents)
        self.contents = dict(contents)


def create_keyring(
    path: Path,
    contents: Mapping[str, bytes],
    passphrase: str,
    recovery_code: str | None = None,
    *,
    profile: Profile = "moderate",
) -> Keyring:
    """Make a keyring opened by a passphrase and, if given, by a recovery code.

    Raises WeakPassphraseError, RecoveryCodeError, SecretFileError (something is there already).
    """
    secrets: dict[SlotKind, bytes] = {"passphrase": strong_passphrase(passphrase)}
    if recovery_code is not None:
        secrets["recovery"] = parse_recovery_code(recovery_code).encode()
    return _create(path, contents, secrets, profile)


def open_keyring(
    path: Path, *, passphrase: str | None = None, recovery_code: str | None = None
) -> Keyring:
    """Open a keyring by exactly one of its two secrets. Raises KeyringError, RecoveryCodeError."""
    kind, secret = _one_secret(passphrase, recovery_code)
    file = parse_keyring(read_secret(path))
    master = open_slots(file, kind, secret)
    return Keyring(path, master, open_contents(file, master))


def change_passphrase(
    path: Path,
    *,
    passphrase: str | None = None,
    recovery_code: str | None = None,
    new_passphrase: str,
    profile: Profile = "moderate",
) -> None:
    """Set a new passphrase after opening by the old one or by the recovery code, which stays.

    By the recovery code the master key is drawn anew, so that an old copy of the file with its old
    passphrase does not open what is saved later. By the old passphrase it can't be (the recovery
    slot would need its code): such a copy then opens later files too. Either way the keys inside
    stay, and with an old copy of them everything that they seal. Raises KeyringError,
    RecoveryCodeError, WeakPassphraseError.
    """
    kind, secret = _one_secret(passphrase, recovery_code)
    new = strong_passphrase(new_passphrase)
    if kind == "passphrase":
        _change_slot(path, (kind, secret), ("passphrase", new), profile)
        return
    file = parse_keyring(read_secret(path))
    contents = open_contents(file, open_slots(file, kind, secret))
    replace_secret(path, _new_file(contents, {"passphrase": new, "recovery": secret}, profile)[0])


def for_recovery(data: bytes) -> bytes:
    """Return a keyring file without its passphrase slot: what may lie in a backup.

    Raises KeyringError, also where there is no recovery code.
    """
    file = parse_keyring(data)
    slots = [slot for slot in file.slots if slot.kind == "recovery"]
    if not slots:
        raise KeyringError("the keyring has no recovery code")
    return file.model_copy(update={"slots": slots}).to_bytes()


@dataclass(frozen=True, repr=False)
class ServiceKeyring(Concealed):
    """What a node needs while nobody is there: request, receipt and local log keys.

    `outbox_key` seals what waits for the hub, half-keys among it, so that a locked node can push.
    """

    http_seed: bytes
    receipt_pair: SigningPair
    log_ed_seed: bytes
    log_ml_seed: bytes
    outbox_key: bytes

    @classmethod
    def new(cls) -> Self:
        """Return fresh keys."""
        return cls(new_seed(), new_pair(), new_seed(), new_seed(), new_seed())

    def log_signer(self, name: str) -> LogSigner:
        """Return the signer of this node's own log and of its cosignatures, under a name."""
        return LogSigner(name, self.log_ed_seed, self.log_ml_seed)

    def to_contents(self) -> dict[str, bytes]:
        """Return the named secrets."""
        return {
            "http": self.http_seed,
            **_named("receipt", self.receipt_pair),
            "log.ed25519": self.log_ed_seed,
            "log.ml-dsa-44": self.log_ml_seed,
            "outbox": self.outbox_key,
        }

    @classmethod
    def from_contents(cls, contents: Mapping[str, bytes]) -> Self:
        """Read the named secrets. Raises KeyringError."""
        return cls(
            _seed(contents, "http"),
            _pair(contents, "receipt"),
            _seed(contents, "log.ed25519"),
            _seed(contents, "log.ml-dsa-44"),
            _seed(contents, "outbox"),
        )


@dataclass(frozen=True, repr=False)
class RecordKeyring(Concealed):
    """What reading and writing records needs.

    `kem_seeds`: newest first; older ones still open what was sealed to them. `storage_key` seals
    the store; `case_key` keys the digests by which a case is found without storing its code number.
    `staff`: pairs by staff id.
    """

    identity: SigningPair
    kem_seeds: tuple[bytes, ...]
    storage_key: bytes
    case_key: bytes
    staff: Mapping[str, SigningPair]

    @classmethod
    def new(cls) -> Self:
        """Return fresh keys, no staff yet."""
        return cls(new_pair(), (new_seed(),), new_seed(), new_seed(), {})

    def with_staff(self, staff: str, pair: SigningPair) -> Self:
        """Return a keyring that holds this staff member's pair as well."""
        return replace(self, staff={**self.staff, staff: pair})

    def with_kem_seed(self, seed: bytes) -> Self:
        """Return a keyring with a new KEM seed in front of the older ones."""
        return replace(self, kem_seeds=(seed, *self.kem_seeds))

    def to_contents(self) -> dict[str, bytes]:
        """Return the named secrets."""
        contents = {
            **_named("identity", self.identity),
            "kem": b"".join(self.kem_seeds),
            "storage": self.storage_key,
            "case": self.case_key,
        }
        for staff, pair in self.staff.items():
            contents |= _named(f"staff.{staff}", pair)
        return contents

    @classmethod
    def from_contents(cls, contents: Mapping[str, bytes]) -> Self:
        """Read the named secrets. Raises KeyringError."""
        ids = [name.split(".")[1] for name in contents if _is_staff(name)]
        return cls(
            _pair(contents, "identity"),
            _seeds(contents, "kem"),
            _seed(contents, "storage"),
            _seed(contents, "case"),
            {staff: _pair(contents, f"staff.{staff}") for staff in ids},
        )


def create_service_keyring(path: Path, credential: Path, keyring: ServiceKeyring) -> None:
    """Write a service keyring and the credential file that opens it. Raises SecretFileError."""
    secret = new_seed()
    create_secret(credential, secret)
    _create(path, keyring.to_contents(), {"credential": secret}, "moderate")


def open_service_keyring(path: Path, credential: Path) -> ServiceKeyring:
    """Open a service keyring with its credential file. Raises KeyringError."""
    secret = read_secret(credential)
    if len(secret) != SEED_SIZE:
        raise SecretFileError(f"{credential.name} is no credential: it must hold 32 bytes")
    file = parse_keyring(read_secret(path))
    master = open_slots(file, "credential", secret)
    return ServiceKeyring.from_contents(open_contents(file, master))


def _create(
    path: Path, contents: Mapping[str, bytes], secrets: Mapping[SlotKind, bytes], profile: Profile
) -> Keyring:
    data, master = _new_file(contents, secrets, profile)
    create_secret(path, data)
    return Keyring(path, master, contents)


def _new_file(
    contents: Mapping[str, bytes], secrets: Mapping[SlotKind, bytes], profile: Profile
) -> tuple[bytes, bytes]:
    """Return a keyring file under a fresh master key, and that key."""
    master = new_master_key()
    slots = [make_slot(kind, secret, master, profile) for kind, secret in secrets.items()]
    return _file(slots, master, contents), master


def _change_slot(
    path: Path, old: tuple[SlotKind, bytes], new: tuple[SlotKind, bytes], profile: Profile
) -> None:
    file = parse_keyring(read_secret(path))
    master = open_slots(file, *old)
    contents = open_contents(file, master)
    kept = [slot for slot in file.slots if slot.kind != new[0]]
    _write(path, [make_slot(*new, master, profile), *kept], master, contents)


def _write(path: Path, slots: list[Slot], master: bytes, contents: Mapping[str, bytes]) -> None:
    replace_secret(path, _file(slots, master, contents))


def _file(slots: list[Slot], master: bytes, contents: Mapping[str, bytes]) -> bytes:
    sealed = seal_contents(master, contents)
    return KeyringFile(format="safehand/1 keyring", slots=slots, contents=sealed).to_bytes()


def _one_secret(passphrase: str | None, recovery_code: str | None) -> tuple[SlotKind, bytes]:
    if (passphrase is None) == (recovery_code is None):
        raise KeyringError("give either the passphrase or the recovery code")
    if passphrase is not None:
        return "passphrase", normal_passphrase(passphrase)
    return "recovery", parse_recovery_code(recovery_code or "").encode()


def _named(name: str, pair: SigningPair) -> dict[str, bytes]:
    return {f"{name}.ed25519": pair.ed_seed, f"{name}.ml-dsa-65": pair.ml_seed}


def _pair(contents: Mapping[str, bytes], name: str) -> SigningPair:
    return SigningPair(_seed(contents, f"{name}.ed25519"), _seed(contents, f"{name}.ml-dsa-65"))


def _seed(contents: Mapping[str, bytes], name: str) -> bytes:
    seeds = _seeds(contents, name)
    if len(seeds) != 1:
        raise refusal()
    return seeds[0]


def _seeds(contents: Mapping[str, bytes], name: str) -> tuple[bytes, ...]:
    data = contents.get(name, b"")
    if not data or len(data) % SEED_SIZE:
        raise refusal()
    return tuple(data[i : i + SEED_SIZE] for i in range(0, len(data), SEED_SIZE))


def _is_staff(name: str) -> bool:
    return name.startswith("staff.") and name.endswith(".ed25519")

"""Makes a node's folder: keys, key card, statements, keyrings, store and bearer token.

For the command line; the running node never does this. Everything is made in memory and the folder
is refused unless it is new, so that no existing keys can be overwritten. PROTOCOL sections 3 and
11.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.errors import AuditError
from keys.errors import KeysError
from keys.hpke import kem_public
from keys.keycard import make_card, make_key_statement
from keys.keyring import (
    RecordKeyring,
    ServiceKeyring,
    create_keyring,
    create_service_keyring,
)
from keys.keyring_file import Profile
from keys.passphrase import strong_passphrase
from keys.randomness import new_facility_code, random_bytes
from keys.recovery import new_recovery_code
from keys.secret_files import create_secret
from keys.signing import SigningPair, ed25519_public
from keys.suite_opening import self_test
from schemas.encoding import b64u
from schemas.wire.hub_api import HubCard, Introduction
from schemas.wire.statement import SignedStatement, Unit
from services.node.errors import FolderError
from services.node.folder import NodeFolder
from services.node.store.create import create_database

_DAY = 86_400
CARD_DAYS = 3_650
KEM_DAYS = 180
SERVICE_DAYS = 3_650


@dataclass(frozen=True)
class NewNode:
    """What `node init` shows: once only, as far as the recovery code goes."""

    facility: str
    introduction: Introduction
    recovery_code: str = field(repr=False)


def init_node(
    directory: Path,
    *,
    hub_card: HubCard,
    country: str,
    units: Sequence[Unit],
    passphrase: str,
    now: int,
    profile: Profile = "moderate",
) -> NewNode:
    """Make a node in a new or empty folder. `now` in seconds.

    `hub_card` comes from the hub's operator over a channel of its own: it pins the hub. `profile`
    `light` is for tests and demonstrations. Raises FolderError, WeakPassphraseError,
    SuiteUnavailableError, SecretFileError.
    """
    self_test()
    strong_passphrase(passphrase)
    _require_hub_card(hub_card)
    folder = NodeFolder(directory)
    folder.require_unused()
    facility, recovery_code = new_facility_code(), new_recovery_code()
    service, records = ServiceKeyring.new(), RecordKeyring.new()
    introduction = _introduce(facility, country, list(units), service, records, now)
    create_keyring(
        folder.record_keyring, records.to_contents(), passphrase, recovery_code, profile=profile
    )
    create_service_keyring(folder.service_keyring, folder.service_credential, service)
    create_secret(folder.api_token, b64u(random_bytes(32)).encode())
    folder.hub_card.write_bytes(hub_card.to_bytes())
    folder.introduction.write_bytes(introduction.to_bytes())
    create_database(folder.database, introduction)
    return NewNode(facility, introduction, recovery_code)


def read_hub_card(folder: NodeFolder) -> HubCard:
    """Return the pinned hub card. Raises FolderError."""
    try:
        card = HubCard.from_bytes(folder.hub_card.read_bytes())
    except (OSError, ValidationError):
        raise FolderError(f"{folder.hub_card} is missing or damaged") from None
    _require_hub_card(card)
    return card


def _require_hub_card(card: HubCard) -> None:
    try:
        keys = HubLogKeys.from_card(card)
        _ = keys.ed25519, keys.ml_dsa_44
    except (AuditError, KeysError):
        raise FolderError("the hub card's log keys are malformed: ask for the card again") from None


def _introduce(
    facility: str,
    country: str,
    units: list[Unit],
    service: ServiceKeyring,
    records: RecordKeyring,
    now: int,
) -> Introduction:
    card = make_card(
        facility=facility,
        country=country,
        units=units,
        identity=records.identity,
        not_before=now,
        not_after=now + CARD_DAYS * _DAY,
    )
    return Introduction(card=card, statements=_working_keys(facility, service, records, now))


def _working_keys(
    facility: str, service: ServiceKeyring, records: RecordKeyring, now: int
) -> list[SignedStatement]:
    receipt = service.receipt_pair.public
    return [
        kem_statement(facility, records.kem_seeds[0], records.identity, now),
        make_key_statement(
            facility=facility,
            kind="http",
            public=ed25519_public(service.http_seed),
            issued_at=now,
            not_before=now,
            not_after=now + SERVICE_DAYS * _DAY,
            identity=records.identity,
        ),
        make_key_statement(
            facility=facility,
            kind="receipt",
            public=receipt.ed25519,
            ml_dsa_65=receipt.ml_dsa_65,
            issued_at=now,
            not_before=now,
            not_after=now + SERVICE_DAYS * _DAY,
            identity=records.identity,
        ),
    ]


def kem_statement(facility: str, seed: bytes, identity: SigningPair, now: int) -> SignedStatement:
    """Certify the KEM key of a 32-byte seed from `now` on."""
    return make_key_statement(
        facility=facility,
        kind="kem",
        public=kem_public(seed),
        issued_at=now,
        not_before=now,
        not_after=now + KEM_DAYS * _DAY,
        identity=identity,
    )

"""The auditor's own key: made once, shown to the hub operator as a card, used to sign requests.

It opens no health data and vouches for nothing; whoever steals it can read the audit log's entries
and details. It lies in a file only its owner may read. PROTOCOL sections 3 and 8.
"""

from pathlib import Path

from pydantic import ValidationError

from keys.concealed import Concealed
from keys.errors import SecretFileError
from keys.randomness import new_id, new_seed
from keys.secret_files import create_secret, read_secret
from keys.signing import ed25519_public
from schemas.encoding import b64u, unb64u
from schemas.identifiers import Digest, Id128
from schemas.wire.base import WireModel
from schemas.wire.hub_api import AuditorCard
from services.auditor.errors import AuditorKeyError

KEY_FILE = "auditor.key"
CARD_FILE = "auditor-card.json"


class _KeyFile(WireModel):
    auditor: Id128
    seed: Digest


class AuditorKey(Concealed):
    """Who the auditor is to the hub, and the 32-byte seed that signs her requests."""

    def __init__(self, auditor: str, seed: bytes) -> None:
        self.auditor = auditor
        self.seed = seed

    @property
    def card(self) -> AuditorCard:
        """Return what the hub operator admits."""
        return AuditorCard(auditor=self.auditor, ed25519=b64u(ed25519_public(self.seed)))

    @classmethod
    def load(cls, folder: Path) -> "AuditorKey":
        """Read the key that `init_auditor` made. Raises AuditorKeyError."""
        try:
            kept = _KeyFile.from_bytes(read_secret(folder / KEY_FILE))
        except SecretFileError as error:
            raise AuditorKeyError(f"{error}; `safehand auditor init` makes a key") from None
        except ValidationError:
            raise AuditorKeyError(f"{KEY_FILE} is damaged; restore it from a backup") from None
        return cls(kept.auditor, unb64u(kept.seed))


def init_auditor(folder: Path) -> AuditorCard:
    """Make a key and card in `folder` (mode 0700), which may exist. Raises AuditorKeyError.

    The card is also written beside the key, for handing to the hub operator.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = AuditorKey(new_id(), new_seed())
    kept = _KeyFile(auditor=key.auditor, seed=b64u(key.seed))
    try:
        create_secret(folder / KEY_FILE, kept.to_bytes())
    except SecretFileError as error:
        raise AuditorKeyError(f"{error}: this folder has an auditor's key already") from None
    (folder / CARD_FILE).write_bytes(key.card.to_bytes() + b"\n")
    return key.card

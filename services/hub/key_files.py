"""The hub's own keys: three seeds of 32 bytes, each in a file of mode 0600.

Owns which keys there are and the card that makes their public halves known. PROTOCOL section 3.
"""

from dataclasses import dataclass

from keys.concealed import Concealed
from keys.epoch import EpochKey
from keys.lognotes import LogSigner
from keys.randomness import new_seed
from keys.request_keys import RequestSigner
from keys.secret_files import create_secret, read_secret
from schemas.encoding import b64u
from schemas.wire.hub_api import HubCard
from services.hub.settings import HubSettings

HTTP, LOG_ED25519, LOG_ML_DSA_44 = "http", "log-ed25519", "log-ml-dsa-44"


@dataclass(frozen=True, repr=False)
class HubKeys(Concealed):
    """What the hub signs with."""

    http_seed: bytes
    signer: RequestSigner
    log: LogSigner

    def card(self, settings: HubSettings) -> HubCard:
        """Return what nodes pin of this hub."""
        return HubCard(
            url=settings.public_url,
            origin=settings.origin,
            http_ed25519=b64u(self.signer.public),
            log_ed25519=self.log.ed25519.text,
            log_ml_dsa_44=self.log.ml_dsa_44.text,
        )


def create_keys(settings: HubSettings) -> HubKeys:
    """Draw all keys of a new hub. Raises SecretFileError if there are any."""
    settings.keys_dir.mkdir(mode=0o700, exist_ok=True)
    for name in (HTTP, LOG_ED25519, LOG_ML_DSA_44):
        create_secret(settings.keys_dir / name, new_seed())
    EpochKey.create(settings.epoch_file)
    return load_keys(settings)


def load_keys(settings: HubSettings) -> HubKeys:
    """Read the hub's keys. Raises SecretFileError."""
    http, ed25519, ml_dsa_44 = (
        read_secret(settings.keys_dir / name) for name in (HTTP, LOG_ED25519, LOG_ML_DSA_44)
    )
    return HubKeys(http, RequestSigner(http), LogSigner(settings.origin, ed25519, ml_dsa_44))

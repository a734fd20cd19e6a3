"""The hub's settings: DIR/hub.toml, overridden by SAFEHAND_HUB_* variables. Frozen once read.

Owns names, defaults and limits, and where files lie under the hub's directory. Secrets are given by
the path of a file, never in a variable. Unknown names are refused: a misspelt limit is no limit.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.hub.errors import StartError
from services.web.transport import Listener, is_loopback

PREFIX = "SAFEHAND_HUB_"
FILE = "hub.toml"
Bytes = Annotated[int, Field(ge=1024)]


class HubSettings(BaseSettings):
    """Everything that can be set. Sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    dir: Path
    """Where all state lies: keys, guard file, attachments, and the SQLite database, if any."""
    public_url: str
    """How nodes reach the hub. Request signatures cover this URL."""
    origin: str
    """Name of the audit log; drawn once by `safehand hub init`."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8440
    database_url_file: Path | None = None
    """A file with a postgresql:// URL; without it, SQLite in `dir`."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    """A TLS proxy stands in front, so plain HTTP is served beyond loopback."""

    json_bytes: Bytes = 2 * 2**20
    """Largest JSON body, except for pushes."""
    push_bytes: Bytes = 32 * 2**20
    """Largest push."""
    attachment_bytes: Bytes = 256 * 2**20
    inline_bytes: Annotated[int, Field(ge=0)] = 256 * 2**10
    """Larger ciphertexts are left out of a release and fetched by reference."""
    answer_bytes: Bytes = 32 * 2**20
    """Ciphertext carried inline by one release; what goes beyond is fetched by reference."""
    consents_per_pair: Annotated[int, Field(ge=1)] = 10_000
    """Most consents of one issuer for one recipient that are in force or ended lately."""

    batch: Annotated[int, Field(ge=1, le=1024)] = 64
    """Most operations in one transaction."""
    queue: Annotated[int, Field(ge=1)] = 4096
    """Most operations waiting for the writer; further ones are answered 503."""
    pending_entries: Annotated[int, Field(ge=1)] = 4096
    """Most audit entries waiting for the integrator; further ones are answered 503."""
    integrate_every: Annotated[float, Field(gt=0, le=60)] = 0.25
    release_wait: Annotated[float, Field(ge=0, le=60)] = 2.0
    """How long a release waits for its proof before it is answered 202."""
    erase_every: Annotated[int, Field(ge=1, le=86_400)] = 3600
    """How often expired half-keys are destroyed and, when any were, the epoch key renewed."""
    directory_ttl: Annotated[int, Field(ge=0, le=3600)] = 60
    """How long a facility's verified keys are remembered."""

    @field_validator("public_url")
    @classmethod
    def _is_plain_url(cls, url: str) -> str:
        parts = urlsplit(url)
        plain = parts.scheme in ("http", "https") and parts.hostname and url == url.rstrip("/")
        if not plain or parts.query or parts.fragment or parts.username or not url.isascii():
            raise ValueError("must be http(s)://host[:port][/path] without a final slash")
        if parts.scheme == "http" and not is_loopback(str(parts.hostname)):
            raise ValueError("must be https, except on loopback")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let variables override the file, whose values arrive as arguments."""
        return env_settings, init_settings

    @property
    def listener(self) -> Listener:
        """Where to listen."""
        return Listener(self.host, self.port, self.tls_certificate, self.tls_key, self.behind_proxy)

    @property
    def keys_dir(self) -> Path:
        """Where key files lie, mode 0700."""
        return self.dir / "keys"

    @property
    def epoch_file(self) -> Path:
        """The key over the half-keys; not to be backed up."""
        return self.keys_dir / "epoch"

    @property
    def lock_file(self) -> Path:
        """Locked while a hub runs here."""
        return self.dir / "hub.lock"

    @property
    def attachments_dir(self) -> Path:
        """Where attachment ciphertexts lie, one file each."""
        return self.dir / "attachments"

    @property
    def guard_file(self) -> Path:
        """What was last signed; outside the database, and not to be restored with it."""
        return self.dir / "log-guard.json"

    @property
    def database_url(self) -> str:
        """The database's URL. Raises StartError if its file can't be read."""
        if self.database_url_file is None:
            return f"sqlite:///{self.dir.absolute() / 'hub.sqlite'}"
        try:
            return (self.dir / self.database_url_file).read_text().strip()
        except OSError:
            raise StartError("database-url-unreadable") from None


def load_settings(directory: Path) -> HubSettings:
    """Read DIRECTORY/hub.toml and the environment. Raises StartError naming what is wrong."""
    try:
        values = tomllib.loads((directory / FILE).read_text())
    except FileNotFoundError:
        raise StartError(f"{directory / FILE} is missing: run `safehand hub init` first") from None
    except (OSError, tomllib.TOMLDecodeError):
        raise StartError(f"{directory / FILE} can't be read") from None
    return settings_of(directory, values)


def settings_of(directory: Path, values: dict[str, object]) -> HubSettings:
    """Return settings for `directory` from `values` and the environment. Raises StartError."""
    _refuse_unknown()
    try:
        return HubSettings(**{**values, "dir": directory})  # type: ignore[arg-type]
    except ValidationError as error:
        names = sorted({str(one["loc"][0]) for one in error.errors()})
        raise StartError(f"settings out of range or unknown: {', '.join(names)}") from None


def _refuse_unknown() -> None:
    known = {PREFIX + name.upper() for name in HubSettings.model_fields}
    strangers = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if strangers:
        raise StartError(f"unknown settings: {', '.join(strangers)}")

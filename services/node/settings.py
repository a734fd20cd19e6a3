"""A node's settings: DIR/node.toml, overridden by SAFEHAND_NODE_* variables. Frozen once read.

Owns names, defaults and limits. Secrets are never settings; they are files in the node's folder.
Unknown names are refused: a misspelt safety setting must not go unnoticed.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.node.errors import FolderError
from services.node.folder import NodeFolder
from services.web.transport import Listener

PREFIX = "SAFEHAND_NODE_"
_MIB = 2**20
Bytes = Annotated[int, Field(ge=1024)]
Pause = Annotated[float, Field(gt=0, le=3600)]


class NodeSettings(BaseSettings):
    """Everything that can be set. Sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    dir: Path
    """The node's folder, made by `safehand node init`."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8450
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    behind_proxy: bool = False
    """A TLS proxy stands in front, so plain HTTP is served beyond loopback."""
    allowed_hosts: tuple[str, ...] = ()
    """Names, besides loopback, that the Host header may bear."""
    hub_ca: Path | None = None
    """Certificate authority of the hub, if not one that this machine trusts anyway."""
    poll_seconds: Pause = 2.0
    """How often the hub is asked for news."""
    retry_seconds: Pause = 60.0
    """Longest pause between attempts while the hub is away."""
    answer_seconds: Pause = 20.0
    """How long a request waits for the hub's word before it is answered `queued`."""
    batch_rows: Annotated[int, Field(ge=1, le=21)] = 16
    """Record versions in one push; each has at most 12 sections, a push at most 256."""
    batch_bytes: Bytes = 8 * _MIB
    """Ciphertext in one push, unless a single record has more."""
    json_bytes: Bytes = _MIB
    """Largest JSON body, except where attachments travel inside."""
    case_bytes: Bytes = 64 * _MIB
    """Largest body of a case or record."""

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
    def folder(self) -> NodeFolder:
        """The files below `dir`."""
        return NodeFolder(self.dir)

    @property
    def listener(self) -> Listener:
        """Where to listen."""
        return Listener(self.host, self.port, self.tls_certificate, self.tls_key, self.behind_proxy)


def load_settings(directory: Path, **given: object) -> NodeSettings:
    """Read DIRECTORY/node.toml and the environment; what is `given` comes before both.

    Raises FolderError naming what is wrong.
    """
    folder = NodeFolder(directory)
    folder.require()
    try:
        values = tomllib.loads(folder.settings.read_text())
    except FileNotFoundError:
        values = {}
    except (OSError, tomllib.TOMLDecodeError):
        raise FolderError(f"{folder.settings} can't be read: correct or remove it") from None
    return settings_of(directory, values, **given)


def settings_of(directory: Path, values: dict[str, object], **given: object) -> NodeSettings:
    """Return settings for `directory`: `given`, the environment, `values`. Raises FolderError."""
    _refuse_unknown()
    try:
        read = NodeSettings(**{**values, "dir": directory})  # type: ignore[arg-type]
        if not given:
            return read
        # Once more without the environment, which would come first.
        chosen: dict[str, Any] = {**read.model_dump(), **given}
        return NodeSettings(_env_prefix="\0", **chosen)
    except ValidationError as error:
        names = sorted({str(one["loc"][0]) for one in error.errors()})
        raise FolderError(f"settings out of range or unknown: {', '.join(names)}") from None


def _refuse_unknown() -> None:
    known = {PREFIX + name.upper() for name in NodeSettings.model_fields}
    strangers = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if strangers:
        raise FolderError(f"unknown settings: {', '.join(strangers)}")

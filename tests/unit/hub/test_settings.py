"""The hub's settings: frozen, strict, secrets by file."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.hub.errors import StartError
from services.hub.settings import PREFIX, load_settings, settings_of
from services.web.errors import TransportError
from services.web.transport import require_protected

VALUES: dict[str, object] = {"public_url": "https://hub.example", "origin": "hub.example/log"}


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    """Give every test an environment without the hub's variables."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(PREFIX)}
    yield
    for name in list(os.environ):
        if name.startswith(PREFIX):
            del os.environ[name]
    os.environ.update(kept)


def write(folder: Path, text: str) -> Path:
    (folder / "hub.toml").write_text(text)
    return folder


def test_the_file_is_read_and_variables_override_it(tmp_path: Path) -> None:
    folder = write(
        tmp_path, 'public_url = "https://hub.example"\norigin = "hub.example/log"\nport = 9000\n'
    )
    assert load_settings(folder).port == 9000
    os.environ[PREFIX + "PORT"] = "9001"
    assert load_settings(folder).port == 9001
    assert load_settings(folder).dir == folder


def test_settings_do_not_change(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, VALUES)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_misspelt_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="prot"):
        settings_of(tmp_path, VALUES | {"prot": 1})
    os.environ[PREFIX + "PUSH_BITES"] = "1"
    with pytest.raises(StartError, match="PUSH_BITES"):
        settings_of(tmp_path, VALUES)


@pytest.mark.parametrize(
    "values",
    [
        {"port": 0},
        {"json_bytes": 1},
        {"public_url": "http://hub.example"},
        {"public_url": "https://hub.example/"},
        {"public_url": "https://user@hub.example"},
        {"public_url": "https://hub.example?x=1"},
        {"public_url": "ftp://hub.example"},
        {"integrate_every": 0},
    ],
)
def test_values_out_of_range_are_refused(tmp_path: Path, values: dict[str, object]) -> None:
    with pytest.raises(StartError, match=next(iter(values))):
        settings_of(tmp_path, VALUES | values)


def test_plain_http_is_for_loopback(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, VALUES | {"public_url": "http://127.0.0.1:8440"})
    require_protected(settings.listener)
    open_to_all = settings_of(tmp_path, VALUES | {"host": "0.0.0.0"})
    with pytest.raises(TransportError):
        require_protected(open_to_all.listener)


@pytest.mark.parametrize("text", ["public_url = ", "origin = 1 2"])
def test_a_broken_file_is_said_to_be_broken(tmp_path: Path, text: str) -> None:
    with pytest.raises(StartError, match="can't be read"):
        load_settings(write(tmp_path, text))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="safehand hub init"):
        load_settings(tmp_path)


def test_the_databases_url_is_read_from_its_file(tmp_path: Path) -> None:
    assert settings_of(tmp_path, VALUES).database_url == f"sqlite:///{tmp_path / 'hub.sqlite'}"
    settings = settings_of(tmp_path, VALUES | {"database_url_file": "database-url"})
    with pytest.raises(StartError, match="database-url"):
        _ = settings.database_url
    (tmp_path / "database-url").write_text("postgresql://hub:secret@db/hub\n")
    assert settings.database_url == "postgresql://hub:secret@db/hub"
    assert "secret" not in repr(settings)

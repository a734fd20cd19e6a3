"""Making a hub: what lies where, and who may read it."""

import asyncio
import stat
from pathlib import Path

import pytest

from keys.errors import SecretFileError
from services.hub.admin import init_hub, make_hub
from services.hub.errors import StartError
from services.hub.guard import read_guard
from services.hub.key_files import load_keys
from services.hub.settings import load_settings
from services.hub.single import only_process


def test_a_new_hub_has_keys_that_only_its_account_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    card = init_hub(folder, "https://hub.example")
    settings = load_settings(folder)
    assert load_keys(settings).card(settings) == card
    assert card.url == "https://hub.example"
    assert card.origin.startswith("hub.example/safehand/")
    files = list(settings.keys_dir.iterdir())
    assert {one.name for one in files} == {"epoch", "http", "log-ed25519", "log-ml-dsa-44"}
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert read_guard(settings.guard_file).size == 0
    assert "hub.example" in (folder / "hub.toml").read_text()


def test_two_hubs_share_nothing(tmp_path: Path) -> None:
    one = init_hub(tmp_path / "one", "https://hub.example")
    other = init_hub(tmp_path / "other", "https://hub.example")
    assert one.origin != other.origin
    assert one.http_ed25519 != other.http_ed25519


def test_a_hub_is_made_once(tmp_path: Path) -> None:
    init_hub(tmp_path / "hub", "https://hub.example")
    with pytest.raises(StartError, match="already"):
        init_hub(tmp_path / "hub", "https://hub.example")


def test_half_made_hubs_are_not_overwritten(tmp_path: Path) -> None:
    init_hub(tmp_path / "hub", "https://hub.example")
    (tmp_path / "hub" / "hub.toml").unlink()
    with pytest.raises(SecretFileError):
        init_hub(tmp_path / "hub", "https://hub.example")


def test_bad_settings_make_no_hub(tmp_path: Path) -> None:
    with pytest.raises(StartError):
        asyncio.run(make_hub(tmp_path / "hub", "http://hub.example"))
    assert not (tmp_path / "hub" / "hub.toml").exists()
    assert not (tmp_path / "hub" / "keys").exists()


def test_keys_open_to_others_are_refused(tmp_path: Path) -> None:
    init_hub(tmp_path / "hub", "https://hub.example")
    settings = load_settings(tmp_path / "hub")
    (settings.keys_dir / "http").chmod(0o644)
    with pytest.raises(SecretFileError, match="chmod 600"):
        load_keys(settings)


def test_keys_do_not_show(tmp_path: Path) -> None:
    init_hub(tmp_path / "hub", "https://hub.example")
    keys = load_keys(load_settings(tmp_path / "hub"))
    assert keys.http_seed.hex() not in repr(keys)
    assert repr(keys.http_seed) not in repr(keys)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with only_process(file), pytest.raises(StartError), only_process(file):
        pass
    with only_process(file):
        pass

"""Settings: file, environment, command line, in that order; nothing unknown. DESIGN: State."""

from pathlib import Path

import pytest

from services.node.errors import FolderError
from services.node.settings import NodeSettings, load_settings, settings_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("node.db", "record.keyring"):
        (tmp_path / name).touch()
    return tmp_path


def test_defaults_listen_on_loopback_without_proxy(folder: Path) -> None:
    settings = load_settings(folder)
    assert (settings.host, settings.behind_proxy, settings.dir) == ("127.0.0.1", False, folder)
    assert settings.listener.port == settings.port


def test_command_line_beats_environment_beats_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "node.toml").write_text("port = 1111\npoll_seconds = 5.0\n")
    assert load_settings(folder).port == 1111
    monkeypatch.setenv("SAFEHAND_NODE_PORT", "2222")
    assert load_settings(folder).port == 2222
    assert load_settings(folder, port=3333).port == 3333
    assert load_settings(folder, port=3333).poll_seconds == 5.0


def test_unknown_variables_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFEHAND_NODE_BEHIND_PROXI", "1")
    with pytest.raises(FolderError, match="SAFEHAND_NODE_BEHIND_PROXI"):
        load_settings(folder)


@pytest.mark.parametrize("text", ["prot = 5", "port = 0", "port = 'x'", "batch_rows = 22", "= ="])
def test_bad_files_are_refused(folder: Path, text: str) -> None:
    (folder / "node.toml").write_text(text)
    with pytest.raises(FolderError):
        load_settings(folder)


def test_a_folder_without_a_node_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="safehand node init"):
        load_settings(tmp_path)


def test_given_values_are_checked_too(folder: Path) -> None:
    with pytest.raises(FolderError):
        settings_of(folder, {}, port=99_999)
    with pytest.raises(FolderError):
        settings_of(folder, {}, nonsense=1)


def test_settings_are_frozen(folder: Path) -> None:
    settings = load_settings(folder)
    assert isinstance(settings, NodeSettings)
    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1

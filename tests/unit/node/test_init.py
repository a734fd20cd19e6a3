"""Making a node: what is written, with which modes, and what is refused. PROTOCOL 3 and 11."""

import stat
from pathlib import Path

import pytest

from keys.directory import verify_introduction
from keys.errors import WeakPassphraseError
from keys.keyring import RecordKeyring, open_keyring
from schemas.wire.hub_api import HubCard, Introduction
from services.node.errors import FolderError
from services.node.folder import NodeFolder
from services.node.init import init_node, read_hub_card
from tests.support.node_world import made_up_card

PASSPHRASE = "seven quiet herons over water"
NOW = 1_790_000_000


def make(path: Path, **changes: object) -> object:
    given: dict[str, object] = {
        "hub_card": made_up_card(),
        "country": "MD",
        "units": ["short-term"],
        "passphrase": PASSPHRASE,
        "now": NOW,
        "profile": "light",
    }
    return init_node(path, **{**given, **changes})  # type: ignore[arg-type]


def test_a_new_node_introduces_itself(tmp_path: Path) -> None:
    made = make(tmp_path / "node")
    written = Introduction.from_bytes((tmp_path / "node" / "introduction.json").read_bytes())
    facility = verify_introduction(written, now=NOW)
    assert facility.card.facility == made.facility  # type: ignore[attr-defined]
    assert facility.kem is not None
    assert (len(facility.http), len(facility.receipt)) == (1, 1)
    assert read_hub_card_of(tmp_path / "node") == made_up_card()


def read_hub_card_of(path: Path) -> HubCard:
    return read_hub_card(NodeFolder(path))


def test_secrets_are_private_and_the_recovery_code_opens(tmp_path: Path) -> None:
    made = make(tmp_path / "node")
    folder = tmp_path / "node"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("api-token", "record.keyring", "service.keyring", "service.credential", "node.db"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name
    code = made.recovery_code  # type: ignore[attr-defined]
    keyring = open_keyring(folder / "record.keyring", recovery_code=code)
    RecordKeyring.from_contents(keyring.contents)
    assert code not in repr(made)


def test_an_occupied_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("mine")
    with pytest.raises(FolderError, match="not empty"):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


def test_a_weak_passphrase_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(WeakPassphraseError):
        make(tmp_path / "node", passphrase="short")
    assert not (tmp_path / "node").exists()


def test_a_hub_card_that_contradicts_itself_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="hub card"):
        make(tmp_path / "node", hub_card=made_up_card("another.example/log"))
    assert not (tmp_path / "node").exists()


def test_a_damaged_hub_card_is_told(tmp_path: Path) -> None:
    make(tmp_path / "node")
    (tmp_path / "node" / "hub-card.json").write_text("{")
    with pytest.raises(FolderError, match="hub-card"):
        read_hub_card_of(tmp_path / "node")

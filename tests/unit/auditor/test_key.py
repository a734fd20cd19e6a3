"""The auditor's key: made once, kept to its owner, shown as a card."""

import stat
from pathlib import Path

import pytest

from keys.signing import ed25519_sign, ed25519_verify
from schemas.encoding import unb64u
from schemas.wire.hub_api import AuditorCard
from services.auditor.errors import AuditorKeyError
from services.auditor.key import CARD_FILE, KEY_FILE, AuditorKey, init_auditor


def test_the_card_is_that_of_the_key(tmp_path: Path) -> None:
    card = init_auditor(tmp_path / "auditor")
    key = AuditorKey.load(tmp_path / "auditor")
    assert key.card == card
    assert AuditorCard.from_bytes((tmp_path / "auditor" / CARD_FILE).read_bytes()) == card
    ed25519_verify(unb64u(card.ed25519), ed25519_sign(key.seed, b"request"), b"request")


def test_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    init_auditor(tmp_path / "auditor")
    modes = [stat.S_IMODE((tmp_path / "auditor" / name).stat().st_mode) for name in ("", KEY_FILE)]
    assert modes == [0o700, 0o600]


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    init_auditor(tmp_path)
    before = (tmp_path / KEY_FILE).read_bytes()
    with pytest.raises(AuditorKeyError, match="already"):
        init_auditor(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == before


def test_without_a_key_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AuditorKeyError, match="auditor init"):
        AuditorKey.load(tmp_path)


def test_a_damaged_key_file_is_not_repeated(tmp_path: Path) -> None:
    init_auditor(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b'{"seed":"secret"}')
    with pytest.raises(AuditorKeyError, match="damaged") as caught:
        AuditorKey.load(tmp_path)
    assert "secret" not in str(caught.value)


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    init_auditor(tmp_path)
    assert repr(AuditorKey.load(tmp_path)) == "<AuditorKey>"

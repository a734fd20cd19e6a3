"""Keyrings open by their passphrase and their recovery code, and by nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from keys.errors import KeyringError, RecoveryCodeError, WeakPassphraseError
from keys.keyring import RecordKeyring, create_keyring, open_keyring
from keys.passphrase import normal_passphrase, strong_passphrase
from keys.recovery import new_recovery_code, parse_recovery_code
from keys.signing import SigningPair
from schemas.encoding import b64u

SEEDS = st.binary(min_size=32, max_size=32)
PAIRS = st.builds(SigningPair, SEEDS, SEEDS)
IDS = st.builds(b64u, st.binary(min_size=16, max_size=16))
CONTENTS = st.dictionaries(st.text(max_size=10), st.binary(max_size=50), max_size=4)
PASSPHRASES = st.text(min_size=12, max_size=40)
RECORDS = st.builds(
    RecordKeyring,
    PAIRS,
    st.lists(SEEDS, min_size=1, max_size=3).map(tuple),
    SEEDS,
    SEEDS,
    st.dictionaries(IDS, PAIRS, max_size=3),
)
FEW = settings(max_examples=25)


def is_strong(passphrase: str) -> bool:
    try:
        strong_passphrase(passphrase)
    except WeakPassphraseError:
        return False
    return True


@contextmanager
def somewhere() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder, "keyring")


@FEW
@given(contents=CONTENTS, passphrase=PASSPHRASES.filter(is_strong))
def test_both_secrets_return_the_contents(contents: dict[str, bytes], passphrase: str) -> None:
    code = new_recovery_code()
    with somewhere() as path:
        create_keyring(path, contents, passphrase, code, profile="light")
        assert open_keyring(path, passphrase=passphrase).contents == contents
        assert open_keyring(path, recovery_code=code).contents == contents


@FEW
@given(passphrase=PASSPHRASES.filter(is_strong), other=st.text(max_size=40))
def test_no_other_secret_opens(passphrase: str, other: str) -> None:
    assume(normal_passphrase(passphrase) != normal_passphrase(other))
    with somewhere() as path:
        create_keyring(path, {}, passphrase, new_recovery_code(), profile="light")
        with pytest.raises(KeyringError, match="did not open"):
            open_keyring(path, passphrase=other)
        with pytest.raises(KeyringError, match="did not open"):
            open_keyring(path, recovery_code=new_recovery_code())


@FEW
@given(data=st.data())
def test_any_changed_byte_of_the_file_refuses_or_changes_nothing(data: st.DataObject) -> None:
    code = new_recovery_code()
    with somewhere() as path:
        create_keyring(path, {"a": b"1"}, "copper lantern river", code, profile="light")
        raw = bytearray(path.read_bytes())
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(raw)
        opened = []
        for secret in ({"passphrase": "copper lantern river"}, {"recovery_code": code}):
            try:
                opened.append(open_keyring(path, **secret).contents)
            except KeyringError:
                continue
    # A byte in one slot closes that way only; the other way still returns the whole truth.
    assert len(opened) < 2
    assert all(contents == {"a": b"1"} for contents in opened)


@given(record=RECORDS)
def test_a_record_keyring_is_its_contents(record: RecordKeyring) -> None:
    assert RecordKeyring.from_contents(record.to_contents()) == record


@given(passphrase=st.text(max_size=40))
def test_the_normal_spelling_is_stable(passphrase: str) -> None:
    normal = normal_passphrase(passphrase)
    assert normal_passphrase(normal.decode()) == normal
    assert normal_passphrase(f"  {passphrase}\t") == normal


@given(passphrase=st.text(max_size=11).filter(lambda text: len(text.split()) < 4))
def test_a_short_passphrase_of_few_words_is_refused(passphrase: str) -> None:
    assume(len(normal_passphrase(passphrase).decode()) < 12)
    with pytest.raises(WeakPassphraseError):
        strong_passphrase(passphrase)


@given(text=st.text(max_size=40))
def test_noise_is_no_recovery_code(text: str) -> None:
    with pytest.raises(RecoveryCodeError):
        parse_recovery_code(text)

"""Keyrings: who opens them and who doesn't. PROTOCOL section 11."""

import json
from pathlib import Path

import pytest

from keys.errors import (
    KeyringError,
    RecoveryCodeError,
    SecretFileError,
    WeakPassphraseError,
)
from keys.keyring import (
    Keyring,
    RecordKeyring,
    ServiceKeyring,
    change_passphrase,
    create_keyring,
    create_service_keyring,
    open_keyring,
    open_service_keyring,
)
from keys.passphrase import strong_passphrase
from keys.randomness import new_id, new_seed
from keys.recovery import new_recovery_code
from keys.secret_files import replace_secret
from keys.signing import new_pair

PASSPHRASE = "copper lantern river nine"
OTHER = "velvet anchor meadow four"
CODE = new_recovery_code()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.keyring"


def create(path: Path, **contents: bytes) -> Keyring:
    return create_keyring(path, contents, PASSPHRASE, CODE, profile="light")


def test_passphrase_and_recovery_code_both_open(path: Path) -> None:
    create(path, a=b"1")
    assert open_keyring(path, passphrase=PASSPHRASE).contents == {"a": b"1"}
    assert open_keyring(path, recovery_code=CODE).contents == {"a": b"1"}


def test_nothing_else_opens(path: Path) -> None:
    create(path, a=b"1")
    for wrong in (OTHER, PASSPHRASE.upper(), PASSPHRASE + "x", "", CODE):
        with pytest.raises(KeyringError, match="did not open"):
            open_keyring(path, passphrase=wrong)
    with pytest.raises(KeyringError, match="did not open"):
        open_keyring(path, recovery_code=new_recovery_code())
    with pytest.raises(RecoveryCodeError):
        open_keyring(path, recovery_code=PASSPHRASE)


def test_exactly_one_secret_is_asked_for(path: Path) -> None:
    create(path)
    with pytest.raises(KeyringError, match="either"):
        open_keyring(path)
    with pytest.raises(KeyringError, match="either"):
        open_keyring(path, passphrase=PASSPHRASE, recovery_code=CODE)


def test_the_file_holds_no_secret_in_clear(path: Path) -> None:
    secret = new_seed()
    create(path, a=secret)
    text = path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert secret.hex() not in text
    assert all(word not in text for word in (*PASSPHRASE.split(), *CODE.split("-")))


def test_without_a_recovery_code_there_is_one_slot(path: Path) -> None:
    create_keyring(path, {}, PASSPHRASE, profile="light")
    assert [slot["kind"] for slot in json.loads(path.read_text())["slots"]] == ["passphrase"]
    with pytest.raises(KeyringError, match="did not open"):
        open_keyring(path, recovery_code=CODE)


def test_saving_keeps_both_ways_in(path: Path) -> None:
    create(path, a=b"1").save({"b": b"2"})
    assert open_keyring(path, passphrase=PASSPHRASE).contents == {"b": b"2"}
    assert open_keyring(path, recovery_code=CODE).contents == {"b": b"2"}


def test_saving_respects_a_passphrase_changed_meanwhile(path: Path) -> None:
    keyring = create(path)
    change_passphrase(path, passphrase=PASSPHRASE, new_passphrase=OTHER, profile="light")
    keyring.save({"b": b"2"})
    assert open_keyring(path, passphrase=OTHER).contents == {"b": b"2"}


def test_saving_never_overwrites_another_keyring(path: Path, tmp_path: Path) -> None:
    keyring = create(path)
    other = create(tmp_path / "other", a=b"1")
    replace_secret(path, (tmp_path / "other").read_bytes())
    with pytest.raises(KeyringError):
        keyring.save({})
    assert open_keyring(path, passphrase=PASSPHRASE).contents == other.contents


@pytest.mark.parametrize("way", ["passphrase", "recovery_code"])
def test_a_new_passphrase_ends_the_old_one(path: Path, way: str) -> None:
    create(path, a=b"1")
    old = {"passphrase": PASSPHRASE, "recovery_code": CODE}[way]
    change_passphrase(path, **{way: old}, new_passphrase=OTHER, profile="light")  # type: ignore[arg-type]
    assert open_keyring(path, passphrase=OTHER).contents == {"a": b"1"}
    assert open_keyring(path, recovery_code=CODE).contents == {"a": b"1"}
    with pytest.raises(KeyringError):
        open_keyring(path, passphrase=PASSPHRASE)


def test_a_passphrase_set_by_the_recovery_code_draws_a_new_master_key(path: Path) -> None:
    as_of_an_old_copy = create(path, a=b"1")
    change_passphrase(path, recovery_code=CODE, new_passphrase=OTHER, profile="light")
    with pytest.raises(KeyringError):
        as_of_an_old_copy.save({"a": b"2"})
    assert open_keyring(path, passphrase=OTHER).contents == {"a": b"1"}
    assert open_keyring(path, recovery_code=CODE).contents == {"a": b"1"}


def test_a_wrong_passphrase_changes_nothing(path: Path) -> None:
    create(path)
    before = path.read_bytes()
    with pytest.raises(KeyringError):
        change_passphrase(path, passphrase=OTHER, new_passphrase=PASSPHRASE, profile="light")
    with pytest.raises(WeakPassphraseError):
        change_passphrase(path, passphrase=PASSPHRASE, new_passphrase="short", profile="light")
    assert path.read_bytes() == before


def test_a_weak_passphrase_makes_no_file(path: Path) -> None:
    with pytest.raises(WeakPassphraseError, match="12 characters or 4 different words"):
        create_keyring(path, {}, "too short", profile="light")
    assert not path.exists()


def test_an_existing_keyring_is_never_overwritten(path: Path) -> None:
    create(path, a=b"1")
    with pytest.raises(SecretFileError, match="exists already"):
        create(path)
    assert open_keyring(path, passphrase=PASSPHRASE).contents == {"a": b"1"}


def test_a_slot_can_not_be_made_cheaper(path: Path) -> None:
    create_keyring(path, {}, PASSPHRASE, profile="light")
    path.write_text(path.read_text().replace('"light"', '"moderate"'))
    with pytest.raises(KeyringError, match="did not open"):
        open_keyring(path, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-5],
        lambda text: text.replace("safehand/1 keyring", "safehand/2 keyring"),
        lambda text: text.replace('"slots":[', '"more":1,"slots":['),
        lambda text: text.replace('"contents":"', '"contents":"","contents":"'),
        lambda text: text.replace('"contents":"', '"contents":"AAAA'),
        lambda text: text.replace('"salt":"', '"salt":"AAAA'),
        lambda text: text.replace('"light"', '"free"'),
    ],
)
def test_a_damaged_file_reads_like_a_wrong_passphrase(path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    create(path, a=b"1")
    path.write_text(damage(path.read_text()))
    with pytest.raises(
        KeyringError, match="did not open: the passphrase or recovery code is wrong"
    ):
        open_keyring(path, passphrase=PASSPHRASE)


@pytest.mark.parametrize(
    "strong", ["twelve chars", "to be or not", "安 全 手 册 了", " a  bb ccc dddd"]
)
def test_long_or_many_worded_passphrases_pass(strong: str) -> None:
    assert strong_passphrase(strong)


@pytest.mark.parametrize(
    "weak", ["", "eleven char", "aaaaaaaaaaaaaaaa", "ab ab ab ab", "            ", "123412341234"]
)
def test_short_or_uniform_passphrases_do_not(weak: str) -> None:
    with pytest.raises(WeakPassphraseError):
        strong_passphrase(weak)


def test_keyboards_may_differ_in_how_they_spell(path: Path) -> None:
    create_keyring(path, {}, "café  crème brûlée", profile="light")
    assert open_keyring(path, passphrase=" café crème brûlée ").contents == {}


def test_a_record_keyring_survives_a_round_trip(path: Path) -> None:
    staff = new_id()
    keyring = RecordKeyring.new().with_staff(staff, new_pair()).with_kem_seed(new_seed())
    create_keyring(path, keyring.to_contents(), PASSPHRASE, profile="light")
    read = RecordKeyring.from_contents(open_keyring(path, passphrase=PASSPHRASE).contents)
    assert read == keyring
    assert list(read.staff) == [staff]


def test_the_newest_kem_seed_comes_first() -> None:
    first = RecordKeyring.new()
    seed = new_seed()
    assert first.with_kem_seed(seed).kem_seeds == (seed, *first.kem_seeds)


@pytest.mark.parametrize("spoil", ["identity.ed25519", "kem", "storage", "case"])
def test_a_record_keyring_with_a_gap_is_refused(spoil: str) -> None:
    contents = RecordKeyring.new().to_contents()
    for data in (b"", bytes(31), bytes(33)):
        with pytest.raises(KeyringError):
            RecordKeyring.from_contents({**contents, spoil: data})
    del contents[spoil]
    with pytest.raises(KeyringError):
        RecordKeyring.from_contents(contents)


def test_a_service_keyring_opens_with_its_credential_only(tmp_path: Path) -> None:
    keyring = ServiceKeyring.new()
    create_service_keyring(tmp_path / "service", tmp_path / "credential", keyring)
    assert open_service_keyring(tmp_path / "service", tmp_path / "credential") == keyring
    assert (tmp_path / "credential").stat().st_mode & 0o777 == 0o600
    replace_secret(tmp_path / "credential", new_seed())
    with pytest.raises(KeyringError, match="did not open"):
        open_service_keyring(tmp_path / "service", tmp_path / "credential")
    replace_secret(tmp_path / "credential", b"short")
    with pytest.raises(SecretFileError, match="32 bytes"):
        open_service_keyring(tmp_path / "service", tmp_path / "credential")


def test_a_credential_open_to_others_is_refused(tmp_path: Path) -> None:
    create_service_keyring(tmp_path / "service", tmp_path / "credential", ServiceKeyring.new())
    (tmp_path / "credential").chmod(0o644)
    with pytest.raises(SecretFileError, match="chmod 600"):
        open_service_keyring(tmp_path / "service", tmp_path / "credential")


def test_the_log_signer_has_the_keyrings_keys() -> None:
    keyring = ServiceKeyring.new()
    signer = keyring.log_signer("node.example/log")
    assert (signer.ed_seed, signer.ml_seed) == (keyring.log_ed_seed, keyring.log_ml_seed)


def test_the_default_cost_is_the_moderate_one(path: Path) -> None:
    create_keyring(path, {"a": b"1"}, PASSPHRASE)
    assert [slot["profile"] for slot in json.loads(path.read_text())["slots"]] == ["moderate"]
    assert open_keyring(path, passphrase=PASSPHRASE).contents == {"a": b"1"}

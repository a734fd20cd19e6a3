"""Today's code reads what the code of the day wrote: a change of any format fails here.

`tests/vectors/keys/generate.py` made the vectors.
"""

import json
from pathlib import Path
from typing import Any

from keys.epoch import EpochKey
from keys.hpke import kem_public
from keys.keycard import (
    fingerprint,
    fingerprint_text,
    safety_number,
    verify_card,
    verify_staff_statement,
)
from keys.keyring import RecordKeyring, open_keyring, open_service_keyring
from keys.lognotes import (
    ED25519,
    ML_DSA_44,
    parse_vkey,
    verify_cosignature,
    verify_note_ed25519,
)
from keys.opening import hpke_open, open_body
from keys.secret_files import create_secret
from keys.signing import SigningPair
from keys.storage import open_at_rest
from keys.tokens import verify_consent
from schemas.encoding import sha256
from schemas.wire.statement import SignedStatement

FROZEN: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "keys" / "frozen.json").read_text()
)


def seed(label: str) -> bytes:
    return sha256(f"frozen {label}".encode())


IDENTITY = SigningPair(seed("identity ed25519"), seed("identity ml-dsa-65"))
STAFF = SigningPair(seed("staff ed25519"), seed("staff ml-dsa-65"))


def test_statements() -> None:
    card, staff = (
        SignedStatement.model_validate(FROZEN["statements"][name]) for name in ("card", "staff")
    )
    owner = verify_card(card)
    assert owner.public == IDENTITY.public
    assert verify_staff_statement(staff, owner).role == "case-manager"


def test_prints() -> None:
    mine = fingerprint(IDENTITY.public)
    assert FROZEN["prints"] == {
        "fingerprint": mine.hex(),
        "fingerprint_text": fingerprint_text(mine),
        "safety_number": safety_number(mine, seed("another fingerprint")),
        "kem_public_sha256": sha256(kem_public(seed("kem"))).hex(),
    }


def test_sealed_things() -> None:
    hpke, body, at_rest = (bytes.fromhex(FROZEN["sealed"][n]) for n in ("hpke", "body", "at_rest"))
    assert hpke_open(seed("kem"), b"info", hpke, size=32) == seed("plaintext")
    assert open_body(seed("body"), b"context", body) == b"plaintext" * 2_000
    assert open_at_rest(seed("storage"), b"context", at_rest) == b"plaintext"


def test_a_consent_token() -> None:
    claims = verify_consent(FROZEN["consent"], STAFF.public.ed25519)
    assert claims.recipient == "F-B2B2B2B2B2"


def test_log_keys_and_signatures() -> None:
    log = FROZEN["log"]
    key, cosigner = (
        parse_vkey(log["ed25519"], expect=ED25519),
        parse_vkey(log["ml_dsa_44"], expect=ML_DSA_44),
    )
    verify_note_ed25519(key, "note\n", bytes.fromhex(log["note_signature"]))
    cosignature = bytes.fromhex(log["cosignature"])
    stamp = verify_cosignature(
        cosigner, cosignature, origin="hub.example/log", size=7, root=seed("root")
    )
    assert stamp == 1_800_000_000


def test_files(tmp_path: Path) -> None:
    files = FROZEN["files"]
    for name, data in files["bytes"].items():
        create_secret(tmp_path / name, bytes.fromhex(data))
    by_passphrase = open_keyring(tmp_path / "record", passphrase=files["passphrase"])
    by_code = open_keyring(tmp_path / "record", recovery_code=files["recovery_code"])
    record = RecordKeyring.from_contents(by_passphrase.contents)
    assert record == RecordKeyring.from_contents(by_code.contents)
    assert (record.identity, record.kem_seeds[0]) == (IDENTITY, seed("kem"))
    service = open_service_keyring(tmp_path / "service", tmp_path / "credential")
    assert (service.http_seed, service.receipt_pair) == (seed("http"), STAFF)
    half_key = EpochKey.load(tmp_path / "epoch").open(bytes.fromhex(files["half_key"]), b"grant")
    assert half_key == seed("half-key")

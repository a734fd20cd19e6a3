"""Makes `frozen.json`: one of each thing that `keys` writes, as of the day the format was fixed.

    python tests/vectors/keys/generate.py

Running it again gives other random bytes in the same formats. Do so only when a format changes on
purpose, with a new suite id; a test that then fails is doing its duty.
"""

import json
import tempfile
from pathlib import Path

from keys.body import seal_body
from keys.epoch import EpochKey
from keys.hpke import hpke_seal, kem_public
from keys.keycard import (
    fingerprint,
    fingerprint_text,
    make_card,
    make_staff_statement,
    safety_number,
)
from keys.keyring import (
    RecordKeyring,
    ServiceKeyring,
    create_keyring,
    create_service_keyring,
)
from keys.lognotes import LogSigner
from keys.recovery import new_recovery_code
from keys.signing import SigningPair
from keys.storage import seal_at_rest
from keys.tokens import sign_consent
from schemas.encoding import b64u, sha256
from schemas.wire.token import ConsentClaims

ALPHA, BETA = "F-A1A1A1A1A1", "F-B2B2B2B2B2"
PASSPHRASE = "copper lantern river nine"


def seed(label: str) -> bytes:
    return sha256(f"frozen {label}".encode())


IDENTITY = SigningPair(seed("identity ed25519"), seed("identity ml-dsa-65"))
STAFF = SigningPair(seed("staff ed25519"), seed("staff ml-dsa-65"))


def statements() -> dict[str, object]:
    card = make_card(
        facility=ALPHA,
        country="NL",
        units=["short-term", "long-term"],
        identity=IDENTITY,
        not_before=1_800_000_000,
        not_after=1_900_000_000,
    )
    staff = make_staff_statement(
        facility=ALPHA,
        staff=b64u(seed("staff")[:16]),
        role="case-manager",
        public=STAFF.public,
        issued_at=1_800_000_000,
        not_before=1_800_000_000,
        not_after=1_900_000_000,
        identity=IDENTITY,
    )
    return {"card": card.model_dump(), "staff": staff.model_dump()}


def prints() -> dict[str, str]:
    mine, theirs = fingerprint(IDENTITY.public), seed("another fingerprint")
    return {
        "fingerprint": mine.hex(),
        "fingerprint_text": fingerprint_text(mine),
        "safety_number": safety_number(mine, theirs),
        "kem_public_sha256": sha256(kem_public(seed("kem"))).hex(),
    }


def sealed() -> dict[str, str]:
    return {
        "hpke": hpke_seal(kem_public(seed("kem")), b"info", seed("plaintext")).hex(),
        "body": seal_body(seed("body"), b"context", b"plaintext" * 2_000).hex(),
        "at_rest": seal_at_rest(seed("storage"), b"context", b"plaintext").hex(),
    }


def consent() -> str:
    return sign_consent(
        ConsentClaims(
            iss=ALPHA,
            sub=b64u(seed("case")[:16]),
            aud=["hub", BETA],
            jti=b64u(seed("consent")[:16]),
            iat=1_800_000_000,
            nbf=1_800_000_000,
            exp=1_800_086_400,
            purpose="TREAT",
            scope_tags=[b64u(seed("tag")[:16])],
            recipient_fingerprint=b64u(seed("beta")),
            fine_scope="",
            consent_hash=b64u(seed("record")),
            revocation_hash=b64u(seed("code")),
            redisclosure="none",
            max_releases=3,
            erase_at=None,
            on_revocation="erase",
        ),
        STAFF,
    )


def log() -> dict[str, str]:
    signer = LogSigner("hub.example/log", seed("log ed25519"), seed("log ml-dsa-44"))
    cosignature = signer.cosign("hub.example/log", 7, seed("root"), timestamp=1_800_000_000)
    return {
        "ed25519": signer.ed25519.text,
        "ml_dsa_44": signer.ml_dsa_44.text,
        "note_signature": signer.sign_note("note\n").hex(),
        "cosignature": cosignature.hex(),
    }


def files() -> dict[str, object]:
    code = new_recovery_code()
    record = RecordKeyring(
        IDENTITY, (seed("kem"), seed("old kem")), seed("storage"), seed("case"), {"staff": STAFF}
    )
    service = ServiceKeyring(
        seed("http"), STAFF, seed("log ed25519"), seed("log ml-dsa-44"), seed("outbox")
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, name) for name in ("record", "service", "credential", "epoch")}
        create_keyring(paths["record"], record.to_contents(), PASSPHRASE, code, profile="light")
        create_service_keyring(paths["service"], paths["credential"], service)
        epoch = EpochKey.create(paths["epoch"])
        return {
            "passphrase": PASSPHRASE,
            "recovery_code": code,
            "half_key": epoch.seal(seed("half-key"), b"grant").hex(),
            "bytes": {name: path.read_bytes().hex() for name, path in paths.items()},
        }


if __name__ == "__main__":
    frozen = {
        "statements": statements(),
        "prints": prints(),
        "sealed": sealed(),
        "consent": consent(),
        "log": log(),
        "files": files(),
    }
    Path(__file__).with_name("frozen.json").write_text(json.dumps(frozen, indent=1) + "\n")

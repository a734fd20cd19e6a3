"""Makes `frozen.json`: a small log as of the day its formats were fixed, and spoilt copies of it.

    python tests/vectors/audit/generate.py

Everything but the ML-DSA-44 signatures comes out the same each time. Run it only when a format
changes on purpose; a test that then fails is doing its duty.
"""

import json
from pathlib import Path

from exchange.audit import checkpoint, proof, tiles
from exchange.audit.entry import Entry, commit
from exchange.audit.notes import join_note, split_note
from keys.lognotes import LogSigner
from schemas.encoding import b64u, sha256
from schemas.wire.hub_api import AuditDetails

ORIGIN = "hub.example/safehand"
SIGNER = LogSigner(ORIGIN, sha256(b"log ed25519"), sha256(b"log ml-dsa-44"))
IMPOSTOR = LogSigner(ORIGIN, sha256(b"other ed25519"), sha256(b"other ml-dsa-44"))
AT = 1_800_000_000


def details_of(number: int) -> AuditDetails:
    """Entries in which every member of the details is filled at least once."""
    return AuditDetails(
        action=["consent.record", "release.decide", "request.refused"][number % 3],
        outcome=["done", "permit", "deny"][number % 3],
        reasons=[[], [], ["out-of-scope", "expired"]][number % 3],
        actor=["F-7K2MQ9XZ4T", b64u(bytes([number] * 16)), "unknown"][number % 3],
        staff=b64u(sha256(b"staff")) if number % 2 else None,
        counterpart="F-ABCDEFGHJK" if number % 3 == 1 else None,
        case=b64u(bytes(16)) if number % 2 else None,
        consent=b64u(bytes([1] * 16)) if number % 2 else None,
        release=b64u(bytes([2] * 16)) if number % 3 == 1 else None,
        purpose="TREAT" if number % 3 == 1 else None,
        objects=[b64u(sha256(b"object"))] if number % 2 else [],
        request=b64u(sha256(b"signature base")),
        count=1 + number,
        at=AT + 40 * number,
    )


def entries() -> list[Entry]:
    return [commit(details_of(number), sha256(b"salt %d" % number)) for number in range(7)]


def make() -> dict[str, object]:
    made = entries()
    hashes = [entry.leaf_hash for entry in made]
    grown = tiles.integrate(0, lambda level, n, width: None, hashes)
    kept = {tile.id: tile.data for tile in grown.changed_tiles}
    read = tiles.hash_reader(lambda *tile: kept.get(tile), len(made))
    signed = checkpoint.make(ORIGIN, len(made), grown.root, SIGNER, at=AT + 300)
    return {
        "origin": ORIGIN,
        "keys": [SIGNER.ed25519.text, SIGNER.ml_dsa_44.text],
        "entries": [
            {
                "details": entry.details.decode(),
                "salt": b64u(entry.salt),
                "leaf": entry.leaf.decode(),
                "leaf_hash": b64u(entry.leaf_hash),
            }
            for entry in made
        ],
        "roots": [
            b64u(tiles.integrate(0, lambda level, n, width: None, hashes[:size]).root)
            for size in range(len(made) + 1)
        ],
        "checkpoint": signed,
        "at": AT + 300,
        "proofs": [
            proof.make(index, tiles.inclusion_proof(index, len(made), read), signed)
            for index in range(len(made))
        ],
        "spoilt": [
            {"name": name, "fault": fault, "checkpoint": text}
            for name, fault, text in spoilt(signed, grown.root)
        ],
    }


def spoilt(signed: str, root: bytes) -> list[tuple[str, str, str]]:
    """Return checkpoints named after their defect, each with the fault it must be refused for."""
    note = split_note(signed)
    ed, ml = note.signatures
    other = split_note(checkpoint.make(ORIGIN, 7, bytes(32), SIGNER, at=AT + 300))
    elsewhere = LogSigner("elsewhere.example/log", SIGNER.ed_seed, SIGNER.ml_seed)
    return [
        ("without-ed25519", "not-signed", join_note(note.text, [ml])),
        ("without-ml-dsa-44", "not-signed", join_note(note.text, [ed])),
        ("signed-twice", "not-signed", join_note(note.text, [ed, ed, ml])),
        ("another-key", "not-signed", checkpoint.make(ORIGIN, 7, root, IMPOSTOR)),
        ("another-log", "wrong-origin", checkpoint.make(elsewhere.name, 7, root, elsewhere)),
        (
            "ed25519-of-another-root",
            "bad-signature",
            join_note(note.text, [other.signatures[0], ml]),
        ),
        (
            "ml-dsa-44-of-another-root",
            "bad-signature",
            join_note(note.text, [ed, other.signatures[1]]),
        ),
        ("another-size", "bad-signature", signed.replace("\n7\n", "\n8\n", 1)),
        ("leading-zero", "malformed", signed.replace("\n7\n", "\n07\n", 1)),
        ("extension-line", "malformed", signed.replace("=\n\n", "=\nextension\n\n", 1)),
        ("no-signatures", "malformed", note.text + "\n"),
        ("carriage-returns", "malformed", signed.replace("\n", "\r\n")),
    ]


if __name__ == "__main__":
    target = Path(__file__).with_name("frozen.json")
    target.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n")

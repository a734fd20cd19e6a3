"""Cuts the published vectors in this folder out of checkouts of the projects that publish them.

    python tests/vectors/excerpt_published.py wycheproof/ CCTV/ hpke-pq/

Which commits were used, and the licences, are in SOURCES.md. `c2sp/` is not made here: it was
copied by hand from files that are not data.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
AGE_LABEL = "mlkem768x25519"
AGE_KEY_PREFIX = "AGE-SECRET-KEY-PQ-"
BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"


def wycheproof(folder: Path, name: str, group_fields: list[str], per_flag: int | None) -> None:
    """Keep the fields we use; of each pair of flags and result only the first `per_flag` cases."""
    source = json.loads((folder / "testvectors_v1" / f"{name}.json").read_text())
    kept: dict[tuple[Any, ...], int] = {}
    groups = []
    for group in source["testGroups"]:
        tests = []
        for test in group["tests"]:
            sort = (*test["flags"], test["result"], "ctx" in test and "mldsa" in name)
            kept[sort] = kept.get(sort, 0) + 1
            if sort[-1] or (per_flag is not None and kept[sort] > per_flag):
                continue
            tests.append({k: v for k, v in test.items() if k not in ("aeadKey", "baseNonce", "mu")})
        if tests:
            groups.append({**{field: group[field] for field in group_fields}, "tests": tests})
    save(f"wycheproof/{name}", {"algorithm": source["algorithm"], "testGroups": groups})


def age(folder: Path) -> None:
    """Keep of each hybrid test file what concerns the one stanza that holds the file key."""
    cases = []
    for path in sorted((folder / "age" / "testdata").glob("hybrid*")):
        head, _, rest = path.read_bytes().partition(b"\n\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        stanza = rest.partition(b"\n---")[0].decode("latin-1").splitlines()
        arguments = stanza[1].split(" ") if len(stanza) > 1 else []
        if "identity" not in fields or arguments[:2] != ["->", AGE_LABEL] or len(arguments) != 3:
            continue
        try:
            enc, body = strict_base64(arguments[2]), strict_base64(stanza[2])
        except ValueError:
            continue
        case = {
            "name": path.name,
            "expect": fields["expect"],
            "comment": fields.get("comment", ""),
            "seed": bech32(fields["identity"]).hex(),
            "file_key": fields.get("file key"),
            "sealed": (enc + body).hex(),
        }
        cases.append(case)
    save("age/hybrid", {"info": f"age-encryption.org/{AGE_LABEL}", "cases": cases})


def hpke(folder: Path) -> None:
    """Keep the key pairs of the draft's vectors for MLKEM768-X25519."""
    source = json.loads((folder / "test-vectors.json").read_text())
    pairs = [{"seed": v["skRm"], "public": v["pkRm"]} for v in source if v["kem_id"] == 0x647A]
    save("hpke/mlkem768_x25519_keys", pairs)


def strict_base64(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if base64.b64encode(data).decode().rstrip("=") != text:
        raise ValueError("not canonical")
    return data


def bech32(text: str) -> bytes:
    """The data of an age identity, its checksum dropped."""
    digits = text.removeprefix(AGE_KEY_PREFIX).removeprefix("1")[:-6]
    number = 0
    for digit in digits:
        number = number << 5 | BECH32.index(digit)
    return (number >> len(digits) * 5 % 8).to_bytes(len(digits) * 5 // 8, "big")


def save(name: str, data: Any) -> None:
    path = HERE / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n")


if __name__ == "__main__":
    WYCHEPROOF, CCTV, HPKE = (Path(argument) for argument in sys.argv[1:])
    wycheproof(WYCHEPROOF, "c2sp_chunked_encryption_aes_256_gcm_test", [], None)
    wycheproof(WYCHEPROOF, "ed25519_test", ["publicKey"], None)
    wycheproof(WYCHEPROOF, "xchacha20_poly1305_test", ["ivSize"], 3)
    wycheproof(WYCHEPROOF, "mldsa_65_verify_test", ["publicKey"], 1)
    wycheproof(WYCHEPROOF, "mldsa_44_verify_test", ["publicKey"], 1)
    age(CCTV)
    hpke(HPKE)

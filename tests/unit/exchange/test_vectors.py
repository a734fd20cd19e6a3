"""What was sealed by an earlier version still opens, and what was wrong is still refused.

The files are described in tests/vectors/safehand/README.md.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.audit.checkpoint import HubLogKeys
from exchange.errors import OpenError
from exchange.opening import (
    OpenedRelease,
    OpenedSection,
    open_message,
    open_own_section,
    open_release,
)
from exchange.recipient import Memory, Recipient
from keys.directory import VerifiedFacility, verify_introduction
from keys.hpke import kem_public
from schemas.encoding import digest_text, unb64u
from schemas.wire.hub_api import Introduction, ReleaseIn, ReleaseOut
from schemas.wire.statement import SignedStatement
from tests.support.attachments import open_attachment
from tests.support.story import labels_of
from tests.vectors.safehand.changes import changed
from tests.vectors.safehand.encodings import encodings

FOLDER = Path(__file__).parents[2] / "vectors" / "safehand"


def load(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


SECTION, RELEASE = load("section"), load("release")
SECTION_DEFECTS, RELEASE_DEFECTS = load("section-defects"), load("release-defects")


def owner_of(vector: dict[str, Any]) -> VerifiedFacility:
    return verify_introduction(Introduction.model_validate(vector["owner"]), now=vector["now"])


def open_own(vector: dict[str, Any]) -> OpenedSection:
    return open_own_section(
        SignedStatement.model_validate(vector["manifest"]),
        unb64u(vector["ciphertext"]),
        unb64u(vector["section_key"]),
        owner_of(vector),
        now=vector["now"],
    )


def open_released(vector: dict[str, Any]) -> OpenedRelease:
    seed, log = unb64u(vector["kem_seed"]), vector["log"]
    recipient = Recipient(
        facility=vector["facility"],
        fingerprint=unb64u(vector["fingerprint"]),
        kem_keys=frozenset({digest_text(kem_public(seed))}),
        pins={code: unb64u(pin) for code, pin in vector["pins"].items()},
        log_keys=HubLogKeys(log["origin"], log["ed25519"], log["ml_dsa_44"]),
    )
    return open_release(
        ReleaseOut.model_validate(vector["answer"]),
        ReleaseIn.model_validate(vector["asked"]),
        recipient,
        Memory(revocations_at=vector["revocations_at"]),
        kem_seeds=[seed],
        bodies={},
        labels_of=labels_of,
        now=vector["now"],
    )


@pytest.mark.parametrize("part", encodings())
def test_encodings_have_not_changed(part: str) -> None:
    assert encodings()[part] == load("encodings")[part]


def test_no_encoding_was_dropped() -> None:
    assert encodings().keys() == load("encodings").keys()


def test_a_frozen_section_and_its_attachment_open() -> None:
    opened = open_own(SECTION)
    assert opened.bundle.decode() == SECTION["bundle"]
    content = open_attachment(
        unb64u(SECTION["attachment"]),
        opened.attachments[0],
        owner=opened.manifest.owner,
        case=opened.manifest.case,
    )
    assert content.decode() == SECTION["attachment_plaintext"]


def test_a_frozen_message_opens() -> None:
    statement = SignedStatement.model_validate(SECTION["message"])
    seeds = [unb64u(SECTION["kem_seed"])]
    opened = open_message(statement, SECTION["recipient"], seeds, owner_of(SECTION))
    assert opened.words.decode() == SECTION["words"]


def test_a_frozen_release_opens() -> None:
    opened = open_released(RELEASE)
    assert opened.refused == ()
    assert sorted(one.section.bundle.decode() for one in opened.sections) == sorted(
        RELEASE["bundles"]
    )


@pytest.mark.parametrize("defect", SECTION_DEFECTS)
def test_a_defective_section_is_refused(defect: str) -> None:
    expected = SECTION_DEFECTS[defect]
    with pytest.raises(OpenError) as refused:
        open_own(changed(SECTION, expected["changes"]))
    assert (refused.value.step, refused.value.reason) == (expected["step"], expected["reason"])


@pytest.mark.parametrize("defect", RELEASE_DEFECTS)
def test_a_defective_release_is_refused(defect: str) -> None:
    expected = RELEASE_DEFECTS[defect]
    vector = changed(RELEASE, expected["changes"])
    if expected["whole"]:
        with pytest.raises(OpenError) as refused:
            open_released(vector)
        found = {(refused.value.step, refused.value.reason)}
    else:
        found = {(one.step, one.reason) for one in open_released(vector).refused}
    assert found == {(expected["step"], expected["reason"])}

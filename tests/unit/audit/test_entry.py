"""Entries: what a leaf shows, what it hides, and what does not open. PROTOCOL section 10."""

import hashlib
import hmac
import json

import pytest

from exchange.audit.entry import commit, open_entry, parse_leaf
from exchange.audit.errors import EntryError
from exchange.audit.tree import leaf_hash
from schemas.encoding import b64u
from schemas.wire.hub_api import AuditDetails

SALT = bytes(range(32))
DETAILS = AuditDetails(
    action="release.decide",
    outcome="permit",
    reasons=[],
    actor="F-7K2MQ9XZ4T",
    counterpart="F-ABCDEFGHJK",
    consent=b64u(bytes(16)),
    purpose="TREAT",
    at=1_800_000_059,
)


def leaf_with(**changes: object) -> bytes:
    leaf = json.loads(commit(DETAILS, SALT).leaf)
    return json.dumps(leaf | changes, separators=(",", ":")).encode()


def committed(details: bytes) -> str:
    return b64u(hmac.new(SALT, details, hashlib.sha256).digest())


def test_an_entry_opens_to_its_details() -> None:
    entry = commit(DETAILS, SALT)
    assert open_entry(entry.leaf, entry.salt, entry.details) == DETAILS
    assert entry.leaf_hash == leaf_hash(entry.leaf)


def test_a_leaf_shows_kind_and_minute_and_nothing_else() -> None:
    leaf = json.loads(commit(DETAILS, SALT).leaf)
    assert leaf == {
        "v": 1,
        "action": "release.decide",
        "minute": 1_800_000_000,
        "commitment": committed(DETAILS.to_bytes()),
    }


def test_the_same_details_under_another_salt_look_unrelated() -> None:
    one, other = commit(DETAILS, SALT), commit(DETAILS, bytes(32))
    assert parse_leaf(one.leaf).commitment != parse_leaf(other.leaf).commitment


def test_an_entry_does_not_show_its_secrets() -> None:
    shown = repr(commit(DETAILS, SALT))
    assert "F-7K2MQ9XZ4T" not in shown
    assert "salt" not in shown


@pytest.mark.parametrize("salt", [b"", SALT[:31], SALT + b"\0"])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    entry = commit(DETAILS, SALT)
    with pytest.raises(EntryError):
        commit(DETAILS, salt)
    with pytest.raises(EntryError):
        open_entry(entry.leaf, salt, entry.details)


def test_other_details_do_not_open() -> None:
    entry = commit(DETAILS, SALT)
    other = DETAILS.model_copy(update={"outcome": "deny"})
    with pytest.raises(EntryError, match="commits to"):
        open_entry(entry.leaf, SALT, other.to_bytes())


@pytest.mark.parametrize(
    "changes", [{"action": "section.push"}, {"minute": 1_799_999_940}, {"minute": 1_800_000_059}]
)
def test_a_leaf_that_contradicts_its_details_does_not_open(changes: dict[str, object]) -> None:
    with pytest.raises(EntryError, match="event or minute"):
        open_entry(leaf_with(**changes), SALT, DETAILS.to_bytes())


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        leaf_with(v=2),
        leaf_with(action="unheard.of"),
        leaf_with(name="somebody"),
        commit(DETAILS, SALT).leaf + b" ",
        commit(DETAILS, SALT).leaf.replace(b'"v":1,', b'"v":1,"v":1,'),
        commit(DETAILS, SALT).leaf.replace(b'":', b'": '),
    ],
)
def test_a_leaf_of_another_form_is_refused(leaf: bytes) -> None:
    with pytest.raises(EntryError):
        parse_leaf(leaf)


@pytest.mark.parametrize(
    "details",
    [
        b"{}",
        DETAILS.to_bytes() + b"\n",
        DETAILS.to_bytes().replace(b'"count":1', b'"count": 1'),
        DETAILS.to_bytes().replace(b'"count":1', b'"count":2,"count":1'),
        DETAILS.to_bytes().replace(b'"count":1', b'"count":1,"name":"somebody"'),
    ],
)
def test_details_of_another_form_do_not_open_though_committed_to(details: bytes) -> None:
    with pytest.raises(EntryError):
        open_entry(leaf_with(commitment=committed(details)), SALT, details)


def test_details_from_before_a_member_was_introduced_still_open() -> None:
    older = DETAILS.to_bytes().replace(b'"count":1,', b"")
    opened = open_entry(leaf_with(commitment=committed(older)), SALT, older)
    assert opened == DETAILS

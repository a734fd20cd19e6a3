"""No key bytes in repr, messages, pickles or copies. PROTOCOL section 11."""

import copy
import pickle
from pathlib import Path

import pytest

from keys.epoch import EpochKey
from keys.keyring import Keyring, RecordKeyring, ServiceKeyring
from keys.keyring_file import Contents
from keys.lognotes import LogSigner
from keys.request_keys import RequestSigner
from keys.signing import SigningPair
from schemas.encoding import b64u

SECRET = b"\xa5secret key bytes 0123456789\xa5\xa5\xa5\xa5"
PAIR = SigningPair(SECRET, SECRET)
BEARERS = [
    PAIR,
    LogSigner("log.example", SECRET, SECRET),
    RequestSigner(SECRET),
    Keyring(Path("x"), SECRET, {"a": SECRET}),
    ServiceKeyring(SECRET, PAIR, SECRET, SECRET, SECRET),
    RecordKeyring(PAIR, (SECRET,), SECRET, SECRET, {"staff": PAIR}),
    EpochKey(Path("x"), []),
]
SPELT = [str(SECRET)[2:-1], SECRET.hex(), b64u(SECRET), "secret key"]


@pytest.mark.parametrize("bearer", BEARERS, ids=lambda one: type(one).__name__)
def test_no_text_of_a_bearer_shows_the_key(bearer: object) -> None:
    for text in (repr(bearer), str(bearer), f"{bearer}", repr([bearer]), repr({"k": bearer})):
        assert not any(spelt in text for spelt in SPELT)


@pytest.mark.parametrize("bearer", BEARERS, ids=lambda one: type(one).__name__)
def test_a_bearer_is_never_pickled_or_copied(bearer: object) -> None:
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="never copied or pickled"):
            attempt(bearer)


def test_keyring_contents_do_not_show_in_passing() -> None:
    assert "AAAA" not in repr(Contents(secrets={"a": "AAAA"}))


def test_a_pair_with_its_keys_expanded_shows_no_more() -> None:
    pair = SigningPair(SECRET, SECRET)
    _ = pair.public
    assert repr(pair) == "<SigningPair>"

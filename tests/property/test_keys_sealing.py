"""Whatever is sealed opens, and nothing else does: HPKE, bodies, at rest, epoch, Crockford."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import crockford
from keys.body import BodySealer, seal_body
from keys.epoch import EpochKey
from keys.errors import OpeningError
from keys.hpke import hpke_seal, kem_public
from keys.opening import BodyOpener, hpke_open, open_body
from keys.storage import open_at_rest, seal_at_rest

KEYS = st.binary(min_size=32, max_size=32)
SMALL = st.binary(max_size=80)
LARGE = st.builds(
    lambda size, byte: bytes([byte]) * size, st.integers(0, 50_000), st.integers(0, 255)
)

Seal = Callable[[bytes, bytes, bytes], bytes]
WAYS: dict[str, tuple[Seal, Seal]] = {
    "hpke": (lambda key, info, text: hpke_seal(kem_public(key), info, text), hpke_open),
    "body": (seal_body, open_body),
    "at rest": (seal_at_rest, open_at_rest),
}


def refuse(open_: Seal, key: bytes, context: bytes, sealed: bytes) -> None:
    with pytest.raises(OpeningError):
        open_(key, context, sealed)


@pytest.mark.parametrize("way", WAYS)
@given(key=KEYS, context=SMALL, text=st.one_of(SMALL, LARGE))
def test_open_undoes_seal(way: str, key: bytes, context: bytes, text: bytes) -> None:
    seal, open_ = WAYS[way]
    assert open_(key, context, seal(key, context, text)) == text


@pytest.mark.parametrize("way", WAYS)
@given(key=KEYS, context=SMALL, text=SMALL, data=st.data())
def test_any_changed_byte_refuses(
    way: str, key: bytes, context: bytes, text: bytes, data: st.DataObject
) -> None:
    seal, open_ = WAYS[way]
    sealed = bytearray(seal(key, context, text))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    refuse(open_, key, context, bytes(sealed))


@pytest.mark.parametrize("way", WAYS)
@given(key=KEYS, context=SMALL, text=SMALL, data=st.data())
def test_any_cut_or_lengthened_ciphertext_refuses(
    way: str, key: bytes, context: bytes, text: bytes, data: st.DataObject
) -> None:
    seal, open_ = WAYS[way]
    sealed = seal(key, context, text)
    refuse(open_, key, context, sealed[: data.draw(st.integers(0, len(sealed) - 1))])
    refuse(open_, key, context, sealed + data.draw(st.binary(min_size=1, max_size=20)))


@pytest.mark.parametrize("way", WAYS)
@given(key=KEYS, other=KEYS, context=SMALL, elsewhere=SMALL, text=SMALL)
def test_another_key_or_context_refuses(
    way: str, key: bytes, other: bytes, context: bytes, elsewhere: bytes, text: bytes
) -> None:
    seal, open_ = WAYS[way]
    sealed = seal(key, context, text)
    if elsewhere != context:
        refuse(open_, key, elsewhere, sealed)
    if other != key:
        refuse(open_, other, context, sealed)


@pytest.mark.parametrize("way", WAYS)
@given(key=KEYS, context=SMALL, noise=st.binary(max_size=1_400))
def test_noise_refuses(way: str, key: bytes, context: bytes, noise: bytes) -> None:
    refuse(WAYS[way][1], key, context, noise)


@given(key=KEYS, pieces=st.lists(LARGE, max_size=4), width=st.integers(1, 40_000))
def test_a_body_is_the_same_however_it_is_cut(key: bytes, pieces: list[bytes], width: int) -> None:
    sealer = BodySealer(key, b"")
    sealed = b"".join(map(sealer.update, pieces)) + sealer.finalize()
    opener = BodyOpener(key, b"")
    opened = b"".join(opener.update(sealed[i : i + width]) for i in range(0, len(sealed), width))
    assert opened + opener.finalize() == b"".join(pieces)


@given(half_keys=st.lists(KEYS, max_size=6), erased=st.sets(st.integers(0, 5)))
def test_a_rotation_keeps_what_was_resealed_and_nothing_else(
    half_keys: list[bytes], erased: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "epoch")
        epoch = EpochKey.create(path)
        rows = {i: epoch.seal(key, bytes([i])) for i, key in enumerate(half_keys)}
        epoch.begin_rotation()
        kept = {i: epoch.reseal(row, bytes([i])) for i, row in rows.items() if i not in erased}
        epoch.finish_rotation()
        after = EpochKey.load(path)
    assert {i: after.open(row, bytes([i])) for i, row in kept.items()} == {
        i: half_keys[i] for i in kept
    }
    for i, row in rows.items():
        with pytest.raises(OpeningError):
            after.open(row, bytes([i]))


@given(data=st.binary(max_size=64))
def test_crockford_spelling_is_read_back(data: bytes) -> None:
    spelt = crockford.encode(data)
    if data:
        typed = crockford.group(spelt).lower().replace("0", "o").replace("1", "l")
        assert crockford.decode(typed, len(data)) == data
    assert len(spelt) == -(-len(data) * 8 // 5)

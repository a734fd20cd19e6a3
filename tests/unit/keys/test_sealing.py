"""HPKE, bodies, sealing at rest: what their properties don't show. PROTOCOL sections 4, 5, 11."""

import pytest

from keys.body import BodySealer, seal_body
from keys.errors import KeyFormatError, OpeningError
from keys.hpke import HPKE_OVERHEAD, KEM_PUBLIC_SIZE, hpke_seal, kem_public, load_kem_public
from keys.opening import BodyOpener, hpke_open, open_body
from keys.randomness import new_seed
from keys.storage import AT_REST_OVERHEAD, open_at_rest, seal_at_rest

SEED = new_seed()
PUBLIC = kem_public(SEED)
CHUNK = 16 * 1024


def test_sizes_are_those_of_the_protocol() -> None:
    assert len(PUBLIC) == KEM_PUBLIC_SIZE == 1216
    assert len(hpke_seal(PUBLIC, b"", bytes(32))) == HPKE_OVERHEAD + 32 == 1168
    assert len(seal_at_rest(SEED, b"", b"")) == AT_REST_OVERHEAD == 40


def test_a_wrong_length_is_refused_before_any_decryption() -> None:
    sealed = hpke_seal(PUBLIC, b"info", bytes(33))
    assert hpke_open(SEED, b"info", sealed) == bytes(33)
    with pytest.raises(OpeningError):
        hpke_open(SEED, b"info", sealed, size=32)


@pytest.mark.parametrize(
    "public", [b"", PUBLIC[:-1], PUBLIC + b"\0", b"\xff" * 1184 + PUBLIC[1184:]]
)
def test_bytes_that_are_no_kem_key_are_refused(public: bytes) -> None:
    with pytest.raises(KeyFormatError):
        load_kem_public(public)


def test_a_point_of_low_order_is_refused_when_sealing() -> None:
    with pytest.raises(KeyFormatError):
        hpke_seal(PUBLIC[:1184] + bytes(32), b"info", b"x")


def test_a_seed_has_32_bytes() -> None:
    with pytest.raises(KeyFormatError):
        kem_public(bytes(31))


def test_sealing_twice_gives_different_bytes() -> None:
    assert hpke_seal(PUBLIC, b"", b"x") != hpke_seal(PUBLIC, b"", b"x")
    assert seal_body(SEED, b"", b"x") != seal_body(SEED, b"", b"x")
    assert seal_at_rest(SEED, b"", b"x") != seal_at_rest(SEED, b"", b"x")


def test_a_body_streams() -> None:
    sealer = BodySealer(SEED, b"context")
    pieces = [bytes([i]) * 7_001 for i in range(20)]
    sealed = b"".join(map(sealer.update, pieces)) + sealer.finalize()
    assert open_body(SEED, b"context", sealed) == b"".join(pieces)
    opener = BodyOpener(SEED, b"context")
    opened = [opener.update(sealed[i : i + 999]) for i in range(0, len(sealed), 999)]
    assert b"".join(opened) + opener.finalize() == b"".join(pieces)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_a_body_cut_anywhere_is_refused(size: int) -> None:
    sealed = seal_body(SEED, b"context", bytes(size))
    for cut in {0, 1, 24, 56, len(sealed) // 2, len(sealed) - 16, len(sealed) - 1}:
        if cut < len(sealed):
            with pytest.raises(OpeningError):
                open_body(SEED, b"context", sealed[:cut])


def test_chunks_in_another_order_are_refused() -> None:
    sealed = seal_body(SEED, b"context", bytes(3 * CHUNK))
    head, width = 56, CHUNK + 16
    first, second = sealed[head : head + width], sealed[head + width : head + 2 * width]
    swapped = sealed[:head] + second + first + sealed[head + 2 * width :]
    with pytest.raises(OpeningError):
        open_body(SEED, b"context", swapped)


def test_an_opener_stays_refused_after_a_failure() -> None:
    sealed = bytearray(seal_body(SEED, b"context", bytes(3 * CHUNK)))
    sealed[60] ^= 1
    opener = BodyOpener(SEED, b"context")
    with pytest.raises(OpeningError):
        opener.update(bytes(sealed))
    with pytest.raises(OpeningError):
        opener.update(b"more")
    with pytest.raises(OpeningError):
        opener.finalize()


def test_keys_of_a_wrong_length_do_not_open() -> None:
    with pytest.raises(OpeningError):
        BodyOpener(bytes(16), b"")
    with pytest.raises(OpeningError):
        open_at_rest(bytes(16), b"", bytes(64))


def test_every_refusal_reads_alike() -> None:
    words = set()
    for attempt in (
        lambda: hpke_open(SEED, b"", b"short"),
        lambda: open_body(SEED, b"", b"short"),
        lambda: open_at_rest(SEED, b"", b"short"),
        lambda: open_at_rest(SEED, b"", bytes(100)),
    ):
        with pytest.raises(OpeningError) as caught:
            attempt()
        words.add(str(caught.value))
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert len(words) == 1

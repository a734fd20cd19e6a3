"""Padding hides lengths and carries nothing. PROTOCOL section 4."""

import pytest

from exchange.errors import PaddingError
from exchange.padding import pad, padded_size, unpad


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, 1024),
        (1024, 1024),
        (1025, 4096),
        (4097, 16384),
        (16384, 16384),
        # Padmé: E = 14, S = 4, so the last 10 bits are rounded up.
        (16385, 17408),
        (17408, 17408),
        # E = 21, S = 5: the last 16 bits.
        (3_000_000, 3_014_656),
    ],
)
def test_sizes(length: int, size: int) -> None:
    assert padded_size(length) == size


def test_content_of_different_lengths_looks_alike() -> None:
    assert len(pad(b"")) == len(pad(b"x" * 1016)) == 1024
    assert len(pad(b"x" * 1017)) == 4096


@pytest.mark.parametrize(
    ("defect", "padded"),
    [
        ("empty", b""),
        ("shorter-than-its-length", bytes(7)),
        ("no-bucket", pad(b"x") + b"\0"),
        ("bucket-too-large", pad(b"x").ljust(4096, b"\0")),
        ("filling-not-zero", pad(b"x")[:-1] + b"\1"),
        ("first-filling-byte-not-zero", b"\1" + bytes(7) + b"x" + b"\1" + bytes(1014)),
        ("length-beyond-the-end", (1017).to_bytes(8, "little") + bytes(1016)),
        ("huge-length", b"\xff" * 8 + bytes(1016)),
        ("length-for-a-larger-bucket", (2000).to_bytes(8, "little") + bytes(1016)),
    ],
)
def test_every_other_spelling_is_refused(defect: str, padded: bytes) -> None:
    with pytest.raises(PaddingError):
        unpad(padded)

"""Padding: hides the exact length of what is sealed. PROTOCOL section 4.

Owns the sizes and the strict removal. Does not encrypt. The length of the content stands in front
(8 bytes, little-endian), zeros follow it; sizes are 1, 4 or 16 KiB, then Padmé (at most 12 % more).
"""

from exchange.errors import PaddingError

BUCKETS = (1024, 4096, 16384)
"""Sizes in bytes for everything small."""

PREFIX = 8


def padded_size(length: int) -> int:
    """Return the size in bytes to which `length` bytes are padded.

    Source: Padmé, Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PoPETs 2019.
    """
    for bucket in BUCKETS:
        if length <= bucket:
            return bucket
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def pad(content: bytes) -> bytes:
    """Return `content` with its length in front and zeros behind."""
    size = padded_size(PREFIX + len(content))
    return (len(content).to_bytes(PREFIX, "little") + content).ljust(size, b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the content of `padded`; refuse every spelling that `pad` would not produce.

    Raises PaddingError.
    """
    length = int.from_bytes(padded[:PREFIX], "little")
    if len(padded) < PREFIX or len(padded) != padded_size(PREFIX + length):
        raise PaddingError("wrong padded size")
    require_zeros(padded[PREFIX + length :])
    return padded[PREFIX : PREFIX + length]


def require_zeros(filling: bytes) -> None:
    """Refuse filling that is not all zero: it could carry something. Raises PaddingError."""
    if filling.count(0) != len(filling):
        raise PaddingError("filling is not zero")

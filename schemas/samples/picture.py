"""A valid PNG of a wished size, the same bytes for the same seed: a stand-in for a scan."""

import hashlib
import struct
import zlib


def _part(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def noise_png(seed: int, width: int, height: int) -> bytes:
    """Return an 8-bit grey PNG (ISO/IEC 15948) of about width * height bytes."""
    noise = hashlib.shake_256(f"safehand picture {seed}".encode()).digest(width * height)
    lines = b"".join(
        b"\0" + noise[start : start + width] for start in range(0, width * height, width)
    )
    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(lines, level=0)
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", size) + _part(b"IDAT", data) + _part(b"IEND", b"")

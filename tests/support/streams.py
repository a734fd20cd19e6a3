"""Finds compressed streams anywhere in bytes and inflates them: zlib, gzip and raw deflate.

Zlib and gzip streams are known by their headers, at any offset. A raw deflate stream has none: it
is tried at the beginning, after the header of a ZIP member, and at every multiple of a stride,
which in memory is the grid on which the allocator puts things. A stream that ends early or in
rubbish is inflated as far as it goes.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Literal

Kind = Literal["zlib", "gzip", "deflate"]
_WINDOW: dict[Kind, int] = {"zlib": zlib.MAX_WBITS, "gzip": 31, "deflate": -zlib.MAX_WBITS}

LEAST = 16
"""Shorter contents hold nothing that anyone looks for."""
MOST = 64 * 2**20
"""A longer stream is read no further."""
_PROBE, _STEP = 64, 4096

_ZLIB = re.compile(
    b"|".join(
        re.escape(bytes((first, second)))
        for first in range(0x08, 0x80, 0x10)
        for second in range(256)
        # RFC 1950: a check of both bytes; no preset dictionary.
        if (first * 256 + second) % 31 == 0 and not second & 0x20
    )
)
_GZIP = re.compile(rb"\x1f\x8b\x08")
_ZIP_MEMBER = re.compile(rb"PK\x03\x04")
# RFC 1951: bits 1 and 2 name the kind of the first block. A stored one is seen without inflating.
_COMPRESSED = re.compile(
    b"[" + b"".join(re.escape(bytes((one,))) for one in range(256) if one >> 1 & 3 in (1, 2)) + b"]"
)


def inflated(data: bytes, stride: int = 0) -> Iterator[tuple[Kind, bytes]]:
    """Yield the contents of every compressed stream that is found."""
    for kind, at in _starts(data, stride):
        content = _inflate(data, at, _WINDOW[kind])
        if len(content) >= LEAST:
            yield kind, content


def _starts(data: bytes, stride: int) -> Iterator[tuple[Kind, int]]:
    yield "deflate", 0
    yield from (("zlib", found.start()) for found in _ZLIB.finditer(data))
    yield from (("gzip", found.start()) for found in _GZIP.finditer(data))
    for found in _ZIP_MEMBER.finditer(data):
        header = data[found.start() : found.start() + 30]
        if len(header) == 30:
            name, extra = struct.unpack_from("<HH", header, 26)
            yield "deflate", found.start() + 30 + name + extra
    if stride:
        grid = data[::stride]
        yield from (("deflate", found.start() * stride) for found in _COMPRESSED.finditer(grid))


def _inflate(data: bytes, at: int, window: int) -> bytes:
    engine = zlib.decompressobj(window)
    content, step = bytearray(), _PROBE
    while at < len(data) and not engine.eof and len(content) < MOST:
        try:
            content += engine.decompress(data[at : at + step])
        except zlib.error:
            break
        at, step = at + step, _STEP
    return bytes(content)

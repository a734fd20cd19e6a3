"""Texts that must not be found, and the scanner that looks for them in any bytes.

A canary is a mark drawn for one run, with a number that tells the canaries of the run apart. The
scanner looks for the marks, as they are and in every form that software is apt to give a text, also
inside compressed streams and base64. What holds a mark is reported with the canary's number.

Each mark is long enough that chance does not make it, and short enough for a cut text to show it.
"""

import base64
import re
import secrets
import string
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tests.support.streams import inflated

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
LATIN_LENGTH, ARABIC_LENGTH = 20, 16
NUMBER_DIGITS = 4
_WRAPPED = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")

Layer = Literal["plain", "zlib", "gzip", "deflate", "base64"]


def _json(text: str, form: str) -> bytes:
    units = memoryview(text.encode("utf-16-be")).cast("B")
    pairs = zip(units[::2], units[1::2], strict=True)
    return b"".join(rb"\u" + (form % (high << 8 | low)).encode() for high, low in pairs)


def _percent(text: str, form: str) -> bytes:
    return b"".join((form % byte).encode() for byte in text.encode())


def _base64(text: str, before: int, altchars: bytes) -> bytes:
    """Return the part of a text's base64 that is the same whatever stands around the text.

    `before`: how many bytes stand before it, modulo 3.
    """
    data = text.encode()
    whole = base64.b64encode(bytes(before) + data, altchars)
    return whole[-(-8 * before // 6) : 8 * (before + len(data)) // 6]


FORMS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-32-le": lambda text: text.encode("utf-32-le"),
    "json-escapes-lower": lambda text: _json(text, "%04x"),
    "json-escapes-upper": lambda text: _json(text, "%04X"),
    "percent-lower": lambda text: _percent(text, "%%%02x"),
    "percent-upper": lambda text: _percent(text, "%%%02X"),
    "hex-lower": lambda text: text.encode().hex().encode(),
    "hex-upper": lambda text: text.encode().hex().upper().encode(),
    **{
        f"{name}-offset-{before}": lambda text, before=before, extra=extra: _base64(
            text, before, extra
        )
        for name, extra in (("base64", b"+/"), ("base64url", b"-_"))
        for before in range(3)
    },
}
"""What a text may look like. UTF-32 is how the interpreter itself keeps some texts in memory."""


@dataclass(frozen=True)
class Hit:
    """A mark that was found. `form` and `layer` say in which shape."""

    place: str
    form: str
    layer: Layer
    at: int
    excerpt: bytes


@dataclass(frozen=True)
class Unit:
    """Bytes to scan, and where they are from.

    `stride`: raw deflate streams, which have no header, are looked for at multiples of it; 0: only
    at the beginning. `wrapped`: texts in base64 are unwrapped and scanned as well.
    """

    place: str
    data: bytes
    stride: int = 0
    wrapped: bool = False


@dataclass(frozen=True)
class Marks:
    """The marks of one run, in each alphabet that fields allow."""

    latin: str
    arabic: str

    @classmethod
    def draw(cls) -> "Marks":
        """Draw marks that no file on this machine holds."""
        return cls(
            "".join(secrets.choice(string.ascii_lowercase) for _ in range(LATIN_LENGTH)),
            "".join(secrets.choice(ARABIC) for _ in range(ARABIC_LENGTH)),
        )

    def text(self, number: int) -> str:
        """Return the canary for a field of free text: in two scripts."""
        return f"{self.latin}{number:0{NUMBER_DIGITS}} {self.arabic}{number:0{NUMBER_DIGITS}}"

    def code(self, number: int) -> str:
        """Return the canary for a field of capitals and digits."""
        return f"{self.latin.upper()}{number:0{NUMBER_DIGITS}}"

    def file_name(self, number: int) -> str:
        """Return the canary for a field of small letters and digits."""
        return f"{self.latin}{number:0{NUMBER_DIGITS}}"

    @property
    def all(self) -> tuple[str, ...]:
        """The marks themselves."""
        return self.latin, self.latin.upper(), self.arabic


class Scanner:
    """Looks for some texts: the marks of one run, or words of ten letters or so."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._needles: dict[bytes, list[str]] = {}
        """Every byte string to look for, with its form, or forms where two look the same."""
        for text in texts:
            for name, form in FORMS.items():
                self._needles.setdefault(form(text), []).append(name)

    def scan(self, units: Iterable[Unit]) -> list[Hit]:
        """Return everything that is found: no more than one hit for each form in each unit."""
        return [hit for unit in units for hit in self._scan(unit)]

    def _scan(self, unit: Unit) -> Iterator[Hit]:
        yield from self._search(unit.place, unit.data, "plain")
        yield from self._streams(unit)
        if not unit.wrapped:
            return
        for found in _WRAPPED.finditer(unit.data):
            inner = Unit(unit.place, _unwrap(found[0]))
            yield from self._search(unit.place, inner.data, "base64")
            yield from self._streams(inner)

    def _streams(self, unit: Unit) -> Iterator[Hit]:
        for layer, content in inflated(unit.data, unit.stride):
            yield from self._search(unit.place, content, layer)

    def _search(self, place: str, data: bytes, layer: Layer) -> Iterator[Hit]:
        for needle, forms in self._needles.items():
            at = data.find(needle)
            if at >= 0:
                excerpt = data[max(0, at - 40) : at + len(needle) + 40]
                yield from (Hit(place, form, layer, at, excerpt) for form in forms)


def _unwrap(text: bytes) -> bytes:
    body = text.rstrip(b"=").translate(_TO_STANDARD)
    body = body[: len(body) - (len(body) % 4 == 1)]
    return base64.b64decode(body + b"=" * (-len(body) % 4))

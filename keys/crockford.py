"""Crockford base 32: how random bits are spelt for people (codes, fingerprints).

Digits and capitals without I, L, O and U; reading forgives lower case, hyphens, spaces, and O, I, L
typed for 0, 1, 1. PROTOCOL section 2.
"""

from schemas.errors import EncodingError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def encode(data: bytes) -> str:
    """Spell `data`: five bits a character, most significant first, zero bits at the end."""
    count = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (count * 5 - len(data) * 8)
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * count - 5, -1, -5))


def decode(text: str, size: int) -> bytes:
    """Return the `size` bytes that `text` spells. Raises EncodingError."""
    text = normalise(text)
    if len(text) != -(-size * 8 // 5):
        raise EncodingError("wrong number of characters")
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    spare = len(text) * 5 - size * 8
    if number & (1 << spare) - 1:
        raise EncodingError("not a canonical spelling")
    return (number >> spare).to_bytes(size, "big")


def normalise(text: str) -> str:
    """Return the canonical characters of a typed text. Raises EncodingError."""
    plain = text.strip().upper().translate(_FORGIVEN)
    if not plain or not text.isascii() or any(one not in ALPHABET for one in plain):
        raise EncodingError("holds a character that no code has")
    return plain


def group(text: str, size: int = 4) -> str:
    """Return `text` cut into hyphenated groups."""
    return "-".join(text[i : i + size] for i in range(0, len(text), size))

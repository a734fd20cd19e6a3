"""Passphrases: how long they must be, and one spelling for each.

Length is the only rule that helps; there are no rules about kinds of characters. PROTOCOL section
11.
"""

import unicodedata

from keys.errors import WeakPassphraseError

_CHARACTERS = 12
_WORDS = 4
_DIFFERENT = 5


def normal_passphrase(passphrase: str) -> bytes:
    """Return one spelling for what different keyboards and hurried thumbs type.

    Unicode NFKC, runs of white space as one space, none at either end; UTF-8.
    """
    return " ".join(unicodedata.normalize("NFKC", passphrase).split()).encode()


def strong_passphrase(passphrase: str) -> bytes:
    """Return the normal spelling of a passphrase that may be set. Raises WeakPassphraseError."""
    normal = normal_passphrase(passphrase)
    plain = normal.decode()
    long_enough = len(plain) >= _CHARACTERS or len(set(plain.split())) >= _WORDS
    if not long_enough or len(set(plain)) < _DIFFERENT:
        raise WeakPassphraseError(
            f"the passphrase needs at least {_CHARACTERS} characters or {_WORDS} different words; "
            "four or more words drawn at random are easy to remember and hard to guess"
        )
    return normal

"""What can go wrong with keys.

    KeysError
    ├── SuiteUnavailableError     the installed libraries lack an algorithm of the suite
    ├── KeyFormatError            bytes that should be a public key are none
    ├── SignatureError            a signature, or the form of a signed thing, is wrong
    │   └── ClaimsError           a consent, refusal or revocation token is malformed
    ├── OpeningError              a sealed thing did not open
    ├── KeyringError              a keyring did not open, or may not be made like this
    │   ├── WeakPassphraseError   the passphrase is too easily guessed
    │   ├── RecoveryCodeError     the text is no recovery code (mistyped)
    │   └── SecretFileError       a secret file is missing, damaged or open to others
    └── CardError                 a key card or a statement under it can't be believed
        └── UnpinnedError         nobody here has confirmed this facility's fingerprint

Messages never hold key bytes, plaintext or names. None of them knows of HTTP.
"""


class KeysError(Exception):
    """Root of this package's errors."""


class SuiteUnavailableError(KeysError):
    """The installed libraries lack an algorithm of the suite."""


class KeyFormatError(KeysError):
    """Bytes that should be a public key are none."""


class SignatureError(KeysError):
    """A signature does not verify, or a signed thing has not the required form."""


class ClaimsError(SignatureError):
    """A signed token is malformed, of another kind, for another audience, or not by this key."""


class OpeningError(KeysError):
    """A sealed thing did not open. Deliberately says no more."""

    def __init__(self) -> None:
        super().__init__("not opened: wrong key, wrong context, or changed on the way")


class KeyringError(KeysError):
    """A keyring did not open. A wrong passphrase and a damaged file are not told apart."""


class WeakPassphraseError(KeyringError):
    """The passphrase is too easily guessed."""


class RecoveryCodeError(KeyringError):
    """The text is no recovery code: most likely mistyped."""


class SecretFileError(KeyringError):
    """A secret file is missing, damaged, or readable by others."""


class CardError(KeysError):
    """A key card, or a statement under it, can't be believed."""


class UnpinnedError(CardError):
    """Nobody here has confirmed this facility's fingerprint, or it has changed."""

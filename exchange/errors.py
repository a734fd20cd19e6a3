"""Errors of the protocol layer. They know nothing of HTTP. PROTOCOL section 9.

ExchangeError
├── PaddingError        padding that is not exactly ours
├── StatementError      a statement with a wrong signature, type or shape
├── SealError           something that must not be sealed or granted
├── CodeError           a revocation code that can't be read
└── OpenError           something received that was refused; coarse outside, precise inside

A refusal by `exchange.consent.decide` is a value (`Deny`), never an error.
"""

from typing import Literal

Step = Literal[
    "answer",
    "owner",
    "manifest",
    "head",
    "consent",
    "grant",
    "decision",
    "audit",
    "consistency",
    "fine-scope",
    "key",
    "body",
    "author",
    "labels",
    "attachment",
    "message",
]
"""Where an opening stopped, in the order of PROTOCOL section 7."""


class ExchangeError(Exception):
    """Root of this package's errors."""


class PaddingError(ExchangeError):
    """Padding is missing, of the wrong length or not zero."""


class StatementError(ExchangeError):
    """A signed statement does not verify, or does not say what its type demands."""


class SealError(ExchangeError):
    """The caller asked to seal or grant something that the protocol forbids."""


class CodeError(ExchangeError):
    """A text is not a revocation code. Says nothing of the text."""


class OpenError(ExchangeError):
    """A received thing was refused.

    `str()` is the same for every cause, so that nobody outside learns which check failed. `step`
    and `reason` are stable slugs for tests and local operators; neither ever holds a value.
    """

    def __init__(self, step: Step, reason: str) -> None:
        super().__init__("could not be opened")
        self.step = step
        self.reason = reason

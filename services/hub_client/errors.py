"""What can come back from the hub instead of an answer.

HubError
├── HubRefusal            the hub said no: status, slug and reasons of its problem document
├── HubUnavailableError   no answer, or "not now": try again later with the same ids
│   └── NoAnswerError     nothing came back at all
└── AnswerError           an answer that the pinned hub did not sign for this request, or malformed
    └── OversizeError     more came than was announced
"""

from collections.abc import Sequence


class HubError(Exception):
    """Root of this package's errors. Messages are slugs, never content."""


class HubRefusal(HubError):  # noqa: N818 - a refusal is an answer, not a fault
    """The hub refused. Repeating the same request will not help."""

    def __init__(self, status: int, slug: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(f"{status} {slug} {' '.join(reasons)}".rstrip())
        self.status, self.slug, self.reasons = status, slug, tuple(reasons)


class HubUnavailableError(HubError):
    """The hub can't be reached or can't work now."""


class NoAnswerError(HubUnavailableError):
    """Nothing came back at all: the hub, or the way to it, is away."""


class AnswerError(HubError):
    """An answer that must not be believed."""


class OversizeError(AnswerError):
    """More came than was announced; nothing of it was kept."""

"""Findings: what is wrong with a log, in one closed list of kinds and in plain words.

Owns the vocabulary of verification and a collector that keeps memory flat. Finds nothing itself.
PROTOCOL section 10.
"""

from dataclasses import dataclass
from typing import Literal

FindingKind = Literal[
    "checkpoint-malformed",
    "wrong-log",
    "wrong-key",
    "bad-signature",
    "entry-edited",
    "entry-unreadable",
    "entry-missing",
    "entry-inserted",
    "entry-moved",
    "entry-misnumbered",
    "entry-unproven",
    "details-altered",
    "truncated",
    "surplus",
    "tile-missing",
    "tile-altered",
    "root-mismatch",
    "rolled-back",
    "forked",
    "consistency-unproven",
]

MAX_FINDINGS = 256
"""More are counted, not kept: a log that is all wrong must not fill the memory."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong. `first` and `last`: the indexes concerned, where it is about entries."""

    kind: FindingKind
    text: str
    first: int | None = None
    last: int | None = None


class Findings:
    """Collects up to MAX_FINDINGS findings and counts the rest."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.dropped = 0

    @property
    def full(self) -> bool:
        """Say whether further findings would only be counted."""
        return len(self.kept) >= MAX_FINDINGS

    def add(self, finding: Finding) -> None:
        """Keep a finding, or count it when there are enough."""
        if self.full:
            self.dropped += 1
        else:
            self.kept.append(finding)

    def note(
        self, kind: FindingKind, text: str, first: int | None = None, last: int | None = None
    ) -> None:
        """Keep a finding about entries `first` to `last` (only `first`, if `last` is None)."""
        self.add(Finding(kind, text, first, first if last is None else last))


def entries_text(first: int, last: int) -> str:
    """Return how to speak of entries `first` to `last`."""
    return f"entry {first}" if first == last else f"entries {first} to {last}"

"""What a rule finds: how grave, where, by which requirement, and a neutral sentence.

A finding names elements by their path, never their content: it may be logged and shown. `warn`
stops nothing; `block` means that the record contradicts itself, that its author may not write it,
or that a step (a discharge, an acceptance) can't be closed yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from schemas.rules.messages import MESSAGES

Level = Literal["warn", "block"]


@dataclass(frozen=True)
class Finding:
    """One finding. `path`: component, field and position (`health.problems.2`)."""

    level: Level
    path: str
    rule: str
    key: str
    text: str


def finding(key: str, path: str, *, label: str = "", level: Level = "warn") -> Finding:
    """Return the finding of a key; `label` is a word of ours, never of a record."""
    rule, text = MESSAGES[key]
    return Finding(level, path, rule, key, text.format(label))


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that stop a step."""
    return [found for found in findings if found.level == "block"]

"""What the demo reports: filled in step by step from answers of hub, nodes and auditor.

The names are stable: they are the keys of `safehand demo --json`.
"""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Place:
    """A process: its URL, and its database as a path (or a URL, for PostgreSQL)."""

    url: str
    database: str


@dataclass
class Refused:
    """Something that was tried and refused: what, with which status, and why."""

    attempt: str
    status: int
    reason: str


@dataclass
class AuditReport:
    """The log as the auditor's own mirror shows it. `root` is spelt as in the checkpoint."""

    size: int
    root: str
    checkpoint: str
    verified: bool
    tampering_detected: bool


@dataclass
class DemoResult:
    """One run of the demo."""

    hub: Place
    facilities: dict[str, Place]
    sealed_sections: int = 0
    """Section versions of the case that the hub holds for Alpha."""
    consented_sections: int = 0
    """Sections that Alpha granted under the consent."""
    released_sections: int = 0
    """Sections that the audit log says were released to Beta."""
    opened_sections: int = 0
    """Sections that Beta's node opened."""
    withheld_sections: int = 0
    """Sealed sections of which Beta holds nothing."""
    refused: list[Refused] = field(default_factory=list)
    audit: AuditReport | None = None
    opened_bundles: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return asdict(self)

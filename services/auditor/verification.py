"""Verifies a mirror on disk, offline, and says in plain words what was found.

Owns the way from a folder to a verdict and from a verdict to sentences. The judging itself is
`exchange.audit.verify`. PROTOCOL section 10.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from exchange.audit.checkpoint import HubLogKeys
from exchange.audit.mirrored import Progress
from exchange.audit.verify import Verdict, verify_log
from schemas.encoding import b64u
from schemas.wire.hub_api import HubCard
from services.auditor.folder import MirrorFolder

_YEAR_10000 = 253_402_300_800


def verify_mirror(
    path: Path, hub_card: HubCard, earlier: Sequence[str] = (), progress: Progress | None = None
) -> Verdict:
    """Verify the mirror in `path` against the log keys on a pinned hub card.

    `earlier`: texts of checkpoints seen before, from wherever. Raises MirrorError if there is no
    mirror; KeyFormatError or CheckpointError if the card's log keys are malformed.
    """
    folder = MirrorFolder(path)
    folder.require()
    keys = HubLogKeys.from_card(hub_card)
    return verify_log(folder, keys, earlier=earlier, progress=progress)


def describe(verdict: Verdict) -> list[str]:
    """Return the verdict in sentences for people, the outcome first."""
    lines = ["The log is as it was signed." if verdict.verified else "The log is NOT as signed."]
    if verdict.checkpoint is not None:
        signed = verdict.checkpoint
        lines.append(f"Checkpoint: {signed.size} entries, root {b64u(signed.root)}")
        lines.append(f"Signed: {_moment(signed.at)}, for {signed.origin}")
        lines.append(f"Entries read: {verdict.entries}; details erased: {verdict.erased}")
    lines += [f"- {finding.text} [{finding.kind}]" for finding in verdict.findings]
    if verdict.dropped:
        lines.append(f"- and {verdict.dropped} findings more")
    return lines


def _moment(at: int) -> str:
    if not 0 < at < _YEAR_10000:
        return "at a time not stated"
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

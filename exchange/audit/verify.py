"""Offline verification of a whole mirrored log against pinned log keys.

Owns the verdict: signatures, every entry, every tile, the root, and agreement with checkpoints
seen earlier. Needs no health data and no network; believes nothing but the pinned keys and the
earlier checkpoints. What it can't see: events that were never logged. PROTOCOL section 10.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.audit import checkpoint
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.audit.diagnosis import diagnose
from exchange.audit.differences import surplus_text
from exchange.audit.errors import CheckpointError, CheckpointFault, ProofError, TileError
from exchange.audit.findings import Finding, FindingKind, Findings
from exchange.audit.mirrored import LogSource, Progress
from exchange.audit.survey import Survey, survey
from exchange.audit.tiles import consistency_proof, hash_reader
from exchange.audit.tree import EMPTY_ROOT, verify_consistency

_FAULT_KINDS: dict[CheckpointFault, FindingKind] = {
    "malformed": "checkpoint-malformed",
    "wrong-origin": "wrong-log",
    "not-signed": "wrong-key",
    "bad-signature": "bad-signature",
}


@dataclass(frozen=True)
class Verdict:
    """What verification found. `checkpoint` is None if it could not be believed.

    `entries`: lines read; `erased`: entries whose details were erased; `dropped`: findings beyond
    those kept.
    """

    checkpoint: Checkpoint | None
    entries: int
    erased: int
    findings: tuple[Finding, ...]
    dropped: int

    @property
    def verified(self) -> bool:
        """Say whether nothing at all was found wrong."""
        return self.checkpoint is not None and not self.findings


def verify_log(
    source: LogSource,
    keys: HubLogKeys,
    *,
    earlier: Sequence[str] = (),
    progress: Progress | None = None,
) -> Verdict:
    """Verify a mirrored log from end to end.

    `earlier`: texts of checkpoints of this log seen before, by anyone; the log must contain every
    one of them. `progress(done, total)` is called now and then. Raises what `source` raises.
    """
    findings = Findings()
    signed = _believe([source.checkpoint_text()], keys, "checkpoint", findings)
    if not signed:
        # Without a signed root there is nothing to hold the entries against.
        return Verdict(None, 0, 0, tuple(findings.kept), findings.dropped)
    seen = _believe(earlier, keys, "earlier checkpoint", findings)
    (new,) = signed
    result = survey(source, new.size, {one.size for one in seen}, progress)
    whole = result.root == new.root
    if whole:
        _accept(result, new.size, findings)
    else:
        diagnose(source, new.size, new.root, findings)
    for one in seen:
        _compare_earlier(one, new, result if whole else None, source, findings)
    return Verdict(new, result.count, result.erased, tuple(findings.kept), findings.dropped)


def _accept(result: Survey, size: int, findings: Findings) -> None:
    """Take over what the survey found, now that the entries are known to be the signed ones."""
    for finding in result.findings.kept:
        findings.add(finding)
    findings.dropped += result.findings.dropped
    if result.count > size:
        findings.note("surplus", surplus_text(result.count - size))


def checkpoint_finding(error: CheckpointError, which: str = "checkpoint") -> Finding:
    """Return the finding that a checkpoint could not be believed."""
    return Finding(_FAULT_KINDS[error.fault], f"{which}: {error}")


def _believe(
    texts: Sequence[str], keys: HubLogKeys, which: str, findings: Findings
) -> list[Checkpoint]:
    """Return those of the checkpoints that can be believed; a finding for each of the others."""
    believed = []
    for text in texts:
        try:
            believed.append(checkpoint.verify(text, keys))
        except CheckpointError as error:
            findings.add(checkpoint_finding(error, which))
    return believed


def _compare_earlier(
    old: Checkpoint,
    new: Checkpoint,
    rebuilt: Survey | None,
    source: LogSource,
    findings: Findings,
) -> None:
    """Hold the log against a checkpoint seen before."""
    if old.size > new.size:
        text = f"a checkpoint of size {old.size} was seen before; this one says {new.size}"
        findings.note("rolled-back", text)
    elif rebuilt is not None or old.size == new.size:
        if old.root != _root_at(old.size, new, rebuilt):
            text = f"two signed checkpoints disagree about the first {old.size} entries"
            findings.note("forked", text)
    elif not _proven_by_tiles(old, new, source):
        text = f"the tiles do not prove that the first {old.size} entries are as seen before"
        findings.note("consistency-unproven", text)


def _root_at(size: int, new: Checkpoint, rebuilt: Survey | None) -> bytes:
    if size == new.size:
        return new.root
    if size == 0 or rebuilt is None:
        return EMPTY_ROOT
    return rebuilt.roots[size]


def _proven_by_tiles(old: Checkpoint, new: Checkpoint, source: LogSource) -> bool:
    """Say whether the stored tiles prove consistency though the entries are damaged."""
    try:
        proof = consistency_proof(old.size, new.size, hash_reader(source.load_tile, new.size))
        verify_consistency(old.size, new.size, proof, old.root, new.root)
    except (ProofError, TileError):
        return False
    return True

"""The differences between a tree and a mirror's lines, and how to speak of them.

Owns telling edited, moved, missing, cut-off and added entries apart, once `alignment` has said
where both sides part. PROTOCOL section 10.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exchange.audit.findings import Findings, entries_text
from exchange.audit.mirrored import UNREADABLE, MirroredEntry


@dataclass(frozen=True)
class Expected:
    """What the tree says of one index; `leaf_hash` is None where that is not known."""

    index: int
    leaf_hash: bytes | None


@dataclass(frozen=True)
class Line:
    """An entry line and its number in the file, counted from 1."""

    number: int
    entry: MirroredEntry


@dataclass
class Differences:
    """Where both sides part, in the order of the log.

    `edits`: lines where the tree has something else. `missing`: what the tree has and the lines
    lack; from index `cut_at` on (None: no such place) the lines have ended. `added`: lines the
    tree does not have, and the index they stand before; `trailing` lines follow the last entry,
    and `more_trailing` counts those not kept.
    """

    edits: list[tuple[Expected, Line]] = field(default_factory=list)
    missing: list[Expected] = field(default_factory=list)
    added: list[tuple[Line, int]] = field(default_factory=list)
    trailing: list[Line] = field(default_factory=list)
    more_trailing: int = 0
    cut_at: int | None = None

    def __len__(self) -> int:
        return len(self.edits) + len(self.missing) + len(self.added)

    def report(self, size: int, findings: Findings) -> None:
        """Add a finding for each difference in a log of `size` entries."""
        moved = self._moves()
        for line, index in moved.items():
            text = f"entry {index} was moved: it stands in line {line.number}"
            findings.note("entry-moved", text, index)
        explained = set(moved.values())
        self._report_edits(moved, explained, findings)
        self._report_missing(size, explained, findings)
        self._report_added(moved, findings)

    def _moves(self) -> dict[Line, int]:
        """Return the lines that hold an entry missing elsewhere, and that entry's index."""
        missing = [*self.missing, *(expected for expected, _ in self.edits)]
        lost = {item.leaf_hash: item.index for item in missing if item.leaf_hash is not None}
        strays = [line for line, _ in self.added] + self.trailing + [line for _, line in self.edits]
        found = ((line, lost.pop(line.entry.leaf_hash, None)) for line in strays)
        return {line: index for line, index in found if index is not None}

    def _report_edits(
        self, moved: dict[Line, int], explained: set[int], findings: Findings
    ) -> None:
        for expected, line in self.edits:
            index = expected.index
            if expected.leaf_hash is None:  # reported with its damaged tile
                continue
            if line.entry.leaf_hash == UNREADABLE:
                text = f"line {line.number}, where entry {index} should be, is not an entry"
                findings.note("entry-unreadable", text, index)
            elif index not in explained or line not in moved:
                text = f"entry {index} was altered: its leaf is not the one in the tree"
                findings.note("entry-edited", text, index)

    def _report_missing(self, size: int, explained: set[int], findings: Findings) -> None:
        gone = [item.index for item in self.missing if item.index not in explained]
        for first, last in _runs([index for index in gone if not self._is_cut(index)]):
            verb = "is" if first == last else "are"
            text = f"{entries_text(first, last)} {verb} missing"
            findings.note("entry-missing", text, first, last)
        cut = [index for index in gone if self._is_cut(index)]
        if cut:
            text = f"the end was cut off: {entries_text(cut[0], size - 1)}"
            findings.note("truncated", text, cut[0], size - 1)

    def _is_cut(self, index: int) -> bool:
        return self.cut_at is not None and index >= self.cut_at

    def _report_added(self, moved: dict[Line, int], findings: Findings) -> None:
        for line, before in self.added:
            if line not in moved:
                text = f"line {line.number}, before entry {before}, is no entry of this log"
                findings.note("entry-inserted", text, before)
        surplus = self.more_trailing + sum(line not in moved for line in self.trailing)
        if surplus:
            findings.note("surplus", surplus_text(surplus))


def surplus_text(count: int) -> str:
    """Return how to speak of lines after the last entry that the checkpoint vouches for."""
    return f"{count} more line(s) than the checkpoint vouches for stand at the end"


def _runs(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield rising indexes as runs without a gap."""
    start = 0
    for at in range(1, len(indexes) + 1):
        if at == len(indexes) or indexes[at] != indexes[at - 1] + 1:
            yield indexes[start], indexes[at - 1]
            start = at

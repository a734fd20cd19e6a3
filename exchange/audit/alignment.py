"""Walks the tree and a mirror's lines side by side to find where they part and meet again.

Owns the walk, and the checks of every entry that is where it belongs. Trusts the expected leaf
hashes it is given. Memory is flat: a window on both sides, and a bounded number of differences.
PROTOCOL section 10.
"""

from collections import deque
from collections.abc import Iterator
from itertools import islice

from exchange.audit.differences import Differences, Expected, Line
from exchange.audit.findings import Findings
from exchange.audit.mirrored import check_details, check_number, read_entry

WINDOW = 1024
"""How far ahead to look for the place where both sides agree again."""
_MAX_DIFFERENCES = 4 * WINDOW


class Alignment:
    """One comparison of what the tree expects with the lines there are."""

    def __init__(
        self, expected: Iterator[Expected], lines: Iterator[bytes], findings: Findings
    ) -> None:
        self._expected = expected
        self._lines = (Line(at, read_entry(line)) for at, line in enumerate(lines, start=1))
        self._tree_ahead: deque[Expected] = deque()
        self._lines_ahead: deque[Line] = deque()
        self._differences = Differences()
        self._findings = findings

    def run(self) -> Differences:
        """Compare to the end, or until there are differences enough, and return them.

        Findings about single entries that are where they belong are added on the way.
        """
        while self._fill() and not self._enough():
            if self._heads_agree():
                self._take_pair()
            else:
                self._take_difference()
        if not self._enough():
            self._take_rest()
        return self._differences

    def _enough(self) -> bool:
        return self._findings.full or len(self._differences) >= _MAX_DIFFERENCES

    def _fill(self) -> bool:
        """Look ahead on both sides; say whether both still have something."""
        self._tree_ahead.extend(islice(self._expected, WINDOW - len(self._tree_ahead)))
        self._lines_ahead.extend(islice(self._lines, WINDOW - len(self._lines_ahead)))
        return bool(self._tree_ahead and self._lines_ahead)

    def _heads_agree(self) -> bool:
        wanted = self._tree_ahead[0].leaf_hash
        return wanted is None or wanted == self._lines_ahead[0].entry.leaf_hash

    def _take_pair(self) -> None:
        expected, line = self._tree_ahead.popleft(), self._lines_ahead.popleft()
        if expected.leaf_hash is None:
            return
        # Lines numbered anew after a removal are its consequence, not findings of their own.
        renumbered = line.entry.index == line.number - 1
        if not renumbered and (finding := check_number(line.entry, expected.index)):
            self._findings.add(finding)
        if finding := check_details(line.entry, expected.index):
            self._findings.add(finding)

    def _take_difference(self) -> None:
        """Take all up to the next agreement: pairs were edited, the rest is missing or added."""
        in_tree, in_lines = self._next_agreement()
        for _ in range(min(in_tree, in_lines)):
            edit = (self._tree_ahead.popleft(), self._lines_ahead.popleft())
            self._differences.edits.append(edit)
        for _ in range(in_tree - in_lines):
            self._differences.missing.append(self._tree_ahead.popleft())
        for _ in range(in_lines - in_tree):
            line = self._lines_ahead.popleft()
            self._differences.added.append((line, self._tree_ahead[0].index))

    def _next_agreement(self) -> tuple[int, int]:
        """Return how many to take from tree and lines; one of each if they never agree again."""
        places = {item.leaf_hash: at for at, item in enumerate(self._tree_ahead)}
        best: tuple[int, int] | None = None
        for at, line in enumerate(self._lines_ahead):
            if best and at >= sum(best):
                break
            found = places.get(line.entry.leaf_hash)
            if found is not None and (best is None or found + at < sum(best)):
                best = (found, at)
        return best or (1, 1)

    def _take_rest(self) -> None:
        """Take what one side still has when the other has ended."""
        if self._tree_ahead:
            self._differences.cut_at = self._tree_ahead[0].index
            self._differences.missing += self._tree_ahead
        self._differences.trailing += self._lines_ahead
        self._differences.more_trailing = sum(1 for _ in self._lines)

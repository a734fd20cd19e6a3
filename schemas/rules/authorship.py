"""May this staff member write this? One pure decision over the matrix and a facility's narrowing.

Default is no. Whoever asks gets an answer as a value: allowed, with what to mind, or not allowed,
with the rule (docs/REQUIREMENTS.md) and what to do instead. Who the author is, and whether the
signature is theirs, is decided elsewhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.rules.matrix.groups import WRITE_ONLY
from schemas.rules.matrix.shape import Caution, Clause, Right
from schemas.rules.matrix.table import MATRIX
from schemas.rules.narrowing import NO_NARROWING, Narrowing
from schemas.rules.qualifications import LABELS, REGULATED, Qualification
from schemas.rules.staff import Staff
from schemas.rules.subjects import Subject, Verb
from schemas.rules.training import training_cautions
from schemas.wire.statement import Unit


@dataclass(frozen=True)
class Allowed:
    """Yes; `warnings` go to whoever acts, and stop nothing."""

    warnings: tuple[Caution, ...] = ()


@dataclass(frozen=True)
class NotAllowed:
    """No: by which rule, and what to do instead."""

    rule: str
    what_to_do: str


def may(
    verb: Verb,
    subject: Subject,
    author: Staff,
    narrowing: Narrowing = NO_NARROWING,
    *,
    unit: Unit | None = None,
) -> Allowed | NotAllowed:
    """Say whether `author` may do this to such a subject, in a `unit` if it is known."""
    row = MATRIX[subject]
    clause = row.clauses.get(verb)
    if clause is None:
        return NotAllowed(row.rule, f"There is nothing to {verb} here; it counts as it is written.")
    if verb == "read" and author.role in WRITE_ONLY:
        return NotAllowed(WRITE_ONLY[author.role], clause.instead)
    found = _best_right(clause, author)
    if found is None:
        return NotAllowed(clause.rule, clause.instead + _hint(clause, author))
    unlicensed = _unlicensed(found, author)
    if line := narrowing.obstacle(verb, subject, author, unlicensed=unlicensed is not None):
        return NotAllowed("R16", line.instead)
    cautions = [found.caution, unlicensed]
    if verb == "author":
        cautions += training_cautions(author, unit)
    return Allowed(tuple(caution for caution in cautions if caution))


def _best_right(clause: Clause, author: Staff) -> Right | None:
    """Return the right that serves the author with the least to mind."""
    rights = [right for right in clause.rights if _serves(right, author)]
    return min(
        rights,
        key=lambda right: (right.caution is not None, _unlicensed(right, author) is not None),
        default=None,
    )


def _serves(right: Right, author: Staff) -> bool:
    return author.role in right.roles and (not right.qualified or bool(_met(right, author)))


def _met(right: Right, author: Staff) -> list[frozenset[Qualification]]:
    return [needed for needed in right.qualified if needed <= author.holds]


def _unlicensed(right: Right, author: Staff) -> Caution | None:
    """Return the caution for a right that rests on regulated professions without a licence."""
    ways = [
        [name for name in needed & REGULATED if not author.is_licensed_for(name)]
        for needed in _met(right, author)
    ]
    if not ways or not (missing := min(ways, key=len)):
        return None
    return Caution("R120", f"Enter the licence for {_labels(missing)}: its issuer and country.")


def _hint(clause: Clause, author: Staff) -> str:
    """Return what is lacking in the staff register, when the role alone would do."""
    ways = [
        (needed.isdisjoint(author.holds), len(needed - author.holds), needed - author.holds)
        for right in clause.rights
        if author.role in right.roles
        for needed in right.qualified
    ]
    nearest = min((way[:2] for way in ways), default=None)
    lacking = dict.fromkeys(_labels(missing) for *far, missing in ways if tuple(far) == nearest)
    return f" The staff register does not show: {'; or '.join(lacking)}." if lacking else ""


def _labels(names: Iterable[Qualification]) -> str:
    return " and ".join(sorted(LABELS[name] for name in names))

"""The shape of the matrix: who has which right, with which qualification, and what else to do."""

from dataclasses import dataclass

from schemas.rules.qualifications import Qualification
from schemas.rules.subjects import Verb
from schemas.wire.statement import StaffRole

Roles = frozenset[StaffRole]


@dataclass(frozen=True)
class Caution:
    """A word that goes with being allowed: the rule it comes from, and what to mind."""

    rule: str
    text: str


@dataclass(frozen=True)
class Right:
    """One way to be allowed: one of these roles, and all of one set of qualifications."""

    roles: Roles
    qualified: tuple[frozenset[Qualification], ...] = ()
    """Alternatives; none at all: the role is enough."""
    caution: Caution | None = None


@dataclass(frozen=True)
class Clause:
    """What the booklet says on one verb of one row. Without rights nobody may."""

    rule: str
    instead: str
    """What to do when one may not, as a sentence to whoever was refused."""
    rights: tuple[Right, ...]


@dataclass(frozen=True)
class MatrixRow:
    """One thing that is written, with a clause for every verb that it knows."""

    title: str
    rule: str
    """The requirement the row rests on (`R26`)."""
    clauses: dict[Verb, Clause]

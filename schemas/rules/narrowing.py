"""What a facility takes away from the author rules; it can say nothing else.

A line reserves a verb on a subject: for some roles it is withdrawn, or tied to further
qualifications or to a licence. Whatever the lines, they only ever remove; a facility that wants to
allow more than the booklet does has no way to say so.
"""

from schemas.components.base import ComponentModel
from schemas.components.values import Line
from schemas.rules.qualifications import Qualification
from schemas.rules.staff import Staff
from schemas.rules.subjects import Subject, Verb
from schemas.wire.statement import StaffRole


class Reservation(ComponentModel):
    """One line. Neither `needs` nor `licence`: withdrawn altogether."""

    subject: Subject
    verb: Verb
    roles: frozenset[StaffRole] = frozenset()
    """Roles it concerns; none named: all."""
    needs: frozenset[Qualification] = frozenset()
    """Everything that must be held in addition."""
    licence: bool = False
    """A missing licence, of which the booklet's rules only warn, refuses."""
    instead: Line = "Ask the case manager who does this here."
    """What to do instead, in the facility's words."""

    def concerns(self, verb: Verb, subject: Subject, author: Staff) -> bool:
        """Say whether the line speaks of this."""
        here = (self.verb, self.subject) == (verb, subject)
        return here and (not self.roles or author.role in self.roles)

    def lets_pass(self, author: Staff, *, unlicensed: bool) -> bool:
        """Say whether an author whom the line concerns meets it."""
        if not self.needs and not self.licence:
            return False
        return self.needs <= author.holds and not (self.licence and unlicensed)


class Narrowing(ComponentModel):
    """All lines of a facility."""

    reservations: tuple[Reservation, ...] = ()

    def obstacle(
        self, verb: Verb, subject: Subject, author: Staff, *, unlicensed: bool
    ) -> Reservation | None:
        """Return the first line that stands in the way, None if there is none."""
        for line in self.reservations:
            concerned = line.concerns(verb, subject, author)
            if concerned and not line.lets_pass(author, unlicensed=unlicensed):
                return line
        return None


NO_NARROWING = Narrowing()

"""What of a record a staff member may read: the read clauses of the matrix, fact by fact.

This is need-to-know inside a facility (R106). Whether a consent lets the facility hold the record
at all is decided elsewhere, and both have to say yes.
"""

from typing import Any, TypeVar

from schemas.components.base import Record
from schemas.rules.authorship import Allowed, may
from schemas.rules.changes import with_facts
from schemas.rules.fields import subject_of
from schemas.rules.narrowing import NO_NARROWING, Narrowing
from schemas.rules.staff import Staff

RecordT = TypeVar("RecordT", bound=Record)


def readable(record: RecordT, reader: Staff, narrowing: Narrowing = NO_NARROWING) -> RecordT:
    """Return the record with only those facts that `reader` may read."""

    def may_read(_path: str, field: str, fact: Any) -> bool:
        subject = subject_of(record.component, field, fact)
        return isinstance(may("read", subject, reader, narrowing), Allowed)

    return with_facts(record, may_read)

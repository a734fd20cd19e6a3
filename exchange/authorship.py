"""Authorship: who made a section version. PROTOCOL section 4.

Owns the check of the author statement that lies inside a section. FHIR Provenance is generated from
it on reading, elsewhere.
"""

from exchange.consent import CLOCK_SKEW
from exchange.errors import OpenError, StatementError
from exchange.section import SectionPlaintext, part_digests
from exchange.statements import read_statement
from keys.directory import VerifiedFacility, is_current
from keys.errors import CardError
from schemas.encoding import b64u, sha256
from schemas.wire.statement import Author


def verify_author(
    plaintext: SectionPlaintext, context: bytes, owner: VerifiedFacility, *, now: int
) -> Author:
    """Return the author statement, made by a staff key that was current when it signed.

    The key need not be current now: what someone wrote stays hers after she left. `context`: that
    of the section. `now` in seconds. Raises OpenError at step `author`.
    """
    author = _read_author(plaintext, owner)
    staff = owner.staff[plaintext.author.signatures[0].key]
    if (author.facility, author.staff, author.role) != (staff.facility, staff.staff, staff.role):
        raise OpenError("author", "not-as-certified")
    if not is_current(staff, author.at) or author.at > now + CLOCK_SKEW:
        raise OpenError("author", "not-current")
    if author.context != b64u(sha256(context)):
        raise OpenError("author", "other-context")
    parts = part_digests(plaintext.bundle, plaintext.descriptors)
    if author.parts != [b64u(digest) for digest in parts]:
        raise OpenError("author", "other-parts")
    return author


def _read_author(plaintext: SectionPlaintext, owner: VerifiedFacility) -> Author:
    try:
        public = owner.staff_keys(plaintext.author.signatures[0].key)
    except CardError:
        raise OpenError("author", "unknown") from None
    try:
        return read_statement(plaintext.author, Author, public)
    except StatementError:
        raise OpenError("author", "signature") from None

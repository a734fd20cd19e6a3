"""May this record version be written as it stands? The author rules over whole records.

Each fact that is new or changed is judged twice: whoever it names as its author, by what the fact
is; and whoever signs the version, as author of what names nobody and as the one who enters what
names another. Nobody can be named as attesting or confirming by somebody else. What is unchanged is
not judged again; what is struck out is the signer's own, or something the signer may enter. The
staff register that knows codes and roles is the caller's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from schemas.components.base import Record
from schemas.rules.authorship import NotAllowed, may
from schemas.rules.changes import new_facts, struck_facts
from schemas.rules.fields import Judged, Named, judged, subject_of
from schemas.rules.findings import Finding, Level, finding
from schemas.rules.narrowing import NO_NARROWING, Narrowing
from schemas.rules.staff import Staff
from schemas.rules.subjects import Subject, Verb
from schemas.wire.statement import Unit

OWN_HAND: dict[Verb, bool] = {"attest": True, "confirm": True, "approve": False}
"""Verbs that only the named person's own signature can carry; True: refused without, else warned.
An on-call specialist may approve a referral over the telephone."""


@dataclass(frozen=True)
class Writer:
    """Who signs a version: code and what the register says. A system has no caseworker code."""

    code: str | None
    staff: Staff


@dataclass(frozen=True)
class Register:
    """What the rules need of the staff register and of the facility."""

    staff: Mapping[str, Staff]
    """The facility's own staff by caseworker code, former staff included."""
    elsewhere: frozenset[str] = frozenset()
    """Codes of caseworkers of other facilities, known from what was received; judged there."""
    narrowing: Narrowing = NO_NARROWING
    unit: Unit | None = None


class _Written(NamedTuple):
    """One fact with its place in the tables."""

    path: str
    fact: Any
    row: Judged
    subject: Subject


def judge_writing(
    record: Record, writer: Writer, register: Register, *, before: Record | None = None
) -> list[Finding]:
    """Return what stands against a version of a record (`block`), and what to mind (`warn`)."""
    emergency = is_emergency(record)
    found: list[Finding] = []
    for path, field, fact in new_facts(record, before):
        subject = subject_of(record.component, field, fact, emergency=emergency)
        written = _Written(path, fact, judged(record.component, field), subject)
        found += _judge_fact(written, writer, register)
    for path, field, fact in struck_facts(record, before):
        row = judged(record.component, field)
        entered = row.enter_as or subject_of(record.component, field, fact)
        if writer.code not in {by for _, by in named_in(row, fact)}:
            found += _answer(path, "compile", entered, writer.staff, register)
    return list(dict.fromkeys(found))


def is_emergency(record: Record) -> bool:
    """Say whether a record's crisis sheet is written on the emergency path."""
    summary = getattr(record, "crisis_summary", None)
    return bool(summary and summary.emergency_author)


def _judge_fact(written: _Written, writer: Writer, register: Register) -> Iterator[Finding]:
    named = list(named_in(written.row, written.fact))
    for place, by in named:
        where = f"{written.path}.{place.field}"
        yield from _judge_named(where, place, by, written.subject, register)
        yield from _own_hand(where, place, by, writer)
    if writer.code not in {by for _, by in named}:
        verb: Verb = "compile" if named or written.row.enter_as else "author"
        entered = written.row.enter_as or written.subject
        yield from _answer(written.path, verb, entered, writer.staff, register)
    yield from _stated_role(written, register)


def named_in(row: Judged, fact: Any) -> Iterator[tuple[Named, str]]:
    """Yield what a fact says who did, and the code of that caseworker."""
    for place in row.named:
        stated = getattr(fact, place.field, None)
        codes = stated if isinstance(stated, list) else [stated]
        yield from ((place, code) for code in codes if code is not None)


def _judge_named(
    where: str, place: Named, by: str, subject: Subject, register: Register
) -> list[Finding]:
    staff = register.staff.get(by)
    if staff is not None:
        return _answer(where, place.verb, place.subject or subject, staff, register)
    if by in register.elsewhere:
        return []
    return [finding("author.unknown", where, level="block")]


def _own_hand(where: str, place: Named, by: str, writer: Writer) -> list[Finding]:
    if place.verb not in OWN_HAND or by == writer.code:
        return []
    level: Level = "block" if OWN_HAND[place.verb] else "warn"
    return [finding("author.not-own-hand", where, level=level)]


def _answer(
    path: str, verb: Verb, subject: Subject, staff: Staff, register: Register
) -> list[Finding]:
    answer = may(verb, subject, staff, register.narrowing, unit=register.unit)
    if isinstance(answer, NotAllowed):
        refused = finding("author.not-allowed", path, label=answer.what_to_do, level="block")
        return [replace(refused, rule=answer.rule)]
    return [
        replace(finding("author.caution", path, label=caution.text), rule=caution.rule)
        for caution in answer.warnings
    ]


def _stated_role(written: _Written, register: Register) -> list[Finding]:
    """Return a finding for a prescriber whose role is not the one the prescription states."""
    stated = getattr(written.fact, "prescriber_role", None)
    staff = register.staff.get(getattr(written.fact, "prescribed_by", None) or "")
    if stated is None or staff is None or stated == staff.role:
        return []
    return [finding("author.role-differs", f"{written.path}.prescriber_role", level="block")]

"""What several rows of the matrix share: rights, clauses, and the making of a row."""

from typing import get_args

from schemas.rules.matrix import groups
from schemas.rules.matrix.shape import Caution, Clause, MatrixRow, Right, Roles
from schemas.rules.qualifications import QUALIFICATIONS, Qualification
from schemas.rules.subjects import Verb


def right(roles: Roles, *qualified: str, caution: Caution | None = None) -> Right:
    """Return a right; each of `qualified` names qualifications that are needed together."""
    return Right(roles, tuple(_named(names) for names in qualified), caution)


def _named(names: str) -> frozenset[Qualification]:
    wanted = names.split()
    found = frozenset(known for known in QUALIFICATIONS if known in wanted)
    if len(found) != len(wanted):
        raise ValueError(f"no such qualification among: {names}")
    return found


CONFIRM_LATER = Caution("R22", "A mental health professional confirms it as soon as one can.")
ATTEST_LATER = Caution("R17", "The health professional named in it attests it before release.")

CARERS = right(groups.CARE)
TEAM = right(groups.TEAM)
EVERYONE = right(groups.EVERYONE)
TRAINED_LAY = right(groups.LAY, "training-basic")
CASE_MANAGER = right(groups.CASE_MANAGER)
LEGAL = right(groups.LEGAL)
SYSTEM = right(groups.SYSTEM)
HEALTH = right(groups.CARE, *groups.HEALTH)
MENTAL = right(groups.CARE, *groups.MENTAL)
CLINICIAN = right(groups.CARE, *groups.EITHER)
IN_EMERGENCY = right(groups.EVERYONE, groups.EMERGENCY, caution=CONFIRM_LATER)

PLAIN_ENTRY = Clause(
    "R79",
    "Ask a professional of the case team to enter it under the code of whoever found it.",
    (TEAM, SYSTEM),
)
CLINICAL_ENTRY = Clause(
    "R17",
    "Ask a health professional or the case manager to enter it under the code of whoever found it.",
    (CLINICIAN, right(groups.CASE_MANAGER, caution=ATTEST_LATER), SYSTEM),
)
SPECIALIST_ENTRY = Clause(
    "R17",
    "Ask a health professional or the case manager to enter it under the code of whoever found it.",
    (right(groups.CARE, *groups.EITHER, caution=ATTEST_LATER), *CLINICAL_ENTRY.rights[1:]),
)
"""Diagnoses and tests: whoever enters them, the specialist answers for them."""
ORDER_ENTRY = Clause(
    "R26", "Ask the doctor or a nurse to enter it.", (right(groups.CARE, *groups.MEDICAL), SYSTEM)
)
LEGAL_ENTRY = Clause("R92", "Ask the case manager or the legal officer to enter it.", (LEGAL,))
CONFIRM_MENTAL = Clause("R22", "Ask a mental health professional to confirm it.", (MENTAL,))

TELL_TRAINED = (
    "Tell a colleague of the case team; guards and volunteers write it after basic training."
)
TELL_HEALTH = "Ask a health professional to find and record it; note the person's own words."
TELL_CASE_MANAGER = "Give it to the case manager, who writes it."
CALL_MENTAL = (
    "Call a mental health professional. If none can come, write the crisis sheet on the emergency"
    " path, with basic training and a task description; else the observation check-list."
)


def case_manager_entry(rule: str) -> Clause:
    """Return the clause that only the case manager, or the facility's software, enters it."""
    return Clause(rule, "Ask the case manager to enter it.", (CASE_MANAGER, SYSTEM))


def _read(readers: Roles) -> Clause:
    instead = "Ask the case manager, who tells you what your task needs."
    return Clause("R106", instead, (right(readers),))


def row(
    title: str,
    rule: str,
    instead: str,
    *rights: Right,
    readers: Roles,
    entry: Clause = PLAIN_ENTRY,
    **further: Clause,
) -> MatrixRow:
    """Return a row: who authors by which rule, who enters and reads it; `further` by verb."""
    clauses = {
        "author": Clause(rule, instead, rights),
        "compile": entry,
        **further,
        "read": _read(readers),
    }
    verbs: tuple[Verb, ...] = get_args(Verb)
    return MatrixRow(title, rule, {verb: clauses.pop(verb) for verb in verbs if verb in clauses})

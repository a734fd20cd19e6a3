"""Writes docs/AUTHORSHIP.md from the author rules: `python -m tests.support.authorship_page`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from schemas.rules.fields import ALWAYS, FIELDS, Judged
from schemas.rules.instruments import INSTRUMENTS, SUBJECT_OF
from schemas.rules.matrix import groups
from schemas.rules.matrix.clinical import CLINICAL_FACTS
from schemas.rules.matrix.first_hours import FIRST_HOURS
from schemas.rules.matrix.papers import PAPERS
from schemas.rules.matrix.person import PERSON
from schemas.rules.matrix.services import SERVICES
from schemas.rules.matrix.shape import Clause, MatrixRow, Right, Roles
from schemas.rules.matrix.table import MATRIX
from schemas.rules.qualifications import IMPLIED, LABELS, QUALIFICATIONS, REGULATED
from schemas.rules.subjects import VERBS
from schemas.rules.training import UNIT_TRAINING

PAGE = Path(__file__).parents[2] / "docs" / "AUTHORSHIP.md"

GROUPS: dict[str, Roles] = {
    "everyone": groups.EVERYONE,
    "team": groups.TEAM,
    "care team": groups.CARE,
    "clinical readers": groups.CLINICAL_READERS,
    "guard or volunteer": groups.LAY,
}
PROFESSIONS: dict[str, tuple[str, ...]] = {
    "health or mental health professional": groups.EITHER,
    "mental health professional": groups.MENTAL,
    "health professional": groups.HEALTH,
}
PARTS = {
    "The person and consent": PERSON,
    "First hours": FIRST_HOURS,
    "Clinical facts": CLINICAL_FACTS,
    "Plans, notes, discharge, referral": PAPERS,
    "Caseworkers and services": SERVICES,
}
INTRO = """# Who may write what

Made from `schemas/rules` by `python -m tests.support.authorship_page`; a test compares the two.
Numbers such as R26 are those of the requirements taken from the booklet.

A right needs a **role** (the post) and, where one stands after the colon, a **qualification** from
the staff register; within a group of roles a profession counts whatever the post. What stands in no
cell is refused, and the refusal names the rule and what to do instead; a number in brackets is a
caution that goes with being allowed. A facility can narrow this table and can't widen it. A missing
licence (R120) or course (R14, R15) warns and refuses nothing unless the facility says so: what
was done has to be recorded in any case.

- **finds and records** (author): found it oneself and records it.
- **enters** (compile): puts down what others found, under their codes. Software of the facility
  (role `system`) does only this.
- **approves, attests, confirms**: lets take effect; answers for clinical parts; takes over what was
  written in an emergency or unseen by a professional. Whoever attests or confirms signs it.
- **reads**: guards (R9) and volunteers (R22) read nothing, interpreters neither.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([INTRO, *_people(), *_matrix(), *_instruments(), *_fields()])


def _people() -> Iterator[str]:
    yield "## Groups of roles\n"
    yield from _table(("group", "roles"), ((name, _list(GROUPS[name])) for name in GROUPS))
    yield "## Groups of professions\n"
    ways = ((name, "; ".join(_named(way) for way in PROFESSIONS[name])) for name in PROFESSIONS)
    yield from _table(("group", "qualifications"), ways)
    yield "## Qualifications\n"
    rows = (
        (
            f"`{name}`",
            LABELS[name],
            ", ".join(f"`{also}`" for also in IMPLIED.get(name, ())),
            "yes" if name in REGULATED else "",
        )
        for name in QUALIFICATIONS
    )
    yield from _table(("qualification", "in words", "includes", "licence expected"), rows)
    courses = (f"{unit}: {LABELS[course]}" for unit, course in UNIT_TRAINING.items())
    yield f"Courses expected for a post (warned of): {'; '.join(courses)}.\n"


def _matrix() -> Iterator[str]:
    head = ("what", "rule", "finds and records", "enters", "further", "reads", "otherwise")
    for title, part in PARTS.items():
        yield f"## {title}\n"
        yield from _table(head, (_cells(subject, row) for subject, row in part.items()))


def _cells(subject: str, row: MatrixRow) -> tuple[str, ...]:
    author, entry, read = (row.clauses[verb] for verb in ("author", "compile", "read"))
    further = (
        f"{verb}: {_rights(row.clauses[verb])}"
        for verb in VERBS
        if verb in row.clauses and verb not in ("author", "compile", "read")
    )
    what = f"{row.title} (`{subject}`)"
    return (
        what,
        row.rule,
        _rights(author),
        _rights(entry),
        "<br>".join(further),
        _rights(read),
        author.instead,
    )


def _rights(clause: Clause) -> str:
    return "<br>".join(_right(right) for right in clause.rights) or "nobody"


def _right(right: Right) -> str:
    needed = f": {_qualified(right)}" if right.qualified else ""
    caution = f" ({right.caution.rule})" if right.caution else ""
    return _roles(right.roles) + needed + caution


def _qualified(right: Right) -> str:
    for name, ways in PROFESSIONS.items():
        if {frozenset(way.split()) for way in ways} == set(right.qualified):
            return name
    return " or ".join(_named(" ".join(way)) for way in right.qualified)


def _named(names: str) -> str:
    held = set(names.split())
    return " with ".join(LABELS[name] for name in QUALIFICATIONS if name in held)


def _roles(roles: Roles) -> str:
    for name, group in GROUPS.items():
        if group <= roles and len(group) > 1:
            return ", ".join([name, *sorted(roles - group)])
    for name, group in GROUPS.items():
        if 1 < len(roles) < len(group) <= len(roles) + 2 and roles < group:
            return f"{name} but {' and '.join(sorted(group - roles))}"
    return _list(roles)


def _list(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))


def _instruments() -> Iterator[str]:
    yield "## Instruments\n"
    rows = (
        (f"`{name}`", row.administer_by.replace("-", " "), f"`{SUBJECT_OF[row.administer_by]}`",
         "yes" if row.licensed else "")
        for name, row in INSTRUMENTS.items()
    )  # fmt: skip
    yield from _table(("instrument", "given by", "judged as", "licence or fee"), rows)


def _fields() -> Iterator[str]:
    yield "## Every field of every component\n"
    always = ", ".join(f"`{name.field}` ({name.verb})" for name in ALWAYS)
    yield f"Named in any fact that has them: {always}.\n"
    rows = (
        (f"`{component}.{field}`", _judged(row), _names(row))
        for component, fields in FIELDS.items()
        for field, row in fields.items()
    )
    yield from _table(("field", "judged as", "further names"), rows)


def _judged(row: Judged) -> str:
    cases = [f"{when.field} {when.value}: `{when.subject}`" for when in row.when]
    if row.by_code:
        cases.append("kind diagnosis: by its code, medical or psychiatric")
    if row.enter_as:
        cases.append(f"entered as `{row.enter_as}`")
    return "; ".join([f"`{row.subject}`", *cases])


def _names(row: Judged) -> str:
    own = (name for name in row.named if name not in ALWAYS)
    return ", ".join(
        f"`{name.field}` ({name.verb}{f' of `{name.subject}`' if name.subject else ''})"
        for name in own
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def main() -> None:
    """Write the page; say so if a row of the matrix is in no part."""
    missing = set(MATRIX) - {subject for part in PARTS.values() for subject in part}
    if missing:
        raise SystemExit(f"rows in no part of the page: {sorted(missing)}")
    PAGE.write_text(page())


if __name__ == "__main__":
    main()

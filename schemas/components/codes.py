"""Which published codes are sensitive, and how: the code table.

One row per code or prefix. `general` rows say that a code is known and unremarkable, which matters
for what comes from elsewhere unlabelled: an unknown code is treated as the strictest.
"""

from typing import NamedTuple

from schemas.components.values import CodeSystem
from schemas.sensitivity import Category


class CodeRow(NamedTuple):
    """Codes of one system that begin with `prefix`; the longest matching prefix counts."""

    system: CodeSystem
    prefix: str
    category: Category


CODE_ROWS: tuple[CodeRow, ...] = ()

_BY_SYSTEM: dict[CodeSystem, dict[str, Category]] = {}
for _row in CODE_ROWS:
    _BY_SYSTEM.setdefault(_row.system, {})[_row.prefix] = _row.category


def category_of_code(system: CodeSystem, code: str) -> Category | None:
    """Return the section of the longest known prefix of `code`, None if nothing is known."""
    rows = _BY_SYSTEM.get(system, {})
    for length in range(len(code), 0, -1):
        if category := rows.get(code[:length]):
            return category
    return None

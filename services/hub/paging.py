"""Cutting answers to a size: many rows together must not fill the memory. PROTOCOL section 8."""

from collections.abc import Sequence

from services.hub.database.interface import Row

ROOM = 4 * 2**20
"""Most bytes of stored statements or tokens in one page."""


def cut(rows: Sequence[Row], column: str, room: int = ROOM) -> Sequence[Row]:
    """Return the first rows whose `column` together fits into `room` bytes, but at least one."""
    taken = 0
    for at, row in enumerate(rows):
        taken += len(row[column] or b"")
        if taken > room and at:
            return rows[:at]
    return rows

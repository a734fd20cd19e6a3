"""Reading the audit log: a facility its own entries, an auditor all. PROTOCOL section 10.

Owns who sees which entry. Reading is an event itself and leaves an entry, unless nothing was found.
"""

from schemas.encoding import b64u
from schemas.wire.hub_api import EntriesOut, EntryOut
from services.hub.calls import Call
from services.hub.database.interface import Row
from services.hub.store import log as store
from services.hub.turn import Turn


async def read_entries(turn: Turn, call: Call, start: int, count: int) -> EntriesOut:
    """Return published entries with indexes in [start, start + count) that the caller may see."""
    size = call.hub.log.published.size
    party = call.caller.id if call.caller.kind == "facility" else None
    span = min(count, max(0, size - start))
    rows = await store.entries(turn.connection, start, span, party) if span else []
    if rows:
        turn.record(call.details("audit.read", turn.now, count=len(rows)))
    return EntriesOut(entries=[_out(row) for row in rows], size=size)


def _out(row: Row) -> EntryOut:
    salt, details = row["salt"], row["details"]
    return EntryOut(
        index=row["idx"],
        leaf=b64u(row["leaf"]),
        salt=None if salt is None else b64u(salt),
        details=None if details is None else b64u(details),
    )

"""Callers who prove nothing: counted per reason, one entry a minute, never named.

Owns the counts between two entries. What was counted when the process dies is lost: nobody was
identified. PROTOCOL section 10.
"""

from collections import Counter

from schemas.wire.hub_api import AuditDetails
from services.hub.errors import HubError
from services.hub.turn import Turn
from services.hub.writer import Writer


class AnonymousCounts:
    """Counts refusals until they are written."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, reason: str) -> None:
        """Count one refusal of a caller who proved nothing."""
        self._counts[reason] += 1

    async def write(self, writer: Writer) -> None:
        """Write one entry for each reason counted since the last time."""
        counts, self._counts = self._counts, Counter()
        if not counts:
            return

        async def record(turn: Turn) -> None:
            for reason, count in sorted(counts.items()):
                turn.record(_details(reason, count, turn.now))

        try:
            await writer.run(record)
        except HubError:
            self._counts.update(counts)
            raise


def _details(reason: str, count: int, now: int) -> AuditDetails:
    return AuditDetails(
        action="anonymous.refused",
        outcome="deny",
        reasons=[reason],
        actor="unknown",
        count=count,
        at=now,
    )

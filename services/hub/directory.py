"""The hub's directory: who is admitted, and whose key signed a request.

Owns reading facilities out of the database, verified anew whenever they are read, and remembering
them for a little while. Admission is the operator's, in services/hub/admin.py. The hub checks the
Ed25519 half of statements; nodes check both and pin. PROTOCOL section 3.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from keys.directory import VerifiedFacility, is_current, verify_introduction
from keys.errors import CardError
from keys.request_keys import RequestVerifier
from keys.signing import key_id
from schemas.encoding import unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import KeyStatement, SignedStatement
from services.hub.database.interface import Connection, Database
from services.hub.store import directory as store

log = logging.getLogger("safehand.hub")
NEVER = -(2**62)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request. `id`: facility code or auditor id."""

    kind: Literal["facility", "auditor"]
    id: str


@dataclass(frozen=True, slots=True)
class Member:
    """An admitted facility as it stands now."""

    facility: VerifiedFacility
    card: bytes
    """JSON of the card."""
    introduction: bytes
    """JSON of its `Introduction`."""
    read_at: int


@dataclass(frozen=True, slots=True)
class _KnownKey:
    caller: Caller
    verifier: RequestVerifier
    statement: KeyStatement | None
    """None for an auditor, whose key ends only with the auditor."""
    read_at: int


class HubDirectory:
    """Looks up facilities and request keys."""

    def __init__(self, database: Database, clock: Callable[[], int], *, ttl: int) -> None:
        self._database, self._clock, self._ttl = database, clock, ttl
        self._members: dict[str, Member] = {}
        self._keys: dict[str, _KnownKey] = {}
        self._unusable: dict[str, int] = {}
        """When a key that a facility once certified was found not to count."""
        self._generation = 0
        """How often something was forgotten: what was read before must not be remembered after."""

    async def member(self, connection: Connection, facility: str) -> Member | None:
        """Return an admitted facility; None if it isn't, or if its card has ended."""
        known = self.remembered(facility)
        if known is not None:
            return known
        generation = self._generation
        found = await self._read(connection, facility)
        if generation != self._generation:
            return found
        if found is None:
            self._members.pop(facility, None)
        else:
            self._members[facility] = found
        return found

    def remembered(self, facility: str) -> Member | None:
        """Return a facility that was read a little while ago."""
        known = self._members.get(facility)
        return known if known is not None and self._is_fresh(known.read_at) else None

    def forget(self, facility: str) -> None:
        """Read this facility anew next time: its statements have changed."""
        self._generation += 1
        self._unusable.clear()
        self._members.pop(facility, None)
        for known_id, known in list(self._keys.items()):
            if known.caller.id == facility:
                del self._keys[known_id]

    def resolve_public_key(self, key_id: str) -> object | None:
        """Return a request key that was looked up before and is current."""
        known = self._keys.get(key_id)
        if known is None or not self._is_fresh(known.read_at):
            return None
        if known.statement is not None and not is_current(known.statement, self._clock()):
            return None
        return known.verifier.resolve_public_key(key_id)

    def caller(self, key_id: str) -> Caller:
        """Return whose key this is; one that `resolve_public_key` returned."""
        return self._keys[key_id].caller

    async def look_up(self, wanted: str) -> None:
        """Look for a request key in the database; afterwards it resolves, or is not accepted.

        Anyone may name a key: a facility that was read a little while ago is not verified again. A
        key that nobody certified is not remembered, since its holder may be let in any moment.
        """
        if self._is_fresh(self._unusable.get(wanted, NEVER)):
            return
        generation = self._generation
        async with self._database.reading() as connection:
            facility = await store.facility_of_key(connection, wanted)
            if facility is None:
                await self._look_up_auditor(connection, wanted)
                return
            member = await self.member(connection, facility)
        if generation != self._generation:
            await self.look_up(wanted)  # statements came meanwhile: this may be from before
            return
        if member is not None:
            self._take_keys(facility, member)
        if self.resolve_public_key(wanted) is None:
            self._unusable[wanted] = self._clock()

    def _take_keys(self, facility: str, member: Member) -> None:
        caller = Caller("facility", facility)
        for statement in member.facility.http:
            raw = unb64u(statement.public)
            known = _KnownKey(caller, RequestVerifier([raw]), statement, member.read_at)
            self._keys[key_id(raw)] = known

    async def _look_up_auditor(self, connection: Connection, wanted: str) -> None:
        row = await store.auditor_of_key(connection, wanted)
        if row is None:
            self._keys.pop(wanted, None)
            return
        verifier = RequestVerifier([unb64u(row["ed25519"])])
        caller = Caller("auditor", row["auditor"])
        self._keys[wanted] = _KnownKey(caller, verifier, None, self._clock())

    async def _read(self, connection: Connection, facility: str) -> Member | None:
        card = await store.card(connection, facility)
        if card is None:
            return None
        statements = await store.statements(connection, facility)
        introduction = Introduction(
            card=SignedStatement.from_bytes(card),
            statements=[SignedStatement.from_bytes(one) for one in statements],
        )
        now = self._clock()
        try:
            verified = verify_introduction(introduction, now=now, hub_checks_only=True)
        except CardError:
            log.error("directory-unusable")
            return None
        return Member(verified, card, introduction.to_bytes(), now)

    def _is_fresh(self, read_at: int) -> bool:
        return self._clock() < read_at + max(self._ttl, 1)

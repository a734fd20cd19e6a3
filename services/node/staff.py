"""The facility's own staff and introduction: who may sign here, and how others come to know.

Staff keys lie in the record keyring; their statements go to the hub through the outbox. Names stay
here, sealed. PROTOCOL section 3.
"""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from keys.keycard import make_staff_statement
from keys.randomness import new_id
from keys.signing import SigningPair, new_pair
from schemas.encoding import b64u
from schemas.wire.hub_api import Introduction, StatementsIn
from schemas.wire.statement import SignedStatement, StaffRole
from services.node import push
from services.node.errors import InputError, NotThereError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.store import partners as store
from services.node.store.tables import StaffRow, StatementRow

_NAME = "staff.name"


@dataclass(frozen=True)
class StaffMember:
    """Someone who may sign here, and until when. Times in seconds."""

    staff: str
    role: StaffRole
    name: str = field(repr=False)
    not_before: int
    not_after: int


@dataclass(frozen=True, repr=False)
class Signer:
    """A staff member with keys at hand."""

    staff: str
    role: StaffRole
    pair: SigningPair


async def add_staff(node: Node, *, role: StaffRole, name: str, until: int) -> StaffMember:
    """Appoint a staff member: fresh keys, a statement under the identity, told to the hub."""
    if until <= node.now():
        raise InputError(("until", "this time is past"))
    keys, pair, staff, now = node.records(), new_pair(), new_id(), node.now()
    statement = make_staff_statement(
        facility=node.facility,
        staff=staff,
        role=role,
        public=pair.public,
        issued_at=now,
        not_before=now,
        not_after=until,
        identity=keys.identity,
    )
    sealed = keys.vault.seal(_NAME, staff, name.encode())
    row = StaffRow(staff=staff, role=role, not_before=now, not_after=until, sealed_name=sealed)
    # Keys first: a keyring with an unused pair harms nobody, a statement without keys does.
    await node.keys.add_staff(staff, pair)
    async with node.db.write() as session:
        session.add(row)
        await add_statement(node, session, statement)
        objects = [b64u(statement.digest())]
        await node.log.append(session, node.details(action="node.staff", objects=objects))
    node.wake.ring()
    return StaffMember(staff, role, name, now, until)


async def add_statement(node: Node, session: AsyncSession, statement: SignedStatement) -> None:
    """Keep one of this facility's statements and tell the hub."""
    await store.add_statement(session, statement.type, statement.model_dump_json())
    body = StatementsIn(statements=[statement])
    await push.enqueue(node, session, "directory", statement.type, body)


async def list_staff(node: Node) -> list[StaffMember]:
    """Return the staff, the newest last."""
    vault = node.records().vault
    async with node.db.read() as session:
        rows = await store.list_staff(session)
    return [
        StaffMember(
            row.staff,
            row.role,  # type: ignore[arg-type]
            vault.open(_NAME, row.staff, row.sealed_name).decode(),
            row.not_before,
            row.not_after,
        )
        for row in rows
    ]


async def signer(
    session: AsyncSession, keys: RecordKeys, staff: str, *, now: int, role: StaffRole | None = None
) -> Signer:
    """Return a current staff member's keys. Raises InputError at `staff`.

    `role`: the only role that may do this.
    """
    row = await store.get_staff(session, staff)
    pair = keys.keyring.staff.get(staff)
    if row is None or pair is None:
        raise InputError(("staff", "no such staff member"))
    if not row.not_before <= now < row.not_after:
        raise InputError(("staff", "the appointment is not current"))
    if role is not None and row.role != role:
        raise InputError(("staff", f"only a {role} may do this"))
    return Signer(staff, row.role, pair)  # type: ignore[arg-type]


async def own_introduction(session: AsyncSession) -> Introduction:
    """Return what this facility hands to the hub operator and to partners."""
    rows = await store.list_statements(session)
    cards = [_statement(row) for row in rows if row.type == "key-card"]
    if not cards:
        raise NotThereError("key card")
    others = [_statement(row) for row in rows if row.type != "key-card"]
    return Introduction(card=cards[-1], statements=others)


def _statement(row: StatementRow) -> SignedStatement:
    return SignedStatement.model_validate_json(row.body)

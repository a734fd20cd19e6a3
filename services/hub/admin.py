"""What the operator does: make a hub, let facilities and auditors in. PROTOCOL sections 3 and 8.

Owns the functions behind `safehand hub init` and `safehand hub admit`. They write to the database
directly, beside a hub that may be running; its integrator logs what they did.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange.audit.entry import commit
from exchange.audit.tree import EMPTY_ROOT
from keys.directory import verify_introduction
from keys.errors import CardError, KeyFormatError
from keys.randomness import new_id, random_bytes
from keys.secret_files import create_secret
from keys.signing import key_id, load_ed25519
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import AuditAction, AuditDetails, AuditorCard, HubCard, Introduction
from services.hub.errors import ConflictError, RejectedError, StartError
from services.hub.guard import Guard, write_guard
from services.hub.introducing import read_statements
from services.hub.key_files import create_keys
from services.hub.migrate import engine_for, migrate
from services.hub.models import (
    AuditorRow,
    DirectoryStatementRow,
    FacilityRow,
    HubRow,
    LogEntryRow,
)
from services.hub.settings import FILE, HubSettings, load_settings, settings_of
from services.hub.turn import SALT_SIZE

DATABASE_URL = "database-url"


def init_hub(directory: Path, public_url: str, database_url: str | None = None) -> HubCard:
    """Make a hub in a new or empty directory; return its card. Raises StartError, KeysError."""
    return asyncio.run(make_hub(directory, public_url, database_url))


def admit(directory: Path, introduction: Introduction) -> None:
    """Let a facility in. Raises StartError, RejectedError, ConflictError."""
    asyncio.run(admit_facility(load_settings(directory), introduction, now=int(time.time())))


def admit_auditor(directory: Path, card: AuditorCard) -> None:
    """Let an auditor in. Raises StartError, ConflictError."""
    asyncio.run(enrol_auditor(load_settings(directory), card, now=int(time.time())))


async def make_hub(
    directory: Path, public_url: str, database_url: str | None = None, **values: object
) -> HubCard:
    """Make a hub: settings file, keys, guard file, database. `values`: further settings.

    Raises StartError, KeysError, and what the database raises.
    """
    chosen: dict[str, object] = {
        "public_url": public_url,
        "origin": f"{urlsplit(public_url).netloc}/safehand/{new_id()}",
        **values,
    }
    settings, card = _lay_out(directory, chosen, database_url)
    await migrate(settings.database_url)
    _write_settings(directory, chosen)
    return card


def _lay_out(
    directory: Path, chosen: dict[str, object], database_url: str | None
) -> tuple[HubSettings, HubCard]:
    if (directory / FILE).exists():
        raise StartError(f"{directory} holds a hub already")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if database_url is not None:
        create_secret(directory / DATABASE_URL, database_url.encode())
        chosen["database_url_file"] = DATABASE_URL
    settings = settings_of(directory, chosen)
    keys = create_keys(settings)
    write_guard(settings.guard_file, Guard(0, EMPTY_ROOT))
    return settings, keys.card(settings)


def _write_settings(directory: Path, chosen: dict[str, object]) -> None:
    """Write the settings file, last of all: a directory that has it holds a whole hub."""
    (directory / FILE).write_text(_toml(chosen))


def _toml(values: dict[str, object]) -> str:
    """Return settings as TOML; JSON spells texts, numbers and booleans alike."""
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items())


async def admit_facility(settings: HubSettings, introduction: Introduction, *, now: int) -> None:
    """Let a facility in with its card and statements, both signatures checked.

    Raises RejectedError if they do not hold, ConflictError if facility or key is known.
    """
    try:
        facility = verify_introduction(introduction, now=now)
    except CardError as fault:
        raise RejectedError("introduction-invalid", str(fault)) from None
    code = facility.card.facility
    certified = read_statements(introduction.statements)
    rows: list[HubRow] = [
        FacilityRow(
            facility=code,
            card=introduction.card.to_bytes(),
            fingerprint=b64u(facility.fingerprint),
            admitted_at=now,
        )
    ]
    rows += [
        DirectoryStatementRow(
            digest=one.digest,
            facility=code,
            key_id=one.key_id,
            statement=one.statement.to_bytes(),
            recorded_at=now,
        )
        for one in certified
    ]
    objects = [b64u(introduction.card.digest()), *(one.digest for one in certified)]
    rows.append(_entry("directory.admit", now, objects, counterpart=code))
    async with _session(settings) as session:
        known = select(FacilityRow).where(
            or_(
                col(FacilityRow.facility) == code,
                col(FacilityRow.fingerprint) == b64u(facility.fingerprint),
            )
        )
        await _require_none(session, known, "facility-known")
        await _require_free(session, [one.key_id for one in certified])
        await _add(session, rows)


async def enrol_auditor(settings: HubSettings, card: AuditorCard, *, now: int) -> None:
    """Let an auditor in. Raises ConflictError if auditor or key is known, RejectedError."""
    try:
        raw = unb64u(card.ed25519)
        load_ed25519(raw)
    except KeyFormatError:
        raise RejectedError("not-an-ed25519-key") from None
    key = key_id(raw)
    row = AuditorRow(auditor=card.auditor, key_id=key, ed25519=card.ed25519, enrolled_at=now)
    async with _session(settings) as session:
        known = select(AuditorRow).where(AuditorRow.auditor == card.auditor)
        await _require_none(session, known, "auditor-known")
        await _require_free(session, [key])
        await _add(session, [row, _entry("auditor.admit", now, [key], party=card.auditor)])


@asynccontextmanager
async def _session(settings: HubSettings) -> AsyncIterator[AsyncSession]:
    async with engine_for(settings.database_url) as engine, AsyncSession(engine) as session:
        yield session


async def _require_none(session: AsyncSession, query: Any, reason: str) -> None:
    if (await session.exec(query)).first() is not None:
        raise ConflictError(reason)


async def _require_free(session: AsyncSession, key_ids: list[str]) -> None:
    """Refuse keys that somebody else's requests are signed with: who is who must be unambiguous."""
    certified = select(DirectoryStatementRow).where(col(DirectoryStatementRow.key_id).in_(key_ids))
    await _require_none(session, certified, "key-taken")
    audited = select(AuditorRow).where(col(AuditorRow.key_id).in_(key_ids))
    await _require_none(session, audited, "key-taken")


async def _add(session: AsyncSession, rows: list[HubRow]) -> None:
    for row in rows:
        session.add(row)
        await session.flush()
    await session.commit()


def _entry(
    action: AuditAction,
    now: int,
    objects: list[str],
    *,
    counterpart: str | None = None,
    party: str = "operator",
) -> LogEntryRow:
    """Return the audit entry of something the operator did; a running hub integrates it."""
    details = AuditDetails(
        action=action,
        outcome="done",
        reasons=[],
        actor="operator",
        counterpart=counterpart,
        objects=objects,
        at=now,
    )
    entry = commit(details, random_bytes(SALT_SIZE))
    return LogEntryRow(
        leaf=entry.leaf,
        leaf_hash=entry.leaf_hash,
        salt=entry.salt,
        details=entry.details,
        party=party,
        counterparty=counterpart,
    )

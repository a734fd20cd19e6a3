"""Makes a node's database file. Synchronous: it is used by commands, never by the running node."""

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from schemas.wire.hub_api import Introduction
from services.node.store.migrate import upgrade
from services.node.store.tables import StatementRow


def create_database(path: Path, introduction: Introduction) -> None:
    """Make the file (mode 0600) at the newest revision, holding the facility's own statements."""
    path.touch(mode=0o600)
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        upgrade(connection)
        session = Session(connection)
        for statement in (introduction.card, *introduction.statements):
            session.add(StatementRow(type=statement.type, body=statement.model_dump_json()))
            session.flush()
    engine.dispose()

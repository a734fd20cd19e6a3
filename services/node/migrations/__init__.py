"""Alembic migrations of the node's store."""

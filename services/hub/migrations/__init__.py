"""Alembic migrations of the hub's database, run by services/hub/migrate.py."""

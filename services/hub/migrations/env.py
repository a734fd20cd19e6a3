"""Alembic's entry: runs the revisions over the connection that services/hub/migrate.py brings."""

from alembic import context

from services.hub.models import HubRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=HubRow.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

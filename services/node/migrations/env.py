"""What Alembic runs: bring the database behind the given connection up to date."""

from alembic import context

from services.node.store.tables import NodeTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=NodeTable.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

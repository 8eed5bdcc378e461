"""Where Alembic begins: it works on the connection that `infomail.database.versions` hands over."""

from __future__ import annotations

from alembic import context

from infomail.database.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

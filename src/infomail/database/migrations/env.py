"""Where Alembic begins: it works on the connection that `infomail.database.versions` hands over."""

from __future__ import annotations

from alembic import context

from infomail.database import people

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=people.consents.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()

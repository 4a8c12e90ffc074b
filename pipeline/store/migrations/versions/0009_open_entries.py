"""Indexes for what is open: entries of the queue, chores, and attempts of the last hours among those of years."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_holds_settled_at'), 'holds', ['settled_at'], unique=False)
    op.create_index(op.f('ix_inbox_at'), 'inbox', ['at'], unique=False)
    op.create_index(op.f('ix_chores_done_at'), 'chores', ['done_at'], unique=False)
    op.create_index(op.f('ix_arrivals_outcome'), 'arrivals', ['outcome'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_arrivals_outcome'), table_name='arrivals')
    op.drop_index(op.f('ix_chores_done_at'), table_name='chores')
    op.drop_index(op.f('ix_inbox_at'), table_name='inbox')
    op.drop_index(op.f('ix_holds_settled_at'), table_name='holds')

"""Webhooks: how far each endpoint has been told, and what is still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('webhooks',
    sa.Column('endpoint', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('endpoint', name=op.f('pk_webhooks'))
    )
    op.create_table('notices',
    sa.Column('endpoint', sa.String(length=64), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.String(length=24), nullable=False),
    sa.Column('claimed_until', sa.String(length=24), nullable=True),
    sa.Column('done_at', sa.String(length=24), nullable=True),
    sa.Column('dead_at', sa.String(length=24), nullable=True),
    sa.Column('status', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('endpoint', 'seq', name=op.f('pk_notices'))
    )
    op.create_index(op.f('ix_notices_not_before'), 'notices', ['not_before'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_notices_not_before'), table_name='notices')
    op.drop_table('notices')
    op.drop_table('webhooks')

"""The exception queue: who is at work on a request, what is set aside until a day, what is escalated."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('asides',
    sa.Column('hold_id', sa.Integer(), nullable=False),
    sa.Column('until', sa.String(length=10), nullable=True),
    sa.Column('until_why', sa.Text(), nullable=True),
    sa.Column('until_who', sa.Text(), nullable=True),
    sa.Column('escalated_at', sa.String(length=24), nullable=True),
    sa.Column('escalated_why', sa.Text(), nullable=True),
    sa.Column('escalated_who', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['hold_id'], ['holds.id'], name=op.f('fk_asides_hold_id')),
    sa.PrimaryKeyConstraint('hold_id', name=op.f('pk_asides'))
    )
    op.create_table('claims',
    sa.Column('request_id', sa.String(length=16), nullable=False),
    sa.Column('login', sa.String(length=80), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('at', sa.String(length=24), nullable=False),
    sa.Column('until', sa.String(length=24), nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_claims_request_id')),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_claims'))
    )
    op.create_index(op.f('ix_claims_login'), 'claims', ['login'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_claims_login'), table_name='claims')
    op.drop_table('claims')
    op.drop_table('asides')

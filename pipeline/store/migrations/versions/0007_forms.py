"""The memory of forms: what they print and where their fields stand, and which corrected scans still have to teach it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('forms',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('blank', sa.LargeBinary(), nullable=True),
    sa.Column('learned_at', sa.String(length=24), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forms')),
    sqlite_autoincrement=True
    )
    memory = op.create_table('form_memory',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_form_memory'))
    )
    op.bulk_insert(memory, [{'id': 1, 'revision': 0}])
    op.create_table('form_lessons',
    sa.Column('request_id', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.String(length=24), nullable=False),
    sa.Column('taken_at', sa.String(length=24), nullable=True),
    sa.Column('outcome', sa.Text(), server_default='', nullable=False),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], name=op.f('fk_form_lessons_request_id')),
    sa.PrimaryKeyConstraint('request_id', name=op.f('pk_form_lessons'))
    )
    op.create_index(op.f('ix_form_lessons_taken_at'), 'form_lessons', ['taken_at'], unique=False)


def downgrade() -> None:
    op.drop_table('form_lessons')
    op.drop_table('form_memory')
    op.drop_table('forms')
